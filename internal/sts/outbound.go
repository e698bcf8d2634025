package sts

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// outboundPath begins the paths of issuers: below the server's public address each account
// has its own.
const outboundPath = "/outbound/"

const (
	defaultWebToken = 300 * time.Second
	// maxWebToken bounds the claims of a token, so that it fits into a header.
	maxWebToken = 8 << 10
)

// OutboundIssuer is the issuer of an account's tokens. It is the same each time outbound
// federation is turned on.
func (s *Service) OutboundIssuer(accountID string) string {
	return s.BaseURL + outboundPath + accountID
}

// EnableOutbound lets sessions of an account ask for tokens with which they identify
// themselves elsewhere (iam, EnableOutboundWebIdentityFederation).
func (s *Service) EnableOutbound(ctx context.Context, change idc.ChangeSet, accountID string) (issuer string, err error) {
	issuer = s.OutboundIssuer(accountID)
	return issuer, s.setOutbound(ctx, change, accountID, func(a *idc.Account) error {
		if a.OutboundIssuer != "" {
			return idc.Errorf(idc.Conflict, "Outbound identity federation is already enabled for the account.").With("FeatureEnabled")
		}
		a.OutboundIssuer = issuer
		return nil
	})
}

// DisableOutbound ends it. Tokens that are out verify no more: their issuer is gone.
func (s *Service) DisableOutbound(ctx context.Context, change idc.ChangeSet, accountID string) error {
	return s.setOutbound(ctx, change, accountID, func(a *idc.Account) error {
		if a.OutboundIssuer == "" {
			return outboundDisabled("FeatureDisabled")
		}
		a.OutboundIssuer = ""
		return nil
	})
}

func outboundDisabled(reason idc.Reason) *idc.Error {
	return idc.Errorf(idc.Conflict, "Outbound identity federation is not enabled for the account.").With(reason)
}

func (s *Service) setOutbound(ctx context.Context, change idc.ChangeSet, accountID string, edit func(*idc.Account) error) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		found, err := tx.Account(accountID)
		if err != nil {
			return err
		}
		edited := *found
		if err := edit(&edited); err != nil {
			return err
		}
		return tx.PutAccount(&edited)
	})
}

// Outbound returns the issuer of an account's tokens. Without outbound federation it is an
// error with the reason FeatureDisabled.
func (s *Service) Outbound(ctx context.Context, accountID string) (issuer string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		found, err := r.Account(accountID)
		if err == nil && (found.OutboundIssuer == "" || found.State != idc.AccountActive) {
			err = outboundDisabled("FeatureDisabled")
		}
		if err == nil {
			issuer = found.OutboundIssuer
		}
		return err
	})
	return issuer, err
}

// WebIdentityTokenInput is what GetWebIdentityToken was asked.
type WebIdentityTokenInput struct {
	Audiences []string
	Algorithm string        // "RS256" or "ES384"
	Duration  time.Duration // zero: five minutes
	Tags      []idc.Tag
	Region    string
}

// WebIdentityToken signs a token with which a session identifies itself to others, who verify
// it with what Discovery publishes. Whether the caller may is decided by package authz.
//
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html;
// "Understanding token claims", IAM User Guide.
func (s *Service) WebIdentityToken(ctx context.Context, change idc.ChangeSet, caller idc.Caller, in WebIdentityTokenInput) (token string, expires time.Time, err error) {
	if in.Algorithm != string(jose.RS256) && in.Algorithm != string(jose.ES384) {
		return "", expires, idc.Errorf(idc.Invalid, "The signing algorithm %s is not valid: it is RS256 or ES384.", in.Algorithm).With("ValidationError")
	}
	issuer, err := s.Outbound(ctx, caller.AccountID)
	if idc.ReasonOf(err) == "FeatureDisabled" {
		return "", expires, outboundDisabled("OutboundWebIdentityFederationDisabledException")
	}
	if err != nil {
		return "", expires, err
	}
	if err := s.stillGranted(ctx, caller); err != nil {
		return "", expires, err
	}
	if _, _, err := sessionTags(idc.Caller{}, in.Tags, nil); err != nil {
		return "", expires, err
	}
	if in.Duration == 0 {
		in.Duration = defaultWebToken
	}
	now := s.Clock.Now().Truncate(time.Second)
	expires = now.Add(in.Duration)
	if expires.After(caller.ExpiresAt) {
		return "", expires, idc.Errorf(idc.Denied, "The requested token duration would extend the session beyond its original expiration time.").
			With("SessionDurationEscalationException")
	}
	claims, err := s.webClaims(ctx, caller, in)
	if err != nil {
		return "", expires, err
	}
	claims["iss"], claims["iat"], claims["exp"], claims["jti"] = issuer, now.Unix(), expires.Unix(), s.IDs.UUID()
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", expires, err
	}
	if len(payload) > maxWebToken {
		return "", expires, idc.Errorf(idc.Invalid, "The claims of the token have %d bytes, more than %d. Pass fewer or shorter tags and audiences.", len(payload), maxWebToken).
			With("JWTPayloadSizeExceededException")
	}
	token, err = s.sign(ctx, change, jose.SignatureAlgorithm(in.Algorithm), payload)
	return token, expires, err
}

// awsClaims is the claim that AWS's own claims are in.
const awsClaims = "https://sts.amazonaws.com/"

// webClaims says who the caller is.
func (s *Service) webClaims(ctx context.Context, caller idc.Caller, in WebIdentityTokenInput) (map[string]any, error) {
	own := map[string]any{"aws_account": caller.AccountID, "source_region": in.Region, "principal_id": caller.PrincipalARN}
	set := func(name, value string) {
		if value != "" {
			own[name] = value
		}
	}
	err := s.Store.View(ctx, func(r store.Reader) error {
		found, err := r.Account(caller.AccountID)
		if err != nil || !found.InOrganization() {
			return err
		}
		levels, err := account.Ancestors(r, found.ParentID)
		if err != nil {
			return err
		}
		set("org_id", s.Instance.OrganizationID)
		set("ou_path", strings.Join(append([]string{s.Instance.OrganizationID}, levels...), "/")+"/")
		return nil
	})
	if err != nil {
		return nil, err
	}
	principal := map[string]string{}
	if caller.RoleID != "" {
		tags, err := s.roleTags(ctx, caller.RoleID)
		if err != nil {
			return nil, err
		}
		for _, t := range append(tags, caller.Tags...) { // a session tag wins over the role's
			principal[t.Key] = t.Value
		}
	}
	if len(principal) > 0 {
		own["principal_tags"] = principal
	}
	if len(in.Tags) > 0 {
		request := map[string]string{}
		for _, t := range in.Tags {
			request[t.Key] = t.Value
		}
		own["request_tags"] = request
	}
	own["original_session_exp"] = caller.ExpiresAt.UTC().Format(time.RFC3339)
	if f := caller.Federation; f != nil {
		set("federated_provider", f.Provider)
	}
	set("source_identity", caller.SourceIdentity)
	// As authz has it: a context that is for the trail alone makes nobody the person.
	switch by := caller.Context; {
	case by != nil && !by.AuditOnly:
		set("identity_store_user_id", by.UserID)
		set("identity_store_arn", by.IdentityStoreARN)
	case by == nil && caller.UserID != "":
		set("identity_store_user_id", caller.UserID)
		set("identity_store_arn", arn.IdentityStore(s.Instance.OwnerAccountID, s.Instance.IdentityStoreID).String())
	}
	var audience any = in.Audiences
	if len(in.Audiences) == 1 {
		audience = in.Audiences[0]
	}
	return map[string]any{"sub": caller.PrincipalARN, "aud": audience, awsClaims: own}, nil
}

func (s *Service) roleTags(ctx context.Context, roleID string) (tags []idc.Tag, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		role, err := r.RoleByID(roleID)
		if err == nil {
			tags = append(tags, role.Tags...)
		}
		return err
	})
	return tags, err
}
