package sqlstore

import "github.com/gatehouse-idc/gatehouse/internal/idc"

// tables describes how every noun is stored. It is made once per Store and
// never changed.
type tables struct {
	rules map[string]conflict // uniqueness rules by the name an engine reports

	instances              *inplace[idc.Instance]
	accessControls         *versioned[idc.AccessControlConfiguration]
	users                  *versioned[idc.User]
	groups                 *versioned[idc.Group]
	memberships            *versioned[idc.Membership]
	tombstones             *inplace[idc.Tombstone]
	accounts               *versioned[idc.Account]
	ous                    *versioned[idc.OrganizationalUnit]
	organizations          *versioned[idc.Organization]
	resourcePolicies       *versioned[idc.OrganizationResourcePolicy]
	delegations            *versioned[idc.DelegatedAdministrator]
	serviceAccess          *versioned[idc.ServiceAccess]
	handshakes             *inplace[idc.Handshake]
	policies               *versioned[idc.OrganizationPolicy]
	attachments            *versioned[idc.PolicyAttachment]
	permissionSets         *versioned[idc.PermissionSet]
	assignments            *versioned[idc.Assignment]
	eligibilities          *versioned[idc.Eligibility]
	leases                 *versioned[idc.Lease]
	applications           *versioned[idc.Application]
	applicationAssignments *versioned[idc.ApplicationAssignment]
	tokenIssuers           *versioned[idc.TrustedTokenIssuer]
	accountAccess          *versioned[idc.AccountAccessApplication]
	entitlements           *versioned[idc.Entitlement]
	roles                  *inplace[idc.Role]
	managed                *inplace[idc.ManagedPolicy]
	samlProviders          *inplace[idc.SAMLProvider]
	oidcProviders          *inplace[idc.OIDCProvider]
	roleUses               *inplace[idc.RoleUse]
	accessReports          *inplace[idc.AccessReport]
	operations             *inplace[idc.Operation]
	provisionings          *inplace[idc.Provisioning]
	jobs                   *inplace[idc.Job]
	clientTokens           *inplace[idc.ClientToken]
	passwords              *inplace[idc.Password]
	totpDevices            *inplace[idc.TOTPDevice]
	throttles              *inplace[idc.Throttle]
	dataKeys               *inplace[idc.DataKey]
	signingKeys            *inplace[idc.SigningKey]
	portalSessions         *inplace[idc.PortalSession]
	clients                *inplace[idc.Client]
	devices                *inplace[idc.DeviceAuthorization]
	authorizations         *inplace[idc.AuthorizationRequest]
	tokens                 *inplace[idc.Token]
	signinFlows            *inplace[idc.SigninFlow]
	oneTimeLinks           *inplace[idc.OneTimeLink]
	fences                 *inplace[idc.Fence]
	events                 *inplace[idc.AuditEvent]
	trails                 *inplace[idc.Trail]
	trailStatuses          *inplace[idc.TrailStatus]
	changeSets             *inplace[idc.ChangeSet]
}

func newTables() *tables {
	t := &tables{
		rules:     map[string]conflict{},
		instances: instanceTable(), accessControls: accessControlTable(),
		users: userTable(), groups: groupTable(), memberships: membershipTable(), tombstones: tombstoneTable(),
		accounts: accountTable(), ous: ouTable(), policies: organizationPolicyTable(), attachments: policyAttachmentTable(),
		organizations: organizationTable(), resourcePolicies: resourcePolicyTable(), delegations: delegationTable(),
		serviceAccess: serviceAccessTable(), handshakes: handshakeTable(),
		permissionSets: permissionSetTable(),
		assignments:    assignmentTable(), eligibilities: eligibilityTable(), leases: leaseTable(),
		applications: applicationTable(), applicationAssignments: applicationAssignmentTable(), tokenIssuers: trustedTokenIssuerTable(),
		accountAccess: accountAccessTable(), entitlements: entitlementTable(),
		roles: roleTable(), managed: managedPolicyTable(), samlProviders: samlProviderTable(), oidcProviders: oidcProviderTable(),
		roleUses: roleUseTable(), accessReports: accessReportTable(),
		operations: operationTable(), provisionings: provisioningTable(), jobs: jobTable(), clientTokens: clientTokenTable(),
		passwords: passwordTable(), totpDevices: totpDeviceTable(), throttles: throttleTable(), dataKeys: dataKeyTable(),
		signingKeys:    signingKeyTable(),
		portalSessions: portalSessionTable(),
		clients:        clientTable(), devices: deviceTable(), authorizations: authorizationTable(), tokens: tokenTable(),
		signinFlows: signinFlowTable(), oneTimeLinks: oneTimeLinkTable(),
		fences: fenceTable(),
		events: eventTable(), trails: trailTable(), trailStatuses: trailStatusTable(), changeSets: changeSetTable(),
	}
	for _, p := range []interface{ prepare(map[string]conflict) }{
		t.instances, t.accessControls, t.users, t.groups, t.memberships, t.tombstones, t.accounts, t.ous, t.policies, t.attachments,
		t.organizations, t.resourcePolicies, t.delegations, t.serviceAccess, t.handshakes, t.applications, t.applicationAssignments,
		t.tokenIssuers, t.accountAccess, t.entitlements, t.oidcProviders, t.roleUses, t.accessReports, t.clientTokens, t.signingKeys,
		t.trails, t.trailStatuses,
		t.permissionSets, t.assignments, t.eligibilities, t.leases, t.roles, t.managed, t.samlProviders, t.operations,
		t.provisionings, t.jobs, t.passwords, t.totpDevices, t.throttles, t.dataKeys, t.portalSessions, t.clients,
		t.devices, t.authorizations, t.tokens, t.signinFlows, t.oneTimeLinks, t.fences, t.events, t.changeSets,
	} {
		p.prepare(t.rules)
	}
	externalIDRules(t.rules)
	return t
}
