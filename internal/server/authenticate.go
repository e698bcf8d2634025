package server

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	awssts "github.com/gatehouse-idc/gatehouse/internal/awsapi/sts"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/keys"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/session"
	"github.com/gatehouse-idc/gatehouse/internal/sigv4"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
)

// authenticator is the edge's Authenticator: signatures against session tokens,
// bearer tokens against the stored ones.
type authenticator struct {
	verifier *sigv4.Verifier
	sts      *sts.Service
	sessions *session.Service
	keys     *keys.Service
	clock    clock.Clock

	mu       sync.Mutex
	reloaded time.Time // when an unknown key last made us look for new ones
}

// bearerHeader carries the access token of the portal API.
const bearerHeader = "X-Amz-Sso_bearer_token"

// Authenticate implements awsedge.Authenticator.
func (a *authenticator) Authenticate(ctx context.Context, r *http.Request, body []byte, op *awsapi.Operation) (idc.Caller, error) {
	if op.Auth == awsapi.Bearer {
		return a.bearer(ctx, r)
	}
	caller, err := a.signed(ctx, r, body, op)
	var refusal *sigv4.Error
	if errors.As(err, &refusal) {
		return idc.Caller{}, refused(refusal)
	}
	return caller, err
}

func (a *authenticator) signed(ctx context.Context, r *http.Request, body []byte, op *awsapi.Operation) (idc.Caller, error) {
	signed, err := sigv4.Parse(r)
	if err != nil {
		return idc.Caller{}, err
	}
	if err := signed.RequireScope(op.Service.SigningName); err != nil {
		return idc.Caller{}, err
	}
	if signed.Presigned && op != awssts.GetCallerIdentity.Operation {
		// A URL that works by itself ends up in logs and histories: STS offers it
		// for proving an identity (EKS, Vault), and so do we, for nothing else.
		return idc.Caller{}, &sigv4.Error{Code: sigv4.IncompleteSignature, Message: "Presigned requests are accepted for sts:GetCallerIdentity only."}
	}
	secret, caller, err := a.open(ctx, signed)
	if err != nil {
		return idc.Caller{}, err
	}
	if err := a.verifier.Verify(signed, secret, body, a.clock.Now()); err != nil {
		return idc.Caller{}, err
	}
	return caller, nil
}

// open opens the session token. A key that this node does not know may have been
// made by another a moment ago: it looks once more, though not more than once a
// second, because anybody can send tokens that name unknown keys.
func (a *authenticator) open(ctx context.Context, signed *sigv4.Signed) (string, idc.Caller, error) {
	secret, caller, err := a.sts.Open(signed.AccessKeyID, signed.SecurityToken)
	if !errors.Is(err, sealed.ErrUnknownKey) {
		return secret, caller, err
	}
	a.mu.Lock()
	now := a.clock.Now()
	wait := now.Sub(a.reloaded) < time.Second
	if !wait {
		a.reloaded = now
	}
	a.mu.Unlock()
	if wait {
		return "", idc.Caller{}, err
	}
	if err := a.keys.Reload(ctx); err != nil {
		return "", idc.Caller{}, err
	}
	return a.sts.Open(signed.AccessKeyID, signed.SecurityToken)
}

// refused turns a refusal of the signature into the services' error.
func refused(e *sigv4.Error) *idc.Error {
	out := idc.Errorf(idc.Unauthenticated, "%s", e.Message)
	switch e.Code {
	case sigv4.MissingAuthenticationToken:
		return out.With(idc.ReasonMissingAuthentication)
	case sigv4.IncompleteSignature:
		return out.With(idc.ReasonIncompleteSignature)
	case sigv4.InvalidClientTokenID:
		return out.With(idc.ReasonInvalidAccessKey)
	case sigv4.ExpiredToken:
		return idc.Errorf(idc.Expired, "%s", e.Message)
	}
	return out.With(idc.ReasonSignatureMismatch)
}

// bearer finds whose access token a portal call carries.
func (a *authenticator) bearer(ctx context.Context, r *http.Request) (idc.Caller, error) {
	token := r.Header.Get(bearerHeader)
	if token == "" {
		return idc.Caller{}, idc.Errorf(idc.Unauthenticated, "Session token not found or invalid")
	}
	return a.sessions.Authenticate(ctx, token)
}
