package role

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// PolicyDefinition is what a caller says about a new customer managed policy.
type PolicyDefinition struct {
	Name        string
	Path        string // "" for "/"
	Document    string
	Description string
	Tags        []idc.Tag
}

// CreatePolicy makes a customer managed policy. Its name is unique in the
// account without regard to case, whatever its path.
func (s *Service) CreatePolicy(ctx context.Context, change idc.ChangeSet, accountID string, d PolicyDefinition) (*idc.ManagedPolicy, error) {
	if d.Path == "" {
		d.Path = "/"
	}
	if err := checkManaged(d.Document); err != nil {
		return nil, err
	}
	tags, err := idc.MergeTags(nil, d.Tags)
	if err != nil {
		return nil, err
	}
	p := &idc.ManagedPolicy{
		AccountID: accountID, Name: d.Name, Path: d.Path, ID: s.IDs.UniqueID(ids.PrefixManagedPolicy),
		ARN: arn.Policy(accountID, d.Path, d.Name).String(), Description: d.Description,
		Versions:       []idc.PolicyVersion{{ID: "v1", Document: d.Document, CreatedAt: change.At}},
		DefaultVersion: "v1", Tags: tags, CreatedAt: change.At, UpdatedAt: change.At,
	}
	err = s.Store.Update(ctx, change, func(tx store.Tx) error {
		if _, err := tx.ManagedPolicyByName(accountID, d.Name); err == nil {
			return &idc.Error{Kind: idc.Conflict, Reason: idc.ReasonAlreadyExists, Resource: "Policy", ID: d.Name, Message: "A policy called " + d.Name + " already exists. Duplicate names are not allowed."}
		} else if !idc.IsNotFound(err) {
			return err
		}
		limit := s.Limits.managedPolicies()
		have, err := tx.ListManagedPolicies(accountID, "", store.Page{Limit: limit})
		if err != nil {
			return err
		}
		if len(have) >= limit {
			return exceeded("PoliciesPerAccount", limit)
		}
		return tx.PutManagedPolicy(p)
	})
	return p, err
}

func checkManaged(document string) error {
	if err := check(policy.IdentityPolicy, document); err != nil {
		return err
	}
	return checkSize(policy.ManagedPolicySize, "", document)
}

func findPolicy(r store.RoleReader, policyARN string) (*idc.ManagedPolicy, error) {
	p, err := r.ManagedPolicy(policyARN)
	if idc.IsNotFound(err) {
		return nil, idc.NotFoundf("Policy", policyARN, "Policy %s was not found.", policyARN)
	}
	return p, err
}

// Policy returns a customer managed policy by ARN.
func (s *Service) Policy(ctx context.Context, policyARN string) (*idc.ManagedPolicy, error) {
	var p *idc.ManagedPolicy
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		p, err = findPolicy(r, policyARN)
		return err
	})
	return p, err
}

// ListPolicies returns the customer managed policies of an account whose path
// starts with pathPrefix, ordered by name.
func (s *Service) ListPolicies(ctx context.Context, accountID, pathPrefix string, p store.Page) (policies []*idc.ManagedPolicy, next string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		list := func(p store.Page) ([]*idc.ManagedPolicy, error) {
			return r.ListManagedPolicies(accountID, pathPrefix, p)
		}
		var err error
		policies, next, err = store.Fetch(p, list, func(p *idc.ManagedPolicy) string { return p.Name })
		return err
	})
	return policies, next, err
}

// Version returns a version of a customer managed policy.
func Version(p *idc.ManagedPolicy, id string) (idc.PolicyVersion, error) {
	at := versionAt(p, id)
	if at < 0 {
		return idc.PolicyVersion{}, idc.NotFoundf("PolicyVersion", id, "Policy %s version %s does not exist or is not attachable.", p.ARN, id)
	}
	return p.Versions[at], nil
}

func versionAt(p *idc.ManagedPolicy, id string) int {
	return slices.IndexFunc(p.Versions, func(v idc.PolicyVersion) bool { return v.ID == id })
}

// changePolicy runs edit on a copy of a customer managed policy and stores the result.
func (s *Service) changePolicy(ctx context.Context, change idc.ChangeSet, policyARN string, edit func(tx store.Tx, p *idc.ManagedPolicy) error) (*idc.ManagedPolicy, error) {
	var out *idc.ManagedPolicy
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		found, err := findPolicy(tx, policyARN)
		if err != nil {
			return err
		}
		p := *found
		p.Versions = slices.Clone(found.Versions)
		p.Tags = slices.Clone(found.Tags)
		if err := edit(tx, &p); err != nil {
			return err
		}
		p.UpdatedAt = change.At
		out = &p
		return tx.PutManagedPolicy(&p)
	})
	return out, err
}

// CreateVersion adds a version to a customer managed policy and may make it the
// default, which is the one that counts wherever the policy is attached. A
// policy has at most five versions; ids are never used again while one is left.
func (s *Service) CreateVersion(ctx context.Context, change idc.ChangeSet, policyARN, document string, setDefault bool) (idc.PolicyVersion, error) {
	if err := checkManaged(document); err != nil {
		return idc.PolicyVersion{}, err
	}
	var version idc.PolicyVersion
	_, err := s.changePolicy(ctx, change, policyARN, func(_ store.Tx, p *idc.ManagedPolicy) error {
		if len(p.Versions) >= maxPolicyVersions {
			return idc.Errorf(idc.QuotaExceeded, "A managed policy can have up to %d versions. Before you create a new version, you must delete an existing version.", maxPolicyVersions)
		}
		version = idc.PolicyVersion{ID: nextVersion(p), Document: document, CreatedAt: change.At}
		p.Versions = append(p.Versions, version)
		if setDefault {
			p.DefaultVersion = version.ID
		}
		return nil
	})
	return version, err
}

func nextVersion(p *idc.ManagedPolicy) string {
	highest := 0
	for _, v := range p.Versions {
		if n, err := strconv.Atoi(strings.TrimPrefix(v.ID, "v")); err == nil && n > highest {
			highest = n
		}
	}
	return "v" + strconv.Itoa(highest+1)
}

// SetDefaultVersion chooses the version that counts.
func (s *Service) SetDefaultVersion(ctx context.Context, change idc.ChangeSet, policyARN, versionID string) error {
	_, err := s.changePolicy(ctx, change, policyARN, func(_ store.Tx, p *idc.ManagedPolicy) error {
		if _, err := Version(p, versionID); err != nil {
			return err
		}
		p.DefaultVersion = versionID
		return nil
	})
	return err
}

// DeleteVersion removes a version that is not the default.
func (s *Service) DeleteVersion(ctx context.Context, change idc.ChangeSet, policyARN, versionID string) error {
	_, err := s.changePolicy(ctx, change, policyARN, func(_ store.Tx, p *idc.ManagedPolicy) error {
		if _, err := Version(p, versionID); err != nil {
			return err
		}
		if p.DefaultVersion == versionID {
			return deleteConflict("PolicyVersion", versionID, "Cannot delete the default version of a policy.")
		}
		at := versionAt(p, versionID)
		p.Versions = slices.Delete(p.Versions, at, at+1)
		return nil
	})
	return err
}

// DeletePolicy removes a customer managed policy that is attached nowhere and
// has no version left but the default.
func (s *Service) DeletePolicy(ctx context.Context, change idc.ChangeSet, policyARN string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		p, err := findPolicy(tx, policyARN)
		if err != nil {
			return err
		}
		users, err := tx.ListRolesWithPolicy(p.AccountID, policyARN, store.Page{Limit: 1})
		if err != nil {
			return err
		}
		if len(users) > 0 {
			return deleteConflict("Policy", policyARN, "Cannot delete a policy attached to entities.")
		}
		if len(p.Versions) > 1 {
			return deleteConflict("Policy", policyARN, "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.")
		}
		return tx.DeleteManagedPolicy(policyARN)
	})
}

// TagPolicy adds or replaces tags of a customer managed policy.
func (s *Service) TagPolicy(ctx context.Context, change idc.ChangeSet, policyARN string, tags []idc.Tag) error {
	_, err := s.changePolicy(ctx, change, policyARN, func(_ store.Tx, p *idc.ManagedPolicy) error {
		var err error
		p.Tags, err = idc.MergeTags(p.Tags, tags)
		return err
	})
	return err
}

// UntagPolicy removes tags of a customer managed policy.
func (s *Service) UntagPolicy(ctx context.Context, change idc.ChangeSet, policyARN string, keys []string) error {
	_, err := s.changePolicy(ctx, change, policyARN, func(_ store.Tx, p *idc.ManagedPolicy) error {
		p.Tags = idc.RemoveTags(p.Tags, keys)
		return nil
	})
	return err
}

// Entities are the roles that use a managed policy.
type Entities struct {
	Attached []*idc.Role // it is one of their policies
	Bounded  []*idc.Role // it is their permissions boundary
}

// EntitiesForPolicy returns the roles of an account that use a managed policy,
// ordered by name.
func (s *Service) EntitiesForPolicy(ctx context.Context, accountID, policyARN string) (Entities, error) {
	var out Entities
	err := s.Store.View(ctx, func(r store.Reader) error {
		if err := attachable(r, accountID, policyARN); err != nil {
			return err
		}
		roles, err := r.ListRolesWithPolicy(accountID, policyARN, store.Page{})
		if err != nil {
			return err
		}
		for _, role := range roles {
			if slices.Contains(role.AttachedPolicies, policyARN) {
				out.Attached = append(out.Attached, role)
			}
			if role.PermissionsBoundary == policyARN {
				out.Bounded = append(out.Bounded, role)
			}
		}
		return nil
	})
	return out, err
}

// Use counts the roles that use a managed policy.
type Use struct {
	Attached int
	Bounded  int
}

// Uses returns, for the managed policies in use in an account, how many roles use each, by ARN.
func (s *Service) Uses(ctx context.Context, accountID string) (map[string]Use, error) {
	uses := map[string]Use{}
	err := s.Store.View(ctx, func(r store.Reader) error {
		roles, err := r.ListRoles(accountID, "", store.Page{})
		if err != nil {
			return err
		}
		for _, role := range roles {
			for _, policyARN := range role.AttachedPolicies {
				u := uses[policyARN]
				u.Attached++
				uses[policyARN] = u
			}
			if role.PermissionsBoundary != "" {
				u := uses[role.PermissionsBoundary]
				u.Bounded++
				uses[role.PermissionsBoundary] = u
			}
		}
		return nil
	})
	return uses, err
}
