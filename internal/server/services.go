package server

import (
	"github.com/gatehouse-idc/gatehouse/internal/account"
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
	"github.com/gatehouse-idc/gatehouse/internal/keys"
	"github.com/gatehouse-idc/gatehouse/internal/metrics"
	"github.com/gatehouse-idc/gatehouse/internal/permissionset"
	"github.com/gatehouse-idc/gatehouse/internal/policycheck"
	"github.com/gatehouse-idc/gatehouse/internal/provisioning"
	"github.com/gatehouse-idc/gatehouse/internal/provisioning/target/native"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/serviceauth"
	"github.com/gatehouse-idc/gatehouse/internal/session"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
)

// Services are the product, wired together.
type Services struct {
	Store    store.Store
	Clock    clock.Clock
	IDs      *ids.Source
	Instance *idc.Instance
	Keys     *keys.Service

	Audit          *audit.Service
	Directory      *directory.Service
	Accounts       *account.Service
	Roles          *role.Service
	PermissionSets *permissionset.Service
	Assignments    *assignment.Service
	Provisioning   *provisioning.Service
	Applications   *application.Service
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
	s.Directory = &directory.Service{Store: s.Store, Clock: s.Clock, IDs: s.IDs, Unassign: unassign}
	s.Roles = &role.Service{Store: s.Store, IDs: s.IDs}
	s.Accounts = s.accounts()
	s.PermissionSets = &permissionset.Service{Store: s.Store, IDs: s.IDs}
	s.Assignments = &assignment.Service{Store: s.Store, IDs: s.IDs}
	s.Provisioning = &provisioning.Service{Store: s.Store, Clock: s.Clock, IDs: s.IDs, Record: s.Audit.RecordAll,
		Targets: map[string]provisioning.Target{account.TargetNative: native.Target{Roles: role.Reserved{Service: s.Roles}}}}
	s.Applications = &application.Service{Store: s.Store, IDs: s.IDs}
	record := signinRecorder(s.Audit, m)
	s.Authn = &authn.Service{Store: s.Store, Clock: s.Clock, IDs: s.IDs, Ring: s.Keys.Secrets,
		Hasher: authn.NewHasher(authn.DefaultCost(), passwordQueue), Record: record}
	s.Sessions = &session.Service{Store: s.Store, Clock: s.Clock, IDs: s.IDs, BaseURL: cfg.PublicURL, Record: record}
	s.STS = &sts.Service{Store: s.Store, Clock: s.Clock, IDs: s.IDs, Ring: s.Keys.SessionToken, Precede: s.Audit.Precede}
	s.Authz = &authz.Service{Store: s.Store, Clock: s.Clock, Roles: s.Roles, Instance: s.Instance, Messages: s.Keys.AuthorizationMessage}
	s.STS.Admit = s.Authz.AdmitFederated
	s.PolicyChecks = &policycheck.Checker{Catalog: serviceauth.New()}
}

// unassign takes a principal that is being deleted out of accounts and applications.
func unassign(tx store.Tx, change idc.ChangeSet, pt idc.PrincipalType, principalID string) error {
	if err := assignment.Unassign(tx, change, pt, principalID); err != nil {
		return err
	}
	return application.Unassign(tx, pt, principalID)
}

// accounts makes the organization, whose new accounts get the role through
// which the management account reaches them.
func (s *Services) accounts() *account.Service {
	return &account.Service{Store: s.Store, IDs: s.IDs, Retire: assignment.Retire,
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
