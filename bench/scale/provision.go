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

// provision assigns a new permission set in many accounts, one call for each, and waits for the roles.
func (c *clients) provision(ctx context.Context, say func(string, ...any)) (*provisioned, error) {
	ctx, cancel := context.WithTimeout(ctx, provisionWithin)
	defer cancel()
	arn := c.instance.InstanceArn
	made, err := c.admin.CreatePermissionSet(ctx, &ssoadmin.CreatePermissionSetInput{InstanceArn: arn, Name: aws.String(fmt.Sprintf("Everywhere-%d", time.Now().Unix()))})
	if err != nil {
		return nil, err
	}
	ps := made.PermissionSet.PermissionSetArn
	_, err = c.admin.AttachManagedPolicyToPermissionSet(ctx, &ssoadmin.AttachManagedPolicyToPermissionSetInput{InstanceArn: arn, PermissionSetArn: ps,
		ManagedPolicyArn: aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess")})
	if err != nil {
		return nil, err
	}
	out := &provisioned{Accounts: min(provisionedAccounts, len(c.known.members))}
	began := time.Now()
	if err := c.assignAll(ctx, ps, c.known.members[:out.Accounts]); err != nil {
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
	if err := c.rolesThere(ctx, ps, out.Accounts); err != nil {
		return nil, err
	}
	out.Again, err = c.provisionAgain(ctx, ps)
	return out, err
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
	pages := ssoadmin.NewListAccountsForProvisionedPermissionSetPaginator(c.admin, &ssoadmin.ListAccountsForProvisionedPermissionSetInput{
		InstanceArn: c.instance.InstanceArn, PermissionSetArn: ps, ProvisioningStatus: ssotypes.ProvisioningStatusLatestPermissionSetProvisioned})
	n := 0
	for pages.HasMorePages() {
		p, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		n += len(p.AccountIds)
	}
	if n != want {
		return fmt.Errorf("%d roles are provisioned, want %d", n, want)
	}
	return nil
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
