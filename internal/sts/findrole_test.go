package sts_test

import (
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// TestFindRoleWantsTheWholeARN: what was authorised is the text of the ARN.
func TestFindRoleWantsTheWholeARN(t *testing.T) {
	w := testidc.New(t)
	r := w.Role(testidc.Member, "Deploy", trustAll)
	if found, err := service(w).FindRole(t.Context(), r.ARN); err != nil || found.ID != r.ID {
		t.Errorf("%s: %+v, %v", r.ARN, found, err)
	}
	for _, other := range []string{
		"arn:aws:iam::222222222222:role/deploy", "arn:aws:iam::222222222222:role/path/Deploy",
		"arn:aws-cn:iam::222222222222:role/Deploy", "arn:aws-us-gov:iam::222222222222:role/Deploy",
	} {
		if _, err := service(w).FindRole(t.Context(), other); !idc.IsNotFound(err) {
			t.Errorf("%s: %v, want NotFound", other, err)
		}
	}
}
