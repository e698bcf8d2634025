package accessanalyzer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/accessanalyzer"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/policycheck"
)

const (
	defaultResults = 100
	maxResults     = 1000
)

// validatePolicy implements https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ValidatePolicy.html.
// The findings are in English whatever the locale.
func (d *Door) validatePolicy(_ context.Context, call *awsedge.Call, in *accessanalyzer.ValidatePolicyInput) (*accessanalyzer.ValidatePolicyOutput, error) {
	policy := policycheck.Policy{Document: *in.PolicyDocument, Type: policycheck.PolicyType(*in.PolicyType)}
	if err := bounded("policyDocument", policy.Document); err != nil {
		return nil, err
	}
	if in.ValidatePolicyResourceType != nil {
		if policy.ResourceType = *in.ValidatePolicyResourceType; policy.Type != policycheck.ResourcePolicy {
			return nil, idc.Errorf(idc.Invalid, "A validatePolicyResourceType goes with the policyType RESOURCE_POLICY only.").With(fieldInvalid)
		}
	}
	limit := defaultResults
	if in.MaxResults != nil {
		if limit = int(*in.MaxResults); limit < 1 || limit > maxResults {
			return nil, idc.Errorf(idc.Invalid, "The maxResults must be between 1 and %d.", maxResults).With(fieldInvalid)
		}
	}
	digest := sha256.Sum256([]byte(policy.Document))
	page, err := call.Page(d.Pages, in.NextToken, string(policy.Type), policy.ResourceType, hex.EncodeToString(digest[:]))
	if err != nil {
		return nil, err
	}
	start := 0
	if page.After != "" {
		if start, err = strconv.Atoi(page.After); err != nil {
			return nil, idc.Errorf(idc.Internal, "").Because(err) // the token is ours
		}
	}
	findings := d.Checker.Validate(policy)
	start = min(start, len(findings))
	end := min(start+limit, len(findings))
	out := &accessanalyzer.ValidatePolicyOutput{Findings: make([]accessanalyzer.ValidatePolicyFinding, 0, end-start)}
	for _, f := range findings[start:end] {
		out.Findings = append(out.Findings, wireFinding(f))
	}
	if end < len(findings) {
		out.NextToken = page.Next(strconv.Itoa(end))
	}
	return out, nil
}

func wireFinding(f policycheck.Finding) accessanalyzer.ValidatePolicyFinding {
	typ := string(f.Type)
	out := accessanalyzer.ValidatePolicyFinding{
		FindingType: &typ, IssueCode: &f.IssueCode, FindingDetails: &f.Details, LearnMoreLink: &f.LearnMore,
		Locations: make([]accessanalyzer.Location, len(f.Locations)),
	}
	for i, l := range f.Locations {
		path := make([]accessanalyzer.PathElement, len(l.Path))
		for j, e := range l.Path {
			path[j] = wirePathElement(e)
		}
		out.Locations[i] = accessanalyzer.Location{Path: path,
			Span: &accessanalyzer.Span{Start: wirePosition(l.Start), End: wirePosition(l.End)}}
	}
	return out
}

func wirePathElement(e policycheck.PathElement) accessanalyzer.PathElement {
	switch e.Kind {
	case policycheck.Index:
		return accessanalyzer.PathElement{Index: number(e.Index)}
	case policycheck.Key:
		return accessanalyzer.PathElement{Key: &e.Name}
	}
	return accessanalyzer.PathElement{Value: &e.Name}
}

func wirePosition(p policycheck.Position) *accessanalyzer.Position {
	return &accessanalyzer.Position{Line: number(p.Line), Column: number(p.Column), Offset: number(p.Offset)}
}

// number is an index or place in a policy, which is never longer than policycheck.MaxSize.
func number(n int) *int32 {
	v := int32(n)
	return &v
}
