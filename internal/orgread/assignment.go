package orgread

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/gatehouse-idc/gatehouse/internal/orgfile"
)

// place is a permission set in an account.
type place struct{ set, account string }

// readAssignments reads who holds which permission set in which account.
func (r *reader) readAssignments(ctx context.Context) error {
	var places []place
	err := each(ctx, r.file.PermissionSets, func(ctx context.Context, _ int, set orgfile.PermissionSet) error {
		in := &ssoadmin.ListAccountsForProvisionedPermissionSetInput{InstanceArn: &r.instance, PermissionSetArn: &set.ARN}
		for p := ssoadmin.NewListAccountsForProvisionedPermissionSetPaginator(r.sso, in); p.HasMorePages(); {
			page, err := p.NextPage(ctx)
			if err != nil {
				return err
			}
			r.mu.Lock()
			for _, id := range page.AccountIds {
				places = append(places, place{set.ARN, id})
			}
			r.mu.Unlock()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return each(ctx, places, func(ctx context.Context, _ int, at place) error {
		in := &ssoadmin.ListAccountAssignmentsInput{InstanceArn: &r.instance, PermissionSetArn: &at.set, AccountId: &at.account}
		for p := ssoadmin.NewListAccountAssignmentsPaginator(r.sso, in); p.HasMorePages(); {
			page, err := p.NextPage(ctx)
			if err != nil {
				return err
			}
			for _, a := range page.AccountAssignments {
				if err := r.assign(at, a); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (r *reader) assign(at place, a types.AccountAssignment) error {
	out := orgfile.Assignment{Account: r.refs.accounts[at.account], PermissionSet: r.refs.sets[at.set]}
	id := aws.ToString(a.PrincipalId)
	switch a.PrincipalType {
	case types.PrincipalTypeUser:
		out.User = r.users[id]
	case types.PrincipalTypeGroup:
		out.Group = r.group[id]
	default:
		return fmt.Errorf("an assignment to a principal of type %q", a.PrincipalType)
	}
	switch {
	case out.Account == "":
		r.warn("%s is assigned in the account %s, which is not in the organization; left out", out.PermissionSet, at.account)
		return nil
	case out.User == "" && out.Group == "":
		r.warn("%s in %s is assigned to %s, who is not in the directory; left out", out.PermissionSet, out.Account, id)
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.file.Assignments = append(r.file.Assignments, out)
	return nil
}
