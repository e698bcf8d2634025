package authz

import (
	"context"
	"sync"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// cachedRole is a role with its compiled documents.
type cachedRole struct {
	role      *idc.Role
	documents role.Documents
}

// cachedPlace is where an account stands in the organization, and which
// organization policies reach it there: one list per level, root first.
type cachedPlace struct {
	path       string // o-.../r-.../ou-.../, "" for an account outside
	scps, rcps [][]*policy.Policy
}

// cache holds what decisions need again and again.
type cache struct {
	byID, byName memory[cachedRole]
	places       memory[cachedPlace]
	tags         memory[tagged]        // by ARN
	organization memory[policy.Policy] // by the caller's account

	identityCenter memory[policy.Policy] // by whether it is for the delegated administrator
	delegations    memory[bool]          // by the caller's account
	instanceOwners memory[string]        // by the instance's id
	accountAccess  memory[policy.Policy] // likewise
	actors         memory[actor]         // by ARN of the application
	trail          memory[policy.Policy] // likewise

	// Session policies, which are compiled once and not at every call: inline ones
	// by their text, managed ones by their ARN.
	inline  memory[policy.Policy]
	managed memory[policy.Policy]
}

// maxCached bounds each memory; when one is full it starts over.
const maxCached = 4096

// memory remembers values that were read at one revision of the store. What the
// store says at a later one may be different, and is read again: a write that has
// returned to its caller counts in every decision that begins afterwards.
type memory[T any] struct {
	mu       sync.RWMutex
	revision uint64
	values   map[string]*T
}

// get returns the value of a key as it is at a revision, or reads and remembers it.
// The revision was asked for before the call.
func (m *memory[T]) get(key string, revision uint64, read func() (*T, error)) (*T, error) {
	m.mu.RLock()
	value := m.values[key]
	if m.revision != revision {
		value = nil
	}
	m.mu.RUnlock()
	if value != nil {
		return value, nil
	}
	value, err := read()
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case revision < m.revision:
		return value, nil // others have seen a later one
	case revision > m.revision, m.values == nil, len(m.values) >= maxCached:
		m.revision, m.values = revision, map[string]*T{}
	}
	m.values[key] = value
	return value, nil
}

// revision is the revision of all rows of some nouns together.
func (s *Service) revision(nouns ...store.Noun) (sum uint64) {
	for _, n := range nouns {
		sum += s.Store.RevisionOf(n)
	}
	return sum
}

// role returns the role with a unique id, if it still is in the account.
func (c *cache) role(ctx context.Context, s *Service, accountID, roleID string) (*cachedRole, error) {
	return c.byID.get(roleID, s.roleRevision(), func() (*cachedRole, error) {
		return s.readRole(ctx, func(r store.Reader) (*idc.Role, error) {
			found, err := r.RoleByID(roleID)
			if err == nil && found.AccountID != accountID {
				return nil, idc.NotFoundf("Role", roleID, "The role cannot be found.")
			}
			return found, err
		})
	})
}

func (c *cache) roleNamed(ctx context.Context, s *Service, accountID, name string) (*cachedRole, error) {
	return c.byName.get(accountID+"/"+name, s.roleRevision(), func() (*cachedRole, error) {
		return s.readRole(ctx, func(r store.Reader) (*idc.Role, error) { return r.Role(accountID, name) })
	})
}

// roleRevision changes with roles, the policies attached to them and the accounts they are in.
func (s *Service) roleRevision() uint64 {
	return s.revision(store.NounRole, store.NounManagedPolicy, store.NounAccount)
}

func (c *cache) place(ctx context.Context, s *Service, accountID string) (*cachedPlace, error) {
	revision := s.revision(store.NounAccount, store.NounOU, store.NounOrganization, store.NounOrganizationPolicy, store.NounPolicyAttachment)
	return c.places.get(accountID, revision, func() (*cachedPlace, error) { return s.readPlace(ctx, accountID) })
}

// resourceTags returns the tags of the resource that an ARN names.
func (c *cache) resourceTags(s *Service, resource string, read func() (*tagged, error)) (*tagged, error) {
	revision := s.revision(store.NounRole, store.NounManagedPolicy, store.NounSAMLProvider, store.NounOIDCProvider, store.NounInstance,
		store.NounPermissionSet, store.NounApplication, store.NounTrustedTokenIssuer, store.NounAccount, store.NounOU, store.NounOrganizationPolicy,
		store.NounOrganization, store.NounResourcePolicy, store.NounAccountAccess, store.NounTrail)
	return c.tags.get(resource, revision, read)
}

// inlineSession compiles a session policy that came with AssumeRole.
func (c *cache) inlineSession(document string) (*policy.Policy, error) {
	return c.inline.get(document, 0, func() (*policy.Policy, error) {
		parsed, err := policy.ParseStored(policy.SessionPolicy, []byte(document))
		if err != nil {
			return nil, idc.Errorf(idc.Internal, "a session policy does not parse").Because(err)
		}
		return parsed, nil
	})
}

// managedSession returns a managed policy that limits a session.
func (c *cache) managedSession(ctx context.Context, s *Service, policyARN string) (*policy.Policy, error) {
	return c.managed.get(policyARN, s.revision(store.NounManagedPolicy), func() (p *policy.Policy, err error) {
		err = s.Store.View(ctx, func(r store.Reader) error {
			p, err = s.Roles.ManagedDocument(r, policy.SessionPolicy, policyARN)
			return err
		})
		return p, err
	})
}

func (s *Service) readRole(ctx context.Context, find func(store.Reader) (*idc.Role, error)) (*cachedRole, error) {
	var out cachedRole
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		if out.role, err = find(r); err != nil {
			return err
		}
		if err := open(r, out.role); err != nil {
			return err
		}
		out.documents, err = s.Roles.Policies(r, out.role)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &out, nil
}

// open accepts a role whose account is in use. Of an account that is being closed,
// or is closed, no role is left for anybody: neither to act as nor to be assumed.
func open(r store.Reader, role *idc.Role) error {
	found, err := r.Account(role.AccountID)
	if err == nil && found.State != idc.AccountActive {
		return idc.NotFoundf("Role", role.ID, "The role cannot be found.")
	}
	if idc.IsNotFound(err) {
		return nil
	}
	return err
}

// readPlace finds the levels above an account, and what is attached to each.
func (s *Service) readPlace(ctx context.Context, accountID string) (*cachedPlace, error) {
	out := &cachedPlace{}
	err := s.Store.View(ctx, func(r store.Reader) error {
		found, err := r.Account(accountID)
		if idc.IsNotFound(err) || err == nil && !found.InOrganization() {
			return nil // outside the organization: no path, no organization policies
		}
		if err != nil {
			return err
		}
		levels, err := account.Ancestors(r, found.ParentID)
		if err != nil {
			return err
		}
		out.path = s.Instance.OrganizationID + "/"
		for _, level := range levels {
			out.path += level + "/"
		}
		for _, level := range append(levels, accountID) {
			if err := s.addLevel(r, out, level); err != nil {
				return err
			}
		}
		return limitTypes(r, out)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// addLevel adds the organization policies attached to one root, OU or account.
func (s *Service) addLevel(r store.Reader, out *cachedPlace, target string) error {
	attachments, err := r.ListAttachmentsOfTarget(target)
	if err != nil {
		return err
	}
	var scps, rcps []*policy.Policy
	for _, a := range attachments {
		p, err := r.OrganizationPolicy(a.PolicyID)
		if err != nil {
			return err
		}
		switch p.Type {
		case account.TypeSCP:
			parsed, err := policy.ParseStored(policy.ServiceControlPolicy, []byte(p.Content))
			if err != nil {
				return err
			}
			scps = append(scps, parsed.Named(p.ID))
		case account.TypeRCP:
			parsed, err := policy.ParseStored(policy.ResourceControlPolicy, []byte(p.Content))
			if err != nil {
				return err
			}
			rcps = append(rcps, parsed.Named(p.ID))
		}
	}
	out.scps, out.rcps = append(out.scps, scps), append(out.rcps, rcps)
	return nil
}

// limitTypes drops the levels of a policy type that limits nobody.
func limitTypes(r store.Reader, out *cachedPlace) error {
	o, err := r.Organization()
	if err != nil {
		return err
	}
	out.scps = limiting(o, account.TypeSCP, out.scps)
	out.rcps = limiting(o, account.TypeRCP, out.rcps)
	return nil
}

// limiting drops all levels of a type that is not enabled, or is attached nowhere on
// the path. Where a type is in use every level holds at least one policy of it
// (package account sees to that), and a level without any blocks everything.
func limiting(o *idc.Organization, policyType idc.PolicyType, levels [][]*policy.Policy) [][]*policy.Policy {
	for _, level := range levels {
		if len(level) > 0 && o.Enabled(policyType) {
			return levels
		}
	}
	return nil
}
