package orgfile

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Index is a File with its references followed.
type Index struct {
	File *File

	Management *Account
	accounts   table[Account]
	units      map[string]*OrganizationalUnit // by path and by id
	sets       table[PermissionSet]
	users      table[User]
	groups     table[Group]

	groupsOf map[*User][]*Group
	direct   map[any][]Grant // by *User or *Group
	attached map[target][]*OrganizationPolicy
	aws      map[string]*ManagedPolicy
}

// target is a *OrganizationalUnit, nil for the root, or an *Account.
type target struct {
	account *Account
	unit    *OrganizationalUnit
}

// Grant is a permission set in an account that somebody holds.
type Grant struct {
	Account       *Account
	PermissionSet *PermissionSet
	Group         *Group // by which a user holds it, nil when directly
}

// table finds things by id or by name.
type table[T any] struct {
	kind   string // as an error calls it
	byID   map[string]*T
	byName map[string][]*T   // in lower case
	names  map[string]string // as written, by the same
}

func tableOf[T any](kind string, list []T, nameAndID func(*T) (name, id string)) (table[T], error) {
	t := table[T]{kind: kind, byID: map[string]*T{}, byName: map[string][]*T{}, names: map[string]string{}}
	for i := range list {
		v := &list[i]
		name, id := nameAndID(v)
		if id == "" || name == "" {
			return t, fmt.Errorf("a %s without name or id: %q %q", kind, name, id)
		}
		if t.byID[id] != nil {
			return t, fmt.Errorf("two of kind %s with the id %s", kind, id)
		}
		t.byID[id] = v
		lower := strings.ToLower(name)
		t.byName[lower] = append(t.byName[lower], v)
		t.names[lower] = name
	}
	return t, nil
}

// find returns the thing that a reference means: an id, or a name that only one has. Letter case does not matter in
// names, as it does not in the identity store.
func (t table[T]) find(ref string) (*T, error) {
	if v := t.byID[ref]; v != nil {
		return v, nil
	}
	switch list := t.byName[strings.ToLower(ref)]; len(list) {
	case 0:
		return nil, fmt.Errorf("no %s is called %q%s", t.kind, ref, t.similar(ref))
	case 1:
		return list[0], nil
	default:
		return nil, fmt.Errorf("%d of kind %s are called %q; use an id", len(list), t.kind, ref)
	}
}

// similar offers names for one that is not there.
func (t table[T]) similar(ref string) string {
	const few = 8
	ref = strings.ToLower(ref)
	var near []string
	for lower, name := range t.names {
		if len(t.names) <= few || ref != "" && (strings.Contains(lower, ref) || strings.Contains(ref, lower)) {
			near = append(near, name)
		}
	}
	if len(near) == 0 {
		return ""
	}
	slices.Sort(near)
	return "; there is " + strings.Join(near[:min(len(near), few)], ", ")
}

// Index follows the references of a file. A file in which one leads nowhere describes no organization and is refused.
func (f *File) Index() (*Index, error) {
	ix := &Index{
		File: f, units: map[string]*OrganizationalUnit{}, groupsOf: map[*User][]*Group{},
		direct: map[any][]Grant{}, attached: map[target][]*OrganizationPolicy{}, aws: map[string]*ManagedPolicy{},
	}
	var errs [4]error
	ix.accounts, errs[0] = tableOf("account", f.Accounts, func(a *Account) (string, string) { return a.Name, a.ID })
	ix.sets, errs[1] = tableOf("permission set", f.PermissionSets, func(s *PermissionSet) (string, string) { return s.Name, s.ARN })
	ix.users, errs[2] = tableOf("user", f.Users, func(u *User) (string, string) { return u.UserName, u.ID })
	ix.groups, errs[3] = tableOf("group", f.Groups, func(g *Group) (string, string) { return g.Name, g.ID })
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	for i := range f.ManagedPolicies {
		ix.aws[f.ManagedPolicies[i].ARN] = &f.ManagedPolicies[i]
	}
	for _, step := range []func() error{ix.placeUnits, ix.placeAccounts, ix.attach, ix.join, ix.assign} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return ix, nil
}

func (ix *Index) placeUnits() error {
	for i := range ix.File.OrganizationalUnits {
		u := &ix.File.OrganizationalUnits[i]
		for _, name := range slices.Compact([]string{u.Path, u.ID}) {
			if name == "" || name == "/" || ix.units[name] != nil {
				return fmt.Errorf("organizational unit %q (%s): no path, or not the only one of it", u.Path, u.ID)
			}
			ix.units[name] = u
		}
	}
	for i := range ix.File.OrganizationalUnits {
		u := &ix.File.OrganizationalUnits[i]
		if _, err := ix.Unit(u.parent()); err != nil {
			return fmt.Errorf("organizational unit %q: %w", u.Path, err)
		}
	}
	for i := range ix.File.OrganizationalUnits {
		if path := ix.unitPath(&ix.File.OrganizationalUnits[i]); len(path) > maxDepth {
			return fmt.Errorf("organizational unit %q lies in itself, or deeper than %d levels", path[0].Path, maxDepth)
		}
	}
	return nil
}

// maxDepth is more than the five levels that AWS allows.
const maxDepth = 16

// parent returns the path of the unit that holds this one.
func (u *OrganizationalUnit) parent() string {
	if u.In != "" {
		return u.In
	}
	if i := strings.LastIndexByte(u.Path, '/'); i > 0 {
		return u.Path[:i]
	}
	return "/"
}

// Unit returns the organizational unit with a path or an id; nil is the root.
func (ix *Index) Unit(ref string) (*OrganizationalUnit, error) {
	if ref == "/" || ref != "" && ref == ix.File.Organization.RootID {
		return nil, nil
	}
	if u := ix.units[ref]; u != nil {
		return u, nil
	}
	if u := ix.units["/"+ref]; u != nil {
		return u, nil
	}
	return nil, fmt.Errorf("no organizational unit is called %q", ref)
}

// unitPath returns the units from below the root down to u.
func (ix *Index) unitPath(u *OrganizationalUnit) []*OrganizationalUnit {
	var path []*OrganizationalUnit
	for u != nil && len(path) <= maxDepth {
		path = append(path, u)
		u, _ = ix.Unit(u.parent()) // placeUnits has checked it
	}
	slices.Reverse(path)
	return path
}

func (ix *Index) placeAccounts() error {
	for i := range ix.File.Accounts {
		a := &ix.File.Accounts[i]
		if _, err := ix.Unit(a.OU); err != nil {
			return fmt.Errorf("account %s: %w", a.Name, err)
		}
		if a.IAM == nil {
			continue
		}
		for _, r := range a.IAM.Roles {
			if _, err := ix.PermissionSet(r.PermissionSet); err != nil {
				return fmt.Errorf("account %s, role %s: %w", a.Name, r.ARN, err)
			}
		}
	}
	var err error
	if ix.Management, err = ix.Account(ix.File.Organization.ManagementAccount); err != nil {
		return fmt.Errorf("management_account: %w", err)
	}
	return nil
}

func (ix *Index) attach() error {
	for i := range ix.File.OrganizationPolicies {
		p := &ix.File.OrganizationPolicies[i]
		if p.Type != ServiceControlPolicy && p.Type != ResourceControlPolicy {
			return fmt.Errorf("organization policy %s: unknown type %q", p.Name, p.Type)
		}
		for _, t := range p.AttachedTo {
			var at target
			var err error
			switch {
			case (t.OU == "") == (t.Account == ""):
				err = errors.New("attached_to needs either ou or account")
			case t.OU != "":
				at.unit, err = ix.Unit(t.OU)
			default:
				at.account, err = ix.Account(t.Account)
			}
			if err != nil {
				return fmt.Errorf("organization policy %s: %w", p.Name, err)
			}
			ix.attached[at] = append(ix.attached[at], p)
		}
	}
	return nil
}

func (ix *Index) join() error {
	for i := range ix.File.Groups {
		g := &ix.File.Groups[i]
		for _, member := range g.Members {
			u, err := ix.User(member)
			if err != nil {
				return fmt.Errorf("group %s: %w", g.Name, err)
			}
			if !slices.Contains(ix.groupsOf[u], g) {
				ix.groupsOf[u] = append(ix.groupsOf[u], g)
			}
		}
	}
	return nil
}

func (ix *Index) assign() error {
	for i, a := range ix.File.Assignments {
		account, err := ix.Account(a.Account)
		if err != nil {
			return fmt.Errorf("assignment %d: %w", i+1, err)
		}
		set, err := ix.PermissionSet(a.PermissionSet)
		if err != nil {
			return fmt.Errorf("assignment %d: %w", i+1, err)
		}
		var holder any
		switch {
		case (a.User == "") == (a.Group == ""):
			err = errors.New("either user or group is needed")
		case a.User != "":
			holder, err = anyOf(ix.User(a.User))
		default:
			holder, err = anyOf(ix.Group(a.Group))
		}
		if err != nil {
			return fmt.Errorf("assignment %d: %w", i+1, err)
		}
		ix.direct[holder] = append(ix.direct[holder], Grant{Account: account, PermissionSet: set})
	}
	return nil
}

func anyOf[T any](v *T, err error) (any, error) { return v, err }

// Account returns the account of a name or id.
func (ix *Index) Account(ref string) (*Account, error) { return ix.accounts.find(ref) }

// PermissionSet returns the permission set of a name or ARN.
func (ix *Index) PermissionSet(ref string) (*PermissionSet, error) { return ix.sets.find(ref) }

// User returns the user of a name or id.
func (ix *Index) User(ref string) (*User, error) { return ix.users.find(ref) }

// Group returns the group of a name or id.
func (ix *Index) Group(ref string) (*Group, error) { return ix.groups.find(ref) }
