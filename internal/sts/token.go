package sts

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
)

// claims is the content of a session token. Its member names are short because
// the token travels with every request.
type claims struct {
	AccessKeyID string    `json:"k"`
	Secret      string    `json:"s"`
	AccountID   string    `json:"a"`
	RoleID      string    `json:"r"`
	RoleName    string    `json:"n"`
	RolePath    string    `json:"p,omitempty"`
	SessionName string    `json:"sn"`
	IssuedAt    int64     `json:"i"` // Unix milliseconds
	ExpiresAt   int64     `json:"e"` // Unix milliseconds
	MFAAt       int64     `json:"m,omitempty"`
	NotAfter    int64     `json:"x,omitempty"` // Unix milliseconds; end of the assignment
	UserID      string    `json:"u,omitempty"`
	SessionID   string    `json:"ps,omitempty"`
	Assignment  string    `json:"as,omitempty"`
	Policies    []string  `json:"pd,omitempty"`
	PolicyARNs  []string  `json:"pa,omitempty"`
	Tags        []idc.Tag `json:"t,omitempty"`
	Transitive  []string  `json:"tt,omitempty"`
	Source      string    `json:"si,omitempty"`
	Chained     bool      `json:"c,omitempty"`
	Federation  *provided `json:"f,omitempty"`
}

// provided is what later requests may know of a federation: the issuer and the
// audience of an assertion are not kept.
type provided struct {
	Provider      string `json:"p"`
	Subject       string `json:"s"`
	SubjectType   string `json:"t"`
	NameQualifier string `json:"q"`
}

func sealedFederation(f *idc.Federation) *provided {
	if f == nil {
		return nil
	}
	return &provided{f.Provider, f.Subject, f.SubjectType, f.NameQualifier}
}

// tokenAAD keeps session tokens apart from everything else that is sealed.
var tokenAAD = sealed.Token("sts-session")

func invalidToken() *idc.Error {
	return idc.Errorf(idc.Unauthenticated, "The security token included in the request is invalid.").
		With(idc.ReasonInvalidAccessKey)
}

func expiredToken() *idc.Error {
	return idc.Errorf(idc.Expired, "The security token included in the request is expired")
}

// Open verifies a session token for an access key and returns the secret that
// signs with it and the caller it stands for. It reads no database.
func (s *Service) Open(accessKeyID, sessionToken string) (secret string, caller idc.Caller, err error) {
	if sessionToken == "" || !strings.HasPrefix(accessKeyID, "ASIA") {
		return "", idc.Caller{}, invalidToken()
	}
	plain, err := s.Ring.OpenString(sessionToken, tokenAAD)
	if err != nil {
		if errors.Is(err, sealed.ErrUnknownKey) || errors.Is(err, sealed.ErrTampered) {
			return "", idc.Caller{}, invalidToken().Because(err)
		}
		return "", idc.Caller{}, err
	}
	var c claims
	if err := json.Unmarshal(plain, &c); err != nil {
		return "", idc.Caller{}, invalidToken().Because(err)
	}
	if c.AccessKeyID != accessKeyID {
		return "", idc.Caller{}, invalidToken()
	}
	caller = c.caller()
	if !s.Clock.Now().Before(caller.ExpiresAt) {
		return "", idc.Caller{}, expiredToken()
	}
	if s.fences.stops(caller) {
		return "", idc.Caller{}, invalidToken()
	}
	return c.Secret, caller, nil
}

// seal makes the token of a session.
func (s *Service) seal(c claims) (string, error) {
	plain, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	return s.Ring.SealString(plain, tokenAAD), nil
}

func (c *claims) caller() idc.Caller {
	caller := idc.Caller{
		Type: idc.CallerAssumedRole, AccountID: c.AccountID,
		ARN:          arn.AssumedRole(c.AccountID, c.RoleName, c.SessionName).String(),
		PrincipalARN: arn.Role(c.AccountID, c.RolePath, c.RoleName).String(),
		PrincipalID:  c.RoleID + ":" + c.SessionName,
		AccessKeyID:  c.AccessKeyID, RoleID: c.RoleID, RoleName: c.RoleName, SessionName: c.SessionName,
		UserID: c.UserID, SessionID: c.SessionID, AssignmentID: c.Assignment,
		IssuedAt: time.UnixMilli(c.IssuedAt).UTC(), ExpiresAt: time.UnixMilli(c.ExpiresAt).UTC(),
		SessionPolicies: c.Policies, SessionPolicyARNs: c.PolicyARNs, Tags: c.Tags,
		TransitiveTagKeys: c.Transitive, SourceIdentity: c.Source, Chained: c.Chained,
	}
	if c.NotAfter != 0 {
		caller.NotAfter = time.UnixMilli(c.NotAfter).UTC()
	}
	if f := c.Federation; f != nil {
		caller.Federation = &idc.Federation{Provider: f.Provider, Subject: f.Subject, SubjectType: f.SubjectType, NameQualifier: f.NameQualifier}
	}
	if c.MFAAt != 0 {
		caller.MFA, caller.MFAAt = true, time.UnixMilli(c.MFAAt).UTC()
	}
	return caller
}
