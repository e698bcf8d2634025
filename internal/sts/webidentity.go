package sts

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/oidc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// The claims that give a session tags and a source identity ("Pass session tags in AWS STS",
// "Monitor and control actions taken with assumed roles", IAM User Guide).
const (
	claimTags   = "https://aws.amazon.com/tags"
	claimSource = "https://aws.amazon.com/source_identity"
)

// AssumeRoleWithWebIdentityInput is what AssumeRoleWithWebIdentity was asked.
type AssumeRoleWithWebIdentityInput struct {
	RoleARN          string
	SessionName      string
	Token            string        // JSON Web Token
	Duration         time.Duration // zero: one hour
	Policy           string
	PolicyARNs       []string
	MinimumTokenSize int // of the session token, in bytes
}

// AssumeRoleWithWebIdentity mints a session of a role for somebody an OpenID Connect provider
// of the role's account vouches for. The result is there, without credentials, when it is known
// who is refused.
//
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
func (s *Service) AssumeRoleWithWebIdentity(ctx context.Context, in AssumeRoleWithWebIdentityInput) (*Federated, error) {
	account, _, _, err := arn.ParseRole(in.RoleARN)
	if err != nil {
		return nil, idc.Errorf(idc.Invalid, "Request ARN is invalid").Because(err)
	}
	issuer, err := oidc.Peek(in.Token)
	if err != nil {
		return nil, notAToken().Because(err)
	}
	if _, err := s.oidcProvider(ctx, account, issuer); err != nil {
		return nil, err
	}
	claims, err := s.Tokens.Verify(ctx, issuer, in.Token, oidc.Expect{})
	if err != nil {
		return nil, s.refusedToken(issuer, in.Token, err)
	}
	// It may have changed while the issuer was asked for its keys.
	provider, err := s.oidcProvider(ctx, account, issuer)
	if err != nil {
		return nil, err
	}
	clients, given, err := clientsOf(claims)
	if err != nil {
		return nil, err
	}
	clients = slices.DeleteFunc(clients, func(c string) bool { return !slices.Contains(provider.ClientIDs, c) })
	if len(clients) == 0 {
		return nil, invalidIdentity("Incorrect token audience")
	}
	v, err := vouchedByToken(claims)
	if err != nil {
		return nil, err
	}
	v.sessionName = in.SessionName
	v.by = idc.Federation{Provider: provider.ARN, Issuer: issuer, Audience: clients[0], Subject: claims.Subject, Keys: webKeys(provider.URL, claims, clients, given)}
	return s.takeRole(ctx, in.RoleARN, v, limits{in.Duration, in.Policy, in.PolicyARNs, in.MinimumTokenSize})
}

func notAToken() *idc.Error {
	return invalidIdentity("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
}

// oidcProvider finds the OpenID Connect provider of the role's account that an issuer is.
func (s *Service) oidcProvider(ctx context.Context, account, issuer string) (*idc.OIDCProvider, error) {
	missing := invalidIdentity("No OpenIDConnect provider found in your account for %s", issuer)
	host, ok := strings.CutPrefix(issuer, "https://")
	if !ok {
		return nil, missing
	}
	if s.BaseURL != "" && strings.HasPrefix(issuer, s.BaseURL+outboundPath) {
		// What GetWebIdentityToken makes is for others: with it a session could renew itself for ever.
		return nil, invalidIdentity("Tokens of GetWebIdentityToken cannot be used with AssumeRoleWithWebIdentity.")
	}
	var provider *idc.OIDCProvider
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		provider, err = r.OIDCProvider(arn.OIDCProvider(account, host).String())
		return err
	})
	if idc.IsNotFound(err) {
		return nil, missing.Because(err)
	}
	return provider, err
}

// refusedToken is STS's word for a token that does not verify.
func (s *Service) refusedToken(issuer, token string, err error) error {
	switch {
	case errors.Is(err, oidc.ErrExpired):
		return idc.Errorf(idc.Expired, "Token expired: current date/time %d must be before the expiration date/time%s", s.Clock.Now().Unix(), expiryOf(token)).Because(err)
	case errors.Is(err, oidc.ErrNotYet):
		return invalidIdentity("Token is not yet valid").Because(err)
	case errors.Is(err, oidc.ErrFetch):
		return idc.Errorf(idc.Invalid, "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements").
			With(ReasonIDPCommunicationError).Because(err)
	case errors.Is(err, oidc.ErrSignature):
		return invalidIdentity("The token's signature is not by a key that %s publishes", issuer).Because(err)
	}
	return notAToken().Because(err)
}

// expiryOf is the time of expiry in a token whose signature is right.
func expiryOf(token string) string {
	var claims struct {
		Expiry json.Number `json:"exp"`
	}
	if parts := strings.Split(token, "."); len(parts) == 3 {
		if payload, err := base64.RawURLEncoding.DecodeString(parts[1]); err == nil && json.Unmarshal(payload, &claims) == nil {
			return claims.Expiry.String()
		}
	}
	return ""
}

// clientsOf returns the client ids a token is for: the authorized party if it names one, which
// the audience then goes beside (OpenID Connect Core section 2), and otherwise the audience.
func clientsOf(c oidc.Claims) (clients, given []string, err error) {
	for _, required := range []struct {
		name    string
		missing bool
	}{{"sub", c.Subject == ""}, {"aud", len(c.Audience) == 0}, {"exp", c.ExpiresAt.IsZero()}, {"iat", c.IssuedAt.IsZero()}} {
		if required.missing {
			return nil, nil, invalidIdentity("Missing a required claim: %s", required.name)
		}
	}
	party, has := c.All["azp"]
	if !has {
		return slices.Clone(c.Audience), nil, nil
	}
	azp, isText := party.(string)
	if !isText || azp == "" {
		return nil, nil, notAToken()
	}
	return []string{azp}, c.Audience, nil
}

// vouchedByToken reads AWS's claims.
func vouchedByToken(c oidc.Claims) (v vouched, err error) {
	if source, has := c.All[claimSource]; has {
		text, isText := source.(string)
		if !isText || text == "" {
			return v, invalidIdentity("The claim %s must be a string", claimSource)
		}
		v.source = text
	}
	if err := checkSource(v.source); err != nil {
		return v, err
	}
	raw, has := c.All[claimTags]
	if !has {
		return v, nil
	}
	malformed := invalidIdentity("The claim %s is not valid: it has principal_tags, keys with one value each, and transitive_tag_keys", claimTags)
	written, err := json.Marshal(raw)
	if err != nil {
		return v, malformed.Because(err)
	}
	var tags struct {
		Principal  map[string][]string `json:"principal_tags"`
		Transitive []string            `json:"transitive_tag_keys"`
	}
	if err := json.Unmarshal(written, &tags); err != nil {
		return v, malformed.Because(err)
	}
	for key, values := range tags.Principal {
		if len(values) != 1 {
			return v, malformed
		}
		v.tags = append(v.tags, idc.Tag{Key: key, Value: values[0]})
	}
	slices.SortFunc(v.tags, func(a, b idc.Tag) int { return strings.Compare(a.Key, b.Key) })
	v.transitive = tags.Transitive
	return v, nil
}

// webKeys are the condition keys that come from claims, below the provider's address
// ("Available keys for AWS OIDC federation").
func webKeys(provider string, c oidc.Claims, clients, given []string) map[string][]string {
	keys := map[string][]string{provider + ":sub": {c.Subject}, provider + ":aud": clients}
	if given != nil {
		keys[provider+":oaud"] = given
	}
	for _, claim := range []string{"amr", "email"} {
		if values := texts(c.All[claim]); len(values) > 0 {
			keys[provider+":"+claim] = values
		}
	}
	if provider == "token.actions.githubusercontent.com" {
		for _, claim := range []string{"actor", "actor_id", "job_workflow_ref", "repository", "repository_id", "workflow", "ref", "environment", "enterprise_id"} {
			if values := texts(c.All[claim]); len(values) > 0 {
				keys[provider+":"+claim] = values
			}
		}
	}
	return keys
}

// keptKeys are the keys of a web identity that the requests of the session know.
func keptKeys(f *idc.Federation) map[string][]string {
	kept := map[string][]string{}
	for key, values := range f.Keys {
		if at := strings.LastIndexByte(key, ':'); slices.Contains([]string{"aud", "sub", "amr"}, key[at+1:]) {
			kept[key] = values
		}
	}
	return kept
}

// texts are the values of a claim that is a text or a list of them.
func texts(claim any) []string {
	switch v := claim.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, one := range v {
			text, isText := one.(string)
			if !isText {
				return nil
			}
			out = append(out, text)
		}
		return out
	}
	return nil
}
