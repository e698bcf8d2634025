package orgfile

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// heading is for whoever opens the file.
const heading = "# An organization as `gatehouse export` writes it; docs/reference/organization.md describes the format.\n"

// Encode writes the file in its one order.
func (f *File) Encode() ([]byte, error) {
	sorted := f.sorted()
	sorted.Version = Version
	var out bytes.Buffer
	out.WriteString(heading)
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := errors.Join(encoder.Encode(sorted), encoder.Close()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// sorted returns a copy whose lists are in order. Lists whose order means something stay as they are: the managed
// policies of a permission set are in the order of their attachment.
func (f *File) sorted() *File {
	out := *f
	out.Organization.PolicyTypes = slices.Sorted(slices.Values(f.Organization.PolicyTypes))
	out.OrganizationalUnits = sortBy(f.OrganizationalUnits, func(u OrganizationalUnit) []string { return []string{u.Path, u.ID} })
	out.Accounts = sortBy(f.Accounts, func(a Account) []string { return []string{a.Name, a.ID} })
	for i := range out.Accounts {
		if iam := out.Accounts[i].IAM; iam != nil {
			out.Accounts[i].IAM = &IAM{
				Policies: sortBy(iam.Policies, func(p CustomerPolicy) []string { return []string{p.Name, p.Path} }),
				Roles:    sortBy(iam.Roles, func(r Role) []string { return []string{r.PermissionSet, r.ARN} }),
			}
		}
	}
	out.OrganizationPolicies = sortBy(f.OrganizationPolicies, func(p OrganizationPolicy) []string { return []string{p.Type, p.Name, p.ID} })
	for i := range out.OrganizationPolicies {
		p := &out.OrganizationPolicies[i]
		p.AttachedTo = sortBy(p.AttachedTo, func(t Target) []string { return []string{t.OU, t.Account} })
	}
	out.PermissionSets = sortBy(f.PermissionSets, func(s PermissionSet) []string { return []string{s.Name, s.ARN} })
	out.ManagedPolicies = sortBy(f.ManagedPolicies, func(p ManagedPolicy) []string { return []string{p.ARN} })
	out.Users = sortBy(f.Users, func(u User) []string { return []string{u.UserName, u.ID} })
	out.Groups = sortBy(f.Groups, func(g Group) []string { return []string{g.Name, g.ID} })
	for i := range out.Groups {
		out.Groups[i].Members = slices.Sorted(slices.Values(out.Groups[i].Members))
	}
	out.Assignments = sortBy(f.Assignments, func(a Assignment) []string {
		return []string{a.Account, a.PermissionSet, a.Group, a.User}
	})
	return &out
}

func sortBy[T any](list []T, key func(T) []string) []T {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b T) int { return slices.Compare(key(a), key(b)) })
	return out
}

// Decode reads a file. Unknown members, members that come twice and other versions are refused, with their line.
// References are not followed yet: that is for Index.
func Decode(data []byte) (*File, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	var f File
	if err := decoder.Decode(&f); errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty")
	} else if err != nil {
		return nil, plainError(err)
	}
	if f.Version != Version {
		return nil, fmt.Errorf("version %d of the format; this program reads version %d", f.Version, Version)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one document in the file")
	}
	return &f, nil
}

// plainError takes the program's inside out of an error of the YAML library.
func plainError(err error) error {
	var faults *yaml.TypeError
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if errors.As(err, &faults) {
		text = strings.Join(faults.Errors, "; ")
	}
	return errors.New(strings.ReplaceAll(text, "orgfile.", ""))
}

// Names says how to refer to things of one kind: by name where that is unique and is nobody's id, else by id.
type Names struct {
	count map[string]int
	ids   map[string]bool
}

// NewNames counts the names of all things of a kind.
func NewNames[T any](list []T, nameAndID func(T) (name, id string)) Names {
	n := Names{count: map[string]int{}, ids: map[string]bool{}}
	for _, v := range list {
		name, id := nameAndID(v)
		n.count[strings.ToLower(name)]++
		n.ids[id] = true
	}
	return n
}

// Reference returns the name or the id.
func (n Names) Reference(name, id string) string {
	if name == "" || n.count[strings.ToLower(name)] > 1 || n.ids[name] {
		return id
	}
	return cmp.Or(name, id)
}
