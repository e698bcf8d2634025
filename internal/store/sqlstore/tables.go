package sqlstore

import "github.com/gatehouse-idc/gatehouse/internal/idc"

// tables describes how every noun is stored. It is made once per Store and
// never changed.
type tables struct {
	rules map[string]conflict // uniqueness rules by the name an engine reports

	instance       *inplace[idc.Instance]
	users          *versioned[idc.User]
	groups         *versioned[idc.Group]
	memberships    *versioned[idc.Membership]
	tombstones     *inplace[idc.Tombstone]
	accounts       *versioned[idc.Account]
	ous            *versioned[idc.OrganizationalUnit]
	policies       *versioned[idc.OrganizationPolicy]
	attachments    *versioned[idc.PolicyAttachment]
	permissionSets *versioned[idc.PermissionSet]
	assignments    *versioned[idc.Assignment]
	eligibilities  *versioned[idc.Eligibility]
	leases         *versioned[idc.Lease]
	roles          *inplace[idc.Role]
	managed        *inplace[idc.ManagedPolicy]
	samlProviders  *inplace[idc.SAMLProvider]
	operations     *inplace[idc.Operation]
	provisionings  *inplace[idc.Provisioning]
	jobs           *inplace[idc.Job]
	passwords      *inplace[idc.Password]
	totpDevices    *inplace[idc.TOTPDevice]
	throttles      *inplace[idc.Throttle]
	dataKeys       *inplace[idc.DataKey]
	portalSessions *inplace[idc.PortalSession]
	clients        *inplace[idc.Client]
	devices        *inplace[idc.DeviceAuthorization]
	authorizations *inplace[idc.AuthorizationRequest]
	tokens         *inplace[idc.Token]
	signinFlows    *inplace[idc.SigninFlow]
	oneTimeLinks   *inplace[idc.OneTimeLink]
	fences         *inplace[idc.Fence]
	events         *inplace[idc.AuditEvent]
	changeSets     *inplace[idc.ChangeSet]
}

func newTables() *tables {
	t := &tables{
		rules:    map[string]conflict{},
		instance: instanceTable(),
		users:    userTable(), groups: groupTable(), memberships: membershipTable(), tombstones: tombstoneTable(),
		accounts: accountTable(), ous: ouTable(), policies: organizationPolicyTable(), attachments: policyAttachmentTable(),
		permissionSets: permissionSetTable(),
		assignments:    assignmentTable(), eligibilities: eligibilityTable(), leases: leaseTable(),
		roles: roleTable(), managed: managedPolicyTable(), samlProviders: samlProviderTable(),
		operations: operationTable(), provisionings: provisioningTable(), jobs: jobTable(),
		passwords: passwordTable(), totpDevices: totpDeviceTable(), throttles: throttleTable(), dataKeys: dataKeyTable(),
		portalSessions: portalSessionTable(),
		clients:        clientTable(), devices: deviceTable(), authorizations: authorizationTable(), tokens: tokenTable(),
		signinFlows: signinFlowTable(), oneTimeLinks: oneTimeLinkTable(),
		fences: fenceTable(),
		events: eventTable(), changeSets: changeSetTable(),
	}
	for _, p := range []interface{ prepare(map[string]conflict) }{
		t.instance, t.users, t.groups, t.memberships, t.tombstones, t.accounts, t.ous, t.policies, t.attachments,
		t.permissionSets, t.assignments, t.eligibilities, t.leases, t.roles, t.managed, t.samlProviders, t.operations,
		t.provisionings, t.jobs, t.passwords, t.totpDevices, t.throttles, t.dataKeys, t.portalSessions, t.clients,
		t.devices, t.authorizations, t.tokens, t.signinFlows, t.oneTimeLinks, t.fences, t.events, t.changeSets,
	} {
		p.prepare(t.rules)
	}
	externalIDRules(t.rules)
	return t
}
