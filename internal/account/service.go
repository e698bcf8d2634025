package account

import (
	"context"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Service keeps the organization.
type Service struct {
	Store store.Store
	IDs   *ids.Source
	// OnCreate furnishes a new account inside the transaction that makes it;
	// roleName is the name of the role through which the management account
	// reaches it. It may be nil.
	OnCreate func(tx store.Tx, change idc.ChangeSet, account *idc.Account, roleName string) error
	// Retire ends an assignment that names an account which leaves.
	Retire func(tx store.Tx, change idc.ChangeSet, a *idc.Assignment) error
	// Left ends what else reaches into an account that leaves. It may be nil.
	Left   func(tx store.Tx, change idc.ChangeSet, accountID string) error
	Quotas Quotas
}

// Quotas bounds the organization. Zero fields stand for the defaults.
type Quotas struct {
	Accounts int // AWS begins with 10 and goes up to 50,000; ours is 10,000
	OUs      int // 2,000
	Closures int // accounts closed within 30 days: see roomToClose
}

const (
	defaultAccounts = 10000
	defaultOUs      = 2000
	maxDepth        = 5 // levels of OUs below the root
)

// TargetNative marks accounts that live in Gatehouse.
const TargetNative = "native"

// DefaultRole is the role that CreateAccount makes when no name is given.
const DefaultRole = "OrganizationAccountAccessRole"

// JobReconcile makes the roles of an account agree with the assignments that
// reach it. Payload: Work.
const JobReconcile = "reconcile-account"

// Work is the payload of JobReconcile.
type Work struct {
	AccountID string `json:"account"`
}

func enqueueReconcile(tx store.Tx, change idc.ChangeSet, accountID string) error {
	return store.Enqueue(tx, JobReconcile, "reconcile/"+accountID, Work{AccountID: accountID}, change.At, change.At)
}

// Organization is the one organization, as DescribeOrganization shows it.
type Organization struct {
	Instance   *idc.Instance
	Management *idc.Account
	ARN        string
}

// Describe returns the organization.
func (s *Service) Describe(ctx context.Context) (*Organization, error) {
	var out *Organization
	err := s.Store.View(ctx, func(r store.Reader) error {
		instance, err := r.Instance()
		if err != nil {
			return err
		}
		management, err := find(r, instance.OwnerAccountID)
		if err != nil {
			return err
		}
		out = &Organization{
			Instance: instance, Management: management,
			ARN: arn.Organization(management.ID, instance.OrganizationID).String(),
		}
		return nil
	})
	return out, err
}

// Found makes the organization: its record, the AWS managed organization policies and the
// management account below the root. The instance must be stored already.
func (s *Service) Found(tx store.Tx, change idc.ChangeSet, management idc.Account) error {
	instance, err := tx.Instance()
	if err != nil {
		return err
	}
	err = tx.PutOrganization(&idc.Organization{ID: instance.OrganizationID, FeatureSet: idc.FeaturesAll,
		PolicyTypes: []idc.PolicyType{TypeSCP, TypeRCP}})
	if err != nil {
		return err
	}
	for _, p := range awsManagedPolicies() {
		if err := tx.PutOrganizationPolicy(&p); err != nil {
			return err
		}
		if err := tx.PutPolicyAttachment(&idc.PolicyAttachment{PolicyID: p.ID, TargetID: instance.RootID}); err != nil {
			return err
		}
	}
	management.ID = instance.OwnerAccountID
	management.JoinedMethod = "INVITED"
	return s.add(tx, change, &management, "")
}

func find(r store.AccountReader, id string) (*idc.Account, error) {
	account, err := r.Account(id)
	if idc.IsNotFound(err) {
		return nil, idc.NotFoundf("Account", id, "You specified an account that doesn't exist.")
	}
	return account, err
}

// findMember is find for accounts of the organization only.
func findMember(r store.AccountReader, id string) (*idc.Account, error) {
	account, err := find(r, id)
	if err == nil && !account.InOrganization() {
		return nil, idc.NotFoundf("Account", id, "You specified an account that doesn't exist.")
	}
	return account, err
}

func findOU(r store.AccountReader, id string) (*idc.OrganizationalUnit, error) {
	ou, err := r.OU(id)
	if idc.IsNotFound(err) {
		return nil, idc.NotFoundf("OrganizationalUnit", id, "You specified an organizational unit that doesn't exist.")
	}
	return ou, err
}

// findParent accepts the root or an OU and returns the OU's depth, 0 for the root.
func findParent(r store.Reader, id string) (depth int, err error) {
	instance, err := r.Instance()
	if err != nil {
		return 0, err
	}
	for at := id; at != instance.RootID; depth++ {
		ou, err := r.OU(at)
		if idc.IsNotFound(err) {
			return 0, idc.NotFoundf("Parent", id, "You specified parent that doesn't exist.")
		}
		if err != nil {
			return 0, err
		}
		if depth > maxDepth {
			return 0, idc.Errorf(idc.Internal, "the organization's tree has a cycle at %s", at)
		}
		at = ou.ParentID
	}
	return depth, nil
}

// Path returns the organization path of an account or OU: those of its
// ancestors and its own id, such as "o-.../r-.../ou-.../".
func Path(r store.Reader, id, parentID string) (string, error) {
	above, err := pathAbove(r, parentID)
	return above + id + "/", err
}

// pathAbove is the path of what lies in a root or OU, but for its own id.
func pathAbove(r store.Reader, parentID string) (string, error) {
	instance, err := r.Instance()
	if err != nil {
		return "", err
	}
	above, err := Ancestors(r, parentID)
	if err != nil {
		return "", err
	}
	return instance.OrganizationID + "/" + strings.Join(above, "/") + "/", nil
}

// Ancestors returns the root and the OUs down to the parent of an account or OU,
// root first: the levels at which organization policies count.
func Ancestors(r store.Reader, parentID string) ([]string, error) {
	instance, err := r.Instance()
	if err != nil {
		return nil, err
	}
	var up []string
	for at := parentID; at != instance.RootID; {
		ou, err := findOU(r, at)
		if err != nil {
			return nil, err
		}
		if len(up) > maxDepth {
			return nil, idc.Errorf(idc.Internal, "the organization's tree has a cycle at %s", at)
		}
		up = append(up, at)
		at = ou.ParentID
	}
	slices.Reverse(up)
	return append([]string{instance.RootID}, up...), nil
}

// Paths returns the organization paths of accounts and OUs, by id. Ids that do
// not exist are left out.
func (s *Service) Paths(ctx context.Context, ids ...string) (map[string]string, error) {
	paths := map[string]string{}
	err := s.Store.View(ctx, func(r store.Reader) error {
		parents, err := parentsOf(r, ids)
		if err != nil {
			return err
		}
		above := map[string]string{} // what lies in the same parent shares it
		for id, parentID := range parents {
			if _, known := above[parentID]; !known {
				if above[parentID], err = pathAbove(r, parentID); err != nil {
					return err
				}
			}
			paths[id] = above[parentID] + id + "/"
		}
		return nil
	})
	return paths, err
}

// parentsOf returns the parents of those accounts of the organization and OUs that exist, by id.
func parentsOf(r store.AccountReader, ids []string) (map[string]string, error) {
	parents := map[string]string{}
	accounts, err := r.AccountsByID(ids)
	if err != nil {
		return nil, err
	}
	for _, a := range accounts {
		if a.InOrganization() {
			parents[a.ID] = a.ParentID
		}
	}
	for _, id := range ids {
		if !strings.HasPrefix(id, "ou-") {
			continue
		}
		ou, err := r.OU(id)
		if idc.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		parents[id] = ou.ParentID
	}
	return parents, nil
}

// parentOf returns the parent of an account or OU, or NotFound.
func parentOf(r store.AccountReader, id string) (string, error) {
	if strings.HasPrefix(id, "ou-") {
		ou, err := r.OU(id)
		if err != nil {
			return "", err
		}
		return ou.ParentID, nil
	}
	account, err := findMember(r, id)
	if err != nil {
		return "", err
	}
	return account.ParentID, nil
}
