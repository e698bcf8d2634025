package sts_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/api/doortest"
	door "github.com/gatehouse-idc/gatehouse/internal/api/sts"
	"github.com/gatehouse-idc/gatehouse/internal/authz"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/sts"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/oidc"
	"github.com/gatehouse-idc/gatehouse/internal/oidc/oidctest"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/saml/samltest"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	service "github.com/gatehouse-idc/gatehouse/internal/sts"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// realm is a door over roles that are judged by their trust policies.
func realm(t *testing.T) (*testidc.World, *doortest.Client, *service.Service, *role.Service) {
	w := testidc.New(t)
	secrets := sealed.NewEphemeral()
	roles := &role.Service{Store: w.Store, IDs: w.IDs, Secrets: secrets}
	judge := &authz.Service{Store: w.Store, Clock: w.Clock, Roles: roles, Instance: w.Instance}
	s := &service.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Ring: sealed.NewEphemeral(), Secrets: secrets, Instance: w.Instance,
		BaseURL: "https://gatehouse.example.com", Tokens: &oidc.Verifier{Clock: w.Clock}, Admit: judge.AdmitFederated}
	return w, doortest.New(t, w.Clock, w.IDs, testidc.Member, (&door.Door{STS: s, Authz: judge}).Operations()), s, roles
}

func TestAssumeRoleWithSAML(t *testing.T) {
	w, c, _, roles := realm(t)
	p := samltest.New(t, "https://idp.example.com")
	provider, err := roles.CreateSAMLProvider(t.Context(), w.Change(), testidc.Member, role.SAMLProviderDefinition{Name: "corp", Metadata: p.Metadata()})
	if err != nil {
		t.Fatal(err)
	}
	target := w.Role(testidc.Member, "Deploy", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"`+provider.ARN+`"},"Action":["sts:AssumeRoleWithSAML","sts:TagSession"]}]}`)
	const names = "https://aws.amazon.com/SAML/Attributes/"
	claim := samltest.Claim{At: w.Clock.Now(), Attributes: map[string][]string{names + "Role": {target.ARN + "," + provider.ARN}, names + "RoleSessionName": {"ana"}, names + "PrincipalTag:Team": {"blue"}}}
	in := &sts.AssumeRoleWithSAMLInput{RoleArn: &target.ARN, PrincipalArn: &provider.ARN, SAMLAssertion: doortest.P(p.Encoded(claim)), DurationSeconds: doortest.P(int32(900)), MinimumSessionTokenSize: doortest.P(int32(3000))}
	c.Caller = idc.Caller{Type: idc.CallerAnonymous}
	out := doortest.Do(c, sts.AssumeRoleWithSAML, in)
	if *out.AssumedRoleUser.Arn != "arn:aws:sts::222222222222:assumed-role/Deploy/ana" || *out.AssumedRoleUser.AssumedRoleId != target.ID+":ana" || *out.PackedPolicySize != 1 ||
		!out.Credentials.Expiration.Equal(w.Clock.Now().Add(15*time.Minute)) || out.SourceIdentity != nil {
		t.Errorf("answer %+v", out)
	}
	// The example of NameQualifier in the API reference is made the same way: base64 of a SHA-1 digest.
	if *out.Subject != "ana" || *out.SubjectType != "persistent" || *out.Issuer != p.EntityID || *out.Audience != samltest.SignIn || len(*out.NameQualifier) != 28 {
		t.Errorf("of the assertion %s %s %s %s %s", *out.Subject, *out.SubjectType, *out.Issuer, *out.Audience, *out.NameQualifier)
	}
	if size := len(*out.Credentials.SessionToken); size < 3000 || size > 3020 || int(*out.SessionTokenSize) != size || *out.SessionTokenUtilization != 37 {
		t.Errorf("a token of %d bytes, said to be %d and %d %%", size, *out.SessionTokenSize, *out.SessionTokenUtilization)
	}
	if len(c.Edge.Asked) != 0 {
		t.Errorf("the Authorizer was asked %v about somebody who signs nothing", c.Edge.Asked)
	}
	refuse := func(code, words string, edit func(*sts.AssumeRoleWithSAMLInput)) {
		t.Helper()
		bad := *in
		edit(&bad)
		doortest.Refuse(c, sts.AssumeRoleWithSAML, &bad, code, words)
	}
	refuse("InvalidIdentityToken", "Response signature invalid", func(in *sts.AssumeRoleWithSAMLInput) {
		in.SAMLAssertion = doortest.P(samltest.New(t, p.EntityID).Encoded(claim))
	})
	refuse("InvalidIdentityToken", "Specified provider doesn't exist", func(in *sts.AssumeRoleWithSAMLInput) { in.PrincipalArn = doortest.P(provider.ARN + "x") })
	refuse("ValidationError", "Request ARN is invalid", func(in *sts.AssumeRoleWithSAMLInput) { in.RoleArn = &provider.ARN })
	refuse("ValidationError", "MaxSessionDuration", func(in *sts.AssumeRoleWithSAMLInput) {
		in.DurationSeconds = doortest.P(int32(43200))
		shorten(w, target)
	})
	refuse("ValidationError", "8192", func(in *sts.AssumeRoleWithSAMLInput) { in.MinimumSessionTokenSize = doortest.P(int32(9000)) })
	refuse("MalformedPolicyDocument", "", func(in *sts.AssumeRoleWithSAMLInput) { in.Policy = doortest.P("{") })
	refuse("PackedPolicyTooLarge", "%", func(in *sts.AssumeRoleWithSAMLInput) { in.Policy = doortest.P(strings.Repeat(" ", 2048)) })
	refuse("IDPRejectedClaim", "", func(in *sts.AssumeRoleWithSAMLInput) {
		failed := claim
		failed.Status = "urn:oasis:names:tc:SAML:2.0:status:Responder"
		in.SAMLAssertion = doortest.P(p.Encoded(failed))
	})
	w.Clock.Advance(6 * time.Minute)
	refuse("ExpiredTokenException", "Token must be redeemed within 5 minutes of issuance", func(*sts.AssumeRoleWithSAMLInput) {})
}

func TestAssumeRoleWithWebIdentity(t *testing.T) {
	w, c, s, roles := realm(t)
	issuer := oidctest.New(t, w.Clock)
	s.Tokens.Fetcher = issuer
	provider, err := roles.CreateOIDCProvider(t.Context(), w.Change(), testidc.Member, issuer.URL, []string{"app"}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	target := w.Role(testidc.Member, "Deploy", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"`+provider.ARN+`"},"Action":"sts:AssumeRoleWithWebIdentity"}]}`)
	token := issuer.Sign(t, map[string]any{"sub": "system:serviceaccount:x", "aud": "app"})
	in := &sts.AssumeRoleWithWebIdentityInput{RoleArn: &target.ARN, RoleSessionName: doortest.P("pod"), WebIdentityToken: &token}
	c.Caller = idc.Caller{Type: idc.CallerAnonymous}
	out := doortest.Do(c, sts.AssumeRoleWithWebIdentity, in)
	if *out.AssumedRoleUser.Arn != "arn:aws:sts::222222222222:assumed-role/Deploy/pod" || *out.Provider != issuer.URL || *out.Audience != "app" ||
		*out.SubjectFromWebIdentityToken != "system:serviceaccount:x" || out.PackedPolicySize != nil || *out.SessionTokenSize <= 0 {
		t.Errorf("answer %+v", out)
	}
	doortest.Refuse(c, sts.AssumeRoleWithWebIdentity, &sts.AssumeRoleWithWebIdentityInput{RoleArn: &target.ARN, RoleSessionName: doortest.P("pod"), WebIdentityToken: &token, ProviderId: doortest.P("www.amazon.com")}, "InvalidIdentityToken", "ProviderId")
	other := issuer.Sign(t, map[string]any{"sub": "x", "aud": "x"})
	doortest.Refuse(c, sts.AssumeRoleWithWebIdentity, &sts.AssumeRoleWithWebIdentityInput{RoleArn: &target.ARN, RoleSessionName: doortest.P("pod"), WebIdentityToken: &other}, "InvalidIdentityToken", "Incorrect token audience")
	absent := "arn:aws:iam::222222222222:role/Absent"
	doortest.Refuse(c, sts.AssumeRoleWithWebIdentity, &sts.AssumeRoleWithWebIdentityInput{RoleArn: &absent, RoleSessionName: doortest.P("pod"), WebIdentityToken: &token}, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
	w.Clock.Advance(2 * time.Hour)
	doortest.Refuse(c, sts.AssumeRoleWithWebIdentity, in, "ExpiredTokenException", "Token expired")
}

func TestSessionsGetNoOtherKindOfSession(t *testing.T) {
	_, c, _, _ := realm(t)
	doortest.Refuse(c, sts.GetSessionToken, &sts.GetSessionTokenInput{}, "AccessDenied", "Cannot call GetSessionToken with session credentials")
	doortest.Refuse(c, sts.GetSessionToken, &sts.GetSessionTokenInput{DurationSeconds: doortest.P(int32(60))}, "ValidationError", "durationSeconds")
	doortest.Refuse(c, sts.GetFederationToken, &sts.GetFederationTokenInput{Name: doortest.P("ana")}, "AccessDenied", "Cannot call GetFederationToken with session credentials")
	doortest.Refuse(c, sts.GetFederationToken, &sts.GetFederationTokenInput{Name: doortest.P("a b")}, "ValidationError", "name")
	doortest.Refuse(c, sts.GetDelegatedAccessToken, &sts.GetDelegatedAccessTokenInput{TradeInToken: doortest.P("x")}, "ExpiredTradeInTokenException", "never issued")
}

func TestGetAccessKeyInfo(t *testing.T) {
	w, c, s, _ := realm(t)
	creds, _, err := s.Issue(service.Session{Role: w.Role(testidc.Member, "Deploy", trust), SessionName: "ana", Duration: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if got := *doortest.Do(c, sts.GetAccessKeyInfo, &sts.GetAccessKeyInfoInput{AccessKeyId: &creds.AccessKeyID}).Account; got != testidc.Member {
		t.Errorf("the key is of %s", got)
	}
	for _, id := range []string{"AKIAIOSFODNN7EXAMPLE", "ASIAQNZGKIQY56JQ7WML", "AROA2CD4EXAMPLEEXAMPL"} {
		doortest.Refuse(c, sts.GetAccessKeyInfo, &sts.GetAccessKeyInfoInput{AccessKeyId: &id}, "ValidationError", "of no account")
	}
}

func TestGetWebIdentityToken(t *testing.T) {
	w, c, s, _ := realm(t)
	in := &sts.GetWebIdentityTokenInput{Audience: []string{"https://api.example.com"}, SigningAlgorithm: doortest.P("ES384"), Tags: []sts.Tag{{Key: doortest.P("job"), Value: doortest.P("7")}}}
	doortest.Refuse(c, sts.GetWebIdentityToken, in, "OutboundWebIdentityFederationDisabledException", "not enabled")
	if _, err := s.EnableOutbound(t.Context(), w.Change(), testidc.Member); err != nil {
		t.Fatal(err)
	}
	c.Caller.ExpiresAt = w.Clock.Now().Add(time.Hour)
	c.Edge.Asked = nil
	out := doortest.Do(c, sts.GetWebIdentityToken, in)
	if strings.Count(*out.WebIdentityToken, ".") != 2 || !out.Expiration.Equal(w.Clock.Now().Add(5*time.Minute)) {
		t.Errorf("answer %+v", out)
	}
	if asked := c.Edge.Asked; len(asked) != 2 || asked[0].Action != "sts:GetWebIdentityToken" || asked[1].Action != "sts:TagGetWebIdentityToken" || asked[0].Keys["sts:DurationSeconds"][0] != "300" {
		t.Errorf("asked %+v", asked)
	}
	in.DurationSeconds = doortest.P(int32(3600))
	c.Caller.ExpiresAt = w.Clock.Now().Add(time.Minute)
	doortest.Refuse(c, sts.GetWebIdentityToken, in, "SessionDurationEscalationException", "")
}

func TestAssumeRoot(t *testing.T) {
	_, c, _, _ := realm(t)
	in := &sts.AssumeRootInput{TargetPrincipal: doortest.P(testidc.Member), TaskPolicyArn: &sts.PolicyDescriptorType{Arn: doortest.P("arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy")}}
	doortest.Refuse(c, sts.AssumeRoot, in, "AccessDenied", "")
	if q := c.Edge.Last(); q.Action != "sts:AssumeRoot" || q.Resources[0] != "arn:aws:iam::222222222222:root" || q.Keys["sts:TaskPolicyArn"][0] != *in.TaskPolicyArn.Arn {
		t.Errorf("asked %+v", q)
	}
}

// shorten lets sessions of a role last one hour at most.
func shorten(w *testidc.World, r *idc.Role) {
	r.MaxSessionDuration = time.Hour
	w.Update(func(tx store.Tx) error { return tx.PutRole(r) })
}
