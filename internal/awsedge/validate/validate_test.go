package validate_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/cloudtrail"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/identitystore"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/organizations"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoportal"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/sts"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/validate"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

const (
	instance = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
	store    = "d-1234567890"
	user     = "c4488478-a0e1-700e-3d75-96c6bb641596"
)

func p[T any](v T) *T { return &v }

func TestSentences(t *testing.T) {
	for _, c := range []struct {
		op   *awsapi.Operation
		in   any
		want string // "" for valid
	}{
		{ssoadmin.DescribeInstance.Operation, &ssoadmin.DescribeInstanceInput{InstanceArn: p(instance)}, ""},
		{ssoadmin.DescribeInstance.Operation, &ssoadmin.DescribeInstanceInput{},
			"1 validation error detected: Value null at 'instanceArn' failed to satisfy constraint: Member must not be null"},
		{ssoadmin.DescribeInstance.Operation, &ssoadmin.DescribeInstanceInput{InstanceArn: p("arn:aws:sso:::instance/x")},
			"1 validation error detected: Value 'arn:aws:sso:::instance/x' at 'instanceArn' failed to satisfy constraint: " +
				"Member must satisfy regular expression pattern: arn:aws(-[a-z]{1,5}){0,3}:sso:::instance/(sso)?ins-[a-zA-Z0-9-.]{16}"},
		{ssoadmin.DescribeInstance.Operation, &ssoadmin.DescribeInstanceInput{InstanceArn: p("short")},
			"2 validation errors detected: Value 'short' at 'instanceArn' failed to satisfy constraint: Member must have length greater than or equal to 10; " +
				"Value 'short' at 'instanceArn' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:aws(-[a-z]{1,5}){0,3}:sso:::instance/(sso)?ins-[a-zA-Z0-9-.]{16}"},
		{ssoadmin.ListInstances.Operation, &ssoadmin.ListInstancesInput{MaxResults: p(int32(101))},
			"1 validation error detected: Value '101' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 100"},
		{ssoadmin.ListInstances.Operation, &ssoadmin.ListInstancesInput{MaxResults: p(int32(0))},
			"1 validation error detected: Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1"},
		{ssoadmin.CreateAccountAssignment.Operation, &ssoadmin.CreateAccountAssignmentInput{InstanceArn: p(instance), PrincipalId: p(user), PrincipalType: p("ROBOT"),
			TargetId: p("123456789012"), TargetType: p("AWS_ACCOUNT"), PermissionSetArn: p("arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef")},
			"1 validation error detected: Value 'ROBOT' at 'principalType' failed to satisfy constraint: Member must satisfy enum value set: [USER, GROUP]"},
		{ssoadmin.TagResource.Operation, &ssoadmin.TagResourceInput{ResourceArn: p(instance), Tags: []ssoadmin.Tag{{Key: p("ok"), Value: p("")}, {Key: p(strings.Repeat("k", 129)), Value: p("v")}}},
			"1 validation error detected: Value '" + strings.Repeat("k", 129) + "' at 'tags.2.member.key' failed to satisfy constraint: Member must have length less than or equal to 128"},
		{ssoadmin.UntagResource.Operation, &ssoadmin.UntagResourceInput{ResourceArn: p(instance), TagKeys: []string{}},
			"1 validation error detected: Value '[]' at 'tagKeys' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		{ssoadmin.UntagResource.Operation, &ssoadmin.UntagResourceInput{ResourceArn: p(instance), TagKeys: []string{"a", ""}},
			"1 validation error detected: Value '[a, ]' at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: " +
				`[Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ([\p{L}\p{Z}\p{N}_.:/=+\-@]*), Member must not be null]`},
		// Of structures nothing is repeated.
		{ssoadmin.TagResource.Operation, &ssoadmin.TagResourceInput{ResourceArn: p(instance), Tags: make([]ssoadmin.Tag, 0)}, ""},
		{identitystore.UpdateGroup.Operation, &identitystore.UpdateGroupInput{IdentityStoreId: p(store), GroupId: p(user), Operations: []identitystore.AttributeOperation{}},
			"1 validation error detected: Value at 'operations' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		{ssoportal.ListAccounts.Operation, &ssoportal.ListAccountsInput{AccessToken: p("t"), MaxResults: p(int32(101))},
			"ResultSize parameter must be within the valid limits of: 1-100"},
		{ssoportal.ListAccountRoles.Operation, &ssoportal.ListAccountRolesInput{AccessToken: p("t"), AccountId: p("123456789012"), MaxResults: p(int32(0))},
			"ResultSize parameter must be within the valid limits of: 1-100"},
		{ssoadmin.CreatePermissionSet.Operation, &ssoadmin.CreatePermissionSetInput{InstanceArn: p(instance), Name: p("A"), SessionDuration: p("PT12H")}, ""},
		{ssoadmin.PutApplicationGrant.Operation, &ssoadmin.PutApplicationGrantInput{ApplicationArn: p("arn:aws:sso::123456789012:application/ssoins-1234567890abcdef/apl-1234567890abcdef"),
			GrantType: p("refresh_token"), Grant: &ssoadmin.Grant{}},
			"1 validation error detected: Value at 'grant' failed to satisfy constraint: Member must have exactly one member set"},

		// Names of people are not repeated.
		{identitystore.CreateUser.Operation, &identitystore.CreateUserInput{IdentityStoreId: p(store), UserName: p("a"), Name: &identitystore.Name{FamilyName: p("")}},
			"2 validation errors detected: Value at 'name.familyName' failed to satisfy constraint: Member must have length greater than or equal to 1; " +
				`Value at 'name.familyName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ` + "\u00a0\u3000" + `]+`},
		{identitystore.DescribeUser.Operation, &identitystore.DescribeUserInput{IdentityStoreId: p(store), UserId: p(user)}, ""},
		{identitystore.DescribeUser.Operation, &identitystore.DescribeUserInput{IdentityStoreId: p("arn:aws:identitystore::111122223333:identitystore/" + store),
			UserId: p("arn:aws:identitystore:::user/" + user)}, ""},
		{identitystore.CreateUser.Operation, &identitystore.CreateUserInput{IdentityStoreId: p(store), UserName: p("a"), DisplayName: p("nul\x00")},
			"2 validation errors detected: Value at 'displayName' failed to satisfy constraint: Member must not contain the character U+0000; " +
				`Value at 'displayName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ` + "\u00a0\u3000" + `]+`},
		{identitystore.CreateUser.Operation, &identitystore.CreateUserInput{IdentityStoreId: p(store), UserName: p("a"), Extensions: map[string]awsapi.JSON{"aws:identitystore:enterprise": awsapi.JSON(`{"a":"\u0000"}`)}},
			"1 validation error detected: Value at 'extensions' failed to satisfy constraint: Member must not contain the character U+0000"},
		{identitystore.CreateUser.Operation, &identitystore.CreateUserInput{IdentityStoreId: p(store), UserName: p("a"), Extensions: map[string]awsapi.JSON{"aws:identitystore:enterprise": awsapi.JSON(`{"a":"\\u0000"}`)}}, ""},

		{sts.AssumeRole.Operation, &sts.AssumeRoleInput{RoleArn: p("arn:aws:iam::111111111111:role/R"), RoleSessionName: p("a b"), DurationSeconds: p(int32(899))},
			"2 validation errors detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900; " +
				`Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*`},
		{sts.GetCallerIdentity.Operation, &sts.GetCallerIdentityInput{}, ""},
		{iam.CreateRole.Operation, &iam.CreateRoleInput{RoleName: p(strings.Repeat("é", 65)), AssumeRolePolicyDocument: p("{}"), Path: p("/x/")},
			"2 validation errors detected: Value '" + strings.Repeat("é", 65) + "' at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64; " +
				"Value '" + strings.Repeat("é", 65) + `' at 'roleName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]+`},
		{organizations.DescribeOrganization.Operation, &organizations.DescribeOrganizationInput{}, ""},
		{cloudtrail.LookupEvents.Operation, &cloudtrail.LookupEventsInput{LookupAttributes: []cloudtrail.LookupAttribute{{AttributeKey: p("EventName")}}},
			"1 validation error detected: Value null at 'lookupAttributes.1.member.attributeValue' failed to satisfy constraint: Member must not be null"},
		{iam.AcquireRole.Operation, &iam.AcquireRoleInput{TemplateArn: p("a"), ReplacementValues: map[string]iam.ReplacementValueEntry{"key": {}}},
			"1 validation error detected: Value null at 'replacementValues.key.values' failed to satisfy constraint: Member must not be null"},
	} {
		err := validate.Input(c.op, c.in)
		if c.want == "" {
			if err != nil {
				t.Errorf("%s refuses %+v: %v", c.op.Name, c.in, err)
			}
			continue
		}
		var e *idc.Error
		if !errors.As(err, &e) || e.Kind != idc.Invalid || e.Message != c.want {
			t.Errorf("%s answers\n %v, want\n %s", c.op.Name, err, c.want)
		}
	}
}

// A message stays short however much is wrong.
func TestMessagesAreBounded(t *testing.T) {
	tags := make([]ssoadmin.Tag, 500)
	for i := range tags {
		tags[i] = ssoadmin.Tag{Key: p(strings.Repeat("k", 2000)), Value: p("v")}
	}
	err := validate.Input(ssoadmin.TagResource.Operation, &ssoadmin.TagResourceInput{ResourceArn: p(instance), Tags: tags})
	message := idc.PublicMessage(err)
	if !strings.HasPrefix(message, "501 validation errors detected: ") || len(message) > 20000 {
		t.Errorf("500 wrong tags are answered with %d bytes: %.60s", len(message), message)
	}
}

func TestAnotherTypeIsOurFault(t *testing.T) {
	for _, in := range []any{nil, (*ssoadmin.TagResourceInput)(nil), &ssoadmin.UntagResourceInput{}, 1} {
		if err := validate.Input(ssoadmin.TagResource.Operation, in); idc.KindOf(err) != idc.Internal || err == nil {
			t.Errorf("%T is answered %v", in, err)
		}
	}
}

func BenchmarkInput(b *testing.B) {
	in := &ssoadmin.CreateAccountAssignmentInput{InstanceArn: p(instance), PrincipalId: p(user), PrincipalType: p("USER"), TargetId: p("123456789012"),
		TargetType: p("AWS_ACCOUNT"), PermissionSetArn: p("arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef")}
	b.ReportAllocs()
	for b.Loop() {
		if err := validate.Input(ssoadmin.CreateAccountAssignment.Operation, in); err != nil {
			b.Fatal(err)
		}
	}
}
