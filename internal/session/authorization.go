package session

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/reqctx"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Authorize is the query of /authorize (RFC 6749 section 4.1.1 with RFC 7636 section 4.3).
type Authorize struct {
	ResponseType        string
	ClientID            string
	RedirectURI         string
	State               string
	CodeChallenge       string
	CodeChallengeMethod string
	Scopes              []string
}

// maxState bounds what we carry for the client.
const maxState = 2048

// BeginAuthorization persists a request of /authorize. When redirect is not nil beside an error, the error is
// to be told to the client there (RFC 6749 section 4.1.2.1); otherwise the client or its redirect URI is not
// to be trusted, and the error is for the person.
func (s *Service) BeginAuthorization(ctx context.Context, change idc.ChangeSet, a Authorize) (request *idc.AuthorizationRequest, redirect *url.URL, err error) {
	info := reqctx.From(ctx)
	err = s.Store.Update(ctx, change, func(tx store.Tx) error {
		request, redirect = nil, nil
		client, err := tx.Client(a.ClientID)
		if idc.IsNotFound(err) || err == nil && !s.now().Before(client.ExpiresAt) {
			return invalidRequest("The program that sent you here is not registered, or its registration has expired. Start the sign-in again.")
		}
		if err != nil {
			return err
		}
		uri, err := parseLoopback(a.RedirectURI)
		if err != nil {
			return err
		}
		if !registered(client, uri) {
			return invalidRedirectURI("The program that sent you here wants the answer at an address it did not register.")
		}
		if code, text := s.refuse(client, a); code != "" {
			redirect = withQuery(uri, url.Values{"error": {code}, "error_description": {text}, "state": {a.State}})
			return invalidRequest("%s", text)
		}
		now := s.now()
		request = &idc.AuthorizationRequest{
			ID: s.IDs.UUID(), ClientID: client.ID, RedirectURI: a.RedirectURI, ClientState: a.State,
			CodeChallenge: a.CodeChallenge, Scopes: client.Scopes, ClientIP: info.ClientIP, UserAgent: info.UserAgent,
			State: idc.GrantPending, CreatedAt: now, ExpiresAt: now.Add(requestLifetime),
		}
		return tx.PutAuthorizationRequest(request)
	})
	if err != nil {
		return nil, redirect, err
	}
	return request, nil, nil
}

// refuse returns the OAuth error code of a request whose client and redirect URI are good, or "".
func (s *Service) refuse(client *idc.Client, a Authorize) (code, text string) {
	switch {
	case a.ResponseType != "code":
		return "unsupported_response_type", "response_type must be code."
	case !may(client, GrantAuthorizationCode):
		return "unauthorized_client", "The client is not registered for the grant type authorization_code."
	case a.CodeChallenge == "":
		return "invalid_request", "code_challenge is required."
	case a.CodeChallengeMethod != "S256":
		return "invalid_request", "code_challenge_method must be S256."
	case !isS256(a.CodeChallenge):
		return "invalid_request", "code_challenge is not an S256 challenge."
	case len(a.State) > maxState:
		return "invalid_request", "state is too long."
	}
	// A token always carries all registered scopes; asking for another is a mistake worth telling.
	for _, scope := range a.Scopes {
		if !slices.Contains(client.Scopes, scope) {
			return "invalid_scope", "The client is not registered for the scope it asks for."
		}
	}
	return "", ""
}

// isS256 reports whether a challenge is 256 bits in base64url (RFC 7636 section 4.2).
func isS256(challenge string) bool {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(challenge)
	return err == nil && len(raw) == sha256.Size
}

// withQuery adds parameters to a redirect URI, keeping those it has. An empty state is left out.
func withQuery(u *url.URL, add url.Values) *url.URL {
	out := *u
	query := out.Query()
	for name, values := range add {
		if strings.Join(values, "") != "" {
			query[name] = values
		}
	}
	out.RawQuery = query.Encode()
	return &out
}

// PendingAuthorization is a request that waits for a person's decision.
type PendingAuthorization struct {
	Request *idc.AuthorizationRequest
	Client  *idc.Client
}

// Authorization returns a pending request. Errors: NotFound, Expired, Conflict for one that was decided.
func (s *Service) Authorization(ctx context.Context, id string) (*PendingAuthorization, error) {
	var pending *PendingAuthorization
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		pending, err = s.pendingAuthorization(r, id)
		return err
	})
	return pending, err
}

func (s *Service) pendingAuthorization(r store.GrantReader, id string) (*PendingAuthorization, error) {
	request, err := r.AuthorizationRequest(id)
	if idc.IsNotFound(err) {
		return nil, idc.NotFoundf("AuthorizationRequest", id, "There is no such request. Start the sign-in again.")
	}
	if err != nil {
		return nil, err
	}
	if request.State != idc.GrantPending {
		return nil, decidedAlready()
	}
	if !s.now().Before(request.ExpiresAt) {
		return nil, idc.Errorf(idc.Expired, "The request has expired. Start the sign-in again.")
	}
	client, err := r.Client(request.ClientID)
	if err != nil {
		return nil, err
	}
	return &PendingAuthorization{Request: request, Client: client}, nil
}

// DecideAuthorization approves or denies a pending request, once, and returns where the browser goes with the
// answer: the code, or access_denied. Errors as Authorization; Unauthenticated.
func (s *Service) DecideAuthorization(ctx context.Context, change idc.ChangeSet, sessionID, id string, allow bool) (*url.URL, error) {
	code := s.IDs.Token("")
	var to *url.URL
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		session, err := s.deciding(tx, sessionID)
		if err != nil {
			return err
		}
		pending, err := s.pendingAuthorization(tx, id)
		if err != nil {
			return err
		}
		request := pending.Request
		uri, err := parseLoopback(request.RedirectURI)
		if err != nil {
			return err
		}
		request.State, request.UserID, request.SessionID = idc.GrantDenied, session.UserID, session.ID
		answer := url.Values{"state": {request.ClientState}, "error": {"access_denied"}, "error_description": {"The person refused the request."}}
		if allow {
			request.State, request.CodeHash, request.ExpiresAt = idc.GrantApproved, authn.HashToken(code), s.now().Add(codeLifetime)
			answer = url.Values{"state": {request.ClientState}, "code": {code}}
		}
		to = withQuery(uri, answer)
		return tx.PutAuthorizationRequest(request)
	})
	if err != nil {
		return nil, err
	}
	return to, nil
}
