package sts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/assignment"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/permissionset"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// RoleCredentials mints credentials of a permission set's role in an account
// for a signed-in person (GetRoleCredentials, Portal API Reference). Access is
// decided anew on every call unless nothing was written since the last decision.
func (s *Service) RoleCredentials(ctx context.Context, caller idc.Caller, accountID, permissionSetName string) (*idc.Credentials, error) {
	key, revision, now := sessionKey{caller.UserID, accountID, permissionSetName}, s.Store.Revision(), s.Clock.Now()
	session, ok := s.sessions.get(key, revision, now)
	if !ok {
		session.UserID = caller.UserID
		err := s.Store.View(ctx, func(r store.Reader) error { return s.prepare(r, &session, accountID, permissionSetName) })
		if err != nil {
			return nil, err
		}
		var until time.Time
		if !session.NotAfter.IsZero() { // another assignment may begin that lasts longer
			until = soonest(now, session.NotAfter)
		}
		s.sessions.put(key, revision, answer[Session]{session, now, until})
	}
	session.SessionID, session.MFAAt = caller.SessionID, caller.MFAAt
	if err := s.admit(ctx, &session); err != nil {
		return nil, err
	}
	creds, issued, err := s.Issue(session)
	if err != nil {
		return nil, err
	}
	return creds, s.recordHop(session, creds, issued)
}

// sessionKey names what credentials are asked for.
type sessionKey struct{ userID, accountID, permissionSet string }

func noAccess() *idc.Error { return idc.Errorf(idc.Denied, "No access") }

// prepare finds the reason for the credentials and the role they are of.
func (s *Service) prepare(r store.Reader, out *Session, accountID, permissionSetName string) error {
	set, err := r.PermissionSetByName(permissionSetName)
	if idc.IsNotFound(err) {
		return noAccess() // the same answer as for a set that is not the caller's
	}
	if err != nil {
		return err
	}
	grant, ok, err := assignment.EffectiveOf(r, out.UserID, accountID, set.ID, s.Clock.Now())
	if err != nil {
		return err
	}
	if !ok {
		return noAccess()
	}
	user, err := r.User(out.UserID)
	if err != nil {
		return err
	}
	provisioned, err := r.Provisioning(accountID, set.ID)
	if idc.IsNotFound(err) {
		return notProvisioned(permissionSetName, accountID)
	}
	if err != nil {
		return err
	}
	out.Role, err = r.Role(accountID, provisioned.RoleName)
	if idc.IsNotFound(err) {
		return notProvisioned(permissionSetName, accountID)
	}
	if err != nil {
		return err
	}
	if out.Duration, err = permissionset.ParseDuration(set.SessionDuration); err != nil {
		return err
	}
	instance, err := r.Instance()
	if err != nil {
		return err
	}
	out.SessionName = SessionName(user.UserName, user.ID)
	out.Federation = federationOf(instance, accountID, out.SessionName)
	out.NotAfter = grant.Validity.EndsAt
	out.AssignmentID = grant.AssignmentID
	return nil
}

func notProvisioned(permissionSet, accountID string) error {
	return idc.NotFoundf("Role", permissionSet, "The role %s is not provisioned in account %s yet. Try again in a moment.", permissionSet, accountID)
}

var notInSessionName = regexp.MustCompile(`[^\w+=,.@-]`)

// SessionName is the role session name of a user: the user name where STS allows
// it ([\w+=,.@-]{2,64}). Otherwise characters are replaced and a digest of
// the user id is added, so that two people can never share a session name.
func SessionName(userName, userID string) string {
	name := notInSessionName.ReplaceAllString(userName, "_")
	if name == userName && len(name) >= 2 && len(name) <= 64 {
		return name
	}
	sum := sha256.Sum256([]byte(userID))
	digest := "-" + hex.EncodeToString(sum[:4])
	if len(name) > 64-len(digest) {
		name = name[:64-len(digest)]
	}
	return name + digest
}

// Access is an account that a person may use, with the names of the permission
// sets to use it with.
type Access struct {
	Account        *idc.Account
	PermissionSets []Entry
}

// Entry is one permission set in an account. EndsAt is zero when the access has no end.
type Entry struct {
	Name        string
	Description string
	EndsAt      time.Time
}

// ListAccess returns what a person may use now, by account id and then by name
// of the permission set (ListAccounts and ListAccountRoles, Portal API
// Reference): one entry per account, one per permission set, whatever the number of
// assignments behind it. The list is not the caller's to change.
func (s *Service) ListAccess(ctx context.Context, userID string) ([]Access, error) {
	revision, now := s.Store.Revision(), s.Clock.Now()
	list, ok := s.access.get(userID, revision, now)
	if ok {
		return list, nil
	}
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		list, err = listAccess(r, userID, now)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.access.put(userID, revision, answer[[]Access]{list, now, soonest(now, firstEnd(list))})
	return list, nil
}

// firstEnd is when something of a list ends, or zero.
func firstEnd(list []Access) (end time.Time) {
	for _, a := range list {
		for _, e := range a.PermissionSets {
			if !e.EndsAt.IsZero() && (end.IsZero() || e.EndsAt.Before(end)) {
				end = e.EndsAt
			}
		}
	}
	return end
}

func listAccess(r store.Reader, userID string, now time.Time) ([]Access, error) {
	grants, err := assignment.Effective(r, userID, now)
	if err != nil {
		return nil, err
	}
	sets := map[string]*idc.PermissionSet{}
	var list []Access
	for _, g := range grants {
		set := sets[g.PermissionSetID]
		if set == nil {
			if set, err = r.PermissionSet(g.PermissionSetID); err != nil {
				return nil, err
			}
			sets[g.PermissionSetID] = set
		}
		if len(list) == 0 || list[len(list)-1].Account.ID != g.AccountID {
			account, err := r.Account(g.AccountID)
			if err != nil {
				return nil, err
			}
			list = append(list, Access{Account: account})
		}
		list[len(list)-1].add(set, g.Validity.EndsAt)
	}
	return list, nil
}

// add adds a permission set once, with the latest of its ends, in order of names.
func (a *Access) add(set *idc.PermissionSet, endsAt time.Time) {
	at := len(a.PermissionSets)
	for i := range a.PermissionSets {
		e := &a.PermissionSets[i]
		if e.Name == set.Name {
			if endsAt.IsZero() || (!e.EndsAt.IsZero() && endsAt.After(e.EndsAt)) {
				e.EndsAt = endsAt
			}
			return
		}
		if at == len(a.PermissionSets) && strings.Compare(set.Name, e.Name) < 0 {
			at = i
		}
	}
	a.PermissionSets = append(a.PermissionSets, Entry{})
	copy(a.PermissionSets[at+1:], a.PermissionSets[at:])
	a.PermissionSets[at] = Entry{Name: set.Name, Description: set.Description, EndsAt: endsAt}
}
