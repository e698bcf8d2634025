package session

import (
	"context"
	"crypto/subtle"
	"net"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gatehouse-idc/gatehouse/internal/application"
	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Bounds of a registration. Anybody may register, so that everything has an end.
const (
	maxClientName   = 256 // characters
	maxScopes       = 10
	maxGrantTypes   = 10
	maxRedirectURIs = 10
	maxURI          = 2048
	maxRegistration = 2048 // bytes of the name and the redirect URIs together
)

// Registration is what a client says about itself.
type Registration struct {
	Name         string
	Type         string // "public"
	Scopes       []string
	GrantTypes   []string
	RedirectURIs []string
	IssuerURL    string
	// ApplicationARN binds the client to an application: its tokens are for that one to exchange.
	ApplicationARN string
}

// RegisterClient registers a client for 90 days and returns it with its secret, of which only the hash is kept
// (RegisterClient, IAM Identity Center OIDC API Reference). Errors: Invalid with ReasonInvalidMetadata,
// ReasonInvalidScope, ReasonUnsupportedGrantType, ReasonInvalidRedirectURI, or none (invalid_request).
func (s *Service) RegisterClient(ctx context.Context, change idc.ChangeSet, r Registration) (*idc.Client, string, error) {
	if err := checkRegistration(r); err != nil {
		return nil, "", err
	}
	secret := s.IDs.Token("")
	var client *idc.Client
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		in, err := tx.Instance()
		if err != nil {
			return err
		}
		if r.IssuerURL != "" && !s.isOurs(r.IssuerURL, in) {
			return s.wrongStartURL(in)
		}
		if err := entitledTo(tx, r.ApplicationARN); err != nil {
			return err
		}
		now := s.now()
		client = &idc.Client{
			ID: s.IDs.ClientID(in.Region), SecretHash: authn.HashToken(secret), Name: r.Name,
			Scopes: r.Scopes, GrantTypes: r.GrantTypes, RedirectURIs: r.RedirectURIs, IssuerURL: r.IssuerURL,
			ApplicationARN: r.ApplicationARN, CreatedAt: now, ExpiresAt: now.Add(clientLifetime),
		}
		return tx.PutClient(client)
	})
	if err != nil {
		return nil, "", err
	}
	return client, secret, nil
}

// entitledTo checks the application that a client is to be bound to; "" is none.
func entitledTo(r store.ApplicationReader, applicationARN string) error {
	if applicationARN == "" {
		return nil
	}
	_, err := application.ByARN(r, applicationARN)
	if idc.IsNotFound(err) {
		return invalidRequest("entitledApplicationArn names no application.")
	}
	return err
}

func checkRegistration(r Registration) error {
	if r.Type != "public" {
		return invalidMetadata("clientType must be public.")
	}
	if strings.TrimSpace(r.Name) == "" || utf8.RuneCountInString(r.Name) > maxClientName || !utf8.ValidString(r.Name) || strings.ContainsRune(r.Name, 0) {
		return invalidMetadata("clientName must have 1 to %d characters.", maxClientName)
	}
	if len(r.Scopes) > maxScopes {
		return invalidMetadata("A client has at most %d scopes.", maxScopes)
	}
	for _, scope := range r.Scopes {
		if scope != ScopeAccountAccess && scope != ScopePortal {
			return invalidScope(scope)
		}
	}
	if len(r.GrantTypes) > maxGrantTypes {
		return invalidMetadata("A client has at most %d grant types.", maxGrantTypes)
	}
	for _, grantType := range r.GrantTypes {
		if !slices.Contains([]string{GrantAuthorizationCode, GrantDeviceCode, GrantRefreshToken}, grantType) {
			return unsupportedGrantType(grantType)
		}
	}
	if slices.Contains(r.GrantTypes, GrantAuthorizationCode) && len(r.RedirectURIs) == 0 {
		return invalidRedirectURI("A client of the grant type %s registers a redirect URI.", GrantAuthorizationCode)
	}
	if len(r.RedirectURIs) > maxRedirectURIs {
		return invalidRedirectURI("A client has at most %d redirect URIs.", maxRedirectURIs)
	}
	for _, uri := range r.RedirectURIs {
		if _, err := parseLoopback(uri); err != nil {
			return err
		}
	}
	if len(r.Name)+len(strings.Join(r.RedirectURIs, "")) > maxRegistration {
		return invalidMetadata("The client name and the redirect URIs have at most %d bytes together.", maxRegistration)
	}
	if len(r.IssuerURL) > maxURI {
		return invalidRequest("issuerUrl is too long.")
	}
	return nil
}

// parseLoopback accepts a redirect URI of a native client on this computer (RFC 8252 section 7.3). Anybody may
// register, so that an address elsewhere would hand codes to strangers.
func parseLoopback(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	switch {
	case len(raw) > maxURI, err != nil, strings.ContainsFunc(raw, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' }):
		return nil, invalidRedirectURI("The redirect URI is not a valid address.")
	case u.Scheme != "http" || !isLoopback(u.Hostname()):
		return nil, invalidRedirectURI("A redirect URI is an http address of this computer: 127.0.0.1, [::1] or localhost.")
	case u.User != nil || u.Fragment != "" || strings.Contains(raw, "#"):
		return nil, invalidRedirectURI("A redirect URI has neither user nor fragment.")
	}
	return u, nil
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// registered reports whether a redirect URI is one of the client's, whatever the port (RFC 8252 section 7.3:
// a native client listens on a port it learns at run time).
func registered(client *idc.Client, u *url.URL) bool {
	for _, raw := range client.RedirectURIs {
		r, err := parseLoopback(raw)
		if err == nil && r.Hostname() == u.Hostname() && samePath(r.EscapedPath(), u.EscapedPath()) && r.RawQuery == u.RawQuery {
			return true
		}
	}
	return false
}

// samePath treats "" and "/" alike, as HTTP does.
func samePath(a, b string) bool {
	return a == b || (a == "" || a == "/") && (b == "" || b == "/")
}

// may reports whether a client may use a grant type. A registration that names none means all.
func may(client *idc.Client, grantType string) bool {
	return len(client.GrantTypes) == 0 || slices.Contains(client.GrantTypes, grantType)
}

// authenticateClient returns the client that proves to have the secret.
func (s *Service) authenticateClient(r store.GrantReader, id, secret string) (*idc.Client, error) {
	client, err := r.Client(id)
	if idc.IsNotFound(err) {
		return nil, invalidClient("unknown client")
	}
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare([]byte(client.SecretHash), []byte(authn.HashToken(secret))) != 1 {
		return nil, invalidClient("wrong secret")
	}
	if !s.now().Before(client.ExpiresAt) {
		return nil, invalidClient("registration expired")
	}
	return client, nil
}
