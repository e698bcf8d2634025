package audit

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// identity is CloudTrail's userIdentity element.
type identity struct {
	Type             string          `json:"type"`
	PrincipalID      string          `json:"principalId,omitempty"`
	ARN              string          `json:"arn,omitempty"`
	AccountID        string          `json:"accountId,omitempty"`
	AccessKeyID      string          `json:"accessKeyId,omitempty"`
	UserName         string          `json:"userName,omitempty"`
	IdentityProvider string          `json:"identityProvider,omitempty"`
	InvokedBy        string          `json:"invokedBy,omitempty"`
	SessionContext   *sessionContext `json:"sessionContext,omitempty"`
	OnBehalfOf       *onBehalfOf     `json:"onBehalfOf,omitempty"`
	CredentialID     string          `json:"credentialId,omitempty"`
}

type sessionContext struct {
	SessionIssuer  *sessionIssuer    `json:"sessionIssuer,omitempty"` // none of a root user's
	Attributes     sessionAttributes `json:"attributes"`
	SourceIdentity string            `json:"sourceIdentity,omitempty"`
	AssumedRoot    string            `json:"assumedRoot,omitempty"`
}

type sessionIssuer struct {
	Type        string `json:"type"`
	PrincipalID string `json:"principalId"`
	ARN         string `json:"arn"`
	AccountID   string `json:"accountId"`
	UserName    string `json:"userName"` // CloudTrail's name for the role's name
}

type sessionAttributes struct {
	CreationDate     string `json:"creationDate"`
	MFAAuthenticated string `json:"mfaAuthenticated"`
}

type onBehalfOf struct {
	UserID           string `json:"userId"`
	IdentityStoreARN string `json:"identityStoreArn"`
}

// identity describes who called. It holds no user name: CloudTrail dropped it
// for Identity Center in July 2025, and the user id does not change on renaming.
func (s *Service) identity(c idc.Caller) identity {
	switch c.Type {
	case idc.CallerAssumedRole:
		id := identity{
			Type: "AssumedRole", PrincipalID: c.PrincipalID, ARN: c.ARN, AccountID: c.AccountID,
			AccessKeyID: c.AccessKeyID, OnBehalfOf: s.personOf(c),
			SessionContext: &sessionContext{
				SessionIssuer: &sessionIssuer{
					Type: "Role", PrincipalID: c.RoleID, ARN: c.PrincipalARN,
					AccountID: c.AccountID, UserName: c.RoleName,
				},
				Attributes: sessionAttributes{
					CreationDate:     c.IssuedAt.UTC().Format(time.RFC3339),
					MFAAuthenticated: boolText(c.MFA),
				},
				SourceIdentity: c.SourceIdentity,
			},
		}
		return id
	case idc.CallerIdentityCenterUser:
		return identity{
			Type: "IdentityCenterUser", AccountID: s.ManagementAccountID,
			OnBehalfOf: s.onBehalfOf(c.UserID), CredentialID: c.CredentialID,
		}
	case idc.CallerRoot:
		return identity{
			Type: "Root", PrincipalID: c.PrincipalID, ARN: c.ARN, AccountID: c.AccountID, AccessKeyID: c.AccessKeyID,
			OnBehalfOf: s.personOf(c),
			SessionContext: &sessionContext{
				Attributes:     sessionAttributes{CreationDate: c.IssuedAt.UTC().Format(time.RFC3339), MFAAuthenticated: boolText(c.MFA)},
				SourceIdentity: c.SourceIdentity, AssumedRoot: "true",
			},
		}
	case idc.CallerWebIdentity:
		return identity{Type: "WebIdentityUser", PrincipalID: c.PrincipalID, UserName: c.SessionName, IdentityProvider: c.PrincipalARN}
	case idc.CallerSAML:
		return identity{Type: "SAMLUser", PrincipalID: c.PrincipalID, UserName: c.SessionName, IdentityProvider: c.PrincipalARN}
	case idc.CallerActingService:
		return identity{Type: "AWSService", InvokedBy: c.Acting.Principal}
	case idc.CallerService:
		if c.PrincipalARN != "" { // through a service-linked role
			return identity{Type: "AssumedRole", ARN: c.ARN, AccountID: c.AccountID, InvokedBy: "sso.amazonaws.com",
				SessionContext: &sessionContext{SessionIssuer: &sessionIssuer{Type: "Role", ARN: c.PrincipalARN, AccountID: c.AccountID}}}
		}
		return identity{Type: "AWSService", InvokedBy: "sso.amazonaws.com", ARN: c.ARN, AccountID: c.AccountID}
	}
	return identity{Type: "Unknown", AccountID: c.AccountID, AccessKeyID: c.AccessKeyID}
}

// personOf is the person for whom a session acts: the one an application was given
// the identity of, or else the one who signed in.
func (s *Service) personOf(c idc.Caller) *onBehalfOf {
	if c.Context != nil {
		return &onBehalfOf{UserID: c.Context.UserID, IdentityStoreARN: c.Context.IdentityStoreARN}
	}
	return s.onBehalfOf(c.UserID)
}

func (s *Service) onBehalfOf(userID string) *onBehalfOf {
	if userID == "" {
		return nil
	}
	return &onBehalfOf{UserID: userID, IdentityStoreARN: s.IdentityStoreARN}
}

// lookupName is what LookupEvents matches as Username: the session name of a
// role session, the user id of a person.
func lookupName(c idc.Caller) string {
	if c.Type == idc.CallerIdentityCenterUser {
		return c.UserID
	}
	return c.SessionName
}

func boolText(b bool) string {
	if b {
		return "true"
	}
	return "false"
}
