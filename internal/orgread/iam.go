package orgread

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/gatehouse-idc/gatehouse/internal/managedpolicy"
	"github.com/gatehouse-idc/gatehouse/internal/orgfile"
)

// reservedPath is where Identity Center keeps its roles in an account.
const reservedPath = "/aws-reserved/sso.amazonaws.com/"

// reservedName is what such a role is called: the permission set's name and sixteen hexadecimal digits.
var reservedName = regexp.MustCompile(`^AWSReservedSSO_(.+)_[0-9a-f]{16}$`)

// readIAM looks into every account in which somebody holds a permission set, for the roles and for the customer
// managed policies that these refer to.
func (r *reader) readIAM(ctx context.Context) error {
	held := map[string]bool{}
	for _, a := range r.file.Assignments {
		held[a.Account] = true
	}
	err := each(ctx, r.file.Accounts, func(ctx context.Context, i int, a orgfile.Account) error {
		if !held[r.refs.accounts[a.ID]] {
			return nil
		}
		client, err := r.iamOf(ctx, a.ID)
		if err == nil && client == nil {
			return nil // told once, below
		}
		var found *orgfile.IAM
		if err == nil {
			found, err = r.account(ctx, client, a)
		}
		switch {
		case ctx.Err() != nil:
			return err
		case err != nil:
			r.warn("account %s was not looked into: %v", a.Name, err)
		}
		r.file.Accounts[i].IAM = found
		return nil
	})
	if err != nil {
		return err
	}
	if r.source.Member == nil && len(held) > 1 {
		r.warn("no member account was looked into: customer managed policies and roles there are unknown")
	}
	return r.readManagedPolicies(ctx)
}

// account reads what one account adds.
func (r *reader) account(ctx context.Context, client *iam.Client, a orgfile.Account) (*orgfile.IAM, error) {
	out := &orgfile.IAM{Policies: []orgfile.CustomerPolicy{}, Roles: []orgfile.Role{}}
	for p := iam.NewListRolesPaginator(client, &iam.ListRolesInput{PathPrefix: aws.String(reservedPath)}); p.HasMorePages(); {
		page, err := p.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, role := range page.Roles {
			if ref := r.setOfRole(aws.ToString(role.RoleName)); ref != "" {
				out.Roles = append(out.Roles, orgfile.Role{PermissionSet: ref, ARN: aws.ToString(role.Arn), ID: aws.ToString(role.RoleId)})
			}
		}
	}
	for _, ref := range r.referenced(r.refs.accounts[a.ID]) {
		document, err := document(ctx, client, "arn:"+partition(r.instance)+":iam::"+a.ID+":policy"+slashed(ref.Path)+ref.Name)
		if err != nil {
			return nil, err
		}
		if document != "" {
			out.Policies = append(out.Policies, orgfile.CustomerPolicy{Name: ref.Name, Path: ref.Path, Document: document})
		}
	}
	return out, nil
}

// setOfRole returns the permission set whose role has this name, or "".
func (r *reader) setOfRole(name string) string {
	match := reservedName.FindStringSubmatch(name)
	if match == nil {
		return ""
	}
	for _, set := range r.file.PermissionSets {
		if set.Name == match[1] {
			return r.refs.sets[set.ARN]
		}
	}
	return ""
}

// referenced returns the customer managed policies that the permission sets of an account refer to.
func (r *reader) referenced(account string) []orgfile.CustomerPolicyReference {
	var out []orgfile.CustomerPolicyReference
	for _, a := range r.file.Assignments {
		if a.Account != account {
			continue
		}
		for _, set := range r.file.PermissionSets {
			if r.refs.sets[set.ARN] != a.PermissionSet {
				continue
			}
			out = append(out, set.CustomerManagedPolicies...)
			if b := set.PermissionsBoundary; b != nil && b.CustomerManagedPolicy != nil {
				out = append(out, *b.CustomerManagedPolicy)
			}
		}
	}
	slices.SortFunc(out, func(a, b orgfile.CustomerPolicyReference) int {
		return strings.Compare(slashed(a.Path)+a.Name, slashed(b.Path)+b.Name)
	})
	return slices.Compact(out)
}

func slashed(path string) string {
	if path == "" {
		return "/"
	}
	return path
}

func partition(arn string) string { return strings.SplitN(arn, ":", 3)[1] }

// readManagedPolicies reads the AWS managed policies that this program does not carry.
func (r *reader) readManagedPolicies(ctx context.Context) error {
	var missing []string
	for _, set := range r.file.PermissionSets {
		arns := slices.Clone(set.ManagedPolicies)
		if b := set.PermissionsBoundary; b != nil && b.ManagedPolicy != "" {
			arns = append(arns, b.ManagedPolicy)
		}
		for _, arn := range arns {
			if !managedpolicy.Exists(arn) && !slices.Contains(missing, arn) {
				missing = append(missing, arn)
			}
		}
	}
	client := iam.NewFromConfig(r.source.Config)
	for _, arn := range missing {
		text, err := document(ctx, client, arn)
		if err != nil {
			return err
		}
		if text == "" {
			r.warn("the managed policy %s does not exist", arn)
			continue
		}
		r.file.ManagedPolicies = append(r.file.ManagedPolicies, orgfile.ManagedPolicy{ARN: arn, Document: text})
	}
	return nil
}

// document returns the default version of a managed policy, "" when there is no such policy.
func document(ctx context.Context, client *iam.Client, arn string) (orgfile.Text, error) {
	found, err := client.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
	var none *types.NoSuchEntityException
	if errors.As(err, &none) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	version, err := client.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: &arn, VersionId: found.Policy.DefaultVersionId})
	if err != nil {
		return "", err
	}
	// IAM sends documents percent-encoded.
	text, err := url.QueryUnescape(strings.ReplaceAll(aws.ToString(version.PolicyVersion.Document), "+", "%2B"))
	return orgfile.Text(text), err
}
