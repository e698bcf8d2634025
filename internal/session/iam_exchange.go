package session

import (
	"slices"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/application"
	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// redeemSubject exchanges an access token of another client for one of the
// application (RFC 8693): the way a person's identity is passed from application to
// application. The one that has the token must name this one as a target of a scope
// of the token; a public client must be bound to this application.
func (s *Service) redeemSubject(in ApplicationTokenRequest) (redeemApplication, error) {
	switch {
	case in.SubjectToken == "" || in.SubjectTokenType == "":
		return nil, invalidRequest("subjectToken and subjectTokenType are required.")
	case in.SubjectTokenType != TypeAccessToken:
		return nil, invalidRequest("subjectTokenType must be %s.", TypeAccessToken)
	case in.RequestedTokenType != "" && in.RequestedTokenType != TypeAccessToken && in.RequestedTokenType != TypeRefreshToken:
		return nil, invalidRequest("requestedTokenType must be %s or %s.", TypeAccessToken, TypeRefreshToken)
	}
	hash := authn.HashToken(in.SubjectToken)
	return func(tx store.Tx, a *idc.Application, _ *idc.Instance) (*applicationGrant, error, error) {
		if in.RequestedTokenType == TypeRefreshToken && !a.Grants.RefreshToken {
			return nil, nil, idc.Errorf(idc.Invalid, "The application has no grant of the type %s.", idc.GrantRefreshToken).With(idc.ReasonUnauthorizedClient)
		}
		subject, err := tx.TokenByHash(hash)
		if idc.IsNotFound(err) {
			return nil, invalidGrant("unknown subject token"), nil
		}
		if err != nil {
			return nil, nil, err
		}
		if subject.Class != idc.TokenAccess || !subject.ActiveAt(s.now()) {
			return nil, invalidGrant("the subject token is no access token, revoked or expired"), nil
		}
		passes, err := mayPass(tx, subject, a)
		if err != nil {
			return nil, nil, err
		}
		if !passes {
			return nil, invalidGrant("the subject token was issued to a client that does not pass it to this application"), nil
		}
		g := &applicationGrant{userID: subject.UserID, actor: subject.ClientID, since: subject.IssuedAt}
		g.sessionID = subject.SessionID
		if !slices.Contains(subject.Scopes, ScopeAccountAccess) {
			g.scopes = withoutPortal(a)
		}
		g.ends, err = s.endOf(tx, subject)
		return g, nil, err
	}, nil
}

// endOf is when what a token came from ends: with the refresh token beside it, or else
// with itself. Applications that pass a token to and fro must not keep it alive.
func (s *Service) endOf(r store.Reader, subject *idc.Token) (time.Time, error) {
	family, err := r.ListTokensOfFamily(subject.FamilyID)
	ends := subject.ExpiresAt
	for _, t := range family {
		if t.Class == idc.TokenRefresh && t.ActiveAt(s.now()) && t.ExpiresAt.After(ends) {
			ends = t.ExpiresAt
		}
	}
	return ends, err
}

// mayPass reports whether whoever has a token may pass it to an application.
func mayPass(r store.Reader, subject *idc.Token, to *idc.Application) (bool, error) {
	from, err := application.ByARN(r, subject.ClientID)
	if idc.IsNotFound(err) {
		client, err := r.Client(subject.ClientID)
		if idc.IsNotFound(err) {
			return false, nil
		}
		return err == nil && client.ApplicationARN == to.ARN, err
	}
	if err != nil || from.ID == to.ID || from.InstanceID != to.InstanceID {
		return false, err
	}
	instance, serves, err := application.Serves(r, from)
	if err != nil || !serves {
		return false, err
	}
	return slices.ContainsFunc(from.Scopes, func(scope idc.AccessScope) bool {
		reaches := len(scope.Targets) == 0 || slices.Contains(scope.Targets, to.ARN) || slices.Contains(scope.Targets, instance.ARN)
		return reaches && slices.Contains(subject.Scopes, scope.Scope)
	}), nil
}

// withoutPortal are the scopes of an application but those that open AWS accounts:
// an exchange must not give what the exchanged token did not have.
func withoutPortal(a *idc.Application) []string {
	out := defaultScopes()
	for _, scope := range a.Scopes {
		if scope.Scope != ScopeAccountAccess && scope.Scope != ScopePortal {
			out = append(out, scope.Scope)
		}
	}
	return out
}
