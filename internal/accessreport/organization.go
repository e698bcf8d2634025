package accessreport

import (
	"context"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// GenerateOrganization begins a report on the root, an OU or an account, which
// entityPath names from the organization down: o-a1b2c3d4e5/r-f6g7/ou-h8i9/123456789012.
// With a policy id the report is about the services that this policy allows.
func (s *Service) GenerateOrganization(ctx context.Context, change idc.ChangeSet, accountID, entityPath, policyID string) (string, error) {
	report := &idc.AccessReport{AccountID: accountID, EntityPath: strings.TrimSuffix(entityPath, "/"), PolicyID: policyID}
	return s.begin(ctx, change, report, func(r store.Reader) error {
		if _, err := s.reach(r, report.EntityPath); err != nil {
			return err
		}
		if policyID == "" {
			return nil
		}
		p, err := r.OrganizationPolicy(policyID)
		if idc.IsNotFound(err) || err == nil && p.Type != idc.PolicyServiceControl {
			return idc.Errorf(idc.Invalid, "There is no service control policy with the ID %s.", policyID)
		}
		return err
	})
}

// reached is an entity of the organization.
type reached struct {
	levels   []string          // root, OUs and account down to it, by id
	accounts map[string]string // the accounts in it, to their organization paths
}

// reach finds the entity of a path, and the accounts in it.
func (s *Service) reach(r store.Reader, path string) (reached, error) {
	wrong := idc.Errorf(idc.Invalid, "The entity path %s is not that of the root, an OU or an account of the organization.", path)
	parts := strings.Split(path, "/")
	if parts[0] != s.OrganizationID || len(parts) < 2 {
		return reached{}, wrong
	}
	out := reached{levels: parts[1:], accounts: map[string]string{}}
	all, err := r.ListAccounts(store.Page{})
	if err != nil {
		return reached{}, err
	}
	for _, a := range all {
		levels, err := account.Ancestors(r, a.ParentID)
		if err != nil {
			return reached{}, err
		}
		full := strings.Join(append([]string{s.OrganizationID}, append(levels, a.ID)...), "/")
		if full == path || strings.HasPrefix(full, path+"/") {
			out.accounts[a.ID] = full
		}
	}
	if len(out.accounts) > 0 {
		return out, nil
	}
	// An OU without accounts: its path is known from the tree.
	last := parts[len(parts)-1]
	if ou, err := r.OU(last); idc.IsNotFound(err) {
		return reached{}, wrong
	} else if err != nil {
		return reached{}, err
	} else if levels, err := account.Ancestors(r, ou.ParentID); err != nil {
		return reached{}, err
	} else if strings.Join(append([]string{s.OrganizationID}, append(levels, ou.ID)...), "/") != path {
		return reached{}, wrong
	}
	return out, nil
}

// ofOrganization says which services the service control policies leave to an entity,
// and when accounts in it used each.
func (s *Service) ofOrganization(r store.Reader, report *idc.AccessReport) ([]idc.ServiceLastAccessed, error) {
	entity, err := s.reach(r, report.EntityPath)
	if err != nil {
		return nil, err
	}
	instance, err := r.Instance()
	if err != nil {
		return nil, err
	}
	levels := entity.levels
	if levels[len(levels)-1] == instance.OwnerAccountID {
		levels = nil // service control policies do not hold in the management account
	}
	layers, err := s.layers(r, levels, report.PolicyID)
	if err != nil {
		return nil, err
	}
	used := map[string][]*idc.RoleUse{} // by service, the last of each account
	for accountID := range entity.accounts {
		uses, err := r.ListRoleUsesOfAccount(accountID, "")
		if err != nil {
			return nil, err
		}
		for service, last := range lastOfServices(uses) {
			used[service] = append(used[service], last)
		}
	}
	var out []idc.ServiceLastAccessed
	for _, namespace := range s.Catalog.Services() {
		if slices.ContainsFunc(layers, func(l layer) bool { return !s.grants(l.allow, namespace) || l.deny.deniesWhole(namespace) }) {
			continue
		}
		line := idc.ServiceLastAccessed{Namespace: namespace, Name: s.Catalog.Name(namespace), Entities: len(used[namespace])}
		for _, u := range used[namespace] {
			if u.UsedAt.After(line.LastAt) {
				line.LastAt, line.LastEntity, line.LastRegion = u.UsedAt, entity.accounts[u.AccountID], u.Region
			}
		}
		out = append(out, line)
	}
	return out, nil
}

func lastOfServices(uses []*idc.RoleUse) map[string]*idc.RoleUse {
	last := map[string]*idc.RoleUse{}
	for _, u := range uses {
		if have := last[u.Service]; have == nil || u.UsedAt.After(have.UsedAt) {
			last[u.Service] = u
		}
	}
	return last
}

// layer is what one level of the organization leaves.
type layer struct{ allow, deny grants }

// layers are the service control policies of every level, all of which must allow; or
// the one policy that is asked about.
func (s *Service) layers(r store.Reader, levels []string, policyID string) ([]layer, error) {
	read := func(documents []string) (l layer, err error) {
		if l.allow, err = grantsOf(documents, false); err == nil {
			l.deny, err = grantsOf(documents, true)
		}
		return l, err
	}
	if policyID != "" {
		p, err := r.OrganizationPolicy(policyID)
		if err != nil {
			return nil, err
		}
		l, err := read([]string{p.Content})
		return []layer{l}, err
	}
	org, err := r.Organization()
	if err != nil || !org.Enabled(idc.PolicyServiceControl) {
		return nil, err
	}
	var out []layer
	for _, level := range levels {
		attached, err := r.ListAttachmentsOfTarget(level)
		if err != nil {
			return nil, err
		}
		var documents []string
		for _, a := range attached {
			p, err := r.OrganizationPolicy(a.PolicyID)
			if err != nil {
				return nil, err
			}
			if p.Type == idc.PolicyServiceControl {
				documents = append(documents, p.Content)
			}
		}
		l, err := read(documents)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}
