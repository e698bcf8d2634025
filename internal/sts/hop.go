package sts

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// recordHop leaves the AssumeRoleWithSAML event in the trail of the account
// whose role was taken. GetRoleCredentials itself is an event of the management
// account: without the hop, the account's own trail would not show who came in.
func (s *Service) recordHop(in Session, creds *idc.Credentials, issued idc.Caller) error {
	if s.Precede == nil {
		return nil
	}
	if in.Acting != nil {
		return s.recordEntitledHop(in, creds, issued)
	}
	by := in.Federation
	parameters := map[string]any{
		"roleArn": in.Role.ARN, "principalArn": by.Provider, "roleSessionName": in.SessionName,
		"durationSeconds": int(creds.ExpiresAt.Sub(issued.IssuedAt).Seconds()),
	}
	if len(in.Tags) > 0 {
		tags := map[string]any{}
		for _, t := range in.Tags {
			tags[t.Key] = t.Value
		}
		parameters["principalTags"] = tags
	}
	return s.Precede(audit.Call{
		Time: issued.IssuedAt, RequestID: s.IDs.UUID(), Name: "AssumeRoleWithSAML", Source: "sts.amazonaws.com", ReadOnly: true,
		Caller:   idc.Caller{Type: idc.CallerSAML, PrincipalID: by.Provider + ":" + in.SessionName, PrincipalARN: by.Provider, SessionName: in.SessionName},
		ClientIP: "sso.amazonaws.com", UserAgent: "sso.amazonaws.com",
		RequestParameters: parameters,
		ResponseElements: map[string]any{
			"credentials": map[string]any{
				"accessKeyId": creds.AccessKeyID, "sessionToken": audit.Hidden, "expiration": creds.ExpiresAt.UTC().Format(time.RFC3339),
			},
			"assumedRoleUser": map[string]any{"assumedRoleId": issued.PrincipalID, "arn": issued.ARN},
			"subject":         by.Subject, "subjectType": by.SubjectType, "issuer": by.Issuer, "audience": by.Audience, "nameQualifier": by.NameQualifier,
		},
		Resources:          []idc.EventResource{{Type: "AWS::IAM::Role", Name: in.Role.ARN}, {Type: "AWS::IAM::SAMLProvider", Name: by.Provider}},
		RecipientAccountID: in.Role.AccountID,
	})
}
