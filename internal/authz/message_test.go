package authz_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/authz"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// headerRoom is what a message may take of a reverse proxy's buffer for headers.
const headerRoom = 3072

type listOf[T any] struct{ Items []T }

type valueItem struct{ Value string }

type conditionItem struct {
	Key    string
	Values listOf[valueItem]
}

// decoded is a decoded message as AWS's documentation shows one.
type decoded struct {
	Allowed, ExplicitDeny *bool
	MatchedStatements     listOf[struct {
		StatementID, Effect                     string
		Principals, Actions, Resources          listOf[valueItem]
		NotActions                              *listOf[valueItem]
		Conditions                              listOf[conditionItem]
		SourcePolicyID, SourcePolicyType        string
		PrincipalGroups, NotResources, Failures any
	}]
	Failures listOf[any]
	Context  struct {
		Principal        struct{ ID, ARN string }
		Action, Resource string
		Conditions       listOf[conditionItem]
	}
}

func (d decoded) statements() string {
	var out []string
	for _, s := range d.MatchedStatements.Items {
		out = append(out, s.SourcePolicyType+" "+s.SourcePolicyID+" "+s.StatementID)
	}
	return strings.Join(out, ", ")
}

func (d decoded) condition(key string) string {
	for _, c := range d.Context.Conditions.Items {
		if strings.EqualFold(c.Key, key) {
			return fmt.Sprint(values(c.Values))
		}
	}
	return ""
}

func values(l listOf[valueItem]) []string {
	var out []string
	for _, v := range l.Items {
		out = append(out, v.Value)
	}
	return out
}

func withMessages(t *testing.T) fixture {
	f := setUp(t)
	f.authz.Messages = sealed.NewEphemeral()
	return f
}

// refused asks, and returns the message of the refusal.
func (f fixture) refused(q authz.Question) string {
	f.T.Helper()
	q.Time, q.Region, q.ClientIP, q.UserAgent = f.Clock.Now(), "us-east-1", "192.0.2.1", "aws-cli/2.0"
	err := f.authz.Authorize(f.T.Context(), q)
	var e *idc.Error
	if !errors.As(err, &e) || e.Kind != idc.Denied || e.Err != nil {
		f.T.Fatalf("%s on %v: %v, want Denied", q.Action, q.Resources, err)
	}
	if e.AuthorizationMessage == "" || len(e.AuthorizationMessage) > headerRoom || strings.ContainsAny(e.AuthorizationMessage, "\r\n ") {
		f.T.Fatalf("%s: a message of %d characters: %q", q.Action, len(e.AuthorizationMessage), e.AuthorizationMessage)
	}
	return e.AuthorizationMessage
}

func (f fixture) decode(accountID, message string) decoded {
	f.T.Helper()
	text, err := f.authz.DecodeMessage(idc.Caller{Type: idc.CallerAssumedRole, AccountID: accountID}, message)
	if err != nil {
		f.T.Fatal(err)
	}
	var d decoded
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		f.T.Fatalf("%s: %v", text, err)
	}
	if d.Allowed == nil || *d.Allowed || d.ExplicitDeny == nil || d.MatchedStatements.Items == nil || d.Failures.Items == nil {
		f.T.Errorf("not in AWS's form: %s", text)
	}
	return d
}

func (f fixture) role(account, name string, inline map[string]string, managed ...string) *idc.Role {
	r := f.Role(account, name, trustAll, managed...)
	r.InlinePolicies = inline
	f.Update(func(tx store.Tx) error { return tx.PutRole(r) })
	return r
}

// TestDecodedMessage: who asked for what, in which context, and what denied it.
func TestDecodedMessage(t *testing.T) {
	f := withMessages(t)
	r := f.role(testidc.Member, "Dev", map[string]string{"guard": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
		{"Sid":"NoRoles","Effect":"Deny","Action":["iam:CreateRole","iam:DeleteRole"],"Resource":"arn:aws:iam::*:role/*","Condition":{"StringEquals":{"aws:RequestedRegion":["us-east-1","us-west-2"]}}},
		{"Sid":"OnlyIAM","Effect":"Deny","NotAction":"iam:*","Resource":"*"}]}`})
	caller := f.caller(r)
	const target = "arn:aws:iam::222222222222:role/New"
	d := f.decode(testidc.Member, f.refused(authz.Question{Caller: caller, Action: "iam:CreateRole", Resources: []string{target}, Keys: map[string][]string{"aws:TagKeys": {"a", "b"}}}))
	if d.Context.Principal.ID != caller.PrincipalID || d.Context.Principal.ARN != caller.ARN || d.Context.Action != "iam:CreateRole" || d.Context.Resource != target || !*d.ExplicitDeny {
		t.Errorf("decoded %+v", d)
	}
	for key, want := range map[string]string{"aws:SourceIp": "[192.0.2.1]", "aws:TagKeys": "[a b]", "aws:PrincipalArn": "[" + r.ARN + "]", "aws:ResourceAccount": "[222222222222]"} {
		if got := d.condition(key); got != want {
			t.Errorf("%s is %s, want %s", key, got, want)
		}
	}
	if got := d.statements(); got != "IAM Policy guard NoRoles" {
		t.Fatalf("matched %s", got)
	}
	s := d.MatchedStatements.Items[0]
	if s.Effect != "DENY" || !slices.Equal(values(s.Principals), []string{caller.PrincipalID}) || !slices.Equal(values(s.Actions), []string{"iam:CreateRole", "iam:DeleteRole"}) ||
		!slices.Equal(values(s.Resources), []string{"arn:aws:iam::*:role/*"}) || len(s.Conditions.Items) != 1 || s.Conditions.Items[0].Key != "aws:RequestedRegion" ||
		!slices.Equal(values(s.Conditions.Items[0].Values), []string{"us-east-1", "us-west-2"}) {
		t.Errorf("statement %+v", s)
	}
	d = f.decode(testidc.Member, f.refused(authz.Question{Caller: caller, Action: "sso:ListInstances", Resources: []string{"*"}}))
	if s := d.MatchedStatements.Items; len(s) != 1 || len(s[0].Actions.Items) != 0 || s[0].NotActions == nil || !slices.Equal(values(*s[0].NotActions), []string{"iam:*"}) {
		t.Errorf("a statement with NotAction: %+v", s)
	}
	reader := f.caller(f.role(testidc.Member, "Reader", nil, readOnly))
	if d = f.decode(testidc.Member, f.refused(authz.Question{Caller: reader, Action: "iam:CreateRole", Resources: []string{target}})); *d.ExplicitDeny || d.statements() != "" {
		t.Errorf("nothing allows: %+v", d)
	}
}

// TestWhoMayDecode: the caller's account and the management account; to all others, and
// whatever else is wrong, a message is invalid in the same words.
func TestWhoMayDecode(t *testing.T) {
	f := withMessages(t)
	f.Update(func(tx store.Tx) error {
		return tx.PutAccount(&idc.Account{ID: "333333333333", ParentID: f.Instance.RootID})
	})
	message := f.refused(authz.Question{Caller: f.caller(f.role(testidc.Member, "Dev", nil)), Action: "iam:ListRoles", Resources: []string{"*"}})
	f.decode(testidc.Member, message)
	f.decode(testidc.Management, message)
	elsewhere := withMessages(t)
	for name, c := range map[string]struct {
		service   *authz.Service
		accountID string
		message   string
	}{
		"another account":      {f.authz, "333333333333", message},
		"no account":           {f.authz, "", message},
		"another installation": {elsewhere.authz, testidc.Member, message},
		"one letter changed":   {f.authz, testidc.Member, message[:40] + string(message[40]^1) + message[41:]},
		"cut":                  {f.authz, testidc.Member, message[:len(message)-1]},
		"a line break":         {f.authz, testidc.Member, message + "\n"},
		"nonsense":             {f.authz, testidc.Management, "nonsense"},
		"another class":        {f.authz, testidc.Member, f.authz.Messages.SealString([]byte("{}"), sealed.Token("page"))},
		"no ring":              {setUp(t).authz, testidc.Member, message},
	} {
		text, err := c.service.DecodeMessage(idc.Caller{AccountID: c.accountID}, c.message)
		if text != "" || idc.KindOf(err) != idc.Invalid || idc.ReasonOf(err) != "InvalidAuthorizationMessageException" ||
			idc.PublicMessage(err) != "The authorization message is not valid." {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

// TestOrganizationPoliciesStayPrivate: a member account learns that one denied, and not what it says.
func TestOrganizationPoliciesStayPrivate(t *testing.T) {
	f := withMessages(t)
	f.control("p-full0000", statement("Allow", "*", anywhere), f.Instance.RootID, testidc.Member)
	f.control("p-deny0000", strings.Replace(statement("Deny", "iam:*", anywhere), `"Effect"`, `"Sid":"Secret","Effect"`, 1), f.Instance.RootID)
	message := f.refused(authz.Question{Caller: f.caller(f.role(testidc.Member, "Dev", nil, admin)), Action: "iam:ListRoles", Resources: []string{"*"}})
	if d := f.decode(testidc.Member, message); !*d.ExplicitDeny || d.statements() != "" {
		t.Errorf("the member account sees %s (explicit deny %v)", d.statements(), *d.ExplicitDeny)
	}
	if d := f.decode(testidc.Management, message); !*d.ExplicitDeny || d.statements() != "Service Control Policy p-deny0000 Secret" {
		t.Errorf("the management account sees %s", d.statements())
	}
}

// TestMessagesDoNotTellWhichRolesExist: of a role in another account nothing is told that would.
func TestMessagesDoNotTellWhichRolesExist(t *testing.T) {
	f := withMessages(t)
	target := f.Role(testidc.Management, "Target", strings.Replace(trustAll, `"Allow"`, `"Deny"`, 1))
	target.Tags = []idc.Tag{{Key: "Team", Value: strings.Repeat("secret", 30)}}
	f.Update(func(tx store.Tx) error { return tx.PutRole(target) })
	missing := strings.Replace(target.ARN, "Target", "Tarred", 1)
	caller := f.caller(f.role(testidc.Member, "Dev", map[string]string{"own": statement("Deny", "sts:*", `,"Resource":"arn:aws:iam::111111111111:role/T*"`)}, admin))
	there := f.refused(authz.Question{Caller: caller, Action: "sts:AssumeRole", Resources: []string{target.ARN}})
	gone := f.refused(authz.Question{Caller: caller, Action: "sts:AssumeRole", Resources: []string{missing}})
	if len(there) != len(gone) {
		t.Errorf("messages of %d and %d characters", len(there), len(gone))
	}
	text := func(account, message string) string {
		out, err := f.authz.DecodeMessage(idc.Caller{AccountID: account}, message)
		if err != nil {
			t.Fatal(err)
		}
		return strings.ReplaceAll(out, missing, target.ARN)
	}
	if a, b := text(testidc.Member, there), text(testidc.Member, gone); a != b {
		t.Errorf("the caller's account sees of a role that exists\n%s\nand of one that does not\n%s", a, b)
	}
	if d := f.decode(testidc.Member, there); d.statements() != "IAM Policy own " || d.condition("aws:ResourceTag/Team") != "" {
		t.Errorf("the caller's account sees %s", d.statements())
	}
	if d := f.decode(testidc.Management, there); d.statements() != "Resource Policy "+target.ARN+" , IAM Policy own " || d.condition("aws:ResourceTag/Team") == "" {
		t.Errorf("the role's own account sees %s", d.statements())
	}
	// Without a Deny of its own the caller's account is told of an implicit one, whatever the role says.
	plain := f.caller(f.role(testidc.Member, "Plain", nil, admin))
	if d := f.decode(testidc.Member, f.refused(authz.Question{Caller: plain, Action: "sts:AssumeRole", Resources: []string{target.ARN}})); *d.ExplicitDeny {
		t.Error("the caller's account learns of the Deny in a trust policy")
	}
}

// TestLongMessagesAreShortened: a message always fits, and what was refused is always told.
func TestLongMessagesAreShortened(t *testing.T) {
	f := withMessages(t)
	random := func(i int) string { return fmt.Sprintf("%x", sealed.NewEphemeral().Seal([]byte{byte(i)}, []byte("x"))) }
	var actions []string
	for i := range 60 {
		actions = append(actions, `"iam:`+random(i)+`"`)
	}
	document := `{"Version":"2012-10-17","Statement":[{"Sid":"Long","Effect":"Deny","Action":["iam:ListRoles",` + strings.Join(actions, ",") + `],"Resource":"*"}]}`
	caller := f.caller(f.role(testidc.Member, "Dev", map[string]string{"long": document}))
	q := authz.Question{Caller: caller, Action: "iam:ListRoles", Resources: []string{"*"}}
	d := f.decode(testidc.Member, f.refused(q))
	if d.statements() != "IAM Policy long Long" || len(d.MatchedStatements.Items[0].Actions.Items) != 0 || d.condition("aws:SourceIp") == "" {
		t.Errorf("a long statement: %+v", d)
	}
	for i := range 50 {
		q.Caller.Tags = append(q.Caller.Tags, idc.Tag{Key: random(i), Value: random(-i)})
	}
	if d = f.decode(testidc.Member, f.refused(q)); d.statements() != "IAM Policy long Long" || len(d.Context.Conditions.Items) != 0 || d.Context.Action != "iam:ListRoles" {
		t.Errorf("many tags: %+v", d)
	}
}

// TestStatementsOfEveryPolicy: wherever a Deny stands, its text is found.
func TestStatementsOfEveryPolicy(t *testing.T) {
	f := withMessages(t)
	deny := func(sid string) string {
		return strings.Replace(statement("Deny", "iam:ListRoles", anywhere), `"Effect"`, `"Sid":"`+sid+`","Effect"`, 1)
	}
	managed := &idc.ManagedPolicy{AccountID: testidc.Member, Name: "Mine", Path: "/", ID: "ANPAMINE", ARN: "arn:aws:iam::222222222222:policy/Mine",
		Versions: []idc.PolicyVersion{{ID: "v1", Document: deny("Managed")}}, DefaultVersion: "v1"}
	f.Update(func(tx store.Tx) error { return tx.PutManagedPolicy(managed) })
	r := f.role(testidc.Member, "Dev", map[string]string{"in": deny("Inline")}, admin, managed.ARN, "arn:aws:iam::aws:policy/AWSDenyAll")
	r.PermissionsBoundary = managed.ARN
	f.Update(func(tx store.Tx) error { return tx.PutRole(r) })
	caller := f.caller(r)
	caller.SessionPolicies = []string{statement("Allow", "*", anywhere), deny("Session")}
	d := f.decode(testidc.Member, f.refused(authz.Question{Caller: caller, Action: "iam:ListRoles", Resources: []string{"*"}}))
	want := "IAM Policy arn:aws:iam::222222222222:policy/Mine Managed, IAM Policy arn:aws:iam::aws:policy/AWSDenyAll DenyAll, IAM Policy in Inline, " +
		"Permissions Boundary Policy arn:aws:iam::222222222222:policy/Mine Managed, Session Policy  Session"
	if got := d.statements(); got != want {
		t.Errorf("matched\n%s\nwant\n%s", got, want)
	}
	for _, s := range d.MatchedStatements.Items {
		if len(s.Actions.Items) == 0 || len(s.Resources.Items) == 0 {
			t.Errorf("%s %s has no text", s.SourcePolicyID, s.StatementID)
		}
	}
}

func TestNoMessageWhereNothingIsToTell(t *testing.T) {
	f := withMessages(t)
	r := f.Role(testidc.Member, "Dev", trustAll, admin)
	for name, q := range map[string]authz.Question{
		"anonymous": {Action: "iam:ListRoles", Resources: []string{"*"}},
		"allowed":   {Caller: f.caller(r), Action: "iam:ListRoles", Resources: []string{"*"}, Time: f.Clock.Now()},
	} {
		a, err := f.authz.Decide(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if message, err := f.authz.Message(context.Background(), q, a); message != "" || err != nil {
			t.Errorf("%s: %q, %v", name, message, err)
		}
	}
}

// TestLengthOfAMessageTellsNothing: a member may not read an SCP's text. Were what the caller wrote compressed together
// with it, a right guess would make a shorter message.
func TestLengthOfAMessageTellsNothing(t *testing.T) {
	o := found(t)
	o.authz.Messages = sealed.NewEphemeral()
	scp := o.policy(account.TypeSCP, "Secret", `{"Effect":"Deny","Action":"iam:*","Resource":"*",
		"Condition":{"StringNotEquals":{"aws:PrincipalTag/clearance":"Nightingale-7"}}}`)
	o.attach(scp, o.Instance.RootID)
	c := o.caller(o.Role(testidc.Member, "Dev", trustAll, admin))
	length := func(c idc.Caller, tag string) int {
		return len(o.refused(authz.Question{Caller: c, Action: "iam:CreateRole", Resources: []string{"arn:aws:iam::222222222222:role/Zxy"},
			Keys: map[string][]string{"aws:RequestTag/a": {tag}}}))
	}
	deny := func(guess string) idc.Caller {
		s := c
		s.SessionPolicies = []string{`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*",
			"Condition":{"StringNotEquals":{"aws:PrincipalTag/clearance":"` + guess + `"}}}]}`}
		return s
	}
	const right, wrong, slack = "Nightingale-7", "Waterlooxky-3", 6
	if a, b := length(c, right), length(c, wrong); a < b-slack {
		t.Errorf("by tag: %d characters for a right guess, %d for a wrong one", a, b)
	}
	if a, b := length(deny(right), "x"), length(deny(wrong), "x"); a < b-slack {
		t.Errorf("by session policy: %d characters for a right guess, %d for a wrong one", a, b)
	}
}
