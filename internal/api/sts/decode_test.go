package sts_test

import (
	"errors"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/api/doortest"
	door "github.com/gatehouse-idc/gatehouse/internal/api/sts"
	"github.com/gatehouse-idc/gatehouse/internal/authz"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/sts"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

func TestDecodeAuthorizationMessage(t *testing.T) {
	w := testidc.New(t)
	service := &authz.Service{Store: w.Store, Instance: w.Instance, Roles: &role.Service{Store: w.Store, IDs: w.IDs}, Messages: sealed.NewEphemeral()}
	c := doortest.New(t, w.Clock, w.IDs, testidc.Member, (&door.Door{Authz: service}).Operations())
	r := w.Role(testidc.Member, "Dev", trust)
	err := service.Authorize(t.Context(), authz.Question{Action: "iam:ListRoles", Resources: []string{"*"}, Time: w.Clock.Now(), Caller: idc.Caller{
		Type: idc.CallerAssumedRole, AccountID: r.AccountID, RoleID: r.ID, RoleName: r.Name, PrincipalARN: r.ARN, ARN: c.Caller.ARN, PrincipalID: r.ID + ":ana",
	}})
	var refused *idc.Error
	if !errors.As(err, &refused) || refused.AuthorizationMessage == "" {
		t.Fatalf("refused with %v", err)
	}
	in := &sts.DecodeAuthorizationMessageInput{EncodedMessage: &refused.AuthorizationMessage}
	text := *doortest.Do(c, sts.DecodeAuthorizationMessage, in).DecodedMessage
	const start = `{"allowed":false,"explicitDeny":false,"matchedStatements":{"items":[]},"failures":{"items":[]},"context":{"principal":{"id":"`
	if len(text) < len(start) || text[:len(start)] != start {
		t.Errorf("decoded %s", text)
	}
	if got := c.Edge.Last(); got.Action != "sts:DecodeAuthorizationMessage" || got.Resources[0] != "*" {
		t.Errorf("asked %+v", got)
	}
	doortest.Refuse(c, sts.DecodeAuthorizationMessage, &sts.DecodeAuthorizationMessageInput{EncodedMessage: doortest.P("nonsense")},
		"InvalidAuthorizationMessageException", "The authorization message is not valid.")
	c.Edge.Deny = true
	doortest.Refuse(c, sts.DecodeAuthorizationMessage, in, "AccessDenied", "refused")
}
