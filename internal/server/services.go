package server

import (
	"github.com/gatehouse-idc/gatehouse/internal/accesscontrol"
	"github.com/gatehouse-idc/gatehouse/internal/accessreport"
	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/accountaccess"
	"github.com/gatehouse-idc/gatehouse/internal/application"
	"github.com/gatehouse-idc/gatehouse/internal/assignment"
	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/authz"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/config"
	"github.com/gatehouse-idc/gatehouse/internal/directory"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/instance"
	"github.com/gatehouse-idc/gatehouse/internal/keys"
	"github.com/gatehouse-idc/gatehouse/internal/metrics"
	"github.com/gatehouse-idc/gatehouse/internal/oidc"
	"github.com/gatehouse-idc/gatehouse/internal/oidc/fetch"
	"github.com/gatehouse-idc/gatehouse/internal/permissionset"
	"github.com/gatehouse-idc/gatehouse/internal/policycheck"
	"github.com/gatehouse-idc/gatehouse/internal/provisioning"
	"github.com/gatehouse-idc/gatehouse/internal/provisioning/target/native"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/serviceauth"
	"github.com/gatehouse-idc/gatehouse/internal/session"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
	"github.com/gatehouse-idc/gatehouse/internal/trail"
)

// Services are the product, wired together.
type Services struct {
	Store    store.Store
	Clock    clock.Clock
	IDs      *ids.Source
	Instance *idc.Instance
	Keys     *keys.Service
	Tokens   *oidc.Verifier // of the token issuers that accounts and applications trust

	Audit          *audit.Service
	Trails         *trail.Service
	Directory      *directory.Service
	Accounts       *account.Service
	Roles          *role.Service
	Uses           *accessreport.Recorder
	Reports        *accessreport.Service
	PermissionSets *permissionset.Service
	Assignments    *assignment.Service
	Provisioning   *provisioning.Service
	Applications   *application.Service
	AccountAccess  *accountaccess.Service
	Instances      *instance.Service
	AccessControl  *accesscontrol.Service
	Authn          *authn.Service
	Sessions       *session.Service
	STS            *sts.Service
	Authz          *authz.Service
	PolicyChecks   *policycheck.Checker
}

// passwordQueue is how many sign-ins may wait for a processor to hash with;
// beyond that the answer is 429.
const passwordQueue = 64

// build makes the services, in import order.
func (s *Services) build(cfg *config.Config, m *metrics.Metrics) {
	s.Audit = &audit.Service{Store: s.Store, Clock: s.Clock, IDs: s.IDs, Region: s.Instance.Region,
		IdentityStoreARN: identityStoreARN(s.Instance), ManagementAccountID: s.Instance.OwnerAccountID}
	s.Directory = &directory.Service{Store: s.Store, Clock: s.Clock, IDs: s.IDs, Unassign: unassign,
		MaxUsers: cfg.Quotas.Users, MaxGroups: cfg.Quotas.Groups}
	s.Roles = &role.Service{Store: s.Store, IDs: s.IDs, Secrets: s.Keys.Secrets, Deleted: accountaccess.RoleDeleted}
	s.Accounts = s.accounts()
	s.Accounts.Quotas.Accounts = cfg.Quotas.Accounts
	s.PermissionSets = &permissionset.Service{Store: s.Store, IDs: s.IDs, Quotas: permissionset.Quotas{
		PermissionSets: cfg.Quotas.PermissionSets, Policies: cfg.Quotas.PoliciesPerPermissionSet}}
	s.Assignments = &assignment.Service{Store: s.Store, IDs: s.IDs, Quotas: assignment.Quotas{
		Outstanding: cfg.Quotas.OutstandingAssignments, PermissionSetsPerAccount: cfg.Quotas.PermissionSetsPerAccount}}
	s.Provisioning = &provisioning.Service{Store: s.Store, Clock: s.Clock, IDs: s.IDs, Record: s.Audit.RecordIn,
		Inside: map[string]func(store.Tx) provisioning.Target{account.TargetNative: native.In(role.Reserved{Service: s.Roles})}}
	s.Applications = &application.Service{Store: s.Store, IDs: s.IDs, Quotas: application.Quotas{Applications: cfg.Quotas.Applications}}
	s.AccountAccess = &accountaccess.Service{Store: s.Store, IDs: s.IDs}
	s.Instances = &instance.Service{Store: s.Store, IDs: s.IDs, Directory: s.Directory}
	s.Tokens = &oidc.Verifier{Fetcher: fetch.New(nil), Clock: s.Clock}
	s.AccessControl = &accesscontrol.Service{Store: s.Store}
	record := signinRecorder(s.Audit, m)
	s.Authn = &authn.Service{Store: s.Store, Clock: s.Clock, IDs: s.IDs, Ring: s.Keys.Secrets,
		Hasher: authn.NewHasher(authn.DefaultCost(), passwordQueue), Record: record}
	s.Sessions = &session.Service{Store: s.Store, Clock: s.Clock, IDs: s.IDs, BaseURL: cfg.PublicURL, Record: record,
		Tokens: s.Tokens, Signing: s.Keys, Contexts: s.Keys.SessionToken}
	s.STS = &sts.Service{Store: s.Store, Clock: s.Clock, IDs: s.IDs, Ring: s.Keys.SessionToken, Precede: s.Audit.Precede,
		BaseURL: cfg.PublicURL, Secrets: s.Keys.Secrets, Tokens: s.Tokens, Instance: s.Instance}
	s.Authz = &authz.Service{Store: s.Store, Clock: s.Clock, Roles: s.Roles, Instance: s.Instance, Messages: s.Keys.AuthorizationMessage}
	s.STS.Admit, s.STS.AdmitService, s.AccountAccess.Admits = s.Authz.AdmitFederated, s.Authz.AdmitService, s.Authz.AdmitsService
	catalog := serviceauth.New()
	s.PolicyChecks = &policycheck.Checker{Catalog: catalog}
	s.Uses = &accessreport.Recorder{Store: s.Store, Clock: s.Clock, IDs: s.IDs}
	s.Reports = &accessreport.Service{Store: s.Store, IDs: s.IDs, Catalog: catalog, Tracked: servedServices(), OrganizationID: s.Instance.OrganizationID}
}

// unassign takes a principal that is being deleted out of accounts, roles and applications.
func unassign(tx store.Tx, change idc.ChangeSet, pt idc.PrincipalType, principalID string) error {
	if err := assignment.Unassign(tx, change, pt, principalID); err != nil {
		return err
	}
	if err := accountaccess.Unassign(tx, change, pt, principalID); err != nil {
		return err
	}
	return application.Unassign(tx, pt, principalID)
}

// accounts makes the organization, whose new accounts get the role through
// which the management account reaches them.
func (s *Services) accounts() *account.Service {
	return &account.Service{Store: s.Store, IDs: s.IDs, Retire: assignment.Retire, Left: accountaccess.AccountLeft,
		OnCreate: func(tx store.Tx, change idc.ChangeSet, a *idc.Account, roleName string) error {
			management := a.ID
			if s.Instance != nil {
				management = s.Instance.OwnerAccountID
			}
			if a.ID == management {
				return nil
			}
			return s.accessRole(tx, change, a.ID, management, roleName)
		}}
}
