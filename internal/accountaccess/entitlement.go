package accountaccess

import (
	"context"
	"slices"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Definition is what a new entitlement gives to whom.
type Definition struct {
	PrincipalType idc.PrincipalType
	PrincipalID   string
	RoleARN       string
}

// Entitle makes an entitlement and returns its id; what is entitled already keeps
// its id. by is the standing of who asks.
func (s *Service) Entitle(ctx context.Context, change idc.ChangeSet, by Standing, applicationARN string, d Definition) (string, error) {
	if err := s.verify(ctx, by, applicationARN, d.RoleARN); err != nil {
		return "", err
	}
	id := s.IDs.UUID()
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		a, err := find(tx, applicationARN)
		if err != nil {
			return err
		}
		if _, err := entitled(tx, d.RoleARN); err != nil { // it may have gone since it was verified
			return err
		}
		if err := known(tx, a, d); err != nil {
			return err
		}
		existing, err := existing(tx, a.ID, d)
		if err != nil {
			return err
		}
		if existing != nil && (existing.Validity.EndsAt.IsZero() || change.At.Before(existing.Validity.EndsAt)) {
			id = existing.ID
			return nil
		}
		if existing != nil { // it has ended, and is swept later
			if err := tx.DeleteEntitlement(existing.ID); err != nil {
				return err
			}
		}
		if err := s.roomForGroup(tx, d); err != nil {
			return err
		}
		return tx.PutEntitlement(&idc.Entitlement{ID: id, ApplicationID: a.ID, PrincipalType: d.PrincipalType, PrincipalID: d.PrincipalID,
			RoleARN: d.RoleARN, CreatedAt: change.At})
	})
	return id, err
}

// verify checks that a role may be entitled: it is there, in an account that is the
// caller's to administer, and lets the service in. It runs before the transaction,
// because policies are read in transactions of their own.
func (s *Service) verify(ctx context.Context, by Standing, applicationARN, roleARN string) error {
	var a *idc.AccountAccessApplication
	var role *idc.Role
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		if a, err = find(r, applicationARN); err != nil {
			return err
		}
		if err := administers(by, a, roleARN); err != nil {
			return err
		}
		role, err = entitled(r, roleARN)
		return err
	})
	if err != nil || s.Admits == nil {
		return err
	}
	err = s.Admits(ctx, role, Actor(a))
	if idc.KindOf(err) == idc.Denied {
		return idc.Errorf(idc.Invalid, "Error verifying role %s: its trust policy must allow %s sts:AssumeRole and sts:SetContext, "+
			"and no resource control policy may keep it out.", roleARN, ServicePrincipal).Because(err)
	}
	return err
}

// administers refuses a delegated administrator who reaches for the management
// account: its roles rule the organization.
func administers(by Standing, a *idc.AccountAccessApplication, roleARN string) error {
	account, _, _, err := arn.ParseRole(roleARN)
	if err != nil {
		return idc.Errorf(idc.Invalid, "The role ARN %s is invalid.", roleARN).Because(err)
	}
	if by != Management && account == a.AccountID {
		return idc.Errorf(idc.Denied, "A delegated administrator cannot manage access to roles of the management account: %s", roleARN)
	}
	return nil
}

// entitled returns the role that an ARN names, in an active account of the organization.
func entitled(r store.Reader, roleARN string) (*idc.Role, error) {
	refused := func(why string) error { return idc.Errorf(idc.Invalid, "Error verifying role %s: %s", roleARN, why) }
	accountID, _, name, err := arn.ParseRole(roleARN)
	if err != nil {
		return nil, idc.Errorf(idc.Invalid, "The role ARN %s is invalid.", roleARN).Because(err)
	}
	account, err := r.Account(accountID)
	if idc.IsNotFound(err) || err == nil && (!account.InOrganization() || account.State != idc.AccountActive) {
		return nil, refused("its account is not an active account of the organization.")
	}
	if err != nil {
		return nil, err
	}
	role, err := r.Role(accountID, name)
	if idc.IsNotFound(err) || err == nil && role.ARN != roleARN {
		return nil, refused("the role does not exist.")
	}
	return role, err
}

// known refuses a principal that the identity store of the application's instance does not know.
func known(r store.Reader, a *idc.AccountAccessApplication, d Definition) error {
	in, err := r.InstanceByID(a.InstanceID)
	if err != nil {
		return err
	}
	var storeID string
	if d.PrincipalType == idc.PrincipalGroup {
		var g *idc.Group
		if g, err = r.Group(d.PrincipalID); err == nil {
			storeID = g.IdentityStoreID
		}
	} else {
		var u *idc.User
		if u, err = r.User(d.PrincipalID); err == nil {
			storeID = u.IdentityStoreID
		}
	}
	if idc.IsNotFound(err) || err == nil && storeID != in.IdentityStoreID {
		return idc.NotFoundf(string(d.PrincipalType), d.PrincipalID, "Could not find %s with id %s", d.PrincipalType, d.PrincipalID)
	}
	return err
}

func existing(r store.AccountAccessReader, applicationID string, d Definition) (*idc.Entitlement, error) {
	list, err := r.ListEntitlementsOfPrincipal(d.PrincipalType, d.PrincipalID, store.Page{})
	at := slices.IndexFunc(list, func(e *idc.Entitlement) bool { return e.ApplicationID == applicationID && e.RoleARN == d.RoleARN })
	if err != nil || at < 0 {
		return nil, err
	}
	return list[at], nil
}

func (s *Service) roomForGroup(r store.AccountAccessReader, d Definition) error {
	if d.PrincipalType != idc.PrincipalGroup {
		return nil
	}
	list, err := r.ListEntitlementsOfRole(d.RoleARN, store.Page{})
	if err != nil {
		return err
	}
	groups := 0
	for _, e := range list {
		if e.PrincipalType == idc.PrincipalGroup {
			groups++
		}
	}
	if limit := s.Quotas.groupsPerRole(); groups >= limit {
		return idc.Errorf(idc.QuotaExceeded, "The maximum number of groups assigned to the role %s is reached: %d.", d.RoleARN, limit)
	}
	return nil
}

// Entitlement is an entitlement with the account of its role.
type Entitlement struct {
	*idc.Entitlement
	AccountID   string
	AccountName string // "" when the account is gone
}

func missingEntitlement(id string) *idc.Error {
	return idc.NotFoundf("Entitlement", id, "Entitlement not found: %s", id)
}

// findEntitlement returns an entitlement of an application, or NotFound.
func findEntitlement(r store.AccountAccessReader, a *idc.AccountAccessApplication, id string) (*idc.Entitlement, error) {
	e, err := r.Entitlement(id)
	if idc.IsNotFound(err) || err == nil && e.ApplicationID != a.ID {
		return nil, missingEntitlement(id)
	}
	return e, err
}

// Entitlement returns an entitlement of an application, or NotFound.
func (s *Service) Entitlement(ctx context.Context, applicationARN, id string) (out Entitlement, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		a, err := find(r, applicationARN)
		if err != nil {
			return err
		}
		e, err := findEntitlement(r, a, id)
		if err != nil {
			return err
		}
		out, err = located(r, e)
		return err
	})
	return out, err
}

// located adds the account to an entitlement.
func located(r store.AccountReader, e *idc.Entitlement) (Entitlement, error) {
	accountID, _, _, err := arn.ParseRole(e.RoleARN)
	if err != nil {
		return Entitlement{}, err
	}
	out := Entitlement{Entitlement: e, AccountID: accountID}
	account, err := r.Account(accountID)
	if idc.IsNotFound(err) {
		return out, nil
	}
	if err == nil {
		out.AccountName = account.Name
	}
	return out, err
}

// Filter narrows a list of entitlements: all that is given must match. A user's do
// not include those of its groups.
type Filter struct {
	PrincipalType idc.PrincipalType // "" for any principal
	PrincipalID   string
	RoleARN       string
	AccountID     string
}

// ListEntitlements returns entitlements of an application, ordered by id.
func (s *Service) ListEntitlements(ctx context.Context, applicationARN string, f Filter, p store.Page) (out []Entitlement, next string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		a, err := find(r, applicationARN)
		if err != nil {
			return err
		}
		matching := func(p store.Page) ([]*idc.Entitlement, error) { return collect(r, a.ID, f, p) }
		list, cursor, err := store.Fetch(p, matching, func(e *idc.Entitlement) string { return e.ID })
		if err != nil {
			return err
		}
		out, next = make([]Entitlement, 0, len(list)), cursor
		for _, e := range list {
			one, err := located(r, e)
			if err != nil {
				return err
			}
			out = append(out, one)
		}
		return nil
	})
	return out, next, err
}

// scanned is how many entitlements are read at a time when many of them may not match.
const scanned = 500

// collect reads through the narrowest list there is until a page is full.
func collect(r store.AccountAccessReader, applicationID string, f Filter, p store.Page) ([]*idc.Entitlement, error) {
	var out []*idc.Entitlement
	at := store.Page{After: p.After, Limit: scanned}
	for {
		var chunk []*idc.Entitlement
		var err error
		switch {
		case f.PrincipalType != "":
			chunk, err = r.ListEntitlementsOfPrincipal(f.PrincipalType, f.PrincipalID, at)
		case f.RoleARN != "":
			chunk, err = r.ListEntitlementsOfRole(f.RoleARN, at)
		default:
			chunk, err = r.ListEntitlements(applicationID, at)
		}
		if err != nil {
			return nil, err
		}
		for _, e := range chunk {
			if e.ApplicationID == applicationID && f.matches(e) {
				out = append(out, e)
			}
			if p.Limit > 0 && len(out) == p.Limit {
				return out, nil
			}
		}
		if len(chunk) < scanned {
			return out, nil
		}
		at.After = chunk[scanned-1].ID
	}
}

func (f Filter) matches(e *idc.Entitlement) bool {
	if f.RoleARN != "" && e.RoleARN != f.RoleARN {
		return false
	}
	if f.AccountID == "" {
		return true
	}
	account, _, _, err := arn.ParseRole(e.RoleARN)
	return err == nil && account == f.AccountID
}

// Remove ends an entitlement and voids the credentials it gave. One that is not
// there is left as it is. by is the standing of who asks.
func (s *Service) Remove(ctx context.Context, change idc.ChangeSet, by Standing, applicationARN, id string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		a, err := find(tx, applicationARN)
		if err != nil {
			return err
		}
		e, err := findEntitlement(tx, a, id)
		if idc.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := administers(by, a, e.RoleARN); err != nil {
			return err
		}
		return retire(tx, change, e, "the entitlement was deleted")
	})
}
