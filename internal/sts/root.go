package sts

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// maxRoot is the longest root session, and the usual one.
const maxRoot = 15 * time.Minute

// taskPolicies are the names of the policies a root session can be narrowed to: one of
// them each ("Perform a privileged task on an Organizations member account", IAM User Guide).
func taskPolicies() []string {
	return []string{"IAMAuditRootUserCredentials", "IAMCreateRootUserPassword", "IAMDeleteRootUserCredentials", "S3UnlockBucketPolicy", "SQSUnlockQueuePolicy"}
}

// AssumeRootInput is what AssumeRoot was asked. Whether the caller may is decided by package
// authz: it is of the management account, or of one that administers IAM for the organization,
// and its own policies let it.
type AssumeRootInput struct {
	Target           string        // account id, or ARN of the root user
	TaskPolicyARN    string        // arn:aws:iam::aws:policy/root-task/...
	Duration         time.Duration // at most, and if zero, 15 minutes
	MinimumTokenSize int           // of the session token, in bytes
}

// RootAccount returns the account that the target of AssumeRoot names.
func RootAccount(target string) (accountID string, ok bool) {
	if arn.IsAccountID(target) {
		return target, true
	}
	parsed, err := arn.Parse(target)
	if err != nil || !arn.IsAccountID(parsed.Account) || parsed != arn.Root(parsed.Account) {
		return "", false
	}
	return parsed.Account, true
}

// AssumeRoot mints a session of the root user of a member account, for one task. Central
// root access must be on (iam, EnableOrganizationsRootSessions).
//
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html
func (s *Service) AssumeRoot(ctx context.Context, caller idc.Caller, in AssumeRootInput) (*idc.Credentials, idc.Caller, error) {
	target, ok := RootAccount(in.Target)
	if !ok {
		return nil, idc.Caller{}, idc.Errorf(idc.Invalid, "The target principal %s is not valid: it is the id of a member account or the ARN of its root user.", in.Target)
	}
	name, isTask := strings.CutPrefix(in.TaskPolicyARN, "arn:aws:iam::aws:policy/root-task/")
	if !isTask || !slices.Contains(taskPolicies(), name) {
		return nil, idc.Caller{}, idc.Errorf(idc.Invalid, "The task policy %s is not valid. Task policies are %s.", in.TaskPolicyARN, strings.Join(taskPolicies(), ", "))
	}
	if in.Duration == 0 {
		in.Duration = maxRoot
	}
	if in.Duration < 0 || in.Duration > maxRoot {
		return nil, idc.Caller{}, idc.Errorf(idc.Invalid, "The requested DurationSeconds exceeds the 15 minutes limit for root sessions.")
	}
	if err := s.stillGranted(ctx, caller); err != nil {
		return nil, idc.Caller{}, err
	}
	err := s.Store.View(ctx, func(r store.Reader) error { return rootSessions(r, caller.AccountID, target) })
	if err != nil {
		return nil, idc.Caller{}, err
	}
	return s.Issue(Session{
		RootOf: target, Duration: in.Duration, NotAfter: caller.NotAfter, UserID: caller.UserID, SessionID: caller.SessionID,
		AssignmentID: caller.AssignmentID, PolicyARNs: []string{in.TaskPolicyARN}, SourceIdentity: caller.SourceIdentity, Chained: true,
		MinimumTokenSize: in.MinimumTokenSize, Context: inherited(caller.Context),
	})
}

// rootSessions refuses root sessions that the organization does not give.
func rootSessions(r store.Reader, callerID, targetID string) error {
	organization, err := role.RootAccess(r, callerID)
	if err != nil {
		return idc.Errorf(idc.Denied, "%s", idc.PublicMessage(err)).Because(err)
	}
	if !slices.Contains(organization.RootFeatures, role.RootSessions) {
		return idc.Errorf(idc.Denied, "Privileged root actions in member accounts are not enabled for the organization.")
	}
	instance, err := r.Instance()
	if err != nil {
		return err
	}
	account, err := r.Account(targetID)
	if idc.IsNotFound(err) || err == nil && (!account.InOrganization() || account.State != idc.AccountActive || targetID == instance.OwnerAccountID) {
		return idc.Errorf(idc.Denied, "The target principal is not the root user of an active member account of the organization.")
	}
	return err
}
