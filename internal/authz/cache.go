package authz

import (
	"context"
	"sync"

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

// maxCached bounds each map; when one is full it starts over.
const maxCached = 4096

// cache holds what decisions need again and again. Its generation keeps a slow
// load from storing what was read before a Forget.
type cache struct {
	mu         sync.RWMutex
	generation uint64
	byID       map[string]*cachedRole
	byName     map[string]*cachedRole
	places     map[string]*cachedPlace
	tags       map[string]*tagged // by ARN
}

// Forget drops what an event of store.Watch makes stale.
func (s *Service) Forget(e store.Event) {
	c := &s.cache
	c.mu.Lock()
	defer c.mu.Unlock()
	switch e.Noun {
	case store.NounRole, store.NounManagedPolicy:
		c.byID, c.byName, c.tags = nil, nil, nil
	case store.NounAccount, store.NounOU, store.NounOrganizationPolicy:
		c.places, c.tags = nil, nil
	case store.NounPolicyAttachment:
		c.places = nil
	case store.NounSAMLProvider, store.NounPermissionSet, store.NounInstance:
		c.tags = nil
	case store.NounLost:
		c.byID, c.byName, c.places, c.tags = nil, nil, nil, nil
	default:
		return
	}
	c.generation++
}

// role returns the role with a unique id, if it still is in the account.
func (c *cache) role(ctx context.Context, s *Service, accountID, roleID string) (*cachedRole, error) {
	return load(c, &c.byID, roleID, func() (*cachedRole, error) {
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
	return load(c, &c.byName, accountID+"/"+name, func() (*cachedRole, error) {
		return s.readRole(ctx, func(r store.Reader) (*idc.Role, error) { return r.Role(accountID, name) })
	})
}

func (c *cache) place(ctx context.Context, s *Service, accountID string) (*cachedPlace, error) {
	return load(c, &c.places, accountID, func() (*cachedPlace, error) { return s.readPlace(ctx, accountID) })
}

// load returns a cached value or reads and remembers it.
func load[T any](c *cache, m *map[string]*T, key string, read func() (*T, error)) (*T, error) {
	c.mu.RLock()
	value, generation := (*m)[key], c.generation
	c.mu.RUnlock()
	if value != nil {
		return value, nil
	}
	value, err := read()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.generation == generation {
		if *m == nil || len(*m) >= maxCached {
			*m = map[string]*T{}
		}
		(*m)[key] = value
	}
	return value, nil
}

func (s *Service) readRole(ctx context.Context, find func(store.Reader) (*idc.Role, error)) (*cachedRole, error) {
	var out cachedRole
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		if out.role, err = find(r); err != nil {
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

// readPlace walks from an account up to the root.
func (s *Service) readPlace(ctx context.Context, accountID string) (*cachedPlace, error) {
	out := &cachedPlace{}
	err := s.Store.View(ctx, func(r store.Reader) error {
		account, err := r.Account(accountID)
		if idc.IsNotFound(err) {
			return nil // outside the organization: no path, no organization policies
		}
		if err != nil {
			return err
		}
		levels := []string{accountID}
		path := ""
		for parent := account.ParentID; parent != ""; {
			levels = append(levels, parent)
			path = parent + "/" + path
			if parent == s.Instance.RootID {
				break
			}
			ou, err := r.OU(parent)
			if err != nil {
				return err
			}
			parent = ou.ParentID
		}
		out.path = s.Instance.OrganizationID + "/" + path
		for i := len(levels) - 1; i >= 0; i-- {
			if err := s.addLevel(r, out, levels[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out.scps, out.rcps = unlessEmpty(out.scps), unlessEmpty(out.rcps)
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
		case "SERVICE_CONTROL_POLICY":
			parsed, err := policy.ParseStored(policy.ServiceControlPolicy, []byte(p.Content))
			if err != nil {
				return err
			}
			scps = append(scps, parsed.Named(p.ID))
		case "RESOURCE_CONTROL_POLICY":
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

// unlessEmpty drops the levels of a policy type that is attached nowhere: the
// type is not enabled, so it limits nobody. Enabling a type attaches AWS's
// full-access policy at every level.
func unlessEmpty(levels [][]*policy.Policy) [][]*policy.Policy {
	for _, level := range levels {
		if len(level) > 0 {
			return levels
		}
	}
	return nil
}
