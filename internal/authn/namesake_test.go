package authn_test

import (
	"fmt"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// TestAttemptsAtANamesakeCountForNobodyElse: the same name in another identity store has counters, and a person, of
// its own.
func TestAttemptsAtANamesakeCountForNobodyElse(t *testing.T) {
	w := newWorld(t)
	w.person("ana", true)
	for i := range authn.DefaultLimits().Anywhere.Free + 1 {
		_, err := w.Password(t.Context(), w.change(), "d-2222222222", "ana", goodPassword, from(fmt.Sprintf("10.0.%d.1", i)))
		wantError(t, err, idc.Unauthenticated, idc.ReasonBadCredentials, "not right")
	}
	w.flow("ana")
}
