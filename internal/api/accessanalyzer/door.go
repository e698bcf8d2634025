package accessanalyzer

import (
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/accessanalyzer"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/pagetoken"
	"github.com/gatehouse-idc/gatehouse/internal/policycheck"
)

// Door serves Access Analyzer.
type Door struct {
	Checker *policycheck.Checker
	Pages   pagetoken.Codec
}

// Operations returns the operations this door serves.
func (d *Door) Operations() []awsedge.Operation {
	const why = "the policies that the input brings"
	return []awsedge.Operation{
		awsedge.Op(accessanalyzer.ValidatePolicy, d.validatePolicy, awsedge.NoResource[accessanalyzer.ValidatePolicyInput](why)),
		awsedge.Op(accessanalyzer.CheckNoNewAccess, d.checkNoNewAccess, awsedge.NoResource[accessanalyzer.CheckNoNewAccessInput](why)),
		awsedge.Op(accessanalyzer.CheckAccessNotGranted, d.checkAccessNotGranted, awsedge.NoResource[accessanalyzer.CheckAccessNotGrantedInput](why)),
		awsedge.Op(accessanalyzer.CheckNoPublicAccess, d.checkNoPublicAccess, awsedge.NoResource[accessanalyzer.CheckNoPublicAccessInput](why)),
	}
}

// fieldInvalid is a reason of ValidationException.
const fieldInvalid idc.Reason = "fieldValidationFailed"

// bounded refuses policies longer than IAM takes anywhere.
func bounded(member, document string) error {
	if len(document) > policycheck.MaxSize {
		return idc.Errorf(idc.Invalid, "The %s exceeds %d characters.", member, policycheck.MaxSize).With(fieldInvalid)
	}
	return nil
}
