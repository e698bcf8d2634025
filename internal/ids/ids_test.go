package ids

import (
	"encoding/base64"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// forms are the patterns of the service models and of AWS's documents, one per identifier.
var forms = map[string]struct {
	draw    func(*Source) string
	pattern string
}{
	"InstanceID":             {(*Source).InstanceID, `ssoins-[0-9a-f]{16}`},
	"PermissionSetID":        {(*Source).PermissionSetID, `ps-[0-9a-f]{16}`},
	"ApplicationID":          {(*Source).ApplicationID, `apl-[0-9a-f]{16}`},
	"TrustedTokenIssuerID":   {(*Source).TrustedTokenIssuerID, `tti-[0-9a-f-]{36}`},
	"AccountAccessID":        {(*Source).AccountAccessID, `[0-9a-f]{16}`},
	"TenantID":               {(*Source).TenantID, `aa-[0-9a-z]{9}`},
	"IdentityStoreID":        {func(s *Source) string { return s.IdentityStoreID("us-east-1") }, `d-9067[0-9a-f]{6}`},
	"IdentityStoreID west":   {func(s *Source) string { return s.IdentityStoreID("us-west-2") }, `d-9267[0-9a-f]{6}`},
	"IdentityStoreID other":  {func(s *Source) string { return s.IdentityStoreID("xx-lab-1") }, `d-9067[0-9a-f]{6}`},
	"UserID":                 {(*Source).UserID, `[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`},
	"GroupID":                {(*Source).GroupID, `[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`},
	"MembershipID":           {(*Source).MembershipID, `[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`},
	"UUID":                   {(*Source).UUID, `[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`},
	"OrderedUUID":            {func(s *Source) string { return s.OrderedUUID(time.Unix(1, 0)) }, `00000000-03e8-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`},
	"AccountID":              {(*Source).AccountID, `[1-9][0-9]{11}`},
	"OrganizationID":         {(*Source).OrganizationID, `o-[a-z0-9]{10,32}`},
	"RootID":                 {(*Source).RootID, `r-[0-9a-z]{4,32}`},
	"OUID":                   {func(s *Source) string { return s.OUID("r-ab12") }, `ou-ab12-[a-z0-9]{8,32}`},
	"PolicyID":               {(*Source).PolicyID, `p-[0-9a-zA-Z_]{8,128}`},
	"CreateAccountRequestID": {(*Source).CreateAccountRequestID, `car-[a-z0-9]{8,32}`},
	"ResourcePolicyID":       {(*Source).ResourcePolicyID, `rp-[0-9a-zA-Z_]{4,128}`},
	"HandshakeID":            {(*Source).HandshakeID, `h-[0-9a-z]{8,32}`},
	"AccessKeyID":            {func(s *Source) string { return s.AccessKeyID(PrefixTemporaryAccessKey, "123456789012") }, `ASIA[A-Z2-7]{16}`},
	"UniqueID":               {func(s *Source) string { return s.UniqueID(PrefixRole) }, `AROA[A-Z2-7]{17}`},
	"SecretAccessKey":        {(*Source).SecretAccessKey, `[A-Za-z0-9+/]{40}`},
	"UserCode":               {(*Source).UserCode, `[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}`},
	"Token":                  {func(s *Source) string { return s.Token("aoa") }, `aoa[A-Za-z0-9_-]{43}`},
	"ClientID":               {func(s *Source) string { return s.ClientID("us-east-2") }, `[A-Za-z0-9_-]{34}`},
}

func TestForms(t *testing.T) {
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			whole := regexp.MustCompile(`^(?:` + form.pattern + `)$`)
			seen := map[string]bool{}
			for range 200 {
				id := form.draw(Random())
				if !whole.MatchString(id) {
					t.Fatalf("%q does not match %s", id, form.pattern)
				}
				seen[id] = true
			}
			// Only the root id is short enough (20 bits) for one repeat in 200 to be believable.
			if len(seen) < 199 {
				t.Errorf("200 draws gave %d different ids", len(seen))
			}
		})
	}
}

func TestSeededRepeatsItself(t *testing.T) {
	draw := func(s *Source) []string {
		return []string{s.InstanceID(), s.UserID(), s.AccountID(), s.UserCode(), s.Token("")}
	}
	first, again, other := draw(Seeded(7)), draw(Seeded(7)), draw(Seeded(8))
	for i := range first {
		if first[i] != again[i] {
			t.Errorf("draw %d: %q and %q from the same seed", i, first[i], again[i])
		}
		if first[i] == other[i] {
			t.Errorf("draw %d: %q from two seeds", i, first[i])
		}
	}
}

func TestSeededIsSafeForConcurrentUse(t *testing.T) {
	s := Seeded(1)
	var mu sync.Mutex
	seen := map[string]bool{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				id := s.UUID()
				mu.Lock()
				seen[id] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(seen) != 800 {
		t.Errorf("800 draws gave %d different ids", len(seen))
	}
}

func TestLettersAreEquallyLikely(t *testing.T) {
	const draws = 200_000
	count := map[rune]int{}
	for _, r := range Seeded(3).letters(consonants, draws) {
		count[r]++
	}
	want := draws / len(consonants)
	for _, r := range consonants {
		// A letter of a modulo-biased draw would be off by 1/13; chance stays within 1/25.
		if diff := count[r] - want; diff > want/25 || -diff > want/25 {
			t.Errorf("%c drawn %d times, want about %d", r, count[r], want)
		}
	}
}

func TestReservedRoleName(t *testing.T) {
	if got, want := ReservedRoleName("ReadOnlyAccess", "ps-de1aeeec02b20bda"), "AWSReservedSSO_ReadOnlyAccess_de1aeeec02b20bda"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	longest := ReservedRoleName(strings.Repeat("n", 32), Random().PermissionSetID())
	if len(longest) != 64 {
		t.Errorf("the longest role name has %d characters, IAM allows 64", len(longest))
	}
}

func TestSAMLProviderName(t *testing.T) {
	if got, want := SAMLProviderName("ssoins-66cb6e387e9a07b4"), "AWSSSO_66cb6e387e9a07b4_DO_NOT_DELETE"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestClientIDCarriesTheRegion(t *testing.T) {
	raw, err := base64.RawURLEncoding.DecodeString(Random().ClientID("us-east-2"))
	if err != nil || string(raw[16:]) != "us-east-2" {
		t.Errorf("client id decodes to %q, %v", raw, err)
	}
}

// TestAccessKeysTellTheirAccount includes an id that AWS has published with its account.
func TestAccessKeysTellTheirAccount(t *testing.T) {
	for _, account := range []string{"000000000001", "123456789012", "999999999999"} {
		for _, prefix := range []string{PrefixAccessKey, PrefixTemporaryAccessKey} {
			id := Random().AccessKeyID(prefix, account)
			if got, ok := AccountOfAccessKey(id); !ok || got != account {
				t.Errorf("%s is of %s, want %s", id, got, account)
			}
		}
	}
	if got, ok := AccountOfAccessKey("ASIAQNZGKIQY56JQ7WML"); !ok || got != "029608264753" {
		t.Errorf("the well-known id is of %s", got)
	}
	for _, id := range []string{"", "AKIA", "AKIAIOSFODNN7EXAMPLE", "AROAQNZGKIQY56JQ7WML", "ASIAQNZGKIQY56JQ7WM1", "ASIAQNZGKIQY56JQ7WMLA", "ASIA7777777777777777"} {
		if got, ok := AccountOfAccessKey(id); ok {
			t.Errorf("%s is of %s, want nobody", id, got)
		}
	}
}
