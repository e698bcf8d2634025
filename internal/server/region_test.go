package server

import (
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// TestRegionOfARequest: from the write on a Region counts that is active, and none else.
func TestRegionOfARequest(t *testing.T) {
	w := testidc.New(t)
	g := &regions{store: w.Store}
	signed := func(region string) string {
		return "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/20260301/" + region + "/sso/aws4_request, SignedHeaders=host, Signature=x"
	}
	of := func(host, authorization string) string {
		t.Helper()
		r := httptest.NewRequest("POST", "https://"+host+"/", nil)
		r.Header.Set("Authorization", authorization)
		got, err := g.of(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for _, step := range []struct {
		status idc.RegionStatus
		want   string
	}{{"", ""}, {idc.RegionAdding, ""}, {idc.RegionActive, "eu-west-1"}, {idc.RegionRemoving, ""}, {"", ""}} {
		w.Update(func(tx store.Tx) error {
			in := *w.Instance
			if step.status != "" {
				in.Regions = []idc.InstanceRegion{{Name: "eu-west-1", Status: step.status}}
			}
			return tx.PutInstance(&in)
		})
		for _, c := range []struct{ host, authorization, want string }{
			{"idc.example.com", signed("eu-west-1"), step.want},
			{"oidc.eu-west-1.amazonaws.com:443", "", step.want},
			{"sso.eu-west-1.amazonaws.com", signed("us-east-1"), ""},
			{"idc.example.com", signed("us-east-1"), ""},
			{"idc.example.com", signed("ap-south-1"), ""},
			{"idc.example.com", "Bearer eu-west-1", ""},
			{"eu-west-1.example.com", "", ""},
		} {
			if got := of(c.host, c.authorization); got != c.want {
				t.Errorf("Region %s: %s %q is made in %q, want %q", step.status, c.host, c.authorization, got, c.want)
			}
		}
	}
	r := httptest.NewRequest("GET", "https://idc.example.com/?X-Amz-Credential=ASIA%2F20260301%2Feu-west-1%2Fsts%2Faws4_request", nil)
	if got := scopeRegion(r); got != "eu-west-1" {
		t.Errorf("a presigned request is made in %q", got)
	}
}
