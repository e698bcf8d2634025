package audit

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// SourceSignin is the event source of sign-in events.
const SourceSignin = "signin.amazonaws.com"

// Signin is one step of a sign-in ("Understanding IAM Identity Center sign-in
// events"): CredentialChallenge, CredentialVerification or UserAuthentication.
type Signin struct {
	Name           string // the event name
	Success        bool
	WorkflowID     string // the same for all steps of one sign-in
	CredentialType string // PASSWORD, TOTP, or a comma-joined list
	UserID         string // "" when the user name was unknown
	LoginTo        string
	DeviceEnrolled bool // a factor had to be registered first
	RequestID      string
	ClientIP       string
	UserAgent      string
	Reason         string // why it failed, for the operator; never a secret
}

// RecordSignin makes a sign-in step durable in the trail.
func (s *Service) RecordSignin(ctx context.Context, e Signin) error {
	outcome, code := "Success", ""
	if !e.Success {
		outcome, code = "Failure", "AccessDenied"
	}
	extra := map[string]string{
		"AuthWorkflowID": e.WorkflowID,
		"CredentialType": e.CredentialType,
	}
	if e.LoginTo != "" {
		extra["LoginTo"] = e.LoginTo
	}
	if e.DeviceEnrolled {
		extra["DeviceEnrollmentRequired"] = "true"
	}
	if e.UserID == "" {
		// A mistyped user name may be a password: CloudTrail hides it, and so do we.
		extra["UserName"] = Hidden
	}
	return s.Record(ctx, Call{
		Time: s.Clock.Now(), RequestID: e.RequestID, Name: e.Name, Source: SourceSignin,
		Type:     TypeServiceEvent,
		Caller:   idc.Caller{Type: idc.CallerIdentityCenterUser, UserID: e.UserID, CredentialID: e.WorkflowID},
		ClientIP: e.ClientIP, UserAgent: e.UserAgent, ErrorCode: code, ErrorMessage: e.Reason,
		AdditionalEventData: extra, ServiceEventDetails: map[string]string{e.Name: outcome},
	})
}
