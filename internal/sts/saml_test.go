package sts_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/authz"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/oidc"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/saml/samltest"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// realm is a world whose roles are judged by their real trust policies.
type realm struct {
	*testidc.World
	sts   *sts.Service
	roles *role.Service
	authz *authz.Service
}

func newRealm(t *testing.T) *realm {
	w := testidc.New(t)
	secrets := sealed.NewEphemeral()
	r := &realm{World: w, roles: &role.Service{Store: w.Store, IDs: w.IDs, Secrets: secrets}}
	r.authz = &authz.Service{Store: w.Store, Clock: w.Clock, Roles: r.roles, Instance: w.Instance}
	r.sts = &sts.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Ring: sealed.NewEphemeral(), Secrets: secrets, Instance: w.Instance,
		BaseURL: "https://gatehouse.example.com", Tokens: &oidc.Verifier{Clock: w.Clock}, Admit: r.authz.AdmitFederated}
	return r
}

func (r *realm) wants(t *testing.T, name string, err error, kind idc.Kind, reason idc.Reason, words string) {
	t.Helper()
	if idc.KindOf(err) != kind || err == nil || idc.ReasonOf(err) != reason || !strings.Contains(idc.PublicMessage(err), words) {
		t.Errorf("%s: %v; want %v/%s with %q", name, err, kind, reason, words)
	}
}

const (
	samlARN       = "arn:aws:iam::222222222222:saml-provider/corp"
	samlRole      = "arn:aws:iam::222222222222:role/Deploy"
	samlNames     = "https://aws.amazon.com/SAML/Attributes/"
	samlTrust     = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"` + samlARN + `"},"Action":["sts:AssumeRoleWithSAML","sts:TagSession","sts:SetSourceIdentity"],"Condition":{"StringEquals":{"saml:aud":"https://signin.aws.amazon.com/saml"}}}]}`
	samlTrustOnly = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"` + samlARN + `"},"Action":"sts:AssumeRoleWithSAML"}]}`
)

// corp makes the SAML provider "corp" in the member account.
func (r *realm) corp(t *testing.T) *samltest.Provider {
	t.Helper()
	p := samltest.New(t, "https://idp.example.com")
	_, err := r.roles.CreateSAMLProvider(t.Context(), r.Change(), testidc.Member, role.SAMLProviderDefinition{Name: "corp", Metadata: p.Metadata()})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// claim is what corp says of ana, with more attributes.
func (r *realm) claim(more map[string][]string) samltest.Claim {
	attributes := map[string][]string{samlNames + "Role": {samlRole + "," + samlARN}, samlNames + "RoleSessionName": {"ana"}}
	maps.Copy(attributes, more)
	return samltest.Claim{At: r.Clock.Now(), Attributes: attributes}
}

func (r *realm) takeSAML(t *testing.T, response string) (*sts.Federated, error) {
	t.Helper()
	return r.sts.AssumeRoleWithSAML(t.Context(), sts.AssumeRoleWithSAMLInput{RoleARN: samlRole, ProviderARN: samlARN, Response: response})
}

func TestAssumeRoleWithSAML(t *testing.T) {
	r := newRealm(t)
	corp := r.corp(t)
	target := r.Role(testidc.Member, "Deploy", samlTrust)
	claim := r.claim(map[string][]string{
		samlNames + "PrincipalTag:Team": {"blue"}, samlNames + "PrincipalTag:Cost": {"7"}, samlNames + "TransitiveTagKeys": {"Team"},
		samlNames + "SourceIdentity": {"ana.lopez"}, samlNames + "SessionDuration": {"3600"},
	})
	got, err := r.takeSAML(t, corp.Encoded(claim))
	if err != nil {
		t.Fatal(err)
	}
	by := got.By
	if by.Provider != samlARN || by.Issuer != corp.EntityID || by.Audience != samltest.SignIn || by.Subject != "ana" || by.SubjectType != "persistent" || by.NameQualifier == "" {
		t.Errorf("by %+v", by)
	}
	if got.Caller.Type != idc.CallerSAML || got.Caller.AccountID != testidc.Member || got.Caller.PrincipalARN != samlARN || got.Caller.SessionName != "ana" {
		t.Errorf("recorded as %+v", got.Caller)
	}
	_, session, err := r.sts.Open(got.Credentials.AccessKeyID, got.Credentials.SessionToken)
	if err != nil {
		t.Fatal(err)
	}
	tags := slices.Clone(session.Tags)
	slices.SortFunc(tags, func(a, b idc.Tag) int { return strings.Compare(a.Key, b.Key) })
	if session.RoleID != target.ID || session.SourceIdentity != "ana.lopez" || session.Chained || !session.ExpiresAt.Equal(r.Clock.Now().Add(time.Hour)) ||
		!slices.Equal(tags, []idc.Tag{{Key: "Cost", Value: "7"}, {Key: "Team", Value: "blue"}}) || !slices.Equal(session.TransitiveTagKeys, []string{"Team"}) {
		t.Errorf("session %+v", session)
	}
	if account, ok := ids.AccountOfAccessKey(got.Credentials.AccessKeyID); !ok || account != testidc.Member {
		t.Errorf("the key %s tells %s", got.Credentials.AccessKeyID, account)
	}
	// While it is good an assertion may be used again, as in AWS.
	if _, err := r.takeSAML(t, corp.Encoded(claim)); err != nil {
		t.Errorf("a second time: %v", err)
	}
	// The session chained from it cannot change who it is.
	next := r.Role(testidc.Member, "Next", trustAll)
	_, _, err = r.sts.AssumeRole(t.Context(), session, sts.AssumeRoleInput{RoleARN: next.ARN, SessionName: "deeper", Tags: []idc.Tag{{Key: "team", Value: "red"}}})
	r.wants(t, "a transitive tag", err, idc.Invalid, "", "conflicts with a transitive tag")
}

func TestSAMLSessionEnds(t *testing.T) {
	r := newRealm(t)
	corp := r.corp(t)
	r.Role(testidc.Member, "Deploy", samlTrust)
	claim := r.claim(nil)
	claim.SessionEnds = r.Clock.Now().Add(20 * time.Minute)
	got, err := r.takeSAML(t, corp.Encoded(claim))
	if err != nil || !got.Credentials.ExpiresAt.Equal(claim.SessionEnds) {
		t.Errorf("ends %+v, %v; want with the session at the identity provider", got, err)
	}
}

func TestSAMLRefusals(t *testing.T) {
	r := newRealm(t)
	corp := r.corp(t)
	r.Role(testidc.Member, "Deploy", samlTrust)
	now := r.Clock.Now()
	edit := func(change func(*samltest.Claim)) string {
		c := r.claim(nil)
		change(&c)
		return corp.Encoded(c)
	}
	attribute := func(name string, values ...string) string {
		return corp.Encoded(r.claim(map[string][]string{samlNames + name: values}))
	}
	invalid := sts.ReasonInvalidIdentityToken
	impostor := samltest.New(t, corp.EntityID)
	for name, c := range map[string]struct {
		response string
		kind     idc.Kind
		reason   idc.Reason
		words    string
	}{
		"no base64":             {"%%%%", idc.Invalid, invalid, "Invalid base64 SAMLResponse"},
		"no XML":                {samltest.Encode("hello"), idc.Invalid, invalid, "did not contain a valid SAML assertion"},
		"another's key":         {impostor.Encoded(r.claim(nil)), idc.Invalid, invalid, "Response signature invalid"},
		"not signed":            {samltest.Encode(corp.Response(r.claim(nil), corp.Assertion(r.claim(nil)))), idc.Invalid, invalid, "Response signature invalid"},
		"changed":               {samltest.Encode(strings.Replace(corp.Signed(r.claim(nil)), ">ana<", ">bob<", 1)), idc.Invalid, invalid, "Response signature invalid"},
		"a failure":             {edit(func(c *samltest.Claim) { c.Status = "urn:oasis:names:tc:SAML:2.0:status:Requester" }), idc.Denied, sts.ReasonIDPRejectedClaim, "authentication failed"},
		"another issuer":        {edit(func(c *samltest.Claim) { c.Issuer = "https://other.example.com" }), idc.Invalid, invalid, "Issuer not present in specified provider"},
		"another audience":      {edit(func(c *samltest.Claim) { c.Audience = "https://sp.example.com" }), idc.Invalid, invalid, "required audience"},
		"another recipient":     {edit(func(c *samltest.Claim) { c.Recipient = "https://signin.aws.amazon.com.evil.example/saml" }), idc.Invalid, invalid, "required recipient"},
		"another Gatehouse":     {edit(func(c *samltest.Claim) { c.Recipient = "https://other-gatehouse.example.com/saml" }), idc.Invalid, invalid, "required recipient"},
		"old":                   {edit(func(c *samltest.Claim) { c.At, c.Valid = now.Add(-6*time.Minute), time.Hour }), idc.Expired, "", "Token must be redeemed within 5 minutes of issuance"},
		"over":                  {edit(func(c *samltest.Claim) { c.At, c.Valid = now.Add(-2*time.Minute), time.Minute }), idc.Expired, "", "expired"},
		"session over":          {edit(func(c *samltest.Claim) { c.SessionEnds = now }), idc.Expired, "", "expired"},
		"from the future":       {edit(func(c *samltest.Claim) { c.At = now.Add(2 * time.Minute) }), idc.Invalid, invalid, "not yet valid"},
		"no session name":       {attribute("RoleSessionName"), idc.Invalid, invalid, "RoleSessionName is required in AuthnResponse"},
		"two session names":     {attribute("RoleSessionName", "ana", "bob"), idc.Invalid, invalid, "RoleSessionName is required in AuthnResponse"},
		"a bad name":            {attribute("RoleSessionName", "a b"), idc.Invalid, invalid, "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}"},
		"another role":          {attribute("Role", "arn:aws:iam::222222222222:role/Other,"+samlARN), idc.Invalid, invalid, "doesn't contain the requested Role and Metadata"},
		"role alone":            {attribute("Role", samlRole), idc.Invalid, invalid, "doesn't contain the requested Role and Metadata"},
		"a bad source":          {attribute("SourceIdentity", "aws:x"), idc.Invalid, invalid, `Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"`},
		"a bad duration":        {attribute("SessionDuration", "1h"), idc.Invalid, invalid, "SessionDuration"},
		"a tag of two":          {attribute("PrincipalTag:Team", "a", "b"), idc.Invalid, invalid, "exactly one value"},
		"a reserved tag":        {attribute("PrincipalTag:aws:x", "a"), idc.Invalid, "", "aws:"},
		"a bad tag":             {attribute("PrincipalTag:Team", "a;b"), idc.Invalid, invalid, "not valid"},
		"transitive, not there": {attribute("TransitiveTagKeys", "Team"), idc.Invalid, "", "must be included in the requested tags"},
	} {
		_, err := r.takeSAML(t, c.response)
		r.wants(t, name, err, c.kind, c.reason, c.words)
	}
	if _, err := r.takeSAML(t, attribute("Role", samlARN+" , "+samlRole)); err != nil {
		t.Errorf("the pair the other way round: %v", err)
	}
	if _, err := r.takeSAML(t, edit(func(c *samltest.Claim) {
		c.Recipient, c.Audience = "https://us-west-2.signin.aws.amazon.com/saml", "urn:amazon:webservices"
	})); idc.KindOf(err) != idc.Denied {
		t.Errorf("another Region's sign-in, which the role's condition on saml:aud does not take: %v", err)
	}
}

func TestSAMLTrust(t *testing.T) {
	r := newRealm(t)
	corp := r.corp(t)
	role := r.Role(testidc.Member, "Deploy", samlTrustOnly)
	const refused = "Not authorized to perform sts:AssumeRoleWithSAML"
	if _, err := r.takeSAML(t, corp.Encoded(r.claim(nil))); err != nil {
		t.Fatal(err)
	}
	for name, response := range map[string]string{
		"tags":     corp.Encoded(r.claim(map[string][]string{samlNames + "PrincipalTag:Team": {"blue"}})),
		"a source": corp.Encoded(r.claim(map[string][]string{samlNames + "SourceIdentity": {"ana"}})),
	} {
		got, err := r.takeSAML(t, response)
		r.wants(t, name, err, idc.Denied, "", refused)
		if got == nil || got.Credentials != nil || got.Caller.SessionName != "ana" {
			t.Errorf("%s: %+v; want to know who was refused", name, got)
		}
	}
	for name, condition := range map[string]string{
		"saml:iss":              `"StringEquals":{"saml:iss":"https://idp.example.com"}`,
		"saml:sub":              `"StringEquals":{"saml:sub":"ana","saml:sub_type":"persistent"}`,
		"saml:doc":              `"StringEquals":{"saml:doc":"222222222222/corp"}`,
		"saml:namequalifier":    `"Null":{"saml:namequalifier":"false"}`,
		"an attribute":          `"ForAnyValue:StringEquals":{"saml:edupersonaffiliation":"staff"}`,
		"aws:FederatedProvider": `"ArnEquals":{"aws:FederatedProvider":"` + samlARN + `"}`,
	} {
		role.TrustPolicy = strings.Replace(samlTrustOnly, `"sts:AssumeRoleWithSAML"}`, `"sts:AssumeRoleWithSAML","Condition":{`+condition+`}}`, 1)
		r.Update(func(tx store.Tx) error { return tx.PutRole(role) })
		response := corp.Encoded(r.claim(map[string][]string{"urn:oid:1.3.6.1.4.1.5923.1.1.1.1": {"member", "staff"}}))
		if _, err := r.takeSAML(t, response); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		role.TrustPolicy = strings.NewReplacer("https://idp.example.com", "other", `"ana"`, `"bob"`, "222222222222/corp", "x", `"false"`, `"true"`, `"staff"`, `"student"`, `"aws:FederatedProvider":"`+samlARN, `"aws:FederatedProvider":"x`).Replace(role.TrustPolicy)
		r.Update(func(tx store.Tx) error { return tx.PutRole(role) })
		_, err := r.takeSAML(t, response)
		r.wants(t, "not "+name, err, idc.Denied, "", refused)
	}
	r.Update(func(tx store.Tx) error { return tx.DeleteRole(testidc.Member, "Deploy") })
	_, err := r.takeSAML(t, corp.Encoded(r.claim(nil)))
	r.wants(t, "a role that is gone", err, idc.Denied, "", refused)
}

// TestTheInstancesOwnProviderIsNotForOthers: not even with its metadata in hand, which has no key today.
func TestTheInstancesOwnProviderIsNotForOthers(t *testing.T) {
	r := newRealm(t)
	own := ids.SAMLProviderName(r.Instance.ID)
	forger := samltest.New(t, ids.SAMLIssuer(r.Instance.ID, r.Instance.OwnerAccountID, r.Instance.Region))
	r.Update(func(tx store.Tx) error {
		return role.Reserved{Service: r.roles}.EnsureSAMLProvider(tx, r.Change(), testidc.Member, own, forger.Metadata())
	})
	ownARN := "arn:aws:iam::222222222222:saml-provider/" + own
	r.Role(testidc.Member, "Deploy", strings.ReplaceAll(samlTrust, samlARN, ownARN))
	claim := r.claim(map[string][]string{samlNames + "Role": {samlRole + "," + ownARN}})
	_, err := r.sts.AssumeRoleWithSAML(t.Context(), sts.AssumeRoleWithSAMLInput{RoleARN: samlRole, ProviderARN: ownARN, Response: forger.Encoded(claim)})
	r.wants(t, "the instance's provider", err, idc.Invalid, sts.ReasonInvalidIdentityToken, "Specified provider doesn't exist")
}

// TestAProviderOfAnotherAccountIsNone: a role trusts providers by ARN, but only those of its account are asked.
func TestAProviderOfAnotherAccountIsNone(t *testing.T) {
	r := newRealm(t)
	p := samltest.New(t, "https://idp.example.com")
	provider, err := r.roles.CreateSAMLProvider(t.Context(), r.Change(), testidc.Management, role.SAMLProviderDefinition{Name: "corp", Metadata: p.Metadata()})
	if err != nil {
		t.Fatal(err)
	}
	r.Role(testidc.Member, "Deploy", strings.ReplaceAll(samlTrust, samlARN, provider.ARN))
	claim := r.claim(map[string][]string{samlNames + "Role": {samlRole + "," + provider.ARN}})
	_, err = r.sts.AssumeRoleWithSAML(t.Context(), sts.AssumeRoleWithSAMLInput{RoleARN: samlRole, ProviderARN: provider.ARN, Response: p.Encoded(claim)})
	r.wants(t, "another account", err, idc.Invalid, sts.ReasonInvalidIdentityToken, "Specified provider doesn't exist")
}

func TestEncryptedAssertions(t *testing.T) {
	r := newRealm(t)
	corp := r.corp(t)
	r.Role(testidc.Member, "Deploy", samlTrust)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
	only := true
	if err := r.roles.UpdateSAMLProvider(t.Context(), r.Change(), testidc.Member, samlARN, role.SAMLProviderChange{AddKey: text, EncryptedOnly: &only}); err != nil {
		t.Fatal(err)
	}
	claim := r.claim(nil)
	encrypted := samltest.Encode(corp.Response(claim, corp.Encrypt(corp.Sign(corp.Assertion(claim)), &key.PublicKey)))
	if _, err := r.takeSAML(t, encrypted); err != nil {
		t.Errorf("encrypted: %v", err)
	}
	_, err = r.takeSAML(t, corp.Encoded(claim))
	r.wants(t, "in the clear", err, idc.Invalid, sts.ReasonInvalidIdentityToken, "requires encrypted assertions")
}
