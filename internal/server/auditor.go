package server

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/accessreport"
	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoportal"
	awssts "github.com/gatehouse-idc/gatehouse/internal/awsapi/sts"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/metrics"
)

// auditor is the edge's Auditor: it turns calls into CloudTrail records and counts them.
type auditor struct {
	audit   *audit.Service
	uses    *accessreport.Recorder
	metrics *metrics.Metrics
	clock   clock.Clock
}

// Record implements awsedge.Auditor.
func (a *auditor) Record(ctx context.Context, call *awsedge.Call, in, out any, err error) error {
	c := audit.Call{
		Time: call.Time, RequestID: call.RequestID, Name: call.EventName, Source: call.EventSource,
		Type: audit.TypeAPICall, Caller: call.Caller, Region: call.Region,
		ClientIP: call.ClientIP, UserAgent: call.UserAgent, Host: call.Host,
		RecipientAccountID: recipient(call),
	}
	if err != nil {
		c.ErrorCode, c.ErrorMessage = call.ErrorCode, idc.PublicMessage(err)
	}
	if op := call.Operation; op != nil {
		c.ReadOnly = op.ReadOnly
		if op.Auth == awsapi.SigV4 {
			a.uses.Note(call.Caller, op.Action, call.Time, call.Region)
		}
		a.describe(&c, op, in, out)
	}
	a.count(call, c.ErrorCode)
	return a.audit.Record(ctx, c)
}

func (a *auditor) count(call *awsedge.Call, code string) {
	service, operation := "unknown", "unknown"
	if call.Operation != nil {
		service, operation = call.Operation.Service.Name, call.Operation.Name
	}
	a.metrics.Call(service, operation, code, a.clock.Now().Sub(call.Time))
}

// describe adds what was asked and answered. Portal calls are events of the
// service, with the parameters in serviceEventDetails.
func (a *auditor) describe(c *audit.Call, op *awsapi.Operation, in, out any) {
	if op.Service == &ssoportal.Service {
		c.Type = audit.TypeServiceEvent
		c.ServiceEventDetails = portalDetails(in)
		c.AdditionalEventData = portalData(out)
		return
	}
	params := awsedge.Input(op, in)
	if params != nil {
		c.RequestParameters = params
	}
	// Some operations read, and yet their answer is recorded: it names the key that was issued.
	if (!op.ReadOnly || issues(op)) && c.ErrorCode == "" {
		if elements := awsedge.Output(op, out); elements != nil {
			c.ResponseElements = elements
		}
	}
	c.Resources = resources(params)
}

// issues reports whether an operation issues credentials.
func issues(op *awsapi.Operation) bool {
	return op == awssts.AssumeRole.Operation || op == awssts.AssumeRoleWithSAML.Operation ||
		op == awssts.AssumeRoleWithWebIdentity.Operation || op == awssts.AssumeRoot.Operation
}

func portalDetails(in any) map[string]string {
	switch in := in.(type) {
	case *ssoportal.GetRoleCredentialsInput:
		return map[string]string{"role_name": text(in.RoleName), "account_id": text(in.AccountId)}
	case *ssoportal.ListAccountRolesInput:
		return map[string]string{"account_id": text(in.AccountId)}
	}
	return nil
}

// portalData names the issued access key. AWS leaves this out, and with it the
// only link between a sign-in and what was done with its credentials.
func portalData(out any) map[string]string {
	if out, ok := out.(*ssoportal.GetRoleCredentialsOutput); ok && out != nil && out.RoleCredentials != nil {
		return map[string]string{
			"accessKeyId": text(out.RoleCredentials.AccessKeyId),
			"expiration":  time.UnixMilli(*out.RoleCredentials.Expiration).UTC().Format(time.RFC3339),
		}
	}
	return nil
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// resourceTypes are CloudTrail's types of the ARNs and names in parameters.
var resourceTypes = map[string]string{
	"instanceArn": "AWS::SSO::Instance", "permissionSetArn": "AWS::SSO::PermissionSet",
	"roleArn": "AWS::IAM::Role", "roleName": "AWS::IAM::Role", "principalArn": "AWS::IAM::SAMLProvider", "sAMLProviderArn": "AWS::IAM::SAMLProvider",
	"openIDConnectProviderArn": "AWS::IAM::OIDCProvider", "policyArn": "AWS::IAM::Policy",
	"userId": "AWS::IdentityStore::User", "groupId": "AWS::IdentityStore::Group",
	"membershipId": "AWS::IdentityStore::GroupMembership", "principalId": "AWS::IdentityStore::Principal",
	"accountId": "AWS::Organizations::Account", "targetId": "AWS::Organizations::Account",
}

// resources lists what the parameters name, so that LookupEvents finds an event
// by the resource it touched.
func resources(params map[string]any) []idc.EventResource {
	if len(params) == 0 {
		return nil
	}
	var out []idc.EventResource
	for _, member := range slices.Sorted(maps.Keys(resourceTypes)) {
		kind := resourceTypes[member]
		if name, ok := params[member].(string); ok && name != "" && name != awsedge.Hidden {
			out = append(out, idc.EventResource{Type: kind, Name: name})
		}
	}
	return out
}

// recipient is the account whose trail shows the event: the caller's own.
// Identity Center's own events belong to the management account, the default.
func recipient(call *awsedge.Call) string {
	switch call.Caller.Type {
	case idc.CallerAssumedRole, idc.CallerRoot, idc.CallerSAML, idc.CallerWebIdentity:
		return call.Caller.AccountID
	}
	return ""
}

// signinRecorder records sign-in steps and counts them.
func signinRecorder(a *audit.Service, m *metrics.Metrics) func(context.Context, audit.Signin) error {
	return func(ctx context.Context, e audit.Signin) error {
		m.Signin(e.Name, e.Success)
		return a.RecordSignin(ctx, e)
	}
}

// identityStoreARN is the ARN records name the directory by.
func identityStoreARN(in *idc.Instance) string {
	return arn.IdentityStore(in.OwnerAccountID, in.IdentityStoreID).String()
}
