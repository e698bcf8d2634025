package authn

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/reqctx"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Issuer names this installation in authenticator apps.
const Issuer = "Gatehouse"

// Service proves identities. All fields but Limits are required.
type Service struct {
	Store  store.Store
	Clock  clock.Clock
	IDs    *ids.Source
	Ring   *sealed.Ring
	Hasher *Hasher
	// Limits says how many failures are free; the zero value means DefaultLimits.
	Limits Limits
	// Record keeps a sign-in event. Its error fails the step: what is not recorded does not happen.
	Record func(ctx context.Context, event audit.Signin) error
}

// The names and credential types of sign-in events.
const (
	EventChallenge      = "CredentialChallenge"    // a proof was asked for
	EventVerification   = "CredentialVerification" // and judged
	EventAuthentication = "UserAuthentication"     // all proofs were right

	CredentialPassword = "PASSWORD"
	CredentialTOTP     = "TOTP"
)

// HashToken is how tokens, codes and cookies of 128 random bits and more are stored: SHA-256, in hex. A slow
// hash would add nothing to secrets that cannot be guessed.
func HashToken(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func (s *Service) now() time.Time { return s.Clock.Now().UTC().Truncate(time.Microsecond) }

// Event completes a sign-in event with the flow it belongs to and with what the context knows of the request.
func Event(ctx context.Context, name string, flow *idc.SigninFlow, credentialType string) audit.Signin {
	info := reqctx.From(ctx)
	return audit.Signin{
		Name: name, Success: true, WorkflowID: flow.ID, CredentialType: credentialType, UserID: flow.UserID,
		LoginTo: flow.ReturnTo, RequestID: info.RequestID, ClientIP: info.ClientIP, UserAgent: info.UserAgent,
	}
}

// record reports a proof that was asked for and judged; failure is the private reason, "" when it was right.
func (s *Service) record(ctx context.Context, flow *idc.SigninFlow, credentialType, failure string) error {
	challenge := Event(ctx, EventChallenge, flow, credentialType)
	if err := s.Record(ctx, challenge); err != nil {
		return err
	}
	verdict := challenge
	verdict.Name, verdict.Success, verdict.Reason = EventVerification, failure == "", failure
	return s.Record(ctx, verdict)
}

// enabledUser returns a user that may sign in. since is when the proof at hand was made: an object that was
// deleted and came back with its old id does not inherit proofs of the one before.
func enabledUser(r store.UserReader, id string, since time.Time) (*idc.User, error) {
	u, err := r.User(id)
	if err != nil {
		return nil, err
	}
	if u.Status != idc.UserEnabled || since.Before(u.CreatedAt) {
		return nil, idc.NotFoundf("USER", id, "USER not found.")
	}
	return u, nil
}
