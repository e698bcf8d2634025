package sts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/accesscontrol"
	"github.com/gatehouse-idc/gatehouse/internal/assignment"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/permissionset"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// RoleCredentials mints credentials of a permission set's role in an account, or of
// a role the person is entitled to (entitlement.go), for a signed-in person
// (GetRoleCredentials, Portal API Reference). Access is
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
		return prepareEntitled(r, out, accountID, permissionSetName, s.Clock.Now())
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
	if out.Tags, err = tagsOf(r, instance, user); err != nil {
		return err
	}
	out.SessionName = SessionName(user.UserName, user.ID)
	out.Federation = federationOf(instance, accountID, out.SessionName)
	out.NotAfter = grant.Validity.EndsAt
	out.AssignmentID = grant.AssignmentID
	return nil
}

// tagsOf returns the person's attributes for access control. They share the space
// of session policies and tags with what AssumeRole takes.
func tagsOf(r store.AccessControlReader, instance *idc.Instance, user *idc.User) ([]idc.Tag, error) {
	configuration, err := r.AccessControl(instance.ID)
	if err != nil && !idc.IsNotFound(err) {
		return nil, err
	}
	if err != nil {
		return nil, nil // attributes for access control are off
	}
	tags, err := accesscontrol.Tags(configuration, user)
	if err != nil {
		return nil, err
	}
	if size := PackedPolicySize(AssumeRoleInput{Tags: tags}); size > 100 {
		return nil, idc.Errorf(idc.Invalid, "The attributes for access control consume %d%% of the allotted space of session tags. "+
			"Ask your administrator to configure fewer or shorter ones.", size).With(idc.ReasonPolicyTooLarge)
	}
	return tags, nil
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

// Access is an account that a person may use, with the roles to use it with.
type Access struct {
	Account *idc.Account
	Roles   []Entry
}

// Entry is one permission set in an account, or a role that exists there anyhow.
// EndsAt is zero when the access has no end.
type Entry struct {
	Name        string // for RoleCredentials
	Description string
	EndsAt      time.Time
	RoleARN     string // of a role that the person is entitled to; "" for a permission set
}

// ListAccess returns what a person may use now, by account id and then by name
// of the role (ListAccounts and ListAccountRoles, Portal API
// Reference): one entry per account, one per role, whatever the number of
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
		for _, e := range a.Roles {
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
	return withEntitled(r, list, userID, now)
}

// add adds a permission set once, with the latest of its ends, in order of names.
func (a *Access) add(set *idc.PermissionSet, endsAt time.Time) {
	at := len(a.Roles)
	for i := range a.Roles {
		e := &a.Roles[i]
		if e.Name == set.Name {
			if endsAt.IsZero() || (!e.EndsAt.IsZero() && endsAt.After(e.EndsAt)) {
				e.EndsAt = endsAt
			}
			return
		}
		if at == len(a.Roles) && strings.Compare(set.Name, e.Name) < 0 {
			at = i
		}
	}
	a.Roles = append(a.Roles, Entry{})
	copy(a.Roles[at+1:], a.Roles[at:])
	a.Roles[at] = Entry{Name: set.Name, Description: set.Description, EndsAt: endsAt}
}
