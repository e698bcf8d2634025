package session

import (
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/reqctx"
)

func TestRegistrationsAreLimitedPerAddress(t *testing.T) {
	var l addressLimiter
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	from := func(address string) error {
		return l.admit(reqctx.With(t.Context(), reqctx.Info{ClientIP: address}), now)
	}
	for i := range registrationBurst {
		if err := from("192.0.2.1"); err != nil {
			t.Fatalf("registration %d: %v", i, err)
		}
	}
	if err := from("192.0.2.1"); idc.KindOf(err) != idc.Throttled || idc.ReasonOf(err) != idc.ReasonSlowDown {
		t.Errorf("over the limit: %v, want Throttled with SlowDown", err)
	}
	if err := from("192.0.2.2"); err != nil {
		t.Errorf("another address: %v", err)
	}
	now = now.Add(time.Second)
	if err := from("192.0.2.1"); err != nil {
		t.Errorf("a second later: %v", err)
	}
}
