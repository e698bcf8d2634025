package arn

// Names of the service organizations. The account in them is the management account's, whatever
// the named thing is.

// Organization names an organization: arn:aws:organizations::MANAGEMENT:organization/o-....
func Organization(managementID, organizationID string) ARN {
	return organizations(managementID, "organization/"+organizationID)
}

// OrgRoot names the root of an organization's tree.
func OrgRoot(managementID, organizationID, rootID string) ARN {
	return organizations(managementID, "root/"+organizationID+"/"+rootID)
}

// OU names an organizational unit.
func OU(managementID, organizationID, ouID string) ARN {
	return organizations(managementID, "ou/"+organizationID+"/"+ouID)
}

// OrgAccount names an account as a member of its organization.
func OrgAccount(managementID, organizationID, accountID string) ARN {
	return organizations(managementID, "account/"+organizationID+"/"+accountID)
}

// OrgPolicy names an organization policy; kind is the type in lower case, such as
// "service_control_policy".
func OrgPolicy(managementID, organizationID, kind, policyID string) ARN {
	return organizations(managementID, "policy/"+organizationID+"/"+kind+"/"+policyID)
}

// ManagedOrgPolicy names an organization policy that AWS owns, such as p-FullAWSAccess.
func ManagedOrgPolicy(kind, policyID string) ARN {
	return organizations("aws", "policy/"+kind+"/"+policyID)
}

// Handshake names an invitation; action is the kind in lower case, such as "invite".
func Handshake(managementID, organizationID, action, handshakeID string) ARN {
	return organizations(managementID, "handshake/"+organizationID+"/"+action+"/"+handshakeID)
}

// OrgResourcePolicy names the organization's own resource policy.
func OrgResourcePolicy(managementID, organizationID, policyID string) ARN {
	return organizations(managementID, "resourcepolicy/"+organizationID+"/"+policyID)
}

func organizations(account, resource string) ARN {
	return ARN{Partition: "aws", Service: "organizations", Account: account, Resource: resource}
}
