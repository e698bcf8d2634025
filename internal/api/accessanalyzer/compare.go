package accessanalyzer

import (
	"context"
	"errors"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/accessanalyzer"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/policy"
	"github.com/gatehouse-idc/gatehouse/policy/compare"
)

// Reasons that name exceptions of this service.
const (
	invalidParameter idc.Reason = "InvalidParameterException"
	unprocessable    idc.Reason = "UnprocessableEntityException"
)

// checkNoNewAccess implements https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckNoNewAccess.html.
func (d *Door) checkNoNewAccess(_ context.Context, _ *awsedge.Call, in *accessanalyzer.CheckNoNewAccessInput) (*accessanalyzer.CheckNoNewAccessOutput, error) {
	existing, err := read("existingPolicyDocument", *in.ExistingPolicyDocument)
	if err != nil {
		return nil, err
	}
	updated, err := read("newPolicyDocument", *in.NewPolicyDocument)
	if err != nil {
		return nil, err
	}
	result, err := compare.NoNewAccess(existing, updated, kindOf(*in.PolicyType))
	if err != nil {
		return nil, refusal(err)
	}
	out := &accessanalyzer.CheckNoNewAccessOutput{}
	out.Result, out.Message, out.Reasons = answer(result)
	return out, nil
}

// checkAccessNotGranted implements https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckAccessNotGranted.html.
func (d *Door) checkAccessNotGranted(_ context.Context, _ *awsedge.Call, in *accessanalyzer.CheckAccessNotGrantedInput) (*accessanalyzer.CheckAccessNotGrantedOutput, error) {
	document, err := read("policyDocument", *in.PolicyDocument)
	if err != nil {
		return nil, err
	}
	if len(in.Access) == 0 {
		return nil, idc.Errorf(idc.Invalid, "The access names nothing to check.").With(invalidParameter)
	}
	accesses := make([]compare.Access, len(in.Access))
	for i, a := range in.Access {
		if len(a.Actions)+len(a.Resources) == 0 {
			return nil, idc.Errorf(idc.Invalid, "The access must name actions or resources.").With(invalidParameter)
		}
		accesses[i] = compare.Access{Actions: a.Actions, Resources: a.Resources}
	}
	result, err := compare.NotGranted(document, accesses, kindOf(*in.PolicyType))
	if err != nil {
		return nil, refusal(err)
	}
	out := &accessanalyzer.CheckAccessNotGrantedOutput{}
	out.Result, out.Message, out.Reasons = answer(result)
	return out, nil
}

// checkNoPublicAccess implements https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckNoPublicAccess.html.
func (d *Door) checkNoPublicAccess(_ context.Context, _ *awsedge.Call, in *accessanalyzer.CheckNoPublicAccessInput) (*accessanalyzer.CheckNoPublicAccessOutput, error) {
	document, err := read("policyDocument", *in.PolicyDocument)
	if err != nil {
		return nil, err
	}
	result, err := compare.NoPublicAccess(document, *in.ResourceType)
	if err != nil {
		return nil, refusal(err)
	}
	out := &accessanalyzer.CheckNoPublicAccessOutput{}
	out.Result, out.Message, out.Reasons = answer(result)
	return out, nil
}

// read reads a policy of the input. Its text is nobody's secret to the caller who sent it, so that the refusal may
// repeat parts.
func read(member, document string) (*policy.Document, error) {
	if err := bounded(member, document); err != nil {
		return nil, err
	}
	read, err := policy.Read([]byte(document))
	if err != nil {
		return nil, idc.Errorf(idc.Invalid, "The %s is not a valid policy: %v", member, err).With(invalidParameter)
	}
	return read, nil
}

func kindOf(policyType string) policy.Kind {
	if policyType == "RESOURCE_POLICY" {
		return policy.ResourcePolicy
	}
	return policy.IdentityPolicy
}

// refusal says why there is no answer.
func refusal(err error) error {
	switch {
	case errors.Is(err, compare.ErrTooComplex):
		return idc.Errorf(idc.Invalid, "The policies are too complex to be checked.").With(unprocessable).Because(err)
	case errors.Is(err, compare.ErrInvalid):
		return idc.Errorf(idc.Invalid, "Not a valid parameter: %s.", strings.TrimPrefix(err.Error(), "compare: ")).With(invalidParameter)
	}
	return err
}

// answer is the result as the three operations send it.
func answer(r compare.Result) (result, message *string, reasons []accessanalyzer.ReasonSummary) {
	word := "FAIL"
	if r.Pass {
		word = "PASS"
	}
	for _, reason := range r.Reasons {
		summary := accessanalyzer.ReasonSummary{Description: &reason.Description, StatementIndex: number(reason.Statement)}
		if reason.Sid != "" {
			summary.StatementId = &reason.Sid
		}
		reasons = append(reasons, summary)
	}
	return &word, &r.Message, reasons
}
