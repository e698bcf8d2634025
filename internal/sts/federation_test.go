package sts_test

import (
	"context"
	"crypto/sha1"
	"encoding/base64"
	"reflect"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// TestTheHopIsKeptInTheSession: a session of a permission set knows through which provider it was taken, a session chained from it does not.
func TestTheHopIsKeptInTheSession(t *testing.T) {
	w := newGranted(t, idc.Validity{}, idc.Validity{})
	creds, err := w.sts.RoleCredentials(t.Context(), w.caller, testidc.Member, "Deploy")
	if err != nil {
		t.Fatal(err)
	}
	_, caller, err := w.sts.Open(creds.AccessKeyID, creds.SessionToken)
	if err != nil {
		t.Fatal(err)
	}
	const issuer = "https://portal.sso.us-east-1.amazonaws.com/saml/assertion/MTExMTExMTExMTExX2lucy0xMjM0NTY3ODkwYWJjZGVm" // 111111111111_ins-1234567890abcdef
	digest := sha1.Sum([]byte(issuer + "222222222222/AWSSSO_1234567890abcdef_DO_NOT_DELETE"))
	want := idc.Federation{
		Provider: "arn:aws:iam::222222222222:saml-provider/AWSSSO_1234567890abcdef_DO_NOT_DELETE",
		Subject:  "ana", SubjectType: "persistent", NameQualifier: base64.StdEncoding.EncodeToString(digest[:]),
	}
	if caller.Federation == nil || !reflect.DeepEqual(*caller.Federation, want) {
		t.Errorf("federation %+v, want %+v", caller.Federation, want)
	}
	target := w.Role(testidc.Member, "Target", trustAll)
	creds, _, err = w.sts.AssumeRole(t.Context(), caller, sts.AssumeRoleInput{RoleARN: target.ARN, SessionName: "deeper"})
	if err != nil {
		t.Fatal(err)
	}
	_, chained, err := w.sts.Open(creds.AccessKeyID, creds.SessionToken)
	if err != nil || chained.Federation != nil || chained.UserID != caller.UserID || chained.MFA {
		t.Errorf("chained session %+v, %v: want the person, and neither provider nor second factor", chained, err)
	}
}

// TestTheHopIsAdmitted: credentials are issued, and the hop recorded, only when the account's side lets the provider in; asked anew every time.
func TestTheHopIsAdmitted(t *testing.T) {
	w := newGranted(t, idc.Validity{}, idc.Validity{})
	var hops int
	w.sts.Precede = func(audit.Call) error { hops++; return nil }
	var refusal error
	w.sts.Admit = func(_ context.Context, a sts.Admission) error {
		role, by, sessionName, tags := a.Role, a.By, a.SessionName, a.Tags
		if role.AccountID != testidc.Member || by.Issuer == "" || by.Audience != "https://signin.aws.amazon.com/saml" || sessionName != "ana" || len(tags) != 0 {
			t.Errorf("asked about %+v by %+v as %s with %v", role, by, sessionName, tags)
		}
		return refusal
	}
	get := func() error {
		creds, err := w.sts.RoleCredentials(t.Context(), w.caller, testidc.Member, "Deploy")
		if (creds == nil) != (err != nil) {
			t.Errorf("credentials %v with %v", creds, err)
		}
		return err
	}
	if err := get(); err != nil || hops != 1 {
		t.Errorf("admitted: %v, %d hops", err, hops)
	}
	refusal = idc.Errorf(idc.Denied, "a resource control policy")
	if err := get(); idc.KindOf(err) != idc.Denied || idc.PublicMessage(err) != "No access" || !strings.Contains(err.Error(), "resource control policy") || hops != 1 {
		t.Errorf("refused: %v, %d hops; want No access, and the reason for the log", err, hops)
	}
	refusal = idc.Errorf(idc.Unavailable, "the database")
	if err := get(); idc.KindOf(err) != idc.Unavailable {
		t.Errorf("not decided: %v", err)
	}
}

// TestSessionTagsAndPolicies: what a session was given when the role was assumed comes back with its token.
func TestSessionTagsAndPolicies(t *testing.T) {
	w := testidc.New(t)
	s := service(w)
	role := w.Role(testidc.Member, "Deploy", trustAll)
	w.Update(func(tx store.Tx) error { return tx.PutRole(role) })
	const document = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:Get*","Resource":"*"}]}`
	open := func(creds *idc.Credentials, err error) idc.Caller {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		_, caller, err := s.Open(creds.AccessKeyID, creds.SessionToken)
		if err != nil {
			t.Fatal(err)
		}
		return caller
	}
	next := func(caller idc.Caller, in sts.AssumeRoleInput) idc.Caller {
		t.Helper()
		in.RoleARN, in.SessionName = role.ARN, "ana"
		creds, _, err := s.AssumeRole(t.Context(), caller, in)
		return open(creds, err)
	}
	first := next(idc.Caller{Type: idc.CallerAssumedRole}, sts.AssumeRoleInput{Policy: document, PolicyARNs: []string{"arn:aws:iam::aws:policy/ReadOnlyAccess"},
		Tags: []idc.Tag{{Key: "Team", Value: "red"}, {Key: "Stage", Value: "prod"}}, TransitiveTagKeys: []string{"team"}, SourceIdentity: "ana@example.com"})
	if len(first.SessionPolicies) != 1 || first.SessionPolicies[0] != document || len(first.SessionPolicyARNs) != 1 || len(first.Tags) != 2 {
		t.Errorf("session %+v", first)
	}
	second := next(first, sts.AssumeRoleInput{Tags: []idc.Tag{{Key: "Stage", Value: "test"}}})
	if len(second.SessionPolicies)+len(second.SessionPolicyARNs) != 0 {
		t.Errorf("session policies %v %v are those of one session", second.SessionPolicies, second.SessionPolicyARNs)
	}
	tags := map[string]string{}
	for _, tag := range second.Tags {
		tags[tag.Key] = tag.Value
	}
	if len(tags) != 2 || tags["Team"] != "red" || tags["Stage"] != "test" || second.SourceIdentity != "ana@example.com" {
		t.Errorf("tags %v, source identity %s; want the transitive tag and the identity inherited, the other tag new", tags, second.SourceIdentity)
	}
	third := next(second, sts.AssumeRoleInput{})
	if len(third.Tags) != 1 || third.Tags[0].Key != "Team" {
		t.Errorf("tags %v, want the transitive one still and the other dropped", third.Tags)
	}
	if third.ExpiresAt.Sub(third.IssuedAt).Hours() > 1 {
		t.Errorf("a chained session lives %s", third.ExpiresAt.Sub(third.IssuedAt))
	}
}
