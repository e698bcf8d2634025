package cloudtrail

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/cloudtrail"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/trail"
)

func (d *Door) selectorOperations() []awsedge.Operation {
	return []awsedge.Operation{
		onTrail(cloudtrail.GetEventSelectors, d.getEventSelectors, func(in *cloudtrail.GetEventSelectorsInput) *string { return in.TrailName }),
		onTrail(cloudtrail.PutEventSelectors, d.putEventSelectors, func(in *cloudtrail.PutEventSelectorsInput) *string { return in.TrailName }),
		onTrail(cloudtrail.GetInsightSelectors, d.getInsightSelectors, func(in *cloudtrail.GetInsightSelectorsInput) *string {
			if in.EventDataStore != nil {
				return in.EventDataStore
			}
			return in.TrailName
		}),
	}
}

func (d *Door) getEventSelectors(ctx context.Context, call *awsedge.Call, in *cloudtrail.GetEventSelectorsInput) (*cloudtrail.GetEventSelectorsOutput, error) {
	t, err := d.Trails.Get(ctx, call.Caller.AccountID, *in.TrailName)
	if err != nil {
		return nil, err
	}
	if len(t.AdvancedSelectors) > 0 {
		return &cloudtrail.GetEventSelectorsOutput{TrailARN: &t.ARN, AdvancedEventSelectors: wireAdvanced(t.AdvancedSelectors)}, nil
	}
	basic := t.EventSelectors
	if len(basic) == 0 {
		basic = trail.DefaultSelectors()
	}
	return &cloudtrail.GetEventSelectorsOutput{TrailARN: &t.ARN, EventSelectors: wireBasic(basic)}, nil
}

// putEventSelectors implements https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html.
func (d *Door) putEventSelectors(ctx context.Context, call *awsedge.Call, in *cloudtrail.PutEventSelectorsInput) (*cloudtrail.PutEventSelectorsOutput, error) {
	t, err := d.Trails.PutSelectors(ctx, call.Change(), call.Caller.AccountID, *in.TrailName, fromBasic(in.EventSelectors), fromAdvanced(in.AdvancedEventSelectors))
	if err != nil {
		return nil, err
	}
	out := &cloudtrail.PutEventSelectorsOutput{TrailARN: &t.ARN}
	if len(t.AdvancedSelectors) > 0 {
		out.AdvancedEventSelectors = wireAdvanced(t.AdvancedSelectors)
	} else {
		out.EventSelectors = wireBasic(t.EventSelectors)
	}
	return out, nil
}

// getInsightSelectors always tells that there are none.
func (d *Door) getInsightSelectors(ctx context.Context, call *awsedge.Call, in *cloudtrail.GetInsightSelectorsInput) (*cloudtrail.GetInsightSelectorsOutput, error) {
	switch {
	case in.TrailName != nil && in.EventDataStore != nil:
		return nil, idc.Errorf(idc.Invalid, "You cannot specify both TrailName and EventDataStore.").With("InvalidParameterCombination")
	case in.EventDataStore != nil:
		return nil, idc.Errorf(idc.Invalid, "The event data store %s does not have Insights enabled.", *in.EventDataStore).With("InsightNotEnabled")
	case in.TrailName == nil:
		return nil, idc.Errorf(idc.Invalid, "You must specify either TrailName or EventDataStore.").With("InvalidParameter")
	}
	return nil, d.Trails.Insights(ctx, call.Caller.AccountID, *in.TrailName)
}

func fromBasic(in []cloudtrail.EventSelector) []idc.EventSelector {
	var out []idc.EventSelector
	for _, sel := range in {
		s := idc.EventSelector{ReadWriteType: value(sel.ReadWriteType), ExcludeManagementSources: sel.ExcludeManagementEventSources,
			ExcludeManagement: sel.IncludeManagementEvents != nil && !*sel.IncludeManagementEvents}
		if s.ReadWriteType == "" {
			s.ReadWriteType = "All"
		}
		for _, r := range sel.DataResources {
			s.DataResources = append(s.DataResources, idc.TrailDataResource{Type: value(r.Type), Values: r.Values})
		}
		out = append(out, s)
	}
	return out
}

func wireBasic(in []idc.EventSelector) []cloudtrail.EventSelector {
	out := make([]cloudtrail.EventSelector, len(in))
	for i, sel := range in {
		management := !sel.ExcludeManagement
		out[i] = cloudtrail.EventSelector{ReadWriteType: &sel.ReadWriteType, IncludeManagementEvents: &management,
			ExcludeManagementEventSources: list(sel.ExcludeManagementSources), DataResources: []cloudtrail.DataResource{}}
		for _, r := range sel.DataResources {
			out[i].DataResources = append(out[i].DataResources, cloudtrail.DataResource{Type: &r.Type, Values: r.Values})
		}
	}
	return out
}

func list(items []string) []string {
	if items == nil {
		return []string{}
	}
	return items
}

func fromAdvanced(in []cloudtrail.AdvancedEventSelector) []idc.AdvancedEventSelector {
	var out []idc.AdvancedEventSelector
	for _, sel := range in {
		s := idc.AdvancedEventSelector{Name: value(sel.Name)}
		for _, f := range sel.FieldSelectors {
			s.Fields = append(s.Fields, idc.AdvancedFieldSelector{Field: *f.Field, Equals: f.Equals, StartsWith: f.StartsWith, EndsWith: f.EndsWith,
				NotEquals: f.NotEquals, NotStartsWith: f.NotStartsWith, NotEndsWith: f.NotEndsWith})
		}
		out = append(out, s)
	}
	return out
}

func wireAdvanced(in []idc.AdvancedEventSelector) []cloudtrail.AdvancedEventSelector {
	out := make([]cloudtrail.AdvancedEventSelector, len(in))
	for i, sel := range in {
		out[i] = cloudtrail.AdvancedEventSelector{Name: text(sel.Name), FieldSelectors: make([]cloudtrail.AdvancedFieldSelector, len(sel.Fields))}
		for j, f := range sel.Fields {
			out[i].FieldSelectors[j] = cloudtrail.AdvancedFieldSelector{Field: &f.Field, Equals: f.Equals, StartsWith: f.StartsWith, EndsWith: f.EndsWith,
				NotEquals: f.NotEquals, NotStartsWith: f.NotStartsWith, NotEndsWith: f.NotEndsWith}
		}
	}
	return out
}
