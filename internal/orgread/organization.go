package orgread

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/gatehouse-idc/gatehouse/internal/orgfile"
)

// readOrganization reads the tree of units and the accounts in it.
func (r *reader) readOrganization(ctx context.Context) error {
	described, err := r.orgs.DescribeOrganization(ctx, &organizations.DescribeOrganizationInput{})
	if err != nil {
		return err
	}
	roots, err := r.orgs.ListRoots(ctx, &organizations.ListRootsInput{})
	if err != nil {
		return err
	}
	if len(roots.Roots) != 1 {
		return errors.New("the organization shows no root")
	}
	root := roots.Roots[0]
	o := &r.file.Organization
	o.ID, o.RootID = aws.ToString(described.Organization.Id), aws.ToString(root.Id)
	for _, t := range root.PolicyTypes {
		if t.Status == types.PolicyTypeStatusEnabled && decides(t.Type) {
			o.PolicyTypes = append(o.PolicyTypes, string(t.Type))
		}
	}
	r.refs.units[o.RootID] = "/"
	if err := r.readUnit(ctx, o.RootID, "/"); err != nil {
		return err
	}
	if err := each(ctx, r.file.Accounts, func(ctx context.Context, i int, a orgfile.Account) (err error) {
		r.file.Accounts[i].Tags, err = r.tags(ctx, a.ID)
		return err
	}); err != nil {
		return err
	}
	if err := each(ctx, r.file.OrganizationalUnits, func(ctx context.Context, i int, u orgfile.OrganizationalUnit) (err error) {
		r.file.OrganizationalUnits[i].Tags, err = r.tags(ctx, u.ID)
		return err
	}); err != nil {
		return err
	}
	names := orgfile.NewNames(r.file.Accounts, func(a orgfile.Account) (string, string) { return a.Name, a.ID })
	for _, a := range r.file.Accounts {
		r.refs.accounts[a.ID] = names.Reference(a.Name, a.ID)
	}
	management := aws.ToString(described.Organization.MasterAccountId)
	o.ManagementAccount = r.refs.accounts[management]
	if o.ManagementAccount == "" {
		return errors.New("the management account is not among the accounts")
	}
	return nil
}

// decides reports whether policies of a type take part in access decisions.
func decides(t types.PolicyType) bool {
	return t == orgfile.ServiceControlPolicy || t == orgfile.ResourceControlPolicy
}

// readUnit reads what is directly in a unit, and goes down.
func (r *reader) readUnit(ctx context.Context, id, path string) error {
	for p := organizations.NewListAccountsForParentPaginator(r.orgs, &organizations.ListAccountsForParentInput{ParentId: &id}); p.HasMorePages(); {
		page, err := p.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, a := range page.Accounts {
			account := orgfile.Account{Name: aws.ToString(a.Name), ID: aws.ToString(a.Id), Email: aws.ToString(a.Email), OU: path}
			if account.Name == "" {
				account.Name = account.ID
			}
			account.State = string(a.State)
			if account.State == "" {
				account.State = string(a.Status)
			}
			if account.State == string(types.AccountStateActive) {
				account.State = "" // as the format has it
			}
			r.file.Accounts = append(r.file.Accounts, account)
		}
	}
	var below []types.OrganizationalUnit
	for p := organizations.NewListOrganizationalUnitsForParentPaginator(r.orgs, &organizations.ListOrganizationalUnitsForParentInput{ParentId: &id}); p.HasMorePages(); {
		page, err := p.NextPage(ctx)
		if err != nil {
			return err
		}
		below = append(below, page.OrganizationalUnits...)
	}
	for _, ou := range below {
		unit := orgfile.OrganizationalUnit{ID: aws.ToString(ou.Id), Path: strings.TrimSuffix(path, "/") + "/" + aws.ToString(ou.Name)}
		if strings.Contains(aws.ToString(ou.Name), "/") || !strings.HasPrefix(path, "/") {
			// The name would look like a path, or the unit above has none.
			unit.Path, unit.Name, unit.In = unit.ID, aws.ToString(ou.Name), path
		}
		r.file.OrganizationalUnits = append(r.file.OrganizationalUnits, unit)
		r.refs.units[unit.ID] = unit.Path
		if err := r.readUnit(ctx, unit.ID, unit.Path); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) tags(ctx context.Context, id string) (map[string]string, error) {
	var out map[string]string
	for p := organizations.NewListTagsForResourcePaginator(r.orgs, &organizations.ListTagsForResourceInput{ResourceId: &id}); p.HasMorePages(); {
		page, err := p.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, t := range page.Tags {
			if out == nil {
				out = map[string]string{}
			}
			out[aws.ToString(t.Key)] = aws.ToString(t.Value)
		}
	}
	return out, nil
}

// readOrganizationPolicies reads service and resource control policies with their attachments.
func (r *reader) readOrganizationPolicies(ctx context.Context) error {
	var found []types.PolicySummary
	for _, policyType := range r.file.Organization.PolicyTypes {
		in := &organizations.ListPoliciesInput{Filter: types.PolicyType(policyType)}
		for p := organizations.NewListPoliciesPaginator(r.orgs, in); p.HasMorePages(); {
			page, err := p.NextPage(ctx)
			if err != nil {
				return err
			}
			found = append(found, page.Policies...)
		}
	}
	r.file.OrganizationPolicies = make([]orgfile.OrganizationPolicy, len(found))
	return each(ctx, found, func(ctx context.Context, i int, summary types.PolicySummary) error {
		described, err := r.orgs.DescribePolicy(ctx, &organizations.DescribePolicyInput{PolicyId: summary.Id})
		if err != nil {
			return err
		}
		p := orgfile.OrganizationPolicy{
			Name: aws.ToString(summary.Name), ID: aws.ToString(summary.Id), Type: string(summary.Type),
			Description: aws.ToString(summary.Description), AWSManaged: summary.AwsManaged,
			Document: orgfile.Text(aws.ToString(described.Policy.Content)),
		}
		for pages := organizations.NewListTargetsForPolicyPaginator(r.orgs, &organizations.ListTargetsForPolicyInput{PolicyId: summary.Id}); pages.HasMorePages(); {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return err
			}
			for _, t := range page.Targets {
				id := aws.ToString(t.TargetId)
				switch {
				case t.Type == types.TargetTypeAccount && r.refs.accounts[id] != "":
					p.AttachedTo = append(p.AttachedTo, orgfile.Target{Account: r.refs.accounts[id]})
				case t.Type != types.TargetTypeAccount && r.refs.units[id] != "":
					p.AttachedTo = append(p.AttachedTo, orgfile.Target{OU: r.refs.units[id]})
				default:
					return errors.New("policy " + p.Name + " is attached to " + id + ", which is nowhere in the organization")
				}
			}
		}
		r.file.OrganizationPolicies[i] = p
		return nil
	})
}
