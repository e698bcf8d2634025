package authz

import (
	"context"
	"encoding/json"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// rootTrust is the resource's side of sts:AssumeRoot: every root user trusts the management
// account and the accounts that administer IAM for the organization. Their own policies must
// allow it, too; package sts decides which root users can be taken at all.
func (s *Service) rootTrust(ctx context.Context) (targetPolicy, error) {
	trusted := []string{s.Instance.OwnerAccountID}
	err := s.Store.View(ctx, func(r store.Reader) error {
		delegated, err := r.ListDelegatedAdministrators(role.RootAccessPrincipal, store.Page{})
		for _, d := range delegated {
			trusted = append(trusted, d.AccountID)
		}
		return err
	})
	if err != nil {
		return targetPolicy{}, err
	}
	type statement struct {
		Effect    string
		Principal map[string][]string
		Action    string
		Resource  string
	}
	document, err := json.Marshal(struct {
		Version   string
		Statement []statement
	}{"2012-10-17", []statement{{"Allow", map[string][]string{"AWS": trusted}, "sts:AssumeRoot", "*"}}})
	if err != nil {
		return targetPolicy{}, err
	}
	parsed, err := policy.Parse(policy.ResourcePolicy, document)
	return targetPolicy{trust: parsed, iam: true}, err
}

// rootUser returns what speaks against the root user of an account, for whom nothing needs to
// speak: the task it was taken for, whose policy denies all else. Without a task, and in an
// account that is closed, everything is denied.
func (s *Service) rootUser(ctx context.Context, c idc.Caller) (*cachedRole, error) {
	task := c.TaskPolicyARN
	if task == "" {
		task = denyAll
	}
	caller := &cachedRole{}
	err := s.Store.View(ctx, func(r store.Reader) error {
		err := open(r, &idc.Role{AccountID: c.AccountID, ARN: c.ARN})
		if idc.IsNotFound(err) {
			task, err = denyAll, nil
		}
		if err != nil {
			return err
		}
		document, err := s.Roles.ManagedDocument(r, policy.IdentityPolicy, task)
		caller.documents.Identity = []*policy.Policy{document}
		return err
	})
	return caller, err
}

const denyAll = "arn:aws:iam::aws:policy/AWSDenyAll"
