package server

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/directory"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/keys"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/serviceauth"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// TestEveryOperationIsAuthorisedAsInAWS holds what each operation that is served asks
// the Authorizer against the Service Authorization Reference: the action exists; the
// resources are of the types it acts on, one of each that it needs, or "*" where it has
// none; the condition keys are those that the action has.
func TestEveryOperationIsAuthorisedAsInAWS(t *testing.T) {
	w := testidc.New(t)
	s := &Services{Store: w.Store, Instance: w.Instance, Keys: &keys.Service{},
		Directory: &directory.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs},
		Roles:     &role.Service{Store: w.Store, IDs: w.IDs}, Accounts: &account.Service{Store: w.Store, IDs: w.IDs}}
	found := w.Role(testidc.Management, "Deploy", `{"Version":"2012-10-17","Statement":[]}`)
	found.PermissionsBoundary = arn.Policy(testidc.Management, "/", "Limit").String()
	w.Update(func(tx store.Tx) error {
		if err := tx.PutRole(found); err != nil {
			return err
		}
		return tx.PutOrganizationPolicy(&idc.OrganizationPolicy{ID: samples["PolicyId"], Name: "x", Type: account.TypeSCP})
	})
	caller := idc.Caller{Type: idc.CallerAssumedRole, AccountID: testidc.Management, SourceIdentity: "ana", TransitiveTagKeys: []string{"Team"}}
	reference := serviceauth.New()
	for _, op := range s.operations() {
		model := op.Model()
		in := reflect.New(reflect.TypeOf(model.In).Elem())
		fill(in.Elem(), model.Service.Name, "")
		questions, err := op.Questions(t.Context(), &awsedge.Call{Caller: caller, Operation: model, Region: "us-east-1"}, in.Interface())
		if err != nil {
			t.Errorf("%s: %v", model.Action, err)
		}
		for i, q := range questions {
			action, ok := reference.Action(q.Action)
			if !ok && newer[q.Action] {
				continue
			}
			if !ok {
				t.Errorf("%s asks for %s, which does not exist", model.Name, q.Action)
				continue
			}
			if i == 0 { // further actions are asked on the resources of the first, with its keys
				checkResources(t, action, q.Resources)
				checkKeys(t, action, q.Keys)
			}
		}
	}
}

// newer names actions of the present models that the reference does not have yet.
var newer = map[string]bool{"identitystore:DescribeIdentityStore": true, "identitystore:ListIdentityStores": true}

// alternatives names actions that the reference says to need several types of resources,
// where one of them is meant.
var alternatives = map[string]bool{"iam:GenerateServiceLastAccessedDetails": true, "iam:ListPoliciesGrantingServiceAccess": true}

// checkResources holds the resources of a question against the types of the action.
func checkResources(t *testing.T, action *serviceauth.Action, resources []string) {
	t.Helper()
	name := action.FullName()
	if len(action.Resources) == 0 {
		if !slices.Equal(resources, []string{"*"}) {
			t.Errorf("%s is asked on %v, and has no resources", name, resources)
		}
		return
	}
	covered := map[string]bool{}
	for _, resource := range resources {
		kinds := 0
		for _, r := range action.Resources {
			if slices.ContainsFunc(r.Type.ARNs, func(form string) bool { return hasForm(form, resource) }) {
				covered[r.Type.Name] = true
				kinds++
			}
		}
		if kinds == 0 {
			t.Errorf("%s is asked on %s, none of %v", name, resource, action.ARNs())
		}
	}
	for _, r := range action.Resources {
		if r.Required && !covered[r.Type.Name] && !(alternatives[name] && len(covered) > 0) {
			t.Errorf("%s needs a %s, and is asked on %v", name, r.Type.Name, resources)
		}
	}
}

// checkKeys holds the condition keys of a question against those of the action.
func checkKeys(t *testing.T, action *serviceauth.Action, keys map[string][]string) {
	t.Helper()
	for key := range keys {
		if !action.HasConditionKey(key) && !further[key] {
			t.Errorf("%s knows no condition key %s", action.FullName(), key)
		}
	}
	for _, key := range action.ConditionKeys {
		_, given := keys[strings.ReplaceAll(key, "${TagKey}", "x")]
		if !given && !unknown[key] {
			t.Errorf("%s is asked without the condition key %s", action.FullName(), key)
		}
	}
}

// further names condition keys of the further actions of a call (sts:SetContext), which are asked with the keys of the first.
var further = map[string]bool{"sts:RequestContextProviders": true}

// unknown names condition keys of actions that nothing here has a value for.
var unknown = map[string]bool{
	"iam:RoleTemplateARN":             true,
	"organizations:TransferDirection": true, // of transfers, of which there are none
	"identitystore:PrimaryRegion":     true, "identitystore:ReservedUserId": true,
	"identitystore:UserExternalIdIssuers": true, "identitystore:GroupExternalIdIssuers": true,
	// Of the resource: package authz sets them.
	"aws:ResourceTag/${TagKey}": true, "iam:ResourceTag/${TagKey}": true,
	// Of callers of other kinds.
	"saml:namequalifier": true, "saml:sub": true, "saml:sub_type": true, "accounts.google.com:aud": true, "accounts.google.com:sub": true,
	"cognito-identity.amazonaws.com:amr": true, "cognito-identity.amazonaws.com:aud": true, "cognito-identity.amazonaws.com:sub": true,
	"graph.facebook.com:app_id": true, "graph.facebook.com:id": true, "www.amazon.com:app_id": true, "www.amazon.com:user_id": true,
}

var variable = regexp.MustCompile(`\\\$\\\{\w+\\\}`)

// hasForm reports whether an ARN has a form of the reference, such as "arn:${Partition}:iam::${Account}:role/${Name}".
func hasForm(form, resource string) bool {
	pattern := variable.ReplaceAllString(regexp.QuoteMeta(form), `.+`)
	return regexp.MustCompile("^" + pattern + "$").MatchString(resource)
}

// samples are values of members, by name. What is not among them is "x".
var samples = map[string]string{
	"InstanceArn":            "arn:aws:sso:::instance/ssoins-1234567890abcdef",
	"PermissionSetArn":       "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef",
	"ResourceArn":            "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef",
	"ApplicationArn":         "arn:aws:sso::111111111111:application/ssoins-1234567890abcdef/apl-1234567890abcdef",
	"TrustedTokenIssuerArn":  "arn:aws:sso::111111111111:trustedTokenIssuer/ssoins-1234567890abcdef/tti-c4488478-a0e1-700e-3d75-96c6bb641596",
	"ApplicationProviderArn": "arn:aws:sso::aws:applicationProvider/custom",
	"TargetType":             "AWS_ACCOUNT",
	"IdentityStoreId":        "d-1234567890",
	"AccountId":              testidc.Member, "TargetId": testidc.Member, "ChildId": testidc.Member, "ResourceId": "p-00000001",
	"ParentId": "r-exam", "SourceParentId": "r-exam", "DestinationParentId": "ou-exam-00000001", "RootId": "r-exam",
	"OrganizationalUnitId": "ou-exam-00000001", "PolicyId": "p-00000001", "HandshakeId": "h-00000001", "Id": "rt-00000001",
	"PolicySourceArn": "arn:aws:iam::111111111111:role/Deploy",
	"RoleName":        "Deploy", "RoleArn": "arn:aws:iam::222222222222:role/Deploy", "PolicyArn": "arn:aws:iam::111111111111:policy/P",
	"Arn":             "arn:aws:iam::111111111111:role/Deploy",
	"SAMLProviderArn": "arn:aws:iam::111111111111:saml-provider/P", "Path": "/",
	"OpenIDConnectProviderArn": "arn:aws:iam::111111111111:oidc-provider/idp.example.com", "TargetPrincipal": testidc.Member,
}

// ownSamples are values of members that mean something else in a service than in others.
var ownSamples = map[string]map[string]string{
	"sso-oidc": {"ClientId": "arn:aws:sso::111111111111:application/ssoins-1234567890abcdef/apl-1234567890abcdef"},
	"account-access": {
		"ApplicationArn": "arn:aws:account-access:us-east-1:111111111111:application/1234567890abcdef",
		"ResourceArn":    "arn:aws:account-access:us-east-1:111111111111:application/1234567890abcdef",
	},
}

// fill gives every member of an input of a service a value.
func fill(v reflect.Value, service, name string) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), service, name)
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				fill(v.Field(i), service, field.Name)
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.Uint8 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			fill(v.Index(0), service, strings.TrimSuffix(name, "s"))
		}
	case reflect.Map:
		if v.Type().Elem().Kind() == reflect.String {
			v.Set(reflect.MakeMap(v.Type()))
			v.SetMapIndex(reflect.ValueOf("x"), reflect.ValueOf("x"))
		}
	case reflect.String:
		v.SetString("x")
		if sample, ok := samples[name]; ok {
			v.SetString(sample)
		}
		if sample, ok := ownSamples[service][name]; ok {
			v.SetString(sample)
		}
	}
}
