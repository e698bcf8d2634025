package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	ssotypes "github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
)

const (
	provisionedAccounts = 1200
	// callers is how many requests are on their way at the same time.
	callers = 32
	// provisionWithin bounds the wait.
	provisionWithin = 2 * time.Minute
)

// provisioned is how long account assignments took to be roles.
type provisioned struct {
	Accounts int `json:"accounts"`
	// Accepted is the time until the last CreateAccountAssignment was answered, Roles until
	// the last role was there and read back, both from the first call.
	Accepted time.Duration `json:"accepted_ns"`
	Roles    time.Duration `json:"roles_ns"`
	// Progress is how many roles were there at times before that, as the API told.
	Progress []step `json:"progress"`
	// Again is the time of ProvisionPermissionSet for all of them after a change of the permission set.
	Again time.Duration `json:"again_ns"`
}

// step is a moment of the work.
type step struct {
	At   time.Duration `json:"at_ns"`
	Done int           `json:"done"`
}

// provision assigns a permission set in many more accounts, one call for each, and waits for the roles.
func (c *clients) provision(ctx context.Context, say func(string, ...any)) (*provisioned, error) {
	ctx, cancel := context.WithTimeout(ctx, provisionWithin)
	defer cancel()
	ps, accounts, have, err := c.spread(ctx)
	if err != nil {
		return nil, err
	}
	out := &provisioned{Accounts: len(accounts)}
	began := time.Now()
	if err := c.assignAll(ctx, ps, accounts); err != nil {
		return nil, err
	}
	out.Accepted = time.Since(began)
	for {
		n, err := c.outstanding(ctx)
		if err != nil {
			return nil, err
		}
		at := time.Since(began)
		say("provisioning     %9d of %d roles after %s", out.Accounts-n, out.Accounts, at.Round(time.Millisecond))
		out.Progress = append(out.Progress, step{at, out.Accounts - n})
		if n == 0 {
			out.Roles = at
			break
		}
	}
	if err := c.rolesThere(ctx, ps, have+out.Accounts); err != nil {
		return nil, err
	}
	out.Again, err = c.provisionAgain(ctx, ps)
	return out, err
}

// spread chooses a permission set that few accounts have, and accounts that lack it; have is how many have it.
func (c *clients) spread(ctx context.Context) (ps *string, accounts []string, have int, err error) {
	var with map[string]bool
	for i := range c.known.sets {
		ps = &c.known.sets[i]
		if with, err = c.accountsWith(ctx, ps, ""); err != nil || len(with) < len(c.known.members)/2 {
			break
		}
	}
	for _, account := range c.known.members {
		if !with[account] && len(accounts) < provisionedAccounts {
			accounts = append(accounts, account)
		}
	}
	return ps, accounts, len(with), err
}

// accountsWith are the accounts in which a permission set is provisioned.
func (c *clients) accountsWith(ctx context.Context, ps *string, status ssotypes.ProvisioningStatus) (map[string]bool, error) {
	pages := ssoadmin.NewListAccountsForProvisionedPermissionSetPaginator(c.admin, &ssoadmin.ListAccountsForProvisionedPermissionSetInput{
		InstanceArn: c.instance.InstanceArn, PermissionSetArn: ps, ProvisioningStatus: status})
	out := map[string]bool{}
	for pages.HasMorePages() {
		p, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, id := range p.AccountIds {
			out[id] = true
		}
	}
	return out, nil
}

// assignAll calls CreateAccountAssignment for each account.
func (c *clients) assignAll(ctx context.Context, ps *string, accounts []string) error {
	group := c.known.groups[0]
	next := make(chan string)
	errs := make([]error, callers)
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			for account := range next {
				_, err := c.admin.CreateAccountAssignment(ctx, &ssoadmin.CreateAccountAssignmentInput{InstanceArn: c.instance.InstanceArn, PermissionSetArn: ps,
					PrincipalType: ssotypes.PrincipalTypeGroup, PrincipalId: &group, TargetType: ssotypes.TargetTypeAwsAccount, TargetId: &account})
				errs[i] = errors.Join(errs[i], err)
			}
		})
	}
	for _, account := range accounts {
		next <- account
	}
	close(next)
	wg.Wait()
	return errors.Join(errs...)
}

// outstanding counts the creations in progress, as an administrator who watches would.
func (c *clients) outstanding(ctx context.Context) (int, error) {
	pages := ssoadmin.NewListAccountAssignmentCreationStatusPaginator(c.admin, &ssoadmin.ListAccountAssignmentCreationStatusInput{InstanceArn: c.instance.InstanceArn,
		Filter: &ssotypes.OperationStatusFilter{Status: ssotypes.StatusValuesInProgress}, MaxResults: aws.Int32(100)})
	n := 0
	for pages.HasMorePages() {
		p, err := pages.NextPage(ctx)
		if err != nil {
			return 0, err
		}
		n += len(p.AccountAssignmentsCreationStatus)
	}
	return n, nil
}

// rolesThere makes sure that what ended did not fail.
func (c *clients) rolesThere(ctx context.Context, ps *string, want int) error {
	with, err := c.accountsWith(ctx, ps, ssotypes.ProvisioningStatusLatestPermissionSetProvisioned)
	if err == nil && len(with) != want {
		err = fmt.Errorf("%d roles are provisioned, want %d", len(with), want)
	}
	return err
}

// provisionAgain changes the permission set and carries the change into all accounts.
func (c *clients) provisionAgain(ctx context.Context, ps *string) (time.Duration, error) {
	_, err := c.admin.PutInlinePolicyToPermissionSet(ctx, &ssoadmin.PutInlinePolicyToPermissionSetInput{InstanceArn: c.instance.InstanceArn, PermissionSetArn: ps,
		InlinePolicy: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"}]}`)})
	if err != nil {
		return 0, err
	}
	began := time.Now()
	started, err := c.admin.ProvisionPermissionSet(ctx, &ssoadmin.ProvisionPermissionSetInput{InstanceArn: c.instance.InstanceArn, PermissionSetArn: ps,
		TargetType: ssotypes.ProvisionTargetTypeAllProvisionedAccounts})
	if err != nil {
		return 0, err
	}
	for {
		status, err := c.admin.DescribePermissionSetProvisioningStatus(ctx, &ssoadmin.DescribePermissionSetProvisioningStatusInput{InstanceArn: c.instance.InstanceArn,
			ProvisionPermissionSetRequestId: started.PermissionSetProvisioningStatus.RequestId})
		if err != nil {
			return 0, err
		}
		switch status.PermissionSetProvisioningStatus.Status {
		case ssotypes.StatusValuesSucceeded:
			return time.Since(began), nil
		case ssotypes.StatusValuesFailed:
			return 0, fmt.Errorf("provisioning failed: %s", aws.ToString(status.PermissionSetProvisioningStatus.FailureReason))
		}
	}
}
