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
	// breakGlassRole is the role that break-glass credentials are of. It is an
	// ordinary role in the account, made when it is first needed, so that its
	// sessions are authorised, limited and recorded like all others.
	breakGlassRole = "GatehouseBreakGlass"
	breakGlassPath = "/gatehouse/"

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

// breakGlassRoleOf returns the account's break-glass role and makes it first if
// it is not there.
func (s *Services) breakGlassRoleOf(ctx context.Context, accountID string) (found *idc.Role, err error) {
	trust, err := trustPolicy("Service", "sso.amazonaws.com")
	if err != nil {
		return nil, err
	}
	change := s.change("control", "break-glass credentials of "+accountID)
	err = s.Store.Update(ctx, change, func(tx store.Tx) error {
		if _, err := tx.Account(accountID); err != nil {
			if idc.IsNotFound(err) {
				return idc.NotFoundf("Account", accountID, "There is no account %s in the organization.", accountID)
			}
			return err
		}
		if found, err = tx.Role(accountID, breakGlassRole); !idc.IsNotFound(err) {
			return err
		}
		err := s.administratorRole(tx, change, accountID, role.Definition{
			Name: breakGlassRole, Path: breakGlassPath, TrustPolicy: trust, MaxSessionDuration: maxBreakGlass,
			Description: "Emergency access through the server's control socket",
		})
		if err != nil {
			return err
		}
		found, err = tx.Role(accountID, breakGlassRole)
		return err
	})
	return found, err
}
