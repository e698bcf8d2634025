package ssoportal_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/api/doortest"
	door "github.com/gatehouse-idc/gatehouse/internal/api/ssoportal"
	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoportal"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/pagetoken"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// setUp gives ana the permission sets A, B and C in the member account, C for an hour.
func setUp(t *testing.T) (*testidc.World, *audit.Service, *doortest.Client) {
	w := testidc.New(t)
	ana := w.User("ana")
	for _, name := range []string{"C", "A", "B"} {
		role := w.Role(testidc.Member, "Role"+name, `{"Version":"2012-10-17","Statement":[]}`)
		w.Update(func(tx store.Tx) error {
			id := "ps-" + strings.Repeat(strings.ToLower(name), 16)
			err := tx.PutPermissionSet(&idc.PermissionSet{ID: id, Name: name, SessionDuration: "PT2H", Revision: 1, CreatedAt: w.Clock.Now()})
			if err != nil {
				return err
			}
			a := &idc.Assignment{ID: w.IDs.UUID(), PermissionSetID: id, PrincipalType: idc.PrincipalUser, PrincipalID: ana.ID,
				Scope: idc.Scope{Kind: idc.ScopeAccount, AccountID: testidc.Member}, Owner: idc.OwnerBuiltIn}
			if name == "C" {
				a.Validity.EndsAt = w.Clock.Now().Add(time.Hour)
			}
			if err := tx.PutAssignment(a); err != nil {
				return err
			}
			return tx.PutProvisioning(&idc.Provisioning{AccountID: testidc.Member, PermissionSetID: id, RoleARN: role.ARN, RoleName: role.Name, Revision: 1})
		})
	}
	events := &audit.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Region: "us-east-1", ManagementAccountID: testidc.Management}
	d := &door.Door{STS: &sts.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Ring: sealed.NewEphemeral(), Precede: events.Precede},
		Pages: pagetoken.Codec{Ring: sealed.NewEphemeral()}}
	c := doortest.New(t, w.Clock, w.IDs, testidc.Management, d.Operations())
	c.Caller = idc.Caller{Type: idc.CallerIdentityCenterUser, AccountID: testidc.Management, UserID: ana.ID, MFA: true, MFAAt: w.Clock.Now()}
	return w, events, c
}

// TestTheAccountsOwnTrailShowsTheHop: GetRoleCredentials leaves an AssumeRoleWithSAML event in the account, without secrets.
func TestTheAccountsOwnTrailShowsTheHop(t *testing.T) {
	w, trail, c := setUp(t)
	out := doortest.Do(c, ssoportal.GetRoleCredentials, &ssoportal.GetRoleCredentialsInput{
		AccessToken: token(), AccountId: doortest.P(testidc.Member), RoleName: doortest.P("A")})
	// The call's own record, which the gateway writes, takes the hop with it.
	if err := trail.Record(t.Context(), audit.Call{Time: w.Clock.Now(), Name: "GetRoleCredentials", Source: "sso.amazonaws.com"}); err != nil {
		t.Fatal(err)
	}
	events, _, err := trail.Lookup(t.Context(), idc.EventFilter{AccountID: testidc.Member}, store.Page{})
	if err != nil || len(events) != 1 || events[0].Name != "AssumeRoleWithSAML" || events[0].UserName != "ana" {
		t.Fatalf("events %v, %v; want the hop", events, err)
	}
	record := events[0].Record
	if !strings.Contains(record, *out.RoleCredentials.AccessKeyId) || !strings.Contains(record, `"type":"SAMLUser"`) ||
		strings.Contains(record, *out.RoleCredentials.SecretAccessKey) || strings.Contains(record, *out.RoleCredentials.SessionToken) {
		t.Errorf("record %s", record)
	}
}

func token() *string { return doortest.P("aoa-token") }

func TestAccountsAndRolesPageByPage(t *testing.T) {
	_, _, c := setUp(t)
	accounts := doortest.Do(c, ssoportal.ListAccounts, &ssoportal.ListAccountsInput{AccessToken: token()})
	if len(accounts.AccountList) != 1 || *accounts.AccountList[0].AccountId != testidc.Member || *accounts.AccountList[0].AccountName != "Member" {
		t.Errorf("accounts %+v, want the one, once", accounts.AccountList)
	}
	var names []string
	in := &ssoportal.ListAccountRolesInput{AccessToken: token(), AccountId: doortest.P(testidc.Member), MaxResults: doortest.P(int32(2))}
	for range 3 {
		out := doortest.Do(c, ssoportal.ListAccountRoles, in)
		for _, r := range out.RoleList {
			names = append(names, *r.RoleName)
		}
		if in.NextToken = out.NextToken; out.NextToken == nil {
			break
		}
	}
	if got := fmt.Sprint(names); got != "[A B C]" {
		t.Errorf("roles %s, want the names of the permission sets", got)
	}
}

func TestCredentialsEndWithTheAssignment(t *testing.T) {
	w, _, c := setUp(t)
	get := func(role string) *ssoportal.GetRoleCredentialsInput {
		return &ssoportal.GetRoleCredentialsInput{AccessToken: token(), AccountId: doortest.P(testidc.Member), RoleName: &role}
	}
	for role, want := range map[string]time.Duration{"A": 2 * time.Hour, "C": time.Hour} {
		out := doortest.Do(c, ssoportal.GetRoleCredentials, get(role))
		if got := time.UnixMilli(*out.RoleCredentials.Expiration).Sub(w.Clock.Now()); got != want {
			t.Errorf("credentials of %s live %v, want %v", role, got, want)
		}
	}
	w.Clock.Advance(time.Hour)
	doortest.Refuse(c, ssoportal.GetRoleCredentials, get("C"), "ForbiddenException", "No access")
	doortest.Refuse(c, ssoportal.GetRoleCredentials, get("NoSuchSet"), "ForbiddenException", "No access")
	doortest.Refuse(c, ssoportal.GetRoleCredentials, get("RoleA"), "ForbiddenException", "No access")
	doortest.Refuse(c, ssoportal.ListAccountRoles,
		&ssoportal.ListAccountRolesInput{AccessToken: token(), AccountId: doortest.P(testidc.Management)}, "ForbiddenException", "No access")
	w.Update(func(tx store.Tx) error {
		ana, err := tx.User(c.Caller.UserID)
		if err != nil {
			return err
		}
		ana.Status = idc.UserDisabled
		return tx.PutUser(ana)
	})
	doortest.Refuse(c, ssoportal.GetRoleCredentials, get("A"), "ForbiddenException", "No access")
}
