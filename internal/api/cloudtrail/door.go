package cloudtrail

import (
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/cloudtrail"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/pagetoken"
	"github.com/gatehouse-idc/gatehouse/internal/trail"
)

// Door serves CloudTrail.
type Door struct {
	Audit  *audit.Service
	Trails *trail.Service
	Pages  pagetoken.Codec
}

// Operations returns the operations this door serves.
func (d *Door) Operations() []awsedge.Operation {
	lookup := awsedge.Op(cloudtrail.LookupEvents, d.lookupEvents,
		awsedge.NoResource[cloudtrail.LookupEventsInput]("the event history of the account"))
	return slices.Concat([]awsedge.Operation{lookup}, d.trailOperations(), d.loggingOperations(), d.selectorOperations(), d.tagOperations())
}

// onTrail declares that an operation is authorised on the trail that an input names,
// by name or ARN.
func onTrail[In, Out any](typed awsapi.Typed[In, Out], fn handler[In, Out], name func(in *In) *string, options ...awsedge.Option[In]) awsedge.Operation {
	on := awsedge.On(func(call *awsedge.Call, in *In) []string { return []string{trailARN(call, value(name(in)))} })
	return awsedge.Op(typed, fn, append(options, on)...)
}

// trailARN is the ARN of what an input calls by name or ARN. Whether it is well
// formed is the service's to say.
func trailARN(call *awsedge.Call, name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	return arn.Trail(call.Region, call.Caller.AccountID, name).String()
}

// text is the wire form of a text that is absent when empty.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// value is the text of an optional member.
func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
