package cloudtrail

import (
	"context"
	"strconv"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/cloudtrail"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

const (
	maxResults = 50
	// window is how far back LookupEvents reads when no start is given.
	window = 90 * 24 * time.Hour
)

// lookupEvents implements https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html.
func (d *Door) lookupEvents(ctx context.Context, call *awsedge.Call, in *cloudtrail.LookupEventsInput) (*cloudtrail.LookupEventsOutput, error) {
	filter, filters, err := lookupFilter(call, in)
	if err != nil {
		return nil, err
	}
	at, err := call.Page(d.Pages, in.NextToken, filters...)
	if err != nil {
		return nil, err
	}
	page := store.Page{After: at.After, Limit: maxResults}
	if in.MaxResults != nil {
		page.Limit = int(*in.MaxResults)
	}
	if in.EventCategory != nil { // the only other category is that of Insights, of which there are none
		return &cloudtrail.LookupEventsOutput{Events: []cloudtrail.Event{}}, nil
	}
	events, next, err := d.Audit.Lookup(ctx, filter, page)
	if err != nil {
		return nil, err
	}
	out := &cloudtrail.LookupEventsOutput{Events: make([]cloudtrail.Event, len(events)), NextToken: at.Next(next)}
	for i, e := range events {
		out.Events[i] = wireEvent(e)
	}
	return out, nil
}

// lookupFilter reads what is asked for; filters is the same as text, to bind page tokens to.
func lookupFilter(call *awsedge.Call, in *cloudtrail.LookupEventsInput) (filter idc.EventFilter, filters []string, err error) {
	filter = idc.EventFilter{AccountID: call.Caller.AccountID, From: call.Time.Add(-window), To: call.Time.Add(time.Minute)}
	if in.EventCategory != nil {
		filters = append(filters, *in.EventCategory)
	}
	if in.StartTime != nil {
		filter.From = *in.StartTime
		filters = append(filters, in.StartTime.UTC().Format(time.RFC3339Nano))
	}
	if in.EndTime != nil {
		filter.To = *in.EndTime
		filters = append(filters, in.EndTime.UTC().Format(time.RFC3339Nano))
	}
	if in.StartTime != nil && in.EndTime != nil && in.EndTime.Before(*in.StartTime) {
		return filter, filters, idc.Errorf(idc.Invalid, "The start time must be before the end time.").With(idc.ReasonInvalidTimeRange)
	}
	if len(in.LookupAttributes) > 1 {
		return filter, filters, idc.Errorf(idc.Invalid, "You can specify only one lookup attribute.").With(idc.ReasonInvalidLookupAttribute)
	}
	for _, a := range in.LookupAttributes {
		filters = append(filters, *a.AttributeKey, *a.AttributeValue)
		if err := applyAttribute(&filter, *a.AttributeKey, *a.AttributeValue); err != nil {
			return filter, filters, err
		}
	}
	return filter, filters, nil
}

func applyAttribute(f *idc.EventFilter, key, value string) error {
	switch key {
	case "EventId":
		f.ID = value
	case "EventName":
		f.Name = value
	case "EventSource":
		f.Source = value
	case "Username":
		f.UserName = value
	case "AccessKeyId":
		f.AccessKeyID = value
	case "ResourceType":
		f.ResourceType = value
	case "ResourceName":
		f.ResourceName = value
	case "ReadOnly":
		readOnly, err := strconv.ParseBool(value)
		if err != nil {
			return idc.Errorf(idc.Invalid, "ReadOnly must be true or false.").With(idc.ReasonInvalidLookupAttribute)
		}
		f.ReadOnly = &readOnly
	}
	return nil
}

func wireEvent(e *idc.AuditEvent) cloudtrail.Event {
	readOnly := strconv.FormatBool(e.ReadOnly)
	out := cloudtrail.Event{
		EventId: &e.ID, EventName: &e.Name, EventSource: &e.Source, EventTime: &e.Time,
		ReadOnly: &readOnly, CloudTrailEvent: &e.Record,
	}
	if e.UserName != "" {
		out.Username = &e.UserName
	}
	if e.AccessKeyID != "" {
		out.AccessKeyId = &e.AccessKeyID
	}
	for _, r := range e.Resources {
		out.Resources = append(out.Resources, cloudtrail.Resource{ResourceName: &r.Name, ResourceType: &r.Type})
	}
	return out
}
