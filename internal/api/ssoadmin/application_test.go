package ssoadmin_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/api/doortest"
	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

const (
	custom     = "arn:aws:sso::aws:applicationProvider/custom"
	customSAML = "arn:aws:sso::aws:applicationProvider/custom-saml"
	noSuchApp  = "arn:aws:sso::111111111111:application/ssoins-1234567890abcdef/apl-0000000000000000"
)

func (w *world) application(name string) *string {
	w.World.T.Helper()
	return doortest.Do(w.Client, ssoadmin.CreateApplication, &ssoadmin.CreateApplicationInput{
		InstanceArn: w.instance(), ApplicationProviderArn: doortest.P(custom), Name: &name}).ApplicationArn
}

// accountInstance stores the instance of an account.
func (w *world) accountInstance(accountID string) *idc.Instance {
	w.World.T.Helper()
	id := w.IDs.InstanceID()
	in := &idc.Instance{ID: id, Kind: idc.InstanceOfAccount, ARN: arn.Instance(id).String(), IdentityStoreID: "d-00000000aa", OwnerAccountID: accountID, Region: "us-east-1"}
	w.Update(func(tx store.Tx) error { return tx.PutInstance(in) })
	return in
}

func TestApplicationFromNothing(t *testing.T) {
	w := newWorld(t)
	p := doortest.P[string]
	made := doortest.Do(w.Client, ssoadmin.CreateApplication, &ssoadmin.CreateApplicationInput{
		InstanceArn: w.instance(), ApplicationProviderArn: p(custom), Name: p("Wiki"), Description: p("Pages"), ClientToken: p("one"),
		PortalOptions: &ssoadmin.PortalOptions{SignInOptions: &ssoadmin.SignInOptions{Origin: p("APPLICATION"), ApplicationUrl: p("https://wiki.example.com")}},
		Tags:          []ssoadmin.Tag{{Key: p("team"), Value: p("x")}},
	})
	if *made.InstanceArn != w.Instance.ARN || *made.IdentityStoreArn != "arn:aws:identitystore::111111111111:identitystore/d-1234567890" {
		t.Errorf("created %+v", made)
	}
	asked := w.Edge.Last()
	if want := []string{w.Instance.ARN, "arn:aws:sso::111111111111:application/ssoins-1234567890abcdef/apl-*", custom}; !slices.Equal(asked.Resources, want) || !slices.Equal(asked.Keys["aws:RequestTag/team"], []string{"x"}) {
		t.Errorf("authorised %v, want %v", asked, want)
	}
	app := made.ApplicationArn
	got := doortest.Do(w.Client, ssoadmin.DescribeApplication, &ssoadmin.DescribeApplicationInput{ApplicationArn: app})
	if *got.Name != "Wiki" || *got.Status != "ENABLED" || *got.ApplicationAccount != testidc.Management || *got.ApplicationProviderArn != custom || *got.CreatedFrom != "us-east-1" ||
		*got.PortalOptions.Visibility != "ENABLED" || *got.PortalOptions.SignInOptions.ApplicationUrl != "https://wiki.example.com" || *got.InstanceArn != w.Instance.ARN {
		t.Errorf("application %+v", got)
	}
	if asked := w.Edge.Last(); !slices.Equal(asked.Resources, []string{*app}) || !slices.Equal(asked.Keys["sso:ApplicationAccount"], []string{testidc.Management}) {
		t.Errorf("authorised %v", asked)
	}
	doortest.Do(w.Client, ssoadmin.UpdateApplication, &ssoadmin.UpdateApplicationInput{ApplicationArn: app, Status: p("DISABLED"),
		PortalOptions: &ssoadmin.UpdateApplicationPortalOptions{SignInOptions: &ssoadmin.SignInOptions{Origin: p("IDENTITY_CENTER")}}})
	got = doortest.Do(w.Client, ssoadmin.DescribeApplication, &ssoadmin.DescribeApplicationInput{ApplicationArn: app})
	if *got.Status != "DISABLED" || *got.Description != "Pages" || *got.PortalOptions.SignInOptions.Origin != "IDENTITY_CENTER" || got.PortalOptions.SignInOptions.ApplicationUrl != nil {
		t.Errorf("after the update %+v", got)
	}
	doortest.Do(w.Client, ssoadmin.DeleteApplication, &ssoadmin.DeleteApplicationInput{ApplicationArn: app})
	doortest.Refuse(w.Client, ssoadmin.DescribeApplication, &ssoadmin.DescribeApplicationInput{ApplicationArn: app}, "ResourceNotFoundException", "Could not find Application")
}

// Without sign-in options the answer has none: Terraform would take defaults for a change.
func TestPortalOptionsOfAPlainApplication(t *testing.T) {
	w := newWorld(t)
	got := doortest.Do(w.Client, ssoadmin.DescribeApplication, &ssoadmin.DescribeApplicationInput{ApplicationArn: w.application("Plain")})
	if got.PortalOptions.SignInOptions != nil || *got.PortalOptions.Visibility != "ENABLED" || got.Description != nil {
		t.Errorf("application %+v", got)
	}
}

func TestCreateApplicationRefuses(t *testing.T) {
	w := newWorld(t)
	p := doortest.P[string]
	input := func(edit func(in *ssoadmin.CreateApplicationInput)) *ssoadmin.CreateApplicationInput {
		in := &ssoadmin.CreateApplicationInput{InstanceArn: w.instance(), ApplicationProviderArn: p(custom), Name: p("x")}
		edit(in)
		return in
	}
	doortest.Do(w.Client, ssoadmin.CreateApplication, input(func(in *ssoadmin.CreateApplicationInput) { in.ClientToken = p("used") }))
	for _, c := range []struct {
		edit        func(in *ssoadmin.CreateApplicationInput)
		code, words string
	}{
		{func(in *ssoadmin.CreateApplicationInput) { in.Name = nil }, "ValidationException", "'name'"},
		{func(in *ssoadmin.CreateApplicationInput) { in.Name = p(strings.Repeat("n", 101)) }, "ValidationException", "less than or equal to 100"},
		{func(in *ssoadmin.CreateApplicationInput) { in.Status = p("OFF") }, "ValidationException", "enum"},
		{func(in *ssoadmin.CreateApplicationInput) { in.ApplicationProviderArn = p(custom + "x") }, "ResourceNotFoundException", custom + "x"},
		{func(in *ssoadmin.CreateApplicationInput) {
			in.InstanceArn = p("arn:aws:sso:::instance/ssoins-0000000000000000")
		}, "ResourceNotFoundException", "Instance"},
		{func(in *ssoadmin.CreateApplicationInput) { in.ClientToken, in.Name = p("used"), p("other") }, "ConflictException", "IdempotentParameterMismatch"},
		{func(in *ssoadmin.CreateApplicationInput) {
			in.PortalOptions = &ssoadmin.PortalOptions{SignInOptions: &ssoadmin.SignInOptions{Origin: p("APPLICATION")}}
		}, "ValidationException", "ApplicationUrl"},
		{func(in *ssoadmin.CreateApplicationInput) {
			in.PortalOptions = &ssoadmin.PortalOptions{SignInOptions: &ssoadmin.SignInOptions{Origin: p("APPLICATION"), ApplicationUrl: p("ftp://x")}}
		}, "ValidationException", "pattern"},
	} {
		doortest.Refuse(w.Client, ssoadmin.CreateApplication, input(c.edit), c.code, c.words)
	}
}

// TestApplicationsOfMembers: a member account uses its own applications in the
// organization's instance and learns nothing of others.
func TestApplicationsOfMembers(t *testing.T) {
	w := newWorld(t)
	theirs, user := w.application("Theirs"), w.User("ana")
	w.Caller.AccountID = testidc.Member
	mine := w.application("Mine")
	if got := doortest.Do(w.Client, ssoadmin.DescribeApplication, &ssoadmin.DescribeApplicationInput{ApplicationArn: mine}); *got.ApplicationAccount != testidc.Member {
		t.Errorf("application %+v", got)
	}
	for _, other := range []*string{theirs, doortest.P(noSuchApp)} {
		doortest.Refuse(w.Client, ssoadmin.DescribeApplication, &ssoadmin.DescribeApplicationInput{ApplicationArn: other}, "AccessDeniedException", *other)
		doortest.Refuse(w.Client, ssoadmin.DeleteApplication, &ssoadmin.DeleteApplicationInput{ApplicationArn: other}, "AccessDeniedException", *other)
	}
	doortest.Refuse(w.Client, ssoadmin.ListApplications, &ssoadmin.ListApplicationsInput{InstanceArn: w.instance()}, "AccessDeniedException", "filter")
	list := doortest.Do(w.Client, ssoadmin.ListApplications, &ssoadmin.ListApplicationsInput{InstanceArn: w.instance(),
		Filter: &ssoadmin.ListApplicationsFilter{ApplicationAccount: doortest.P(testidc.Member)}}).Applications
	if len(list) != 1 || *list[0].ApplicationArn != *mine {
		t.Errorf("applications %+v", list)
	}
	of := func(app *string) *ssoadmin.ListApplicationAssignmentsForPrincipalInput {
		return &ssoadmin.ListApplicationAssignmentsForPrincipalInput{InstanceArn: w.instance(), PrincipalId: &user.ID, PrincipalType: doortest.P("USER"),
			Filter: &ssoadmin.ListApplicationAssignmentsFilter{ApplicationArn: app}}
	}
	doortest.Refuse(w.Client, ssoadmin.ListApplicationAssignmentsForPrincipal, of(nil), "AccessDeniedException", "filter")
	doortest.Refuse(w.Client, ssoadmin.ListApplicationAssignmentsForPrincipal, of(theirs), "AccessDeniedException", *theirs)
	doortest.Do(w.Client, ssoadmin.CreateApplicationAssignment, &ssoadmin.CreateApplicationAssignmentInput{ApplicationArn: mine, PrincipalId: &user.ID, PrincipalType: doortest.P("USER")})
	if rows := doortest.Do(w.Client, ssoadmin.ListApplicationAssignmentsForPrincipal, of(mine)).ApplicationAssignments; len(rows) != 1 {
		t.Errorf("assignments %+v", rows)
	}
	doortest.Refuse(w.Client, ssoadmin.PutApplicationAccessScope, &ssoadmin.PutApplicationAccessScopeInput{ApplicationArn: mine, Scope: doortest.P("sso:account:access")},
		"AccessDeniedException", "does not administer")
	doortest.Refuse(w.Client, ssoadmin.ListTrustedTokenIssuers, &ssoadmin.ListTrustedTokenIssuersInput{InstanceArn: w.instance()}, "AccessDeniedException", w.Instance.ARN)
	doortest.Refuse(w.Client, ssoadmin.CreateTrustedTokenIssuer, w.issuerInput("okta"), "AccessDeniedException", w.Instance.ARN)
	w.Update(func(tx store.Tx) error { // the account leaves the organization
		found, err := tx.Account(testidc.Member)
		if err != nil {
			return err
		}
		left := *found
		left.ParentID = ""
		return tx.PutAccount(&left)
	})
	doortest.Refuse(w.Client, ssoadmin.DescribeApplication, &ssoadmin.DescribeApplicationInput{ApplicationArn: mine}, "AccessDeniedException", *mine)
	doortest.Refuse(w.Client, ssoadmin.UpdateApplication, &ssoadmin.UpdateApplicationInput{ApplicationArn: mine, Name: doortest.P("Yours")}, "AccessDeniedException", *mine)
}

func TestApplicationsOfAnAccountInstance(t *testing.T) {
	w := newWorld(t)
	account := w.accountInstance(testidc.Member)
	ours := w.application("Ours")
	in := &ssoadmin.CreateApplicationInput{InstanceArn: &account.ARN, ApplicationProviderArn: doortest.P(custom), Name: doortest.P("Theirs")}
	doortest.Refuse(w.Client, ssoadmin.CreateApplication, in, "AccessDeniedException", account.ARN)
	w.Caller.AccountID = testidc.Member
	theirs := doortest.Do(w.Client, ssoadmin.CreateApplication, in).ApplicationArn
	list := doortest.Do(w.Client, ssoadmin.ListApplications, &ssoadmin.ListApplicationsInput{InstanceArn: &account.ARN}).Applications
	if len(list) != 1 || *list[0].ApplicationArn != *theirs || *list[0].InstanceArn != account.ARN {
		t.Errorf("applications %+v", list)
	}
	// An application is not looked for in the instance of another.
	doortest.Refuse(w.Client, ssoadmin.TagResource, &ssoadmin.TagResourceInput{InstanceArn: w.instance(), ResourceArn: theirs, Tags: []ssoadmin.Tag{{Key: doortest.P("a"), Value: doortest.P("b")}}},
		"ResourceNotFoundException", *theirs)
	crossed := strings.Replace(*ours, w.Instance.ID, account.ID, 1)
	crossed = strings.Replace(crossed, testidc.Management, testidc.Member, 1)
	doortest.Refuse(w.Client, ssoadmin.DescribeApplication, &ssoadmin.DescribeApplicationInput{ApplicationArn: &crossed}, "ResourceNotFoundException", "Could not find Application")
	ana := w.User("ana") // of the organization's identity store
	doortest.Refuse(w.Client, ssoadmin.CreateApplicationAssignment, &ssoadmin.CreateApplicationAssignmentInput{ApplicationArn: theirs, PrincipalId: &ana.ID, PrincipalType: doortest.P("USER")},
		"ResourceNotFoundException", ana.ID)
	issuer := w.issuerInput("okta")
	issuer.InstanceArn = &account.ARN
	doortest.Do(w.Client, ssoadmin.CreateTrustedTokenIssuer, issuer)
	w.Caller.AccountID = testidc.Management
	doortest.Refuse(w.Client, ssoadmin.DescribeApplication, &ssoadmin.DescribeApplicationInput{ApplicationArn: theirs}, "AccessDeniedException", *theirs)
}

func TestListApplicationsPages(t *testing.T) {
	w := newWorld(t)
	for i := range 5 {
		w.application(fmt.Sprint("app", i))
	}
	doortest.Do(w.Client, ssoadmin.CreateApplication, &ssoadmin.CreateApplicationInput{InstanceArn: w.instance(), ApplicationProviderArn: doortest.P(customSAML), Name: doortest.P("saml")})
	seen, token := map[string]bool{}, (*string)(nil)
	filter := &ssoadmin.ListApplicationsFilter{ApplicationProvider: doortest.P(custom)}
	for {
		page := doortest.Do(w.Client, ssoadmin.ListApplications, &ssoadmin.ListApplicationsInput{InstanceArn: w.instance(), Filter: filter, MaxResults: doortest.P(int32(2)), NextToken: token})
		for _, a := range page.Applications {
			seen[*a.ApplicationArn] = true
		}
		if token = page.NextToken; token == nil {
			break
		}
		doortest.Refuse(w.Client, ssoadmin.ListApplications, &ssoadmin.ListApplicationsInput{InstanceArn: w.instance(), NextToken: token}, "ValidationException", "NextToken")
	}
	if len(seen) != 5 {
		t.Errorf("saw %d applications", len(seen))
	}
	// It models no ResourceNotFoundException.
	doortest.Refuse(w.Client, ssoadmin.ListApplications, &ssoadmin.ListApplicationsInput{InstanceArn: doortest.P("arn:aws:sso:::instance/ssoins-0000000000000000")}, "AccessDeniedException", "ssoins-0000000000000000")
}

func TestApplicationAssignmentsOnTheWire(t *testing.T) {
	w := newWorld(t)
	app, ana := w.application("Wiki"), w.User("ana")
	team := &idc.Group{ID: w.IDs.GroupID(), IdentityStoreID: w.Instance.IdentityStoreID, DisplayName: "team", Owner: idc.OwnerBuiltIn}
	w.Update(func(tx store.Tx) error {
		if err := tx.PutGroup(team); err != nil {
			return err
		}
		return tx.PutMembership(&idc.Membership{ID: w.IDs.MembershipID(), GroupID: team.ID, UserID: ana.ID, Owner: idc.OwnerBuiltIn})
	})
	user, group := doortest.P("USER"), doortest.P("GROUP")
	assign := &ssoadmin.CreateApplicationAssignmentInput{ApplicationArn: app, PrincipalId: &team.ID, PrincipalType: group}
	doortest.Do(w.Client, ssoadmin.CreateApplicationAssignment, assign)
	doortest.Refuse(w.Client, ssoadmin.CreateApplicationAssignment, assign, "ConflictException", "already assigned")
	doortest.Refuse(w.Client, ssoadmin.CreateApplicationAssignment, &ssoadmin.CreateApplicationAssignmentInput{ApplicationArn: app, PrincipalId: &team.ID, PrincipalType: user}, "ResourceNotFoundException", "Could not find USER")
	// Describe sees what is assigned directly, the list of a principal what its groups have too.
	doortest.Refuse(w.Client, ssoadmin.DescribeApplicationAssignment, &ssoadmin.DescribeApplicationAssignmentInput{ApplicationArn: app, PrincipalId: &ana.ID, PrincipalType: user}, "ResourceNotFoundException", ana.ID)
	if got := doortest.Do(w.Client, ssoadmin.DescribeApplicationAssignment, &ssoadmin.DescribeApplicationAssignmentInput{ApplicationArn: app, PrincipalId: &team.ID, PrincipalType: group}); *got.ApplicationArn != *app || *got.PrincipalType != "GROUP" {
		t.Errorf("assignment %+v", got)
	}
	rows := doortest.Do(w.Client, ssoadmin.ListApplicationAssignmentsForPrincipal, &ssoadmin.ListApplicationAssignmentsForPrincipalInput{InstanceArn: w.instance(), PrincipalId: &ana.ID, PrincipalType: user}).ApplicationAssignments
	if len(rows) != 1 || *rows[0].PrincipalId != team.ID || *rows[0].ApplicationArn != *app {
		t.Errorf("assignments of the user %+v", rows)
	}
	doortest.Do(w.Client, ssoadmin.CreateApplicationAssignment, &ssoadmin.CreateApplicationAssignmentInput{ApplicationArn: app, PrincipalId: &ana.ID, PrincipalType: user})
	first := doortest.Do(w.Client, ssoadmin.ListApplicationAssignments, &ssoadmin.ListApplicationAssignmentsInput{ApplicationArn: app, MaxResults: doortest.P(int32(1))})
	second := doortest.Do(w.Client, ssoadmin.ListApplicationAssignments, &ssoadmin.ListApplicationAssignmentsInput{ApplicationArn: app, MaxResults: doortest.P(int32(1)), NextToken: first.NextToken})
	if len(first.ApplicationAssignments) != 1 || len(second.ApplicationAssignments) != 1 || second.NextToken != nil || *first.ApplicationAssignments[0].PrincipalId == *second.ApplicationAssignments[0].PrincipalId {
		t.Errorf("pages %+v and %+v", first, second)
	}
	other := w.application("Other")
	doortest.Refuse(w.Client, ssoadmin.ListApplicationAssignments, &ssoadmin.ListApplicationAssignmentsInput{ApplicationArn: other, NextToken: first.NextToken}, "ValidationException", "NextToken")
	remove := &ssoadmin.DeleteApplicationAssignmentInput{ApplicationArn: app, PrincipalId: &team.ID, PrincipalType: group}
	for range 2 { // what is gone stays gone
		doortest.Do(w.Client, ssoadmin.DeleteApplicationAssignment, remove)
	}
	if got := doortest.Do(w.Client, ssoadmin.GetApplicationAssignmentConfiguration, &ssoadmin.GetApplicationAssignmentConfigurationInput{ApplicationArn: app}); !*got.AssignmentRequired {
		t.Error("a new application requires no assignment")
	}
	doortest.Do(w.Client, ssoadmin.PutApplicationAssignmentConfiguration, &ssoadmin.PutApplicationAssignmentConfigurationInput{ApplicationArn: app, AssignmentRequired: doortest.P(false)})
	if got := doortest.Do(w.Client, ssoadmin.GetApplicationAssignmentConfiguration, &ssoadmin.GetApplicationAssignmentConfigurationInput{ApplicationArn: app}); *got.AssignmentRequired {
		t.Error("assignment is still required")
	}
}

func TestSessionConfiguration(t *testing.T) {
	w := newWorld(t)
	app := w.application("Wiki")
	get := func() string {
		t.Helper()
		got := doortest.Do(w.Client, ssoadmin.GetApplicationSessionConfiguration, &ssoadmin.GetApplicationSessionConfigurationInput{ApplicationArn: app})
		if got.UserBackgroundSessionApplicationStatus == nil {
			return ""
		}
		return *got.UserBackgroundSessionApplicationStatus
	}
	if got := get(); got != "" {
		t.Errorf("before anybody said: %q", got)
	}
	for _, status := range []*string{doortest.P("DISABLED"), nil} { // saying nothing changes nothing
		doortest.Do(w.Client, ssoadmin.PutApplicationSessionConfiguration, &ssoadmin.PutApplicationSessionConfigurationInput{ApplicationArn: app, UserBackgroundSessionApplicationStatus: status})
		if got := get(); got != "DISABLED" {
			t.Errorf("status %q", got)
		}
	}
}

func TestAuthenticationMethods(t *testing.T) {
	w := newWorld(t)
	app, kind := w.application("Wiki"), doortest.P("IAM")
	get := &ssoadmin.GetApplicationAuthenticationMethodInput{ApplicationArn: app, AuthenticationMethodType: kind}
	put := func(document string) *ssoadmin.PutApplicationAuthenticationMethodInput {
		return &ssoadmin.PutApplicationAuthenticationMethodInput{ApplicationArn: app, AuthenticationMethodType: kind,
			AuthenticationMethod: &ssoadmin.AuthenticationMethod{Iam: &ssoadmin.IamAuthenticationMethod{ActorPolicy: awsapi.JSON(document)}}}
	}
	doortest.Refuse(w.Client, ssoadmin.GetApplicationAuthenticationMethod, get, "ResourceNotFoundException", "IAM")
	document := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"sso-oauth:CreateTokenWithIAM","Resource":"*"}]}`
	doortest.Do(w.Client, ssoadmin.PutApplicationAuthenticationMethod, put(document))
	if got := doortest.Do(w.Client, ssoadmin.GetApplicationAuthenticationMethod, get); !bytes.Equal(got.AuthenticationMethod.Iam.ActorPolicy, []byte(document)) {
		t.Errorf("policy %s", got.AuthenticationMethod.Iam.ActorPolicy)
	}
	doortest.Refuse(w.Client, ssoadmin.PutApplicationAuthenticationMethod, put(`{"Statement":[]}`), "ValidationException", "actor policy")
	list := &ssoadmin.ListApplicationAuthenticationMethodsInput{ApplicationArn: app}
	if got := doortest.Do(w.Client, ssoadmin.ListApplicationAuthenticationMethods, list).AuthenticationMethods; len(got) != 1 || *got[0].AuthenticationMethodType != "IAM" {
		t.Errorf("methods %+v", got)
	}
	for range 2 {
		doortest.Do(w.Client, ssoadmin.DeleteApplicationAuthenticationMethod, &ssoadmin.DeleteApplicationAuthenticationMethodInput{ApplicationArn: app, AuthenticationMethodType: kind})
	}
	if got := doortest.Do(w.Client, ssoadmin.ListApplicationAuthenticationMethods, list).AuthenticationMethods; len(got) != 0 {
		t.Errorf("methods %+v", got)
	}
	list.NextToken = doortest.P("x")
	doortest.Refuse(w.Client, ssoadmin.ListApplicationAuthenticationMethods, list, "ValidationException", "NextToken")
}

func TestAccessScopes(t *testing.T) {
	w := newWorld(t)
	app := w.application("Wiki")
	for i := range 12 {
		in := &ssoadmin.PutApplicationAccessScopeInput{ApplicationArn: app, Scope: doortest.P(fmt.Sprint("wiki:read:", i))}
		if i == 0 {
			in.AuthorizedTargets = []string{w.Instance.ARN}
		}
		doortest.Do(w.Client, ssoadmin.PutApplicationAccessScope, in)
	}
	got := doortest.Do(w.Client, ssoadmin.GetApplicationAccessScope, &ssoadmin.GetApplicationAccessScopeInput{ApplicationArn: app, Scope: doortest.P("wiki:read:0")})
	if !slices.Equal(got.AuthorizedTargets, []string{w.Instance.ARN}) {
		t.Errorf("scope %+v", got)
	}
	first := doortest.Do(w.Client, ssoadmin.ListApplicationAccessScopes, &ssoadmin.ListApplicationAccessScopesInput{ApplicationArn: app})
	second := doortest.Do(w.Client, ssoadmin.ListApplicationAccessScopes, &ssoadmin.ListApplicationAccessScopesInput{ApplicationArn: app, NextToken: first.NextToken})
	if len(first.Scopes) != 10 || len(second.Scopes) != 2 || second.NextToken != nil {
		t.Errorf("%d and %d scopes", len(first.Scopes), len(second.Scopes))
	}
	doortest.Refuse(w.Client, ssoadmin.ListApplicationAccessScopes, &ssoadmin.ListApplicationAccessScopesInput{ApplicationArn: app, MaxResults: doortest.P(int32(11))}, "ValidationException", "10")
	doortest.Refuse(w.Client, ssoadmin.PutApplicationAccessScope, &ssoadmin.PutApplicationAccessScopeInput{ApplicationArn: app, Scope: doortest.P("a:b:c:d")}, "ValidationException", "pattern")
	doortest.Refuse(w.Client, ssoadmin.PutApplicationAccessScope, &ssoadmin.PutApplicationAccessScopeInput{ApplicationArn: app, Scope: doortest.P("a"), AuthorizedTargets: []string{noSuchApp}}, "ResourceNotFoundException", noSuchApp)
	for range 2 {
		doortest.Do(w.Client, ssoadmin.DeleteApplicationAccessScope, &ssoadmin.DeleteApplicationAccessScopeInput{ApplicationArn: app, Scope: doortest.P("wiki:read:0")})
	}
	doortest.Refuse(w.Client, ssoadmin.GetApplicationAccessScope, &ssoadmin.GetApplicationAccessScopeInput{ApplicationArn: app, Scope: doortest.P("wiki:read:0")}, "ResourceNotFoundException", "wiki:read:0")
}

func TestApplicationProviders(t *testing.T) {
	w := newWorld(t)
	w.Caller.AccountID = "999999999999" // the catalogue is the same for everybody
	seen, token := []string{}, (*string)(nil)
	for {
		page := doortest.Do(w.Client, ssoadmin.ListApplicationProviders, &ssoadmin.ListApplicationProvidersInput{MaxResults: doortest.P(int32(1)), NextToken: token})
		for _, p := range page.ApplicationProviders {
			seen = append(seen, *p.ApplicationProviderArn+" "+*p.FederationProtocol)
		}
		if token = page.NextToken; token == nil {
			break
		}
	}
	if want := []string{custom + " OAUTH", customSAML + " SAML"}; !slices.Equal(seen, want) {
		t.Errorf("providers %v, want %v", seen, want)
	}
	if got := doortest.Do(w.Client, ssoadmin.DescribeApplicationProvider, &ssoadmin.DescribeApplicationProviderInput{ApplicationProviderArn: doortest.P(custom)}); *got.FederationProtocol != "OAUTH" || got.DisplayData.DisplayName == nil {
		t.Errorf("provider %+v", got)
	}
	doortest.Refuse(w.Client, ssoadmin.DescribeApplicationProvider, &ssoadmin.DescribeApplicationProviderInput{ApplicationProviderArn: doortest.P(custom + "x")}, "ResourceNotFoundException", custom+"x")
}

func TestTagsOfApplicationsAndIssuers(t *testing.T) {
	w := newWorld(t)
	tti := doortest.Do(w.Client, ssoadmin.CreateTrustedTokenIssuer, w.issuerInput("okta")).TrustedTokenIssuerArn
	for _, resource := range []*string{w.application("Wiki"), tti} {
		for _, instance := range []*string{w.instance(), nil} {
			doortest.Do(w.Client, ssoadmin.TagResource, &ssoadmin.TagResourceInput{InstanceArn: instance, ResourceArn: resource, Tags: []ssoadmin.Tag{{Key: doortest.P("team"), Value: doortest.P("x")}, {Key: doortest.P("gone"), Value: doortest.P("")}}})
			if asked := w.Edge.Last(); !slices.Contains(asked.Resources, *resource) || !slices.Equal(asked.Keys["aws:RequestTag/team"], []string{"x"}) {
				t.Errorf("authorised %v, want %s among them", asked, *resource)
			}
			doortest.Do(w.Client, ssoadmin.UntagResource, &ssoadmin.UntagResourceInput{InstanceArn: instance, ResourceArn: resource, TagKeys: []string{"gone"}})
			tags := doortest.Do(w.Client, ssoadmin.ListTagsForResource, &ssoadmin.ListTagsForResourceInput{InstanceArn: instance, ResourceArn: resource}).Tags
			if len(tags) != 1 || *tags[0].Key != "team" {
				t.Errorf("tags of %s: %+v", *resource, tags)
			}
		}
	}
	for _, missing := range []string{noSuchApp, "arn:aws:sso::111111111111:trustedTokenIssuer/ssoins-1234567890abcdef/tti-c4488478-a0e1-700e-3d75-96c6bb641596"} {
		doortest.Refuse(w.Client, ssoadmin.ListTagsForResource, &ssoadmin.ListTagsForResourceInput{ResourceArn: &missing}, "ResourceNotFoundException", "Could not find")
	}
}
