package fault_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/cloudtrail"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/identitystore"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/organizations"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssooidc"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoportal"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/sts"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/fault"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/validate"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func kind(k idc.Kind) *idc.Error { return idc.Errorf(k, "text") }

func p[T any](v T) *T { return &v }

func notFound(resource string) *idc.Error { return idc.NotFoundf(resource, "id", "text") }

// TestChoice holds what AWS's API references say each operation answers.
func TestChoice(t *testing.T) {
	for _, c := range []struct {
		op     *awsapi.Operation
		err    error
		code   string
		status int
	}{
		// sso-admin and identitystore: 400 for all that the caller can mend.
		{ssoadmin.DescribePermissionSet.Operation, notFound("PermissionSet"), "ResourceNotFoundException", 400},
		{ssoadmin.CreatePermissionSet.Operation, kind(idc.Conflict), "ConflictException", 400},
		{ssoadmin.CreatePermissionSet.Operation, kind(idc.Invalid), "ValidationException", 400},
		{ssoadmin.CreatePermissionSet.Operation, kind(idc.Denied), "AccessDeniedException", 400},
		{ssoadmin.CreatePermissionSet.Operation, kind(idc.Throttled), "ThrottlingException", 400},
		{ssoadmin.CreatePermissionSet.Operation, kind(idc.QuotaExceeded), "ServiceQuotaExceededException", 400},
		{ssoadmin.CreatePermissionSet.Operation, kind(idc.Internal), "InternalServerException", 500},
		{ssoadmin.CreatePermissionSet.Operation, errors.New("bare"), "InternalServerException", 500},
		{ssoadmin.CreatePermissionSet.Operation, fmt.Errorf("wrapped: %w", kind(idc.Conflict)), "ConflictException", 400},
		{ssoadmin.CreatePermissionSet.Operation, kind(idc.Unavailable), "ServiceUnavailableException", 503},
		{ssoadmin.CreatePermissionSet.Operation, kind(idc.NotImplemented), "NotImplementedException", 501},
		{ssoadmin.ListPermissionSets.Operation, kind(idc.Invalid).With(idc.ReasonInvalidPageToken), "ValidationException", 400},
		{identitystore.CreateUser.Operation, kind(idc.Conflict).With(idc.ReasonUniqueness), "ConflictException", 400},

		// Organizations names the resource.
		{organizations.DescribeAccount.Operation, notFound("Account"), "AccountNotFoundException", 400},
		{organizations.DescribeOrganizationalUnit.Operation, notFound("OrganizationalUnit"), "OrganizationalUnitNotFoundException", 400},
		{organizations.AttachPolicy.Operation, notFound("Policy"), "PolicyNotFoundException", 400},
		{organizations.AttachPolicy.Operation, notFound("Target"), "TargetNotFoundException", 400},
		{organizations.MoveAccount.Operation, notFound("Parent").With(idc.ReasonWrongParent), "SourceParentNotFoundException", 400},
		{organizations.DescribePolicy.Operation, notFound("anything"), "PolicyNotFoundException", 400}, // the only one it has
		{organizations.CreateOrganizationalUnit.Operation, idc.Errorf(idc.Conflict, "x").With("DuplicateOrganizationalUnit"), "DuplicateOrganizationalUnitException", 400},
		{organizations.DeleteOrganizationalUnit.Operation, idc.Errorf(idc.Conflict, "x").With("OrganizationalUnitNotEmptyException"), "OrganizationalUnitNotEmptyException", 400},
		{organizations.CreatePolicy.Operation, kind(idc.Invalid).With(idc.ReasonMalformedPolicy), "MalformedPolicyDocumentException", 400},
		{organizations.DescribeAccount.Operation, kind(idc.Invalid).With(validate.Reason), "InvalidInputException", 400},
		{organizations.DescribeAccount.Operation, kind(idc.Throttled), "TooManyRequestsException", 400},
		{organizations.DescribeAccount.Operation, kind(idc.Internal), "ServiceException", 500},
		{organizations.CreateAccount.Operation, kind(idc.QuotaExceeded), "ConstraintViolationException", 400},

		// IAM and STS have codes of their own, and statuses.
		{iam.GetRole.Operation, notFound("Role"), "NoSuchEntity", 404},
		{iam.CreateRole.Operation, kind(idc.Conflict), "EntityAlreadyExists", 409},
		{iam.CreateRole.Operation, kind(idc.Conflict).With(idc.ReasonAlreadyExists), "EntityAlreadyExists", 409},
		{iam.DeleteRole.Operation, kind(idc.Conflict), "DeleteConflict", 409},
		{iam.CreateRole.Operation, kind(idc.Invalid).With(idc.ReasonMalformedPolicy), "MalformedPolicyDocument", 400},
		{iam.CreateRole.Operation, kind(idc.Invalid), "InvalidInput", 400},
		{iam.CreateRole.Operation, kind(idc.Invalid).With(validate.Reason), "ValidationError", 400},
		{iam.DeleteRole.Operation, kind(idc.Conflict).With(idc.ReasonUnmodifiable), "UnmodifiableEntity", 400},
		{iam.CreateRole.Operation, kind(idc.QuotaExceeded), "LimitExceeded", 409},
		{iam.CreateRole.Operation, kind(idc.Internal), "ServiceFailure", 500},
		{iam.CreateRole.Operation, kind(idc.Denied), "AccessDenied", 403},
		{iam.CreateRole.Operation, kind(idc.Throttled), "Throttling", 400},
		{iam.AttachRolePolicy.Operation, kind(idc.Invalid).With(idc.ReasonNotAttachable), "PolicyNotAttachable", 400},
		{sts.AssumeRole.Operation, kind(idc.Denied), "AccessDenied", 403},
		{sts.AssumeRole.Operation, kind(idc.Invalid).With(idc.ReasonMaxSessionExceeds), "ValidationError", 400},
		{sts.AssumeRole.Operation, kind(idc.Invalid).With(idc.ReasonPolicyTooLarge), "PackedPolicyTooLarge", 400},
		{sts.AssumeRole.Operation, kind(idc.NotFound), "ValidationError", 400},
		{sts.AssumeRoleWithSAML.Operation, kind(idc.Expired), "ExpiredTokenException", 400},
		{sts.AssumeRoleWithSAML.Operation, kind(idc.Invalid).With("InvalidIdentityToken"), "InvalidIdentityToken", 400},
		{sts.GetCallerIdentity.Operation, kind(idc.Internal), "InternalFailure", 500},
		{sts.GetCallerIdentity.Operation, kind(idc.NotImplemented), "NotImplemented", 501},

		{cloudtrail.LookupEvents.Operation, kind(idc.Invalid).With(idc.ReasonInvalidPageToken), "InvalidNextTokenException", 400},
		{cloudtrail.LookupEvents.Operation, kind(idc.Invalid), "ValidationException", 400},
		{cloudtrail.LookupEvents.Operation, kind(idc.Invalid).With("InvalidLookupAttributes"), "InvalidLookupAttributesException", 400},

		// The portal API.
		{ssoportal.ListAccounts.Operation, kind(idc.Unauthenticated), "UnauthorizedException", 401},
		{ssoportal.ListAccounts.Operation, kind(idc.Expired), "UnauthorizedException", 401},
		{ssoportal.GetRoleCredentials.Operation, kind(idc.Denied), "ForbiddenException", 403},
		{ssoportal.GetRoleCredentials.Operation, kind(idc.NotFound), "ResourceNotFoundException", 404},
		{ssoportal.GetRoleCredentials.Operation, kind(idc.Throttled), "TooManyRequestsException", 429},
		{ssoportal.GetRoleCredentials.Operation, kind(idc.Invalid).With(validate.Reason), "InvalidRequestException", 400},
		{ssoportal.GetRoleCredentials.Operation, kind(idc.Internal), "InternalFailure", 500},

		// sso-oidc.
		{ssooidc.CreateToken.Operation, kind(idc.Denied).With(idc.ReasonAuthorizationPending), "AuthorizationPendingException", 400},
		{ssooidc.CreateToken.Operation, kind(idc.Throttled).With(idc.ReasonSlowDown), "SlowDownException", 400},
		{ssooidc.CreateToken.Operation, kind(idc.Denied).With(idc.ReasonAccessDeniedByUser), "AccessDeniedException", 400},
		{ssooidc.CreateToken.Operation, kind(idc.Unauthenticated).With(idc.ReasonInvalidClient), "InvalidClientException", 401},
		{ssooidc.CreateToken.Operation, kind(idc.Invalid).With(idc.ReasonInvalidGrant), "InvalidGrantException", 400},
		{ssooidc.CreateToken.Operation, kind(idc.Expired), "ExpiredTokenException", 400},
		{ssooidc.CreateToken.Operation, kind(idc.Invalid).With(idc.ReasonUnsupportedGrantType), "UnsupportedGrantTypeException", 400},
		{ssooidc.CreateToken.Operation, kind(idc.Invalid).With(idc.ReasonInvalidScope), "InvalidScopeException", 400},
		{ssooidc.RegisterClient.Operation, kind(idc.Invalid).With(idc.ReasonInvalidRedirectURI), "InvalidRedirectUriException", 400},
		{ssooidc.RegisterClient.Operation, kind(idc.Invalid).With(idc.ReasonInvalidMetadata), "InvalidClientMetadataException", 400},
		{ssooidc.StartDeviceAuthorization.Operation, kind(idc.Invalid).With(idc.ReasonUnauthorizedClient), "UnauthorizedClientException", 400},
		{ssooidc.StartDeviceAuthorization.Operation, kind(idc.Throttled), "SlowDownException", 400},
		{ssooidc.StartDeviceAuthorization.Operation, kind(idc.NotFound), "InvalidRequestException", 400},
		{ssooidc.StartDeviceAuthorization.Operation, kind(idc.Internal), "InternalServerException", 500},
	} {
		f := fault.Of(c.op.Service, c.op, "id", c.err)
		if f.Code != c.code || f.Status != c.status {
			t.Errorf("%s with %v is %s %d, want %s %d", c.op.Name, c.err, f.Code, f.Status, c.code, c.status)
		}
		if f.Server != (f.Status >= 500) {
			t.Errorf("%s with %v: the server is to blame: %v, with status %d", c.op.Name, c.err, f.Server, f.Status)
		}
	}
}

func TestMembers(t *testing.T) {
	f := fault.Of(&identitystore.Service, identitystore.CreateUser.Operation, "req-1", kind(idc.Conflict).With(idc.ReasonUniqueness))
	if f.Member("Reason") != "UNIQUENESS_CONSTRAINT_VIOLATION" || f.Member("RequestId") != "req-1" || f.Member("Message") != "text" {
		t.Errorf("a conflict of uniqueness has %+v", f)
	}
	f = fault.Of(&identitystore.Service, identitystore.DescribeUser.Operation, "req-2", notFound("USER"))
	if f.Member("ResourceType") != "USER" || f.Member("ResourceId") != "id" {
		t.Errorf("a user not found has %+v", f)
	}
	f = fault.Of(&identitystore.Service, identitystore.DescribeGroupMembership.Operation, "req-3", notFound("GroupMembership"))
	if f.Member("ResourceType") != "GROUP_MEMBERSHIP" {
		t.Errorf("a membership not found has the type %q", f.Member("ResourceType"))
	}
	f = fault.Of(&identitystore.Service, identitystore.DescribeUser.Operation, "req-4", notFound("Unheard-of"))
	if f.Member("ResourceType") != "" {
		t.Errorf("a type that the model does not list is shown: %q", f.Member("ResourceType"))
	}
	f = fault.Of(&identitystore.Service, identitystore.ListUsers.Operation, "req-5", kind(idc.Throttled))
	if f.Member("RetryAfterSeconds") != "1" || f.Member("Nonsense") != "" {
		t.Errorf("throttling has %+v", f)
	}
	f = fault.Of(&organizations.Service, organizations.ListAccounts.Operation, "req-6", kind(idc.Invalid).With(idc.ReasonInvalidPageToken))
	if f.Member("Reason") != "INVALID_NEXT_TOKEN" {
		t.Errorf("a bad page token has the reason %q", f.Member("Reason"))
	}
}

// TestBrokenConstraints: two services tell constraints of the model apart, by
// the member (CloudTrail) or by the rule (Organizations).
func TestBrokenConstraints(t *testing.T) {
	most, none, word := int32(1000), int32(0), "x"
	long := strings.Repeat("x", 2000)
	for _, c := range []struct {
		op           *awsapi.Operation
		in           any
		code, reason string
	}{
		{cloudtrail.LookupEvents.Operation, &cloudtrail.LookupEventsInput{MaxResults: &most}, "InvalidMaxResultsException", ""},
		{cloudtrail.LookupEvents.Operation, &cloudtrail.LookupEventsInput{LookupAttributes: []cloudtrail.LookupAttribute{{AttributeKey: &word, AttributeValue: &word}}}, "InvalidLookupAttributesException", ""},
		{cloudtrail.LookupEvents.Operation, &cloudtrail.LookupEventsInput{LookupAttributes: []cloudtrail.LookupAttribute{{AttributeKey: &word}}}, "InvalidLookupAttributesException", ""},
		{cloudtrail.LookupEvents.Operation, &cloudtrail.LookupEventsInput{EventCategory: &word}, "InvalidEventCategoryException", ""},
		{organizations.DescribeAccount.Operation, &organizations.DescribeAccountInput{AccountId: &word}, "InvalidInputException", "INVALID_PATTERN"},
		{organizations.DescribeAccount.Operation, &organizations.DescribeAccountInput{}, "InvalidInputException", "INPUT_REQUIRED"},
		{organizations.ListAccounts.Operation, &organizations.ListAccountsInput{MaxResults: &most}, "InvalidInputException", "MAX_VALUE_EXCEEDED"},
		{organizations.ListAccounts.Operation, &organizations.ListAccountsInput{MaxResults: &none}, "InvalidInputException", "MIN_VALUE_EXCEEDED"},
		{organizations.ListPolicies.Operation, &organizations.ListPoliciesInput{Filter: &word}, "InvalidInputException", "INVALID_ENUM"},
		{organizations.CreatePolicy.Operation, &organizations.CreatePolicyInput{Content: &word, Description: &long, Name: &word, Type: p("SERVICE_CONTROL_POLICY")}, "InvalidInputException", "MAX_LENGTH_EXCEEDED"},
		{organizations.CreatePolicy.Operation, &organizations.CreatePolicyInput{Content: p(""), Description: &word, Name: &word, Type: p("SERVICE_CONTROL_POLICY")}, "InvalidInputException", "MIN_LENGTH_EXCEEDED"},
		{identitystore.DescribeUser.Operation, &identitystore.DescribeUserInput{}, "ValidationException", ""},
		{ssoportal.ListAccounts.Operation, &ssoportal.ListAccountsInput{MaxResults: &most}, "InvalidRequestException", ""},
	} {
		f := fault.Of(c.op.Service, c.op, "id", validate.Input(c.op, c.in))
		if f.Code != c.code || f.Reason != c.reason {
			t.Errorf("%s %+v is %s %q, want %s %q", c.op.Name, c.in, f.Code, f.Reason, c.code, c.reason)
		}
	}
}

// TestUnreadableInput: the restJson services of sign-in have a modelled word for
// it; the others answer as the framework does.
func TestUnreadableInput(t *testing.T) {
	unreadable := kind(idc.Invalid).With(fault.Serialization)
	for op, code := range map[*awsapi.Operation]string{
		ssooidc.CreateToken.Operation: "InvalidRequestException", ssooidc.RegisterClient.Operation: "InvalidRequestException",
		ssoportal.ListAccounts.Operation: "InvalidRequestException", identitystore.CreateUser.Operation: "SerializationException",
		sts.AssumeRole.Operation: "MalformedInput",
	} {
		if f := fault.Of(op.Service, op, "id", unreadable); f.Code != code || f.Status != 400 {
			t.Errorf("%s: %s %d, want %s", op.Name, f.Code, f.Status, code)
		}
	}
}

// TestUnknownOperationsHaveNoMessage: AWS says nothing more than the code.
func TestUnknownOperationsHaveNoMessage(t *testing.T) {
	for reason, status := range map[idc.Reason]int{fault.UnknownOperation: 400, fault.UnknownPath: 404} {
		for _, service := range []*awsapi.Service{nil, &ssoadmin.Service, &ssoportal.Service} {
			f := fault.Of(service, nil, "id", &idc.Error{Kind: idc.Invalid, Reason: reason})
			if f.Code != "UnknownOperationException" || f.Message != "" || f.Status != status {
				t.Errorf("%s: %+v", reason, f)
			}
		}
	}
}

// TestPrivateCausesStayPrivate checks the text of every kind.
func TestPrivateCausesStayPrivate(t *testing.T) {
	for _, k := range idc.AllKinds() {
		f := fault.Of(&ssoadmin.Service, ssoadmin.CreatePermissionSet.Operation, "id", (&idc.Error{Kind: k, Message: "public"}).Because(errors.New("private")))
		want := "public"
		if k == idc.Internal {
			want = idc.PublicMessage(&idc.Error{Kind: idc.Internal})
		}
		if f.Message != want {
			t.Errorf("%v shows %q, want %q", k, f.Message, want)
		}
	}
}
