package identitystore_test

import (
	"slices"
	"testing"
)

const storeARN = "arn:aws:identitystore::111111111111:identitystore/d-1234567890"

// TestARNsNameWhatIdsDo calls operations with ARNs wherever they take ids.
func TestARNsNameWhatIdsDo(t *testing.T) {
	w := newWorld(t)
	created := w.must("CreateUser", ana)
	user, userARN := created["UserId"].(string), created["UserArn"].(string)
	created = w.must("CreateGroup", `"DisplayName":"Developers"`)
	group, groupARN := created["GroupId"].(string), created["GroupArn"].(string)
	if userARN != "arn:aws:identitystore:::user/"+user || groupARN != "arn:aws:identitystore:::group/"+group {
		t.Fatalf("ARNs %s, %s", userARN, groupARN)
	}
	do := func(operation, members string) map[string]any {
		t.Helper()
		status, answer := w.raw(operation, `{"IdentityStoreId":"`+storeARN+`",`+members+`}`)
		if status != 200 {
			t.Fatalf("%s {%s}: %d %v", operation, members, status, answer)
		}
		if id, there := answer["IdentityStoreId"]; there && id != "d-1234567890" {
			t.Errorf("%s answers the identity store %v, want its id", operation, id)
		}
		return answer
	}
	member := `"MemberId":{"UserId":"` + userARN + `"}`
	if u := do("DescribeUser", `"UserId":"`+userARN+`"`); u["UserId"] != user || u["UserArn"] != userARN {
		t.Errorf("user %v", u)
	}
	if asked := w.asked["identitystore:DescribeUser"]; !slices.Equal(asked, []string{storeARN, userARN}) {
		t.Errorf("authorised %v", asked)
	}
	do("UpdateGroup", `"GroupId":"`+groupARN+`","Operations":[{"AttributePath":"description","AttributeValue":"x"}]`)
	if g := do("DescribeGroup", `"GroupId":"`+groupARN+`"`); g["Description"] != "x" || g["GroupArn"] != groupARN {
		t.Errorf("group %v", g)
	}
	m := do("CreateGroupMembership", `"GroupId":"`+groupARN+`",`+member)
	membership, membershipARN := m["MembershipId"].(string), m["MembershipArn"].(string)
	if m = do("DescribeGroupMembership", `"MembershipId":"`+membershipARN+`"`); m["MembershipId"] != membership || m["MembershipArn"] != membershipARN || m["GroupId"] != group {
		t.Errorf("membership %v", m)
	}
	if got := do("GetGroupMembershipId", `"GroupId":"`+groupARN+`",`+member)["MembershipId"]; got != membership {
		t.Errorf("GetGroupMembershipId = %v", got)
	}
	result := do("IsMemberInGroups", member+`,"GroupIds":["`+groupARN+`"]`)["Results"].([]any)[0].(map[string]any)
	if result["MembershipExists"] != true || result["GroupId"] != group || result["MemberId"].(map[string]any)["UserId"] != user {
		t.Errorf("IsMemberInGroups = %v", result)
	}
	if list := do("ListGroupMembershipsForMember", member)["GroupMemberships"].([]any); len(list) != 1 {
		t.Errorf("memberships %v", list)
	}
	do("DeleteGroupMembership", `"MembershipId":"`+membershipARN+`"`)
	do("DeleteUser", `"UserId":"`+userARN+`"`)
	do("DeleteGroup", `"GroupId":"`+groupARN+`"`)

	// An ARN of another kind or partition names nothing.
	for _, other := range []string{"arn:aws-cn:identitystore:::user/" + user, groupARN} {
		if status, answer := w.call("DescribeUser", `"UserId":"`+other+`"`); status != 400 {
			t.Errorf("%s: %d %v", other, status, answer)
		}
	}
}

// TestRevisions: a change or deletion that names a revision happens to that revision only.
func TestRevisions(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ noun, draft, rename string }{
		{"User", ana, `"Operations":[{"AttributePath":"title","AttributeValue":"x"}]`},
		{"Group", `"DisplayName":"Developers"`, `"Operations":[{"AttributePath":"description","AttributeValue":"x"}]`},
	} {
		created := w.must("Create"+c.noun, c.draft)
		id := `"` + c.noun + `Id":"` + created[c.noun+"Id"].(string) + `"`
		first := created["Revision"].(string)
		if got := w.must("Describe"+c.noun, id)["Revision"]; got != first {
			t.Errorf("%s: revision %v, made with %v", c.noun, got, first)
		}
		updated := w.must("Update"+c.noun, id+`,`+c.rename+`,"Revision":"`+first+`"`)
		second := updated["Revision"].(string)
		if second == first || updated[c.noun+"Id"] != created[c.noun+"Id"] || updated[c.noun+"Arn"] != created[c.noun+"Arn"] {
			t.Errorf("%s: update answers %v", c.noun, updated)
		}
		if got := w.must("Describe"+c.noun, id)["Revision"]; got != second {
			t.Errorf("%s: revision %v, updated to %v", c.noun, got, second)
		}
		for _, stale := range []string{"Update" + c.noun, "Delete" + c.noun} {
			members := id + `,"Revision":"` + first + `"`
			if stale[0] == 'U' {
				members += "," + c.rename
			}
			if status, answer := w.call(stale, members); status != 400 || answer["__type"] != "ConflictException" || answer["Reason"] != "CONCURRENT_MODIFICATION" {
				t.Errorf("%s of an old revision: %d %v", stale, status, answer)
			}
		}
		w.must("Delete"+c.noun, id+`,"Revision":"`+second+`"`)
	}
}

func TestIdentityStores(t *testing.T) {
	w := newWorld(t)
	if got := w.must("DescribeIdentityStore", ""); got["IdentityStoreId"] != "d-1234567890" || got["IdentityStoreArn"] != storeARN {
		t.Errorf("identity store %v", got)
	}
	if list := w.must("ListIdentityStores", "")["IdentityStores"].([]any); len(list) != 1 || list[0].(map[string]any)["IdentityStoreArn"] != storeARN {
		t.Errorf("identity stores %v", list)
	}
}

func TestMembershipsSayWhoMadeThem(t *testing.T) {
	w := newWorld(t)
	user := w.must("CreateUser", ana)["UserId"].(string)
	group := w.must("CreateGroup", `"DisplayName":"Developers"`)["GroupId"].(string)
	id := w.must("CreateGroupMembership", `"GroupId":"`+group+`","MemberId":{"UserId":"`+user+`"}`)["MembershipId"].(string)
	m := w.must("DescribeGroupMembership", `"MembershipId":"`+id+`"`)
	const maker = "arn:aws:sts::111111111111:assumed-role/Admin/root"
	if m["CreatedBy"] != maker || m["UpdatedBy"] != maker || m["CreatedAt"] == nil || m["CreatedAt"] != m["UpdatedAt"] {
		t.Errorf("membership %v", m)
	}
}

// TestPrimaryIsKeptAsItWasSaid: what a caller leaves out is not in the answer, and false is false.
func TestPrimaryIsKeptAsItWasSaid(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		sent string
		want any
	}{"true": {`,"Primary":true`, true}, "false": {`,"Primary":false`, false}, "absent": {"", nil}} {
		id := w.must("CreateUser", `"UserName":"`+name+`","DisplayName":"x","Name":{"GivenName":"a","FamilyName":"b"},`+
			`"Emails":[{"Value":"`+name+`@example.com"`+c.sent+`}],"PhoneNumbers":[{"Value":"1"`+c.sent+`}],"Roles":[{"Value":"r"`+c.sent+`}],`+
			`"Photos":[{"Value":"p"`+c.sent+`}],"Addresses":[{"Country":"PT"`+c.sent+`}]`)["UserId"].(string)
		u := w.must("DescribeUser", `"UserId":"`+id+`"`)
		for _, list := range []string{"Emails", "PhoneNumbers", "Roles", "Photos", "Addresses"} {
			if got := u[list].([]any)[0].(map[string]any)["Primary"]; got != c.want {
				t.Errorf("%s, primary %s: %v", list, name, got)
			}
		}
		if got := w.must("GetUserId", `"AlternateIdentifier":{"UniqueAttribute":{"AttributePath":"emails.value","AttributeValue":"`+name+`@example.com"}}`)["UserId"]; got != id {
			t.Errorf("by e-mail, primary %s: %v", name, got)
		}
	}
}

// TestOnlyPrimaryAddressesAreUnique: an address is taken when it is somebody's primary one.
func TestOnlyPrimaryAddressesAreUnique(t *testing.T) {
	w := newWorld(t)
	create := func(name, primary string) (int, map[string]any) {
		return w.call("CreateUser", `"UserName":"`+name+`","DisplayName":"x","Name":{"GivenName":"a","FamilyName":"b"},"Emails":[{"Value":"shared@example.com"`+primary+`}]`)
	}
	find := func() (int, map[string]any) {
		return w.call("GetUserId", `"AlternateIdentifier":{"UniqueAttribute":{"AttributePath":"emails.value","AttributeValue":"Shared@example.com"}}`)
	}
	for _, name := range []string{"one", "two"} {
		if status, answer := create(name, ""); status != 200 {
			t.Fatalf("%s: %d %v", name, status, answer)
		}
	}
	if status, answer := find(); answer["__type"] != "ResourceNotFoundException" {
		t.Errorf("an address of two users names one: %d %v", status, answer)
	}
	_, owner := create("three", `,"Primary":true`)
	if _, answer := find(); answer["UserId"] != owner["UserId"] {
		t.Errorf("found %v, want who has it as primary: %v", answer, owner)
	}
	if status, answer := create("four", `,"Primary":true`); status != 400 || answer["Message"] != "Duplicate Email" {
		t.Errorf("a second primary address: %d %v", status, answer)
	}
}
