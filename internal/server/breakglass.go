package server

import (
	"context"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
)

const (
	minBreakGlass = 15 * time.Minute
	maxBreakGlass = 12 * time.Hour
)

// breakGlass mints administrator credentials for whoever can open the control
// socket. The record of it is durable before the credentials leave.
func (s *Services) breakGlass(ctx context.Context, accountID string, ttl time.Duration) (creds *idc.Credentials, err error) {
	if accountID == "" {
		accountID = s.Instance.OwnerAccountID
	}
	call := audit.Call{
		Time: s.Clock.Now(), RequestID: s.IDs.UUID(), Name: "GetBreakGlassCredentials", Source: "gatehouse",
		Caller:   idc.Caller{Type: idc.CallerService, AccountID: accountID, ARN: "control-socket"},
		ClientIP: "control-socket", UserAgent: "gatehouse admin credentials",
		RequestParameters:  map[string]any{"accountId": accountID, "ttlSeconds": int(ttl.Seconds())},
		RecipientAccountID: accountID,
	}
	creds, err = s.mintBreakGlass(ctx, accountID, ttl)
	if err != nil {
		call.ErrorCode, call.ErrorMessage = idc.KindOf(err).String(), idc.PublicMessage(err)
	} else {
		call.ResponseElements = map[string]any{"accessKeyId": creds.AccessKeyID}
	}
	if auditErr := s.Audit.Record(ctx, call); auditErr != nil {
		return nil, auditErr
	}
	return creds, err
}

func (s *Services) mintBreakGlass(ctx context.Context, accountID string, ttl time.Duration) (*idc.Credentials, error) {
	if ttl < minBreakGlass || ttl > maxBreakGlass {
		return nil, idc.Errorf(idc.Invalid, "The lifetime must be between %s and %s.", minBreakGlass, maxBreakGlass)
	}
	found, err := s.breakGlassRoleOf(ctx, accountID)
	if err != nil {
		return nil, err
	}
	creds, _, err := s.STS.Issue(sts.Session{Role: found, SessionName: "break-glass", Duration: ttl})
	return creds, err
}

// breakGlassRoleOf returns the account's break-glass role, made anew what it must
// be. Its sessions are authorised, limited and recorded like those of all roles,
// but IAM cannot change it: who administers the account cannot disarm it.
func (s *Services) breakGlassRoleOf(ctx context.Context, accountID string) (*idc.Role, error) {
	trust, err := trustPolicy("Service", "sso.amazonaws.com")
	if err != nil {
		return nil, err
	}
	err = s.Store.View(ctx, func(r store.Reader) error {
		_, err := r.Account(accountID)
		return err
	})
	if idc.IsNotFound(err) {
		return nil, idc.NotFoundf("Account", accountID, "There is no account %s in the organization.", accountID)
	}
	if err != nil {
		return nil, err
	}
	change := s.change("control", "break-glass credentials of "+accountID)
	return role.Reserved{Service: s.Roles}.Apply(ctx, change, role.ReservedDefinition{
		AccountID: accountID, Name: role.BreakGlassName, Path: role.BreakGlassPath, TrustPolicy: trust,
		MaxSessionDuration: maxBreakGlass, AttachedPolicies: []string{administratorAccess},
		Description: "Emergency access through the server's control socket",
	})
}
