package sts_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

const trustAll = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}`

func service(w *testidc.World) *sts.Service {
	return &sts.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Ring: sealed.NewEphemeral()}
}

func issue(t *testing.T, s *sts.Service, in sts.Session) *idc.Credentials {
	t.Helper()
	creds, _, err := s.Issue(in)
	if err != nil {
		t.Fatal(err)
	}
	return creds
}

func TestATokenGivesBackItsCaller(t *testing.T) {
	w := testidc.New(t)
	s := service(w)
	role := w.Role(testidc.Member, "Deploy", trustAll)
	creds := issue(t, s, sts.Session{Role: role, SessionName: "ana", Duration: time.Hour, UserID: "u-1",
		MFAAt: w.Clock.Now(), Tags: []idc.Tag{{Key: "Team", Value: "blue"}}})
	secret, caller, err := s.Open(creds.AccessKeyID, creds.SessionToken)
	if err != nil {
		t.Fatal(err)
	}
	if secret != creds.SecretAccessKey {
		t.Error("the secret of the token is not the one that was issued")
	}
	if caller.ARN != "arn:aws:sts::222222222222:assumed-role/Deploy/ana" || caller.PrincipalARN != role.ARN ||
		caller.PrincipalID != role.ID+":ana" || !caller.MFA || caller.UserID != "u-1" || len(caller.Tags) != 1 {
		t.Errorf("caller = %+v", caller)
	}
}

func TestBadTokensAreRefused(t *testing.T) {
	w := testidc.New(t)
	s := service(w)
	role := w.Role(testidc.Member, "Deploy", trustAll)
	creds := issue(t, s, sts.Session{Role: role, SessionName: "ana", Duration: time.Hour})
	other := issue(t, s, sts.Session{Role: role, SessionName: "bob", Duration: time.Hour})
	flipped := []byte(creds.SessionToken)
	flipped[len(flipped)/2] ^= 1
	for name, tc := range map[string]struct{ key, token string }{
		"no token":       {creds.AccessKeyID, ""},
		"another key":    {other.AccessKeyID, creds.SessionToken},
		"long-term key":  {"AKIA" + creds.AccessKeyID[4:], creds.SessionToken},
		"altered":        {creds.AccessKeyID, string(flipped)},
		"cut":            {creds.AccessKeyID, creds.SessionToken[:40]},
		"of another key": {creds.AccessKeyID, other.SessionToken},
	} {
		if _, _, err := s.Open(tc.key, tc.token); idc.ReasonOf(err) != idc.ReasonInvalidAccessKey {
			t.Errorf("%s: %v, want the token to be invalid", name, err)
		}
	}
	w.Clock.Advance(time.Hour)
	if _, _, err := s.Open(creds.AccessKeyID, creds.SessionToken); idc.KindOf(err) != idc.Expired {
		t.Errorf("at its end: %v, want Expired", err)
	}
}

func TestCredentialsEndWithTheirReason(t *testing.T) {
	w := testidc.New(t)
	s := service(w)
	role := w.Role(testidc.Member, "Deploy", trustAll)
	end := w.Clock.Now().Add(10 * time.Minute)
	creds := issue(t, s, sts.Session{Role: role, SessionName: "ana", Duration: 4 * time.Hour, NotAfter: end})
	if !creds.ExpiresAt.Equal(end) {
		t.Errorf("expires %v, want the end of the assignment %v", creds.ExpiresAt, end)
	}
	_, caller, err := s.Open(creds.AccessKeyID, creds.SessionToken)
	if err != nil {
		t.Fatal(err)
	}
	chained, _, err := s.AssumeRole(context.Background(), caller, sts.AssumeRoleInput{RoleARN: role.ARN, SessionName: "deeper"})
	if err != nil {
		t.Fatal(err)
	}
	if !chained.ExpiresAt.Equal(end) {
		t.Errorf("a chained session expires %v, want %v: it must not outlive the reason either", chained.ExpiresAt, end)
	}
}

func TestFencesStopWhatWasIssuedBefore(t *testing.T) {
	for _, kind := range []idc.FenceKind{idc.FenceUser, idc.FenceSession, idc.FenceRole, idc.FenceAssignment, idc.FenceAccessKey} {
		t.Run(string(kind), func(t *testing.T) {
			w := testidc.New(t)
			s := service(w)
			role := w.Role(testidc.Member, "Deploy", trustAll)
			in := sts.Session{Role: role, SessionName: "ana", Duration: time.Hour, UserID: "u-1", SessionID: "p-1", AssignmentID: "a-1"}
			old := issue(t, s, in)
			id := map[idc.FenceKind]string{idc.FenceUser: "u-1", idc.FenceSession: "p-1", idc.FenceRole: role.ID,
				idc.FenceAssignment: "a-1", idc.FenceAccessKey: old.AccessKeyID}[kind]
			w.Clock.Advance(time.Second)
			w.Update(func(tx store.Tx) error {
				return tx.PutFence(&idc.Fence{Kind: kind, ID: id, IssuedBefore: w.Clock.Now(), ExpiresAt: w.Clock.Now().Add(time.Hour)})
			})
			if err := s.ReloadFences(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, _, err := s.Open(old.AccessKeyID, old.SessionToken); idc.KindOf(err) != idc.Unauthenticated {
				t.Errorf("fenced credentials: %v, want them refused", err)
			}
			fresh := issue(t, s, in)
			if _, _, err := s.Open(fresh.AccessKeyID, fresh.SessionToken); err != nil {
				t.Errorf("credentials issued after the fence: %v, want them to work", err)
			}
		})
	}
}

func TestAssumeRoleRules(t *testing.T) {
	w := testidc.New(t)
	s := service(w)
	role := w.Role(testidc.Member, "Deploy", trustAll)
	role.MaxSessionDuration = 2 * time.Hour
	w.Update(func(tx store.Tx) error { return tx.PutRole(role) })
	session := idc.Caller{Type: idc.CallerAssumedRole, AccountID: testidc.Member,
		Tags: []idc.Tag{{Key: "Team", Value: "blue"}, {Key: "Temp", Value: "x"}}, TransitiveTagKeys: []string{"team"}, SourceIdentity: "ana"}
	for name, tc := range map[string]struct {
		caller idc.Caller
		in     sts.AssumeRoleInput
		want   string // part of the message; "" for success
	}{
		"defaults":              {session, sts.AssumeRoleInput{}, ""},
		"chained over an hour":  {session, sts.AssumeRoleInput{Duration: 2 * time.Hour}, "1 hour session limit for roles assumed by role chaining"},
		"over the role's limit": {idc.Caller{}, sts.AssumeRoleInput{Duration: 3 * time.Hour}, "exceeds the MaxSessionDuration"},
		"too short":             {session, sts.AssumeRoleInput{Duration: time.Minute}, "greater than or equal to 900"},
		"other source identity": {session, sts.AssumeRoleInput{SourceIdentity: "bob"}, "cannot be changed"},
		"transitive tag again":  {session, sts.AssumeRoleInput{Tags: []idc.Tag{{Key: "TEAM", Value: "red"}}}, "conflicts with a transitive tag"},
		"inherited key again":   {session, sts.AssumeRoleInput{TransitiveTagKeys: []string{"Team"}}, "conflicts with a transitive tag"},
		"transitive, not given": {session, sts.AssumeRoleInput{TransitiveTagKeys: []string{"Other"}}, "must be included in the requested tags"},
		"same tag twice":        {session, sts.AssumeRoleInput{Tags: []idc.Tag{{Key: "a"}, {Key: "A"}}}, "Duplicate tag keys"},
		"bad policy":            {session, sts.AssumeRoleInput{Policy: "{"}, "Syntax errors"},
		"large policy":          {session, sts.AssumeRoleInput{Policy: strings.Repeat(" ", 2100)}, "Packed policy consumes"},
		"unknown role":          {session, sts.AssumeRoleInput{RoleARN: "arn:aws:iam::222222222222:role/deploy"}, "cannot be found"},
	} {
		t.Run(name, func(t *testing.T) {
			tc.in.SessionName = "deeper"
			if tc.in.RoleARN == "" {
				tc.in.RoleARN = role.ARN
			}
			_, got, err := s.AssumeRole(t.Context(), tc.caller, tc.in)
			if tc.want != "" {
				if err == nil || !strings.Contains(idc.PublicMessage(err), tc.want) {
					t.Fatalf("error = %v, want one that says %q", err, tc.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Tags) != 1 || got.Tags[0].Key != "Team" || got.SourceIdentity != "ana" || !got.Chained {
				t.Errorf("session = %+v, want the transitive tag and the source identity to be kept", got)
			}
		})
	}
}

func TestSessionNames(t *testing.T) {
	long := strings.Repeat("a", 70)
	for in, want := range map[string]string{"ana@example.com": "ana@example.com", "a+b=c,d.e-f_g": "a+b=c,d.e-f_g"} {
		if got := sts.SessionName(in, "id"); got != want {
			t.Errorf("SessionName(%q) = %q", in, got)
		}
	}
	for _, in := range []string{"zoë", "a/b", "x", long} {
		one, two := sts.SessionName(in, "id-1"), sts.SessionName(in, "id-2")
		if one == two || len(one) > 64 || strings.ContainsAny(one, "/ë") {
			t.Errorf("SessionName(%q) = %q and %q for two people", in, one, two)
		}
	}
}

// TestLeavingTheGroupEndsChaining: a session whose reason is gone cannot renew itself by assuming roles.
func TestLeavingTheGroupEndsChaining(t *testing.T) {
	w := testidc.New(t)
	s := service(w)
	role := w.Role(testidc.Member, "Deploy", trustAll)
	ana := w.User("ana")
	group := &idc.Group{ID: w.IDs.GroupID(), DisplayName: "Ops", Owner: idc.OwnerBuiltIn}
	membership := &idc.Membership{ID: w.IDs.MembershipID(), GroupID: group.ID, UserID: ana.ID, Owner: idc.OwnerBuiltIn}
	granted := &idc.Assignment{ID: w.IDs.UUID(), PermissionSetID: "ps-1", PrincipalType: idc.PrincipalGroup, PrincipalID: group.ID,
		Scope: idc.Scope{Kind: idc.ScopeAll}, Owner: idc.OwnerBuiltIn}
	w.Update(func(tx store.Tx) error {
		return errors.Join(tx.PutGroup(group), tx.PutMembership(membership), tx.PutAssignment(granted))
	})
	caller := idc.Caller{Type: idc.CallerAssumedRole, AccountID: testidc.Member, UserID: ana.ID, AssignmentID: granted.ID}
	in := sts.AssumeRoleInput{RoleARN: role.ARN, SessionName: "deeper"}
	_, chained, err := s.AssumeRole(t.Context(), caller, in)
	if err != nil {
		t.Fatal(err)
	}
	w.Update(func(tx store.Tx) error { return tx.DeleteMembership(membership.ID) })
	for name, c := range map[string]idc.Caller{"the session": caller, "a chained session": chained} {
		if _, _, err := s.AssumeRole(t.Context(), c, in); idc.KindOf(err) != idc.Denied {
			t.Errorf("%s after leaving the group: %v, want Denied", name, err)
		}
	}
}
