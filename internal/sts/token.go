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

	Context *idc.IdentityContext `json:"ic,omitempty"`
	Root    bool                 `json:"rt,omitempty"` // of the account's root user, for one task
	Padding string               `json:"z,omitempty"`  // for who wants to see whether larger tokens go through
}

// provided is what later requests may know of a federation: the issuer and the
// audience of an assertion are not kept.
type provided struct {
	Provider      string              `json:"p"`
	Subject       string              `json:"s"`
	SubjectType   string              `json:"t,omitempty"`
	NameQualifier string              `json:"q,omitempty"`
	Keys          map[string][]string `json:"k,omitempty"` // of a web identity
}

func sealedFederation(f *idc.Federation) *provided {
	if f == nil {
		return nil
	}
	kept := &provided{Provider: f.Provider, Subject: f.Subject, SubjectType: f.SubjectType, NameQualifier: f.NameQualifier}
	if f.Web() {
		kept.Keys = keptKeys(f)
	}
	return kept
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

// MaxTokenSize is what the size of a session token is a percentage of. Tokens are
// smaller: what they carry is bounded by the packed size.
const MaxTokenSize = 8192

// seal makes the token of a session, at least as long as asked.
func (s *Service) seal(c claims, atLeast int) (string, error) {
	plain, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	token := s.Ring.SealString(plain, tokenAAD)
	if missing := atLeast - len(token); missing > 0 {
		c.Padding = strings.Repeat("=", missing*3/4+1) // it grows by a third in base64
		return s.seal(c, 0)
	}
	return token, nil
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
	if c.Root {
		root := arn.Root(c.AccountID).String()
		caller.Type, caller.ARN, caller.PrincipalARN, caller.PrincipalID = idc.CallerRoot, root, root, c.AccountID
		caller.SessionPolicyARNs, caller.TaskPolicyARN = nil, strings.Join(c.PolicyARNs, "")
	}
	if c.NotAfter != 0 {
		caller.NotAfter = time.UnixMilli(c.NotAfter).UTC()
	}
	if f := c.Federation; f != nil {
		caller.Federation = &idc.Federation{Provider: f.Provider, Subject: f.Subject, SubjectType: f.SubjectType, NameQualifier: f.NameQualifier, Keys: f.Keys}
	}
	caller.Context = c.Context
	if c.MFAAt != 0 {
		caller.MFA, caller.MFAAt = true, time.UnixMilli(c.MFAAt).UTC()
	}
	return caller
}
