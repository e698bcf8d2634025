package session

import (
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/application"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// isApplication tells the clients that are applications from those that registered.
func isApplication(clientID string) bool { return strings.HasPrefix(clientID, "arn:") }

// applicationBearer reads for whom an application reaches AWS accounts ("Enable AWS
// account access for customer managed applications", IAM Identity Center User Guide):
// as long as it still may, and the person may use it.
func (s *Service) applicationBearer(r store.Reader, token *idc.Token) (idc.Caller, error) {
	a, err := application.ByARN(r, token.ClientID)
	if idc.IsNotFound(err) {
		return idc.Caller{}, signInAgain()
	}
	if err != nil {
		return idc.Caller{}, err
	}
	in, serves, err := application.Serves(r, a)
	if err != nil {
		return idc.Caller{}, err
	}
	opens := func(scope idc.AccessScope) bool { return scope.Scope == ScopeAccountAccess }
	if !slices.Contains(token.Scopes, ScopeAccountAccess) || !serves || in.Kind != idc.InstanceOfOrganization || !slices.ContainsFunc(a.Scopes, opens) {
		return idc.Caller{}, signInAgain()
	}
	g := &applicationGrant{userID: token.UserID, since: token.IssuedAt}
	g.sessionID = token.SessionID
	failure, err := s.entitled(r, a, in, g)
	if err != nil {
		return idc.Caller{}, err
	}
	if failure != nil {
		return idc.Caller{}, signInAgain()
	}
	user, err := r.User(g.userID)
	if err != nil {
		return idc.Caller{}, err
	}
	return idc.Caller{
		Type: idc.CallerIdentityCenterUser, AccountID: in.OwnerAccountID, UserID: user.ID, SessionName: user.UserName,
		CredentialID: token.ID, SessionID: token.SessionID, IssuedAt: token.IssuedAt, ExpiresAt: token.ExpiresAt,
	}, nil
}
