package sts_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/api/doortest"
	door "github.com/gatehouse-idc/gatehouse/internal/api/sts"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/sts"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	service "github.com/gatehouse-idc/gatehouse/internal/sts"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}`

func setUp(t *testing.T) (*testidc.World, *doortest.Client) {
	w := testidc.New(t)
	d := &door.Door{STS: &service.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Ring: sealed.NewEphemeral()}}
	c := doortest.New(t, w.Clock, w.IDs, testidc.Member, d.Operations())
	return w, c
}

func TestGetCallerIdentityCannotBeDenied(t *testing.T) {
	_, c := setUp(t)
	c.Edge.Deny = true
	c.Caller.PrincipalID = "AROA1:ana"
	out := doortest.Do(c, sts.GetCallerIdentity, &sts.GetCallerIdentityInput{})
	if *out.Account != testidc.Member || *out.Arn != c.Caller.ARN || *out.UserId != "AROA1:ana" {
		t.Errorf("identity %s %s %s", *out.Account, *out.Arn, *out.UserId)
	}
}

func TestAssumeRole(t *testing.T) {
	w, c := setUp(t)
	role := w.Role(testidc.Member, "Deploy", trust)
	in := &sts.AssumeRoleInput{RoleArn: &role.ARN, RoleSessionName: doortest.P("deeper"), ExternalId: doortest.P("x-1"),
		Tags: []sts.Tag{{Key: doortest.P("Team"), Value: doortest.P("blue")}}, SourceIdentity: doortest.P("ana")}
	out := doortest.Do(c, sts.AssumeRole, in)
	if *out.AssumedRoleUser.Arn != "arn:aws:sts::222222222222:assumed-role/Deploy/deeper" || *out.SourceIdentity != "ana" ||
		*out.PackedPolicySize != 1 || !out.Credentials.Expiration.Equal(w.Clock.Now().Add(time.Hour)) {
		t.Errorf("answer %+v", out)
	}
	var asked []string
	for _, q := range c.Edge.Asked {
		asked = append(asked, q.Action)
		if q.Resources[0] != role.ARN || !slices.Equal(q.Keys["sts:ExternalId"], []string{"x-1"}) || !slices.Equal(q.Keys["aws:RequestTag/Team"], []string{"blue"}) {
			t.Errorf("asked %+v", q)
		}
	}
	if got := strings.Join(asked, " "); got != "sts:AssumeRole sts:TagSession sts:SetSourceIdentity" {
		t.Errorf("authorised %s", got)
	}
}

func TestAssumeRoleRefusals(t *testing.T) {
	w, c := setUp(t)
	role := w.Role(testidc.Member, "Deploy", trust)
	with := func(edit func(*sts.AssumeRoleInput)) *sts.AssumeRoleInput {
		in := &sts.AssumeRoleInput{RoleArn: &role.ARN, RoleSessionName: doortest.P("deeper")}
		edit(in)
		return in
	}
	doortest.Refuse(c, sts.AssumeRole, with(func(in *sts.AssumeRoleInput) { in.DurationSeconds = doortest.P(int32(7200)) }), "ValidationError", "1 hour session limit")
	doortest.Refuse(c, sts.AssumeRole, with(func(in *sts.AssumeRoleInput) { in.DurationSeconds = doortest.P(int32(60)) }), "ValidationError", "greater than or equal to 900")
	doortest.Refuse(c, sts.AssumeRole, with(func(in *sts.AssumeRoleInput) { in.Policy = doortest.P("{") }), "MalformedPolicyDocument", "Syntax errors")
	doortest.Refuse(c, sts.AssumeRole, with(func(in *sts.AssumeRoleInput) { in.SerialNumber = doortest.P("arn:aws:iam::222222222222:mfa/x") }), "AccessDenied", "must provide both MFA serial number and one time pass code")
	doortest.Refuse(c, sts.AssumeRole, with(func(in *sts.AssumeRoleInput) {
		in.SerialNumber, in.TokenCode = doortest.P("arn:aws:iam::222222222222:mfa/x"), doortest.P("123456")
	}), "AccessDenied", "unable to validate MFA code")
	doortest.Refuse(c, sts.AssumeRole, with(func(in *sts.AssumeRoleInput) {
		in.PolicyArns = make([]sts.PolicyDescriptorType, 11)
		fill(in.PolicyArns)
	}), "ValidationError", "less than or equal to 10")
	doortest.Refuse(c, sts.AssumeRole, with(func(in *sts.AssumeRoleInput) { in.MinimumSessionTokenSize = doortest.P(int32(10000)) }), "ValidationError", "8192")
	doortest.Refuse(c, sts.AssumeRole, with(func(in *sts.AssumeRoleInput) { in.RoleSessionName = doortest.P("no spaces") }), "ValidationError", "roleSessionName")
	c.Edge.Deny = true
	doortest.Refuse(c, sts.AssumeRole, with(func(*sts.AssumeRoleInput) {}), "AccessDenied", "refused")
}

func fill(list []sts.PolicyDescriptorType) {
	for i := range list {
		list[i].Arn = doortest.P("arn:aws:iam::aws:policy/ReadOnlyAccess")
	}
}
