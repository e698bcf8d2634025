package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/document"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"
)

// Who leaves the group gets nothing from that moment on, and the trail says who did it.
func TestLeavingTheGroupEndsAccess(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		s := startDemo(t, e, "")
		developer := s.user("SecureCart-Developers")
		token := s.signInWithPKCE(developer, "scopes").AccessToken
		if _, err := s.roleCredentials(token, dev, "AdministratorAccess"); err != nil {
			t.Fatal(err)
		}
		operator := s.operator()
		ids := identitystore.NewFromConfig(s.awsConfig(operator))
		userID := s.lookUp(ids, developer.Username)
		groupID := s.lookUpGroup(ids, "SecureCart-Developers")
		membership, err := ids.GetGroupMembershipId(t.Context(), &identitystore.GetGroupMembershipIdInput{
			IdentityStoreId: &s.IdentityStoreID, GroupId: &groupID, MemberId: &types.MemberIdMemberUserId{Value: userID},
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ids.DeleteGroupMembership(t.Context(), &identitystore.DeleteGroupMembershipInput{
			IdentityStoreId: &s.IdentityStoreID, MembershipId: membership.MembershipId,
		}); err != nil {
			t.Fatal(err)
		}

		a := s.send("GET", "/federation/credentials?account_id="+dev+"&role_name=AdministratorAccess",
			map[string]string{"x-amz-sso_bearer_token": token}, nil)
		if a.Status != 403 || a.errorType() != "ForbiddenException" || !strings.Contains(a.Body, "No access") {
			t.Errorf("right after leaving the group: %d %s, want 403 ForbiddenException No access", a.Status, a.Body)
		}
		if _, body := s.portal(token, "/assignment/accounts"); strings.Contains(body, dev) {
			t.Errorf("the account is still listed: %s", body)
		}
		s.checkTrail(operator, userID)

		if _, err := ids.CreateGroupMembership(t.Context(), &identitystore.CreateGroupMembershipInput{
			IdentityStoreId: &s.IdentityStoreID, GroupId: &groupID, MemberId: &types.MemberIdMemberUserId{Value: userID},
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.roleCredentials(token, dev, "AdministratorAccess"); err != nil {
			t.Errorf("back in the group: %v", err)
		}
	})
}

// checkTrail looks for the removal by the operator, and for the credentials the developer got and
// was refused.
func (s *server) checkTrail(operator aws.Credentials, userID string) {
	s.t.Helper()
	removals := s.events(operator, "DeleteGroupMembership")
	if len(removals) != 1 {
		s.t.Fatalf("%d events of the removal", len(removals))
	}
	text := mustJSON(s.t, removals[0])
	for _, want := range []string{
		`"eventSource":"identitystore.amazonaws.com"`, `"type":"AssumedRole"`,
		`assumed-role/AWSReservedSSO_AdministratorAccess_`, `/` + s.user("SecureCart-Ops").Username + `"`,
	} {
		if !strings.Contains(text, want) {
			s.t.Errorf("the event of the removal lacks %s: %s", want, text)
		}
	}
	granted, refused := 0, 0
	for _, e := range s.events(operator, "GetRoleCredentials") {
		if !strings.Contains(mustJSON(s.t, e["userIdentity"]), userID) {
			continue
		}
		if e["errorCode"] == nil {
			granted++
		} else {
			refused++
		}
		if strings.Contains(mustJSON(s.t, e), `"userName"`) {
			s.t.Errorf("an event of today's form has no userName: %v", e)
		}
	}
	if granted != 1 || refused != 1 {
		s.t.Errorf("the trail has %d granted and %d refused GetRoleCredentials of the developer, want 1 and 1", granted, refused)
	}
}

func mustJSON(t testing.TB, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func (s *server) lookUp(ids *identitystore.Client, username string) string {
	s.t.Helper()
	out, err := ids.GetUserId(s.t.Context(), &identitystore.GetUserIdInput{IdentityStoreId: &s.IdentityStoreID,
		AlternateIdentifier: unique("userName", username)})
	if err != nil {
		s.t.Fatal(err)
	}
	return aws.ToString(out.UserId)
}

func (s *server) lookUpGroup(ids *identitystore.Client, name string) string {
	s.t.Helper()
	out, err := ids.GetGroupId(s.t.Context(), &identitystore.GetGroupIdInput{IdentityStoreId: &s.IdentityStoreID,
		AlternateIdentifier: unique("displayName", name)})
	if err != nil {
		s.t.Fatal(err)
	}
	return aws.ToString(out.GroupId)
}

func unique(path, value string) types.AlternateIdentifier {
	return &types.AlternateIdentifierMemberUniqueAttribute{Value: types.UniqueAttribute{
		AttributePath: aws.String(path), AttributeValue: document.NewLazyDocument(value)}}
}
