package idc_test

import (
	"slices"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func TestAnInstanceOfBeforeIsCompleted(t *testing.T) {
	made := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	in := idc.Instance{Region: "eu-west-1", CreatedAt: made, Regions: []idc.InstanceRegion{{Name: "us-east-1", Status: idc.RegionAdding}}}
	if in.CurrentStatus() != idc.InstanceActive || !in.HasPermissionSets() {
		t.Errorf("an organization instance without a status: %s, permission sets %v", in.CurrentStatus(), in.HasPermissionSets())
	}
	if got := in.CurrentEncryption(); got.KeyType != idc.KeyOwnedByAWS || got.Status != idc.EncryptionEnabled {
		t.Errorf("encryption before anybody chose: %+v", got)
	}
	regions := in.AllRegions()
	if len(regions) != 2 || regions[0] != (idc.InstanceRegion{Name: "eu-west-1", Status: idc.RegionActive, Primary: true, AddedAt: made}) || regions[1].Primary {
		t.Errorf("regions %+v", regions)
	}
	in.Kind, in.Status, in.Encryption = idc.InstanceOfAccount, idc.InstanceDeleting, idc.InstanceEncryption{KeyType: idc.KeyCustomerManaged, KeyARN: "arn"}
	if in.CurrentStatus() != idc.InstanceDeleting || in.HasPermissionSets() || in.CurrentEncryption().KeyARN != "arn" {
		t.Errorf("an account instance: %+v", in)
	}
	if off := (&idc.Instance{PermissionSetsDisabled: true}); off.HasPermissionSets() {
		t.Error("permission sets are on where they were left out")
	}
}

func TestAHandshakeExpiresAtItsInstant(t *testing.T) {
	end := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for state, want := range map[idc.HandshakeState][2]idc.HandshakeState{
		idc.HandshakeOpen:      {idc.HandshakeOpen, idc.HandshakeExpired},
		idc.HandshakeRequested: {idc.HandshakeRequested, idc.HandshakeExpired},
		idc.HandshakeAccepted:  {idc.HandshakeAccepted, idc.HandshakeAccepted},
		idc.HandshakeCanceled:  {idc.HandshakeCanceled, idc.HandshakeCanceled},
	} {
		h := idc.Handshake{State: state, ExpiresAt: end}
		if before, at := h.StateAt(end.Add(-time.Nanosecond)), h.StateAt(end); before != want[0] || at != want[1] {
			t.Errorf("%s becomes %s, %s, want %v", state, before, at, want)
		}
	}
}

func TestGrantsAreListedByType(t *testing.T) {
	if types := (idc.ApplicationGrants{}).Types(); types != nil {
		t.Errorf("no grants: %v", types)
	}
	all := idc.ApplicationGrants{AuthorizationCode: &idc.AuthorizationCodeGrant{}, JWTBearer: &idc.JWTBearerGrant{}, RefreshToken: true, TokenExchange: true}
	types := all.Types()
	if len(types) != 4 || !slices.IsSorted(types) {
		t.Errorf("all grants: %v", types)
	}
}

func TestIdempotencyEnds(t *testing.T) {
	end := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	c := idc.ClientToken{ExpiresAt: end}
	if !c.Fresh(end.Add(-time.Nanosecond)) || c.Fresh(end) {
		t.Error("a token binds until its end, and not at it")
	}
}

func TestPolicyTypesAreAllDifferent(t *testing.T) {
	types := slices.Sorted(slices.Values(idc.PolicyTypes()))
	if len(types) != 13 || len(slices.Compact(types)) != 13 {
		t.Errorf("policy types %v", types)
	}
}
