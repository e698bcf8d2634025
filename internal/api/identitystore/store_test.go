package identitystore_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

const (
	memberStore    = "d-00000000aa"
	memberStoreARN = "arn:aws:identitystore::222222222222:identitystore/" + memberStore
)

// accountInstance stores the instance of the member account.
func (w *world) accountInstance(status idc.InstanceStatus) {
	w.T.Helper()
	const id = "ssoins-00000000000000aa"
	w.Update(func(tx store.Tx) error {
		return tx.PutInstance(&idc.Instance{ID: id, Kind: idc.InstanceOfAccount, ARN: arn.Instance(id).String(), IdentityStoreID: memberStore,
			OwnerAccountID: testidc.Member, Region: "us-east-1", Status: status})
	})
}

func (w *world) delegate() {
	w.T.Helper()
	w.Update(func(tx store.Tx) error {
		return tx.PutDelegatedAdministrator(&idc.DelegatedAdministrator{AccountID: testidc.Member, ServicePrincipal: "sso.amazonaws.com", EnabledAt: w.Clock.Now()})
	})
}

// in is must for the identity store of the member account.
func (w *world) in(operation, members string) map[string]any {
	w.T.Helper()
	status, answer := w.raw(operation, `{"IdentityStoreId":"`+memberStore+`"`+strings.TrimSuffix(","+members, ",")+`}`)
	if status != 200 {
		w.T.Fatalf("%s {%s}: %d %v", operation, members, status, answer)
	}
	return answer
}

func (w *world) refused(store, operation, members, code, words string) {
	w.T.Helper()
	status, answer := w.raw(operation, `{"IdentityStoreId":"`+store+`"`+strings.TrimSuffix(","+members, ",")+`}`)
	message, _ := answer["Message"].(string)
	if status != 400 || answer["__type"] != code || !strings.Contains(message, words) {
		w.T.Errorf("%s of %s: %d %v, want %s with %q", operation, store, status, answer, code, words)
	}
}

// TestStoreOfAnAccountInstance: its account has it to itself, with everything in it.
func TestStoreOfAnAccountInstance(t *testing.T) {
	w := newWorld(t)
	w.accountInstance("")
	theirs := w.must("CreateUser", ana)["UserId"].(string)
	w.refused(memberStore, "ListUsers", "", "AccessDeniedException", memberStoreARN) // not even for the management account

	w.caller.AccountID = testidc.Member
	w.refused(w.Instance.IdentityStoreID, "ListUsers", "", "AccessDeniedException", storeARN)
	made := w.in("CreateUser", ana)
	user := made["UserId"].(string)
	if made["IdentityStoreId"] != memberStore || w.asked["identitystore:CreateUser"][0] != memberStoreARN {
		t.Errorf("made %v, authorised on %v", made, w.asked["identitystore:CreateUser"])
	}
	group := w.in("CreateGroup", `"DisplayName":"Developers"`)["GroupId"].(string)
	membership := w.in("CreateGroupMembership", `"GroupId":"`+group+`","MemberId":{"UserId":"`+user+`"}`)["MembershipId"].(string)
	if m := w.in("DescribeGroupMembership", `"MembershipId":"`+membership+`"`); m["IdentityStoreId"] != memberStore {
		t.Errorf("membership %v", m)
	}
	if asked := w.asked["identitystore:DescribeGroupMembership"]; asked[0] != memberStoreARN || asked[2] != "arn:aws:identitystore:::group/"+group {
		t.Errorf("authorised on %v", asked)
	}
	users := w.in("ListUsers", "")["Users"].([]any)
	if len(users) != 1 || users[0].(map[string]any)["IdentityStoreId"] != memberStore {
		t.Errorf("users %v", users)
	}
	if got := w.in("DescribeUser", `"UserId":"`+user+`"`)["UserId"]; got != user {
		t.Errorf("user %v", got)
	}
	w.refused(memberStore, "DescribeUser", `"UserId":"`+theirs+`"`, "ResourceNotFoundException", "USER not found.")
	w.refused(memberStore, "DeleteUser", `"UserId":"`+theirs+`"`, "ResourceNotFoundException", "USER not found.")
	w.refused(memberStore, "CreateGroupMembership", `"GroupId":"`+group+`","MemberId":{"UserId":"`+theirs+`"}`, "ResourceNotFoundException", "Member does not exist")
	w.in("DeleteGroup", `"GroupId":"`+group+`"`)

	if list := w.mustRaw("ListIdentityStores", `{}`)["IdentityStores"].([]any); len(list) != 1 || list[0].(map[string]any)["IdentityStoreId"] != memberStore {
		t.Errorf("identity stores %v", list)
	}
	w.refused("d-00000000bb", "ListUsers", "", "ResourceNotFoundException", "IDENTITY_STORE not found.")
	w.refused(strings.Replace(memberStoreARN, "222222222222", "111111111111", 1), "ListUsers", "", "ResourceNotFoundException", "IDENTITY_STORE not found.")

	for _, status := range []idc.InstanceStatus{idc.InstanceCreating, idc.InstanceDeleting} {
		w.accountInstance(status)
		w.refused(memberStore, "DescribeUser", `"UserId":"`+user+`"`, "ResourceNotFoundException", "IDENTITY_STORE not found.")
	}
}

// mustRaw is raw for what has to work.
func (w *world) mustRaw(operation, body string) map[string]any {
	w.T.Helper()
	status, answer := w.raw(operation, body)
	if status != 200 {
		w.T.Fatalf("%s %s: %d %v", operation, body, status, answer)
	}
	return answer
}

// TestDelegatedAdministratorHasTheOrganizationsStore, beside its own.
func TestDelegatedAdministratorHasTheOrganizationsStore(t *testing.T) {
	w := newWorld(t)
	w.accountInstance("")
	w.delegate()
	w.caller.AccountID = testidc.Member
	user := w.must("CreateUser", ana)["UserId"].(string)
	w.must("DeleteUser", `"UserId":"`+user+`"`)
	var seen []string
	body := `{"MaxResults":1}`
	for body != "" {
		page := w.mustRaw("ListIdentityStores", body)
		for _, one := range page["IdentityStores"].([]any) {
			seen = append(seen, one.(map[string]any)["IdentityStoreArn"].(string))
		}
		body = ""
		if token, more := page["NextToken"].(string); more {
			body = `{"MaxResults":1,"NextToken":"` + token + `"}`
		}
	}
	if len(seen) != 2 || seen[0] != memberStoreARN || seen[1] != storeARN {
		t.Errorf("identity stores %v", seen)
	}
	w.refused(w.Instance.IdentityStoreID, "UpdateIdentityStore", `"NetworkConfiguration":{"VpceAccessRequired":false}`, "AccessDeniedException", "does not own")
	w.Update(func(tx store.Tx) error { return tx.DeleteDelegatedAdministrator(testidc.Member, "sso.amazonaws.com") })
	w.refused(w.Instance.IdentityStoreID, "ListUsers", "", "AccessDeniedException", storeARN)
}

// TestNetworkConfiguration limits where the API is reached from, at once.
func TestNetworkConfiguration(t *testing.T) {
	w := newWorld(t)
	w.ip = "192.0.2.7"
	configure := func(members string) {
		w.T.Helper()
		w.must("UpdateIdentityStore", `"NetworkConfiguration":{`+members+`}`)
	}
	if got := w.must("DescribeIdentityStore", ""); got["NetworkConfiguration"] != nil {
		t.Errorf("before anybody said something: %v", got)
	}
	from := func(ip string, admitted bool) {
		t.Helper()
		w.ip = ip
		defer func() { w.ip = "192.0.2.7" }()
		status, answer := w.call("ListUsers", "")
		if (status == 200) != admitted || !admitted && (answer["__type"] != "AccessDeniedException" || !strings.Contains(answer["Message"].(string), ip)) {
			t.Errorf("from %q: %d %v, want admitted %v", ip, status, answer, admitted)
		}
	}
	configure(`"VpceAccessRequired":true,"ApiAllowSourceIps":["192.0.2.0/29","2001:db8::/32","198.51.100.9"],"ScimAllowSourceIps":["0.0.0.0/0"]`)
	got := w.must("DescribeIdentityStore", "")["NetworkConfiguration"].(map[string]any)
	if got["VpceAccessRequired"] != true || len(got["ApiAllowSourceIps"].([]any)) != 3 || len(got["ScimAllowSourceIps"].([]any)) != 1 || got["ApiRestrictSourceVpcs"] != nil {
		t.Errorf("configuration %v", got)
	}
	for ip, admitted := range map[string]bool{"192.0.2.7": true, "::ffff:192.0.2.7": true, "192.0.2.8": false, "198.51.100.9": true, "198.51.100.8": false, "2001:db8::1": true, "2001:db9::1": false, "": false} {
		from(ip, admitted)
	}
	// A VPC is a limit, too; addresses alone are none.
	configure(`"VpceAccessRequired":false,"ApiRestrictSourceVpcs":["vpc-0123456789abcdef0"],"ApiAllowSourceIps":["192.0.2.0/24"]`)
	from("198.51.100.9", false)
	configure(`"VpceAccessRequired":false,"ApiAllowSourceIps":["192.0.2.0/24"]`)
	from("198.51.100.9", true)

	// Nobody shuts themselves out, nor stores what does not parse.
	for members, words := range map[string]string{
		`"VpceAccessRequired":true`:                                                                          "your own address",
		`"VpceAccessRequired":true,"ApiAllowSourceIps":["198.51.100.0/24"]`:                                  "your own address",
		`"VpceAccessRequired":false,"ApiRestrictSourceVpcs":["vpc-0123456789abcdef0"]`:                       "your own address",
		`"VpceAccessRequired":false,"ApiAllowSourceIps":["192.0.2.300"]`:                                     "not an IP address or CIDR range",
		`"VpceAccessRequired":false,"ScimAllowSourceIps":["192.0.2.0/33"]`:                                   "not an IP address or CIDR range",
		`"VpceAccessRequired":false,"ApiAllowSourceIps":["::ffff:192.0.2.0/120"]`:                            "not an IP address or CIDR range",
		`"VpceAccessRequired":false,"ApiRestrictSourceVpcs":["vpc-1"]`:                                       "not the id of a VPC",
		`"VpceAccessRequired":false,"ApiAllowSourceIps":[]`:                                                  "apiAllowSourceIps",
		`"ApiAllowSourceIps":["192.0.2.0/24"]`:                                                               "vpceAccessRequired",
		`"VpceAccessRequired":false,"ApiAllowSourceIps":["1.1.1.1"` + strings.Repeat(`,"1.1.1.1"`, 50) + `]`: "at most 50",
	} {
		w.refused(w.Instance.IdentityStoreID, "UpdateIdentityStore", `"NetworkConfiguration":{`+members+`}`, "ValidationException", words)
	}
	w.must("UpdateIdentityStore", "") // says nothing, changes nothing
	if got := w.must("DescribeIdentityStore", "")["NetworkConfiguration"].(map[string]any); len(got["ApiAllowSourceIps"].([]any)) != 1 {
		t.Errorf("configuration %v", got)
	}
}

// TestTheWayBackIn: from elsewhere only break-glass sessions change the configuration, and do nothing more.
func TestTheWayBackIn(t *testing.T) {
	w := newWorld(t)
	w.ip = "192.0.2.7"
	w.must("UpdateIdentityStore", `"NetworkConfiguration":{"VpceAccessRequired":true,"ApiAllowSourceIps":["192.0.2.7"]}`)
	w.ip = "198.51.100.9"
	open := `"NetworkConfiguration":{"VpceAccessRequired":false}`
	w.refused(w.Instance.IdentityStoreID, "UpdateIdentityStore", open, "AccessDeniedException", w.ip)
	w.caller.RoleName = role.BreakGlassName
	w.refused(w.Instance.IdentityStoreID, "ListUsers", "", "AccessDeniedException", w.ip)
	w.must("DescribeIdentityStore", "")
	w.must("UpdateIdentityStore", open)
	w.caller.RoleName = ""
	w.must("ListUsers", "")
}
