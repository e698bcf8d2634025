package orgfile

import (
	"slices"
	"strings"
)

// GrantsOfUser returns the permission sets that a user holds in active accounts, directly or through groups. A
// disabled user holds nothing.
func (ix *Index) GrantsOfUser(u *User) []Grant {
	if u.Disabled {
		return nil
	}
	out := activeOnly(ix.direct[u])
	for _, g := range ix.groupsOf[u] {
		out = append(out, ix.GrantsOfGroup(g)...)
	}
	return out
}

// GrantsOfGroup returns the permission sets that a group holds in active accounts.
func (ix *Index) GrantsOfGroup(g *Group) []Grant {
	out := activeOnly(ix.direct[g])
	for i := range out {
		out[i].Group = g
	}
	return out
}

func activeOnly(grants []Grant) []Grant {
	return slices.DeleteFunc(slices.Clone(grants), func(g Grant) bool { return !g.Account.Active() })
}

// InGroup reports whether a user is a member of a group.
func (ix *Index) InGroup(u *User, g *Group) bool { return slices.Contains(ix.groupsOf[u], g) }

// AccountsBelow returns the accounts in a unit and in all below it; nil is the root.
func (ix *Index) AccountsBelow(u *OrganizationalUnit) []*Account {
	var out []*Account
	for i := range ix.File.Accounts {
		a := &ix.File.Accounts[i]
		unit, _ := ix.Unit(a.OU) // placeAccounts has checked it
		if u == nil || slices.Contains(ix.unitPath(unit), u) {
			out = append(out, a)
		}
	}
	return out
}

// OrganizationPath returns the value of aws:PrincipalOrgPaths for an account: o-x/r-y/ou-a/ou-b/.
func (ix *Index) OrganizationPath(a *Account) string {
	unit, _ := ix.Unit(a.OU)
	path := []string{ix.File.Organization.ID, ix.File.Organization.RootID}
	for _, u := range ix.unitPath(unit) {
		path = append(path, u.ID)
	}
	return strings.Join(path, "/") + "/"
}

// PolicyLevels returns the organization policies of a type that are on the way to an account: one list for the root,
// each unit down to the account, and the account itself. It is nil when the type is not enabled.
func (ix *Index) PolicyLevels(policyType string, a *Account) [][]*OrganizationPolicy {
	if !slices.Contains(ix.File.Organization.PolicyTypes, policyType) {
		return nil
	}
	targets := []target{{}}
	unit, _ := ix.Unit(a.OU)
	for _, u := range ix.unitPath(unit) {
		targets = append(targets, target{unit: u})
	}
	targets = append(targets, target{account: a})
	levels := make([][]*OrganizationPolicy, 0, len(targets))
	for _, t := range targets {
		var level []*OrganizationPolicy
		for _, p := range ix.attached[t] {
			if p.Type == policyType {
				level = append(level, p)
			}
		}
		levels = append(levels, level)
	}
	return levels
}

// RoleOf returns the role that a permission set became in an account, nil when it is not known.
func (ix *Index) RoleOf(a *Account, set *PermissionSet) *Role {
	if a.IAM == nil {
		return nil
	}
	for i := range a.IAM.Roles {
		if found, err := ix.PermissionSet(a.IAM.Roles[i].PermissionSet); err == nil && found == set {
			return &a.IAM.Roles[i]
		}
	}
	return nil
}

// CustomerPolicyOf returns the customer managed policy that a reference means in an account. read is false when
// nobody looked into the account.
func (ix *Index) CustomerPolicyOf(a *Account, ref CustomerPolicyReference) (p *CustomerPolicy, read bool) {
	if a.IAM == nil {
		return nil, false
	}
	for i := range a.IAM.Policies {
		have := &a.IAM.Policies[i]
		if strings.EqualFold(have.Name, ref.Name) && withSlash(have.Path) == withSlash(ref.Path) {
			return have, true
		}
	}
	return nil, true
}

func withSlash(path string) string {
	if path == "" {
		return "/"
	}
	return path
}

// AWSManagedPolicy returns the document of an AWS managed policy that the file carries.
func (ix *Index) AWSManagedPolicy(arn string) (Text, bool) {
	if p := ix.aws[arn]; p != nil {
		return p.Document, true
	}
	return "", false
}
