package orgread

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	ssotypes "github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/gatehouse-idc/gatehouse/internal/orgfile"
)

// Source is where an organization is read from.
type Source struct {
	// Config has the credentials of the management account or of a delegated administrator.
	Config aws.Config
	// Instance is the ARN of the instance; it may be empty when there is only one.
	Instance string
	// Member returns a configuration for a member account. When it is nil nobody looks into these accounts.
	Member func(ctx context.Context, accountID string) (aws.Config, error)
}

// atOnce is how many questions are under way at the same time.
const atOnce = 8

// reader is one reading.
type reader struct {
	source   Source
	sso      *ssoadmin.Client
	store    *identitystore.Client
	orgs     *organizations.Client
	instance string
	caller   string // account of the caller

	file  orgfile.File
	refs  references
	sets  map[string]*orgfile.PermissionSet // by ARN
	users map[string]string                 // references by id
	group map[string]string

	mu       sync.Mutex
	warnings []string
}

// references says how accounts and permission sets are called in the file.
type references struct {
	accounts map[string]string // by id
	units    map[string]string // paths by id
	sets     map[string]string // by ARN
}

// Read reads the organization. The warnings tell what could not be looked at; they come with a file that is complete
// but for that.
func Read(ctx context.Context, source Source) (*orgfile.File, []string, error) {
	r := &reader{
		source: source, sso: ssoadmin.NewFromConfig(source.Config), store: identitystore.NewFromConfig(source.Config),
		orgs: organizations.NewFromConfig(source.Config), sets: map[string]*orgfile.PermissionSet{},
		users: map[string]string{}, group: map[string]string{},
		refs: references{accounts: map[string]string{}, units: map[string]string{}, sets: map[string]string{}},
	}
	r.file.Version = orgfile.Version
	for _, step := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"the instance", r.readInstance},
		{"the organization", r.readOrganization},
		{"the organization policies", r.readOrganizationPolicies},
		{"the permission sets", r.readPermissionSets},
		{"the directory", r.readDirectory},
		{"the assignments", r.readAssignments},
		{"the accounts' IAM", r.readIAM},
	} {
		if err := step.do(ctx); err != nil {
			return nil, nil, fmt.Errorf("reading %s: %w", step.what, err)
		}
	}
	slices.Sort(r.warnings)
	return &r.file, r.warnings, nil
}

func (r *reader) warn(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.warnings = append(r.warnings, fmt.Sprintf(format, args...))
}

// readInstance chooses the instance and finds out who asks.
func (r *reader) readInstance(ctx context.Context) error {
	var found []ssotypes.InstanceMetadata
	for p := ssoadmin.NewListInstancesPaginator(r.sso, &ssoadmin.ListInstancesInput{}); p.HasMorePages(); {
		page, err := p.NextPage(ctx)
		if err != nil {
			return err
		}
		found = append(found, page.Instances...)
	}
	if r.source.Instance != "" {
		found = slices.DeleteFunc(found, func(m ssotypes.InstanceMetadata) bool { return aws.ToString(m.InstanceArn) != r.source.Instance })
	}
	switch len(found) {
	case 0:
		return errors.New("no IAM Identity Center instance is visible to these credentials in this Region")
	case 1:
	default:
		var arns []string
		for _, m := range found {
			arns = append(arns, aws.ToString(m.InstanceArn))
		}
		return fmt.Errorf("several instances (%s): choose one with --instance", strings.Join(arns, ", "))
	}
	r.instance = aws.ToString(found[0].InstanceArn)
	r.file.Instance = orgfile.Instance{
		ARN: r.instance, IdentityStoreID: aws.ToString(found[0].IdentityStoreId), Region: r.source.Config.Region,
	}
	identity, err := sts.NewFromConfig(r.source.Config).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return err
	}
	r.caller = aws.ToString(identity.Account)
	return nil
}

// each runs do for every element, a few at a time, and returns the first error; then no more are begun.
func each[T any](ctx context.Context, list []T, do func(context.Context, int, T) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wait sync.WaitGroup
	turns := make(chan struct{}, atOnce)
	for i, v := range list {
		turns <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		wait.Go(func() {
			defer func() { <-turns }()
			if err := do(ctx, i, v); err != nil {
				cancel(err)
			}
		})
	}
	wait.Wait()
	return context.Cause(ctx)
}

// iamOf returns the IAM client of an account, nil when there is no way in.
func (r *reader) iamOf(ctx context.Context, accountID string) (*iam.Client, error) {
	if accountID == r.caller {
		return iam.NewFromConfig(r.source.Config), nil
	}
	if r.source.Member == nil {
		return nil, nil
	}
	cfg, err := r.source.Member(ctx, accountID)
	if err != nil {
		return nil, err
	}
	return iam.NewFromConfig(cfg), nil
}
