package accountaccess_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/accountaccess"
	door "github.com/gatehouse-idc/gatehouse/internal/api/accountaccess"
	. "github.com/gatehouse-idc/gatehouse/internal/api/doortest"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	wire "github.com/gatehouse-idc/gatehouse/internal/awsapi/accountaccess"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/pagetoken"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

const delegate = "333333333333"

type world struct {
	*testidc.World
	door                          *door.Door
	management, delegate, another *Client
	ana                           *idc.User
	deploy                        *idc.Role
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{World: testidc.New(t)}
	w.Update(func(tx store.Tx) error {
		if err := tx.PutServiceAccess(&idc.ServiceAccess{ServicePrincipal: accountaccess.ServicePrincipal, EnabledAt: w.Clock.Now()}); err != nil {
			return err
		}
		return tx.PutDelegatedAdministrator(&idc.DelegatedAdministrator{AccountID: delegate, ServicePrincipal: accountaccess.ServicePrincipal})
	})
	w.door = &door.Door{Access: &accountaccess.Service{Store: w.Store, IDs: w.IDs}, Pages: pagetoken.Codec{Ring: sealed.NewEphemeral()}}
	client := func(account string) *Client { return New(t, w.Clock, w.IDs, account, w.door.Operations()) }
	w.management, w.delegate, w.another = client(testidc.Management), client(delegate), client(testidc.Member)
	w.ana, w.deploy = w.User("ana"), w.Role(testidc.Member, "Deploy", `{"Version":"2012-10-17","Statement":[]}`)
	return w
}

func (w *world) source() *wire.IdentitySource {
	return &wire.IdentitySource{IdentityCenter: &wire.IdentityCenter{InstanceArn: &w.Instance.ARN}}
}

func (w *world) application(tags map[string]string) *string {
	w.T.Helper()
	return Do(w.management, wire.CreateApplication, &wire.CreateApplicationInput{IdentitySource: w.source(), Tags: tags}).ApplicationArn
}

func user(id string) *wire.Principal {
	return &wire.Principal{IdentityCenter: &wire.IdentityCenterPrincipal{UserId: &id}}
}

func entitlement(principal *wire.Principal, roleARN string) *wire.Entitlement {
	return &wire.Entitlement{PrincipalRole: &wire.PrincipalRoleEntitlement{Principal: principal, RoleArn: &roleARN}}
}

func TestApplications(t *testing.T) {
	w := newWorld(t)
	application := w.application(map[string]string{"Team": "iam"})
	asked := w.management.Edge.Last()
	if asked.Action != "account-access:CreateApplication" || !slices.Equal(asked.Resources, []string{"*"}) || !slices.Equal(asked.Keys["aws:RequestTag/Team"], []string{"iam"}) {
		t.Errorf("asked %+v", asked)
	}
	w.Clock.Advance(time.Hour)
	Do(w.delegate, wire.TagResource, &wire.TagResourceInput{ResourceArn: application, Tags: map[string]string{"Env": "prod"}})
	got := Do(w.delegate, wire.GetApplication, &wire.GetApplicationInput{ApplicationArn: application})
	if *got.Status != "ACTIVE" || *got.IdentitySource.IdentityCenter.InstanceArn != w.Instance.ARN || *got.TenantId == "" || len(got.Tags) != 2 ||
		got.UpdatedAt.Sub(*got.CreatedAt) != time.Hour {
		t.Errorf("%+v", got)
	}
	if asked := w.delegate.Edge.Last(); asked.Action != "account-access:GetApplication" || !slices.Equal(asked.Resources, []string{*application}) {
		t.Errorf("asked %+v", asked)
	}
	list := Do(w.delegate, wire.ListApplications, &wire.ListApplicationsInput{MaxResults: P(int32(1))})
	if len(list.Applications) != 1 || *list.Applications[0].ApplicationArn != *application || *list.Applications[0].TenantId != *got.TenantId || list.NextToken != nil {
		t.Errorf("%+v", list)
	}
	Do(w.delegate, wire.UntagResource, &wire.UntagResourceInput{ResourceArn: application, TagKeys: []string{"Team"}})
	if tags := Do(w.delegate, wire.ListTagsForResource, &wire.ListTagsForResourceInput{ResourceArn: application}).Tags; len(tags) != 1 || tags["Env"] != "prod" {
		t.Errorf("tags %v", tags)
	}
	Refuse(w.management, wire.CreateApplication, &wire.CreateApplicationInput{IdentitySource: w.source()}, "AlreadyCreatedException", "already")
	Do(w.management, wire.DeleteApplication, &wire.DeleteApplicationInput{ApplicationArn: application})
	Do(w.management, wire.DeleteApplication, &wire.DeleteApplicationInput{ApplicationArn: application})
	Refuse(w.management, wire.GetApplication, &wire.GetApplicationInput{ApplicationArn: application}, "ResourceNotFoundException", "not found")
	Refuse(w.management, wire.ListTagsForResource, &wire.ListTagsForResourceInput{ResourceArn: application}, "ResourceNotFoundException", "not found")
}

func TestEntitlements(t *testing.T) {
	w := newWorld(t)
	application := w.application(nil)
	create := &wire.CreateEntitlementInput{ApplicationArn: application, Entitlement: entitlement(user(w.ana.ID), w.deploy.ARN)}
	id := Do(w.delegate, wire.CreateEntitlement, create).EntitlementId
	if again := Do(w.management, wire.CreateEntitlement, create).EntitlementId; *again != *id {
		t.Errorf("the same entitlement is %s and %s", *id, *again)
	}
	got := Do(w.delegate, wire.GetEntitlement, &wire.GetEntitlementInput{ApplicationArn: application, EntitlementId: id})
	role := got.Entitlement.PrincipalRole
	if *role.Principal.IdentityCenter.UserId != w.ana.ID || role.Principal.IdentityCenter.GroupId != nil || *role.RoleArn != w.deploy.ARN ||
		*role.Account != testidc.Member || *role.AccountName != "Member" || *got.ApplicationArn != *application || *got.EntitlementId != *id {
		t.Errorf("%+v", role)
	}
	all := Do(w.delegate, wire.ListEntitlements, &wire.ListEntitlementsInput{ApplicationArn: application, Filter: &wire.EntitlementFilter{}})
	none := Do(w.delegate, wire.ListEntitlements, &wire.ListEntitlementsInput{ApplicationArn: application,
		Filter: &wire.EntitlementFilter{PrincipalRole: &wire.PrincipalRoleEntitlementFilter{Account: P(testidc.Management)}}})
	if len(all.Entitlements) != 1 || *all.Entitlements[0].Entitlement.PrincipalRole.RoleArn != w.deploy.ARN || len(none.Entitlements) != 0 {
		t.Errorf("%+v, %+v", all, none)
	}
	for _, c := range []struct {
		in          *wire.CreateEntitlementInput
		code, words string
	}{
		{&wire.CreateEntitlementInput{ApplicationArn: application, Entitlement: entitlement(user(w.IDs.UserID()), w.deploy.ARN)}, "ResourceNotFoundException", "USER"},
		{&wire.CreateEntitlementInput{ApplicationArn: application, Entitlement: entitlement(user(w.ana.ID), w.deploy.ARN+"2")}, "ValidationException", "verifying role"},
		{&wire.CreateEntitlementInput{ApplicationArn: application, Entitlement: entitlement(user(w.ana.ID), "arn:aws:iam::222222222222:user/x")}, "ValidationException", ""},
		{&wire.CreateEntitlementInput{ApplicationArn: P(*application + "0"), Entitlement: create.Entitlement}, "ResourceNotFoundException", "Application"},
		{&wire.CreateEntitlementInput{ApplicationArn: application, Entitlement: &wire.Entitlement{}}, "ValidationException", ""},
	} {
		Refuse(w.management, wire.CreateEntitlement, c.in, c.code, c.words)
	}
	Do(w.delegate, wire.DeleteEntitlement, &wire.DeleteEntitlementInput{ApplicationArn: application, EntitlementId: id})
	Do(w.delegate, wire.DeleteEntitlement, &wire.DeleteEntitlementInput{ApplicationArn: application, EntitlementId: id})
	Refuse(w.delegate, wire.GetEntitlement, &wire.GetEntitlementInput{ApplicationArn: application, EntitlementId: id}, "ResourceNotFoundException", "Entitlement not found")
}

func TestTheQuotaOfGroups(t *testing.T) {
	w := newWorld(t)
	w.door.Access.Quotas.GroupsPerRole = 1
	application := w.application(nil)
	group := func(name string) *wire.CreateEntitlementInput {
		g := &idc.Group{ID: w.IDs.GroupID(), IdentityStoreID: w.Instance.IdentityStoreID, DisplayName: name, Owner: idc.OwnerBuiltIn}
		w.Update(func(tx store.Tx) error { return tx.PutGroup(g) })
		return &wire.CreateEntitlementInput{ApplicationArn: application,
			Entitlement: entitlement(&wire.Principal{IdentityCenter: &wire.IdentityCenterPrincipal{GroupId: &g.ID}}, w.deploy.ARN)}
	}
	Do(w.management, wire.CreateEntitlement, group("one"))
	Refuse(w.management, wire.CreateEntitlement, group("two"), "ServiceQuotaExceededException", "groups")
}

// TestWhoMayCall: the management account everything, a delegated administrator all
// but the application itself, another account nothing.
func TestWhoMayCall(t *testing.T) {
	w := newWorld(t)
	application := w.application(nil)
	filter := &wire.EntitlementFilter{}
	const denied = "AccessDeniedException"
	Refuse(w.delegate, wire.CreateApplication, &wire.CreateApplicationInput{IdentitySource: w.source()}, denied, "management account")
	Refuse(w.delegate, wire.DeleteApplication, &wire.DeleteApplicationInput{ApplicationArn: application}, denied, "management account")
	for _, who := range []string{testidc.Member} {
		c := w.another
		Refuse(c, wire.CreateApplication, &wire.CreateApplicationInput{IdentitySource: w.source()}, denied, who)
		Refuse(c, wire.GetApplication, &wire.GetApplicationInput{ApplicationArn: application}, denied, who)
		Refuse(c, wire.DeleteApplication, &wire.DeleteApplicationInput{ApplicationArn: application}, denied, who)
		Refuse(c, wire.ListApplications, &wire.ListApplicationsInput{}, denied, who)
		Refuse(c, wire.CreateEntitlement, &wire.CreateEntitlementInput{ApplicationArn: application, Entitlement: entitlement(user(w.ana.ID), w.deploy.ARN)}, denied, who)
		Refuse(c, wire.GetEntitlement, &wire.GetEntitlementInput{ApplicationArn: application, EntitlementId: P("x")}, denied, who)
		Refuse(c, wire.DeleteEntitlement, &wire.DeleteEntitlementInput{ApplicationArn: application, EntitlementId: P("x")}, denied, who)
		Refuse(c, wire.ListEntitlements, &wire.ListEntitlementsInput{ApplicationArn: application, Filter: filter}, denied, who)
		Refuse(c, wire.TagResource, &wire.TagResourceInput{ResourceArn: application, Tags: map[string]string{"a": "b"}}, denied, who)
		Refuse(c, wire.UntagResource, &wire.UntagResourceInput{ResourceArn: application, TagKeys: []string{"a"}}, denied, who)
		Refuse(c, wire.ListTagsForResource, &wire.ListTagsForResourceInput{ResourceArn: application}, denied, who)
	}
}

func TestPaging(t *testing.T) {
	w := newWorld(t)
	application := w.application(nil)
	for _, name := range []string{"A", "B", "C"} {
		role := w.Role(testidc.Member, name, `{"Version":"2012-10-17","Statement":[]}`)
		Do(w.management, wire.CreateEntitlement, &wire.CreateEntitlementInput{ApplicationArn: application, Entitlement: entitlement(user(w.ana.ID), role.ARN)})
	}
	in := &wire.ListEntitlementsInput{ApplicationArn: application, Filter: &wire.EntitlementFilter{}, MaxResults: P(int32(2))}
	first := Do(w.management, wire.ListEntitlements, in)
	if len(first.Entitlements) != 2 || first.NextToken == nil {
		t.Fatalf("%+v", first)
	}
	in.NextToken = first.NextToken
	if second := Do(w.management, wire.ListEntitlements, in); len(second.Entitlements) != 1 || second.NextToken != nil {
		t.Errorf("%+v", second)
	}
	in.Filter = &wire.EntitlementFilter{PrincipalRole: &wire.PrincipalRoleEntitlementFilter{Account: P(testidc.Member)}}
	Refuse(w.management, wire.ListEntitlements, in, "ValidationException", "") // the token is that of another list
}

// asManagement takes every request for one of the management account.
type asManagement struct{ Edge }

func (*asManagement) Authenticate(context.Context, *http.Request, []byte, *awsapi.Operation) (idc.Caller, error) {
	return idc.Caller{Type: idc.CallerAssumedRole, AccountID: testidc.Management, ARN: "arn:aws:sts::111111111111:assumed-role/Admin/ana"}, nil
}

// TestOnTheWire holds paths, members and status codes against the API Reference.
func TestOnTheWire(t *testing.T) {
	w := newWorld(t)
	edge := &asManagement{}
	gateway, err := awsedge.New(awsedge.Config{Authenticator: edge, Authorizer: edge, Auditor: edge, Clock: w.Clock, IDs: w.IDs,
		Log: slog.New(slog.DiscardHandler), Region: "us-east-1"}, w.door.Operations()...)
	if err != nil {
		t.Fatal(err)
	}
	call := func(method, path, body string) (int, map[string]any) {
		t.Helper()
		r := httptest.NewRequest(method, "https://account-access.us-east-1.api.aws"+path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=ASIA/20260801/us-east-1/account-access/aws4_request, SignedHeaders=host, Signature=0")
		rec := httptest.NewRecorder()
		gateway.ServeHTTP(rec, r)
		text, err := io.ReadAll(rec.Body)
		if err != nil {
			t.Fatal(err)
		}
		if rec.Code == http.StatusNoContent && (len(text) > 0 || rec.Header().Get("Content-Length") != "") {
			t.Errorf("%s %s: 204 with %q, %v", method, path, text, rec.Header())
		}
		var answer map[string]any
		if len(text) > 0 {
			if err := json.Unmarshal(text, &answer); err != nil {
				t.Fatalf("%s %s: %d %s", method, path, rec.Code, text)
			}
		}
		return rec.Code, answer
	}
	code, made := call("POST", "/applications", `{"identitySource":{"identityCenter":{"instanceArn":"`+w.Instance.ARN+`"}},"tags":{"Team":"iam"}}`)
	application, _ := made["applicationArn"].(string)
	if code != 200 || application == "" {
		t.Fatalf("%d %v", code, made)
	}
	label := url.PathEscape(application)
	if code, got := call("GET", "/applications/"+label, ""); code != 200 || got["status"] != "ACTIVE" || got["createdAt"] != "2026-03-01T12:00:00Z" {
		t.Errorf("%d %v", code, got)
	}
	code, given := call("POST", "/entitlements", `{"applicationArn":"`+application+`","entitlement":{"principalRole":{"principal":{"identityCenter":{"userId":"`+
		w.ana.ID+`"}},"roleArn":"`+w.deploy.ARN+`"}}}`)
	id, _ := given["entitlementId"].(string)
	if code != 200 || id == "" {
		t.Fatalf("%d %v", code, given)
	}
	query := "?" + url.Values{"applicationArn": {application}}.Encode()
	if code, got := call("GET", "/entitlements/"+id+query, ""); code != 200 || got["entitlementId"] != id {
		t.Errorf("%d %v", code, got)
	}
	if code, got := call("POST", "/entitlements-list", `{"applicationArn":"`+application+`","filter":{"principalRole":{"roleArn":"`+w.deploy.ARN+`"}},"maxResults":10}`); code != 200 || len(got["entitlements"].([]any)) != 1 {
		t.Errorf("%d %v", code, got)
	}
	if code, got := call("POST", "/applications-list", `{}`); code != 200 || len(got["applications"].([]any)) != 1 {
		t.Errorf("%d %v", code, got)
	}
	if code, got := call("GET", "/tags/"+label, ""); code != 200 || got["tags"].(map[string]any)["Team"] != "iam" {
		t.Errorf("%d %v", code, got)
	}
	if code, _ := call("POST", "/tags/"+label, `{"tags":{"Env":"prod"}}`); code != 200 {
		t.Errorf("tagging: %d", code)
	}
	if code, _ := call("DELETE", "/tags/"+label+"?tagKeys=Team&tagKeys=Env", ""); code != 200 {
		t.Errorf("untagging: %d", code)
	}
	if code, got := call("GET", "/entitlements/none"+query, ""); code != 404 || got["message"] == nil {
		t.Errorf("%d %v", code, got)
	}
	if code, got := call("POST", "/applications", `{"identitySource":{"identityCenter":{"instanceArn":"`+w.Instance.ARN+`"}},"tags":{"Other":"x"}}`); code != 400 {
		t.Errorf("a second application: %d %v", code, got)
	}
	if code, _ := call("DELETE", "/entitlements/"+id+query, ""); code != 204 {
		t.Errorf("deleting: %d", code)
	}
	if code, _ := call("DELETE", "/applications/"+label, ""); code != 204 {
		t.Errorf("deleting: %d", code)
	}
}
