package dryrun

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/provisioning"
)

// Target remembers roles. It is safe for concurrent use; its zero value is ready.
type Target struct {
	mu    sync.Mutex
	roles map[key]provisioning.Role
}

type key struct{ accountID, name string }

// Apply remembers the role.
func (t *Target) Apply(_ context.Context, _ idc.ChangeSet, d provisioning.Definition) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.roles == nil {
		t.roles = map[key]provisioning.Role{}
	}
	t.roles[key{d.AccountID, idc.FoldName(d.Name)}] = d.Role
	return nil
}

// Read returns the role that would be there, or nil.
func (t *Target) Read(_ context.Context, accountID, roleName string) (*provisioning.Role, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	role, ok := t.roles[key{accountID, idc.FoldName(roleName)}]
	if !ok {
		return nil, nil
	}
	return &role, nil
}

// Remove forgets the role.
func (t *Target) Remove(_ context.Context, _ idc.ChangeSet, accountID, roleName string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.roles, key{accountID, idc.FoldName(roleName)})
	return nil
}

// Roles returns what would be there, ordered by account and name.
func (t *Target) Roles() []provisioning.Role {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]provisioning.Role, 0, len(t.roles))
	for _, role := range t.roles {
		out = append(out, role)
	}
	slices.SortFunc(out, func(a, b provisioning.Role) int {
		return cmp.Or(cmp.Compare(a.AccountID, b.AccountID), cmp.Compare(a.Name, b.Name))
	})
	return out
}
