package identitystore_test

import (
	"slices"
	"testing"
)

// TestMembershipsAreAuthorisedByTheirGroup: a policy about a group holds for its memberships, which have ids of their own.
func TestMembershipsAreAuthorisedByTheirGroup(t *testing.T) {
	w := newWorld(t)
	user := w.must("CreateUser", ana)["UserId"].(string)
	group := w.must("CreateGroup", `"DisplayName":"Admins"`)["GroupId"].(string)
	id := w.must("CreateGroupMembership", `"GroupId":"`+group+`","MemberId":{"UserId":"`+user+`"}`)["MembershipId"].(string)
	want := []string{storeARN, "arn:aws:identitystore:::membership/" + id, "arn:aws:identitystore:::group/" + group, "arn:aws:identitystore:::user/" + user}
	for _, operation := range []string{"DescribeGroupMembership", "DeleteGroupMembership"} {
		w.must(operation, `"MembershipId":"`+id+`"`)
		if asked := w.asked["identitystore:"+operation]; !slices.Equal(asked, want) {
			t.Errorf("%s is authorised on %v, want %v", operation, asked, want)
		}
	}
	// Of one that is gone only who may do so with every group learns that.
	if _, answer := w.call("DeleteGroupMembership", `"MembershipId":"`+id+`"`); answer["__type"] != "ResourceNotFoundException" {
		t.Errorf("answer %v", answer)
	}
	gone := []string{storeARN, want[1], "arn:aws:identitystore:::group/*", "arn:aws:identitystore:::user/*"}
	if asked := w.asked["identitystore:DeleteGroupMembership"]; !slices.Equal(asked, gone) {
		t.Errorf("authorised on %v, want %v", asked, gone)
	}
}
