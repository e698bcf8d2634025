package permissionset

import (
	"context"
	"slices"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Service keeps permission sets.
type Service struct {
	Store  store.Store
	IDs    *ids.Source
	Quotas Quotas
	guard  Guard
}

// Guard refuses to let a permission set be changed. verb is what is about to be done:
// "modify" or "delete".
type Guard func(r store.Reader, id, verb string) error

// Guarded returns the service with a guard, which is asked in the transaction of each
// change of a permission set that exists.
func (s *Service) Guarded(g Guard) *Service {
	guarded := *s
	guarded.guard = g
	return &guarded
}

func (s *Service) admit(r store.Reader, id, verb string) error {
	if s.guard == nil {
		return nil
	}
	return s.guard(r, id, verb)
}

// Quotas bounds what may be stored. Zero fields stand for AWS's documented values.
type Quotas struct {
	PermissionSets int // per instance
	Policies       int // AWS and customer managed together, per permission set
}

// AWS's documented quotas.
const (
	defaultPermissionSets = 3500
	defaultPolicies       = 25
)

func (q Quotas) permissionSets() int { return orDefault(q.PermissionSets, defaultPermissionSets) }
func (q Quotas) policies() int       { return orDefault(q.Policies, defaultPolicies) }

func orDefault(n, fallback int) int {
	if n > 0 {
		return n
	}
	return fallback
}

// Get returns a permission set, or NotFound in AWS's words.
func (s *Service) Get(ctx context.Context, id string) (*idc.PermissionSet, error) {
	var ps *idc.PermissionSet
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		ps, err = Find(r, id)
		return err
	})
	return ps, err
}

// Find returns a permission set inside a transaction, or NotFound in AWS's words.
func Find(r store.PermissionSetReader, id string) (*idc.PermissionSet, error) {
	ps, err := r.PermissionSet(id)
	if idc.IsNotFound(err) {
		return nil, idc.NotFoundf("PermissionSet", id, "Could not find PermissionSet with id %s", id)
	}
	return ps, err
}

// List returns permission sets ordered by id.
func (s *Service) List(ctx context.Context, p store.Page) (sets []*idc.PermissionSet, next string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		sets, next, err = store.Fetch(p, r.ListPermissionSets, func(ps *idc.PermissionSet) string { return ps.ID })
		return err
	})
	return sets, next, err
}

// change runs edit on a copy of the permission set and stores the result. edit
// reports whether it changed what provisioning carries into accounts.
func (s *Service) change(ctx context.Context, change idc.ChangeSet, id string, edit func(r store.Reader, ps *idc.PermissionSet) (provision bool, err error)) (*idc.PermissionSet, error) {
	var out *idc.PermissionSet
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		found, err := Find(tx, id)
		if err != nil {
			return err
		}
		if err := s.admit(tx, id, "modify"); err != nil {
			return err
		}
		ps := clone(found)
		provision, err := edit(tx, ps)
		if err != nil {
			return err
		}
		if provision {
			ps.Revision++
		}
		out = ps
		return tx.PutPermissionSet(ps)
	})
	return out, err
}

func clone(ps *idc.PermissionSet) *idc.PermissionSet {
	c := *ps
	c.ManagedPolicies = slices.Clone(ps.ManagedPolicies)
	c.CustomerManaged = slices.Clone(ps.CustomerManaged)
	c.Tags = slices.Clone(ps.Tags)
	return &c
}
