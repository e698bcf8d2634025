package sts_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/api/doortest"
	door "github.com/gatehouse-idc/gatehouse/internal/api/sts"
	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/sts"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	service "github.com/gatehouse-idc/gatehouse/internal/sts"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// TestProvidedContexts: an assertion is a permission of its own, and policies see for whom it is.
func TestProvidedContexts(t *testing.T) {
	w := testidc.New(t)
	ring := sealed.NewEphemeral()
	d := &door.Door{STS: &service.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Ring: ring}}
	c := doortest.New(t, w.Clock, w.IDs, testidc.Member, d.Operations())
	ana, role := w.User("ana"), w.Role(testidc.Member, "App", trust)
	app := &idc.Application{ID: "apl-1234567890abcdef", ARN: arn.Application(testidc.Management, w.Instance.ID, "apl-1234567890abcdef").String(),
		InstanceID: w.Instance.ID, OwnerAccountID: testidc.Management, Name: "app", Status: idc.Enabled, CreatedAt: w.Clock.Now()}
	w.Update(func(tx store.Tx) error { return tx.PutApplication(app) })
	plain, err := json.Marshal(idc.IdentityContext{UserID: ana.ID, ApplicationARN: app.ARN, ExpiresAt: w.Clock.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	provider, assertion := service.ContextProvider, ring.SealString(plain, sealed.Token("identity-context"))
	in := &sts.AssumeRoleInput{RoleArn: &role.ARN, RoleSessionName: doortest.P("app"), ProvidedContexts: []sts.ProvidedContext{{ProviderArn: &provider, ContextAssertion: &assertion}}}
	out := doortest.Do(c, sts.AssumeRole, in)
	if _, session, err := d.STS.Open(*out.Credentials.AccessKeyId, *out.Credentials.SessionToken); err != nil || session.Context == nil || session.Context.UserID != ana.ID {
		t.Errorf("session %+v, %v", session, err)
	}
	asked := c.Edge.Last()
	if asked.Action != "sts:SetContext" || !slices.Equal(asked.Keys["sts:RequestContext/identitystore:UserId"], []string{ana.ID}) ||
		!slices.Equal(asked.Keys["sts:RequestContext/identitycenter:ApplicationArn"], []string{app.ARN}) || !slices.Equal(asked.Keys["sts:RequestContextProviders"], []string{provider}) {
		t.Errorf("asked %+v", asked)
	}
	in.ProvidedContexts[0].ContextAssertion = doortest.P(assertion + "A")
	doortest.Refuse(c, sts.AssumeRole, in, "ValidationError", "context assertion")
	if _, told := c.Edge.Last().Keys["sts:RequestContext/identitystore:UserId"]; told {
		t.Error("an altered assertion told for whom it is")
	}
	w.Clock.Advance(time.Hour)
	in.ProvidedContexts[0].ContextAssertion = &assertion
	doortest.Refuse(c, sts.AssumeRole, in, "ExpiredTokenException", "expired")
}
