package serviceauth

import "strings"

// globalKeys returns the condition keys that belong to no single service, by their name in lower case; those with
// a tag key, up to their slash.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html, and "Available
// keys" in the guides of IAM Identity Center, for sessions that carry a user's identity.
func globalKeys() map[string]*ConditionKey {
	out := map[string]*ConditionKey{}
	for _, k := range []ConditionKey{
		// The principal.
		{"aws:PrincipalArn", "ARN", true},
		{"aws:PrincipalAccount", "String", true},
		{"aws:PrincipalOrgPaths", "ArrayOfString", true},
		{"aws:PrincipalOrgID", "String", true},
		{"aws:PrincipalTag/${TagKey}", "String", true},
		{"aws:PrincipalIsAWSService", "Bool", true},
		{"aws:PrincipalServiceName", "String", true},
		{"aws:PrincipalServiceNamesList", "ArrayOfString", true},
		{"aws:PrincipalType", "String", true},
		{"aws:userid", "String", true},
		{"aws:username", "String", true},
		// The role session.
		{"aws:AssumedRoot", "Bool", true},
		{"aws:FederatedProvider", "String", true},
		{"aws:TokenIssueTime", "Date", true},
		{"aws:MultiFactorAuthAge", "Numeric", true},
		{"aws:MultiFactorAuthPresent", "Bool", true},
		{"aws:ChatbotSourceArn", "ARN", true},
		{"aws:Ec2InstanceSourceVpc", "String", true},
		{"aws:Ec2InstanceSourcePrivateIPv4", "IPAddress", true},
		{"aws:SignInSessionArn", "ARN", true},
		{"aws:SourceIdentity", "String", true},
		{"ec2:RoleDelivery", "Numeric", true},
		{"ec2:SourceInstanceArn", "ARN", true},
		{"glue:RoleAssumedBy", "String", true},
		{"glue:CredentialIssuingService", "String", true},
		{"lambda:SourceFunctionArn", "ARN", true},
		{"ssm:SourceInstanceArn", "ARN", true},
		{"codebuild:BuildArn", "ARN", true},
		{"codebuild:ProjectArn", "ARN", true},
		{"identitystore:UserId", "String", true},
		{"identitystore:IdentityStoreArn", "ARN", true},
		{"identitycenter:ApplicationArn", "ARN", true},
		{"identitycenter:CredentialId", "String", true},
		{"identitycenter:InstanceArn", "ARN", true},
		// The network.
		{"aws:SourceIp", "IPAddress", true},
		{"aws:SourceVpc", "String", true},
		{"aws:SourceVpcArn", "ARN", true},
		{"aws:SourceVpce", "String", true},
		{"aws:VpceAccount", "String", true},
		{"aws:VpceOrgID", "String", true},
		{"aws:VpceOrgPaths", "ArrayOfString", true},
		{"aws:VpcSourceIp", "IPAddress", true},
		// The resource.
		{"aws:ResourceAccount", "String", true},
		{"aws:ResourceOrgID", "String", true},
		{"aws:ResourceOrgPaths", "ArrayOfString", true},
		{"aws:ResourceTag/${TagKey}", "String", true},
		// The request.
		{"aws:CalledVia", "ArrayOfString", true},
		{"aws:CalledViaAWSMCP", "String", true},
		{"aws:CalledViaFirst", "String", true},
		{"aws:CalledViaLast", "String", true},
		{"aws:CurrentTime", "Date", true},
		{"aws:EpochTime", "Date", true},
		{"aws:IsMcpServiceAction", "Bool", true},
		{"aws:referer", "String", true},
		{"aws:RequestedRegion", "String", true},
		{"aws:RequestTag/${TagKey}", "String", true},
		{"aws:SecureTransport", "Bool", true},
		{"aws:SourceAccount", "String", true},
		{"aws:SourceArn", "ARN", true},
		{"aws:SourceOrgID", "String", true},
		{"aws:SourceOrgPaths", "ArrayOfString", true},
		{"aws:SourceOwner", "String", true},
		{"aws:TagKeys", "ArrayOfString", true},
		{"aws:UserAgent", "String", true},
		{"aws:ViaAWSMCPService", "Bool", true},
		{"aws:ViaAWSService", "Bool", true},
	} {
		name, _, _ := strings.Cut(strings.ToLower(k.Name), "${")
		out[name] = &k
	}
	return out
}
