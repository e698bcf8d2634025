package identitystore_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	door "github.com/gatehouse-idc/gatehouse/internal/api/identitystore"
	"github.com/gatehouse-idc/gatehouse/internal/application"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/identitystore"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/directory"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/instance"
	"github.com/gatehouse-idc/gatehouse/internal/pagetoken"
	"github.com/gatehouse-idc/gatehouse/internal/reqctx"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// world is the Identity Store API behind a gateway that lets an administrator do everything.
type world struct {
	*testidc.World
	gateway *awsedge.Gateway
	asked   map[string][]string // action to resources
	caller  idc.Caller
	ip      string
}

func (w *world) Authenticate(context.Context, *http.Request, []byte, *awsapi.Operation) (idc.Caller, error) {
	return w.caller, nil
}

func (w *world) Authorize(_ context.Context, _ *awsedge.Call, action string, resources []string, _ map[string][]string) error {
	w.asked[action] = resources
	return nil
}

func (w *world) Record(context.Context, *awsedge.Call, any, any, error) error { return nil }

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{World: testidc.New(t), asked: map[string][]string{}, caller: idc.Caller{Type: idc.CallerAssumedRole,
		AccountID: testidc.Management, ARN: "arn:aws:sts::111111111111:assumed-role/Admin/root"}}
	var err error
	dir := &directory.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs}
	w.gateway, err = awsedge.New(awsedge.Config{
		Authenticator: w, Authorizer: w, Auditor: w, Clock: w.Clock, IDs: w.IDs, Region: "us-east-1",
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}, (&door.Door{
		Directory: dir, Instance: w.Instance, Applications: &application.Service{Store: w.Store, IDs: w.IDs},
		Instances: &instance.Service{Store: w.Store, IDs: w.IDs, Directory: dir},
		Pages:     pagetoken.Codec{Ring: sealed.NewEphemeral()},
	}).Operations()...)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// call sends an operation's JSON; IdentityStoreId is added.
func (w *world) call(operation, members string) (status int, answer map[string]any) {
	w.T.Helper()
	return w.raw(operation, `{"IdentityStoreId":"`+w.Instance.IdentityStoreID+`"`+strings.TrimSuffix(","+members, ",")+`}`)
}

func (w *world) raw(operation, body string) (status int, answer map[string]any) {
	w.T.Helper()
	w.Clock.Advance(time.Millisecond)
	r := httptest.NewRequest(http.MethodPost, "https://identitystore.us-east-1.amazonaws.com/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "AWSIdentityStore."+operation)
	rec := httptest.NewRecorder()
	w.gateway.ServeHTTP(rec, r.WithContext(reqctx.With(r.Context(), reqctx.Info{ClientIP: w.ip})))
	if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil {
		w.T.Fatalf("%s: %v: %s", operation, err, rec.Body)
	}
	return rec.Code, answer
}

// must is call for what has to work.
func (w *world) must(operation, members string) map[string]any {
	w.T.Helper()
	status, answer := w.call(operation, members)
	if status != 200 {
		w.T.Fatalf("%s {%s}: %d %v", operation, members, status, answer)
	}
	return answer
}

const ana = `"UserName":"ana","DisplayName":"Ana B","Name":{"GivenName":"Ana","FamilyName":"B"},"Emails":[{"Value":"ana@example.com","Type":"work","Primary":true}],` +
	`"Extensions":{"aws:identitystore:enterprise":{"department":"Shop"}},"Photos":[{"Value":"https://example.com/a.png","Primary":true}],"Birthdate":"1990-02-28"`

func TestUserFromCreationToDeletion(t *testing.T) {
	w := newWorld(t)
	id := w.must("CreateUser", ana)["UserId"].(string)
	quoted := fmt.Sprintf("%q", id)
	u := w.must("DescribeUser", `"UserId":`+quoted)
	for name, want := range map[string]any{"UserName": "ana", "DisplayName": "Ana B", "UserStatus": "ENABLED", "Birthdate": "1990-02-28",
		"UserId": id, "IdentityStoreId": "d-1234567890", "CreatedBy": "arn:aws:sts::111111111111:assumed-role/Admin/root"} {
		if u[name] != want {
			t.Errorf("%s is %v, want %v", name, u[name], want)
		}
	}
	if email := u["Emails"].([]any)[0].(map[string]any); email["Value"] != "ana@example.com" || email["Primary"] != true {
		t.Errorf("e-mail %v", email)
	}
	if u["Extensions"] != nil || u["NickName"] != nil {
		t.Errorf("members nobody asked for: %v", u)
	}
	if at, ok := u["CreatedAt"].(float64); !ok || int64(at) != w.Clock.Now().Unix() {
		t.Errorf("CreatedAt %v is not in epoch seconds", u["CreatedAt"])
	}
	u = w.must("DescribeUser", `"UserId":`+quoted+`,"Extensions":["aws:identitystore:enterprise"]`)
	if got := u["Extensions"].(map[string]any)["aws:identitystore:enterprise"].(map[string]any)["department"]; got != "Shop" {
		t.Errorf("extension %v", u["Extensions"])
	}
	w.must("UpdateUser", `"UserId":`+quoted+`,"Operations":[{"AttributePath":"name.familyName","AttributeValue":"Doe"},{"AttributePath":"birthdate"},{"AttributePath":"nickName","AttributeValue":"A"}]`)
	u = w.must("DescribeUser", `"UserId":`+quoted)
	if u["Name"].(map[string]any)["FamilyName"] != "Doe" || u["Birthdate"] != nil || u["NickName"] != "A" {
		t.Errorf("after the update: %v", u)
	}
	for _, by := range []string{
		`{"UniqueAttribute":{"AttributePath":"userName","AttributeValue":"ANA"}}`,
		`{"UniqueAttribute":{"AttributePath":"emails.value","AttributeValue":"ana@example.com"}}`,
	} {
		if got := w.must("GetUserId", `"AlternateIdentifier":`+by)["UserId"]; got != id {
			t.Errorf("GetUserId %s = %v", by, got)
		}
	}
	w.must("DeleteUser", `"UserId":`+quoted)
	status, answer := w.call("DescribeUser", `"UserId":`+quoted)
	if status != 400 || answer["__type"] != "ResourceNotFoundException" || answer["Message"] != "USER not found." || answer["ResourceType"] != "USER" || answer["RequestId"] == nil {
		t.Errorf("after the deletion: %d %v", status, answer)
	}
}

func TestErrorsAreAWSs(t *testing.T) {
	w := newWorld(t)
	w.must("CreateUser", ana)
	group := w.must("CreateGroup", `"DisplayName":"Developers"`)["GroupId"].(string)
	for _, c := range []struct {
		operation, members, kind, message string
		extra                             map[string]any
	}{
		{"CreateUser", ana, "ConflictException", "Duplicate UserName", map[string]any{"Reason": "UNIQUENESS_CONSTRAINT_VIOLATION"}},
		{"CreateGroup", `"DisplayName":"DEVELOPERS"`, "ConflictException", "Duplicate GroupDisplayName", map[string]any{"Reason": "UNIQUENESS_CONSTRAINT_VIOLATION"}},
		{"CreateUser", `"DisplayName":"x"`, "ValidationException", "userName is a required attribute", nil},
		{"CreateUser", `"UserName":"x"`, "ValidationException", "displayname: The attribute displayname is required, familyname: The attribute familyname is required, givenname: The attribute givenname is required", nil},
		{"GetGroupId", `"AlternateIdentifier":{"UniqueAttribute":{"AttributePath":"displayName","AttributeValue":"none"}}`, "ResourceNotFoundException", "GROUP not found.", map[string]any{"ResourceType": "GROUP"}},
		{"GetUserId", `"AlternateIdentifier":{"UniqueAttribute":{"AttributePath":"title","AttributeValue":"x"}}`, "ValidationException", "The attribute title is not a unique attribute", nil},
		{"CreateGroupMembership", `"GroupId":"` + group + `","MemberId":{"UserId":"c4488478-a0e1-700e-3d75-96c6bb641596"}`, "ResourceNotFoundException", "Member does not exist", nil},
		{"ListUsers", `"NextToken":"made-up"`, "ValidationException", "The NextToken is invalid.", nil},
		{"ListUsers", `"Filters":[{"AttributePath":"Title","AttributeValue":"x"}]`, "ValidationException", "The attribute path Title is not supported as a filter; UserName is", nil},
	} {
		status, answer := w.call(c.operation, c.members)
		if status != 400 || answer["__type"] != c.kind || answer["Message"] != c.message {
			t.Errorf("%s {%s}: %d %v, want %s %q", c.operation, c.members, status, answer, c.kind, c.message)
		}
		for name, want := range c.extra {
			if answer[name] != want {
				t.Errorf("%s: %s is %v, want %v", c.operation, name, answer[name], want)
			}
		}
	}
	status, answer := w.raw("ListUsers", `{"IdentityStoreId":"d-9999999999"}`)
	if status != 400 || answer["__type"] != "ResourceNotFoundException" || answer["ResourceType"] != "IDENTITY_STORE" {
		t.Errorf("another identity store: %d %v", status, answer)
	}
}

func TestMemberships(t *testing.T) {
	w := newWorld(t)
	user := w.must("CreateUser", ana)["UserId"].(string)
	group := w.must("CreateGroup", `"DisplayName":"Developers","Description":"who develop"`)["GroupId"].(string)
	other := w.must("CreateGroup", `"DisplayName":"Others"`)["GroupId"].(string)
	member := `"MemberId":{"UserId":"` + user + `"}`
	id := w.must("CreateGroupMembership", `"GroupId":"`+group+`",`+member)["MembershipId"].(string)
	if got := w.must("GetGroupMembershipId", `"GroupId":"`+group+`",`+member)["MembershipId"]; got != id {
		t.Errorf("GetGroupMembershipId = %v", got)
	}
	m := w.must("DescribeGroupMembership", `"MembershipId":"`+id+`"`)
	if m["GroupId"] != group || m["MemberId"].(map[string]any)["UserId"] != user || m["CreatedAt"] == nil {
		t.Errorf("membership %v", m)
	}
	for operation, members := range map[string]string{"ListGroupMemberships": `"GroupId":"` + group + `"`, "ListGroupMembershipsForMember": member} {
		if list := w.must(operation, members)["GroupMemberships"].([]any); len(list) != 1 || list[0].(map[string]any)["MembershipId"] != id {
			t.Errorf("%s = %v", operation, list)
		}
	}
	results := w.must("IsMemberInGroups", member+`,"GroupIds":["`+other+`","`+group+`"]`)["Results"].([]any)
	first, second := results[0].(map[string]any), results[1].(map[string]any)
	if first["GroupId"] != other || first["MembershipExists"] != false || second["GroupId"] != group || second["MembershipExists"] != true {
		t.Errorf("IsMemberInGroups = %v", results)
	}
	w.must("UpdateGroup", `"GroupId":"`+group+`","Operations":[{"AttributePath":"description"},{"AttributePath":"displayName","AttributeValue":"Builders"}]`)
	if g := w.must("DescribeGroup", `"GroupId":"`+group+`"`); g["DisplayName"] != "Builders" || g["Description"] != nil {
		t.Errorf("group %v", g)
	}
	w.must("DeleteGroupMembership", `"MembershipId":"`+id+`"`)
	w.must("DeleteGroup", `"GroupId":"`+group+`"`)
	if list := w.must("ListGroups", "")["Groups"].([]any); len(list) != 1 {
		t.Errorf("groups %v", list)
	}
}

func TestPages(t *testing.T) {
	w := newWorld(t)
	var want []string
	for i := range 5 {
		out := w.must("CreateUser", fmt.Sprintf(`"UserName":"u%d","DisplayName":"U","Name":{"GivenName":"U","FamilyName":"U"}`, i))
		want = append(want, out["UserId"].(string))
	}
	slices.Sort(want)
	var got []string
	token := ""
	for range 5 {
		out := w.must("ListUsers", `"MaxResults":2`+token)
		for _, u := range out["Users"].([]any) {
			got = append(got, u.(map[string]any)["UserId"].(string))
		}
		next, more := out["NextToken"].(string)
		if !more {
			break
		}
		token = `,"NextToken":"` + next + `"`
		if status, answer := w.call("ListGroups", strings.TrimPrefix(token, ",")); status != 400 || answer["__type"] != "ValidationException" {
			t.Errorf("a token of another listing: %d %v", status, answer)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("pages hold %v, want %v", got, want)
	}
}

// TestEveryOperationIsGuarded: each operation of the model is served, and asks for permission on the identity
// store and on what it touches.
func TestEveryOperationIsGuarded(t *testing.T) {
	w := newWorld(t)
	const id = `"c4488478-a0e1-700e-3d75-96c6bb641596"`
	const all = `"UserId":` + id + `,"GroupId":` + id + `,"MembershipId":` + id + `,"MemberId":{"UserId":` + id + `},"GroupIds":[` + id + `],` +
		`"AlternateIdentifier":{"UniqueAttribute":{"AttributePath":"userName","AttributeValue":"x"}},"Operations":[{"AttributePath":"title","AttributeValue":"x"}]`
	for _, op := range identitystore.Operations {
		if status, _ := w.call(op.Name, all); status == http.StatusNotImplemented {
			t.Errorf("%s is not served", op.Name)
			continue
		}
		if op.Name == "ListIdentityStores" {
			continue // AWS has it on "*"
		}
		resources := w.asked["identitystore:"+op.Name]
		if len(resources) == 0 || resources[0] != "arn:aws:identitystore::111111111111:identitystore/d-1234567890" {
			t.Errorf("%s asks for %v", op.Name, resources)
		}
		if !strings.HasPrefix(op.Name, "Create") && !strings.HasSuffix(op.Name, "IdentityStore") && len(resources) < 2 {
			t.Errorf("%s asks for nothing inside the identity store: %v", op.Name, resources)
		}
	}
}
