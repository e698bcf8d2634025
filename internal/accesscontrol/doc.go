// Package accesscontrol keeps the attributes for access control of an instance and reads them from people:
// attribute-based access control (ABAC).
//
//	administrator --Create, Update--> configuration: tag CostCenter comes from ${path:enterprise.costCenter}
//	GetRoleCredentials (package sts) --Tags(configuration, user)--> session tags
//	policies of the role --aws:PrincipalTag/CostCenter--> package policy
//
// Turning it on needs no work in the accounts: the trust policies of provisioned roles let the instance tag sessions
// from the beginning (package provisioning). A change counts for the next credentials; sessions that were issued
// keep their tags, as with AWS.
//
// "Attributes for access control", "Attribute mappings" (IAM Identity Center User Guide);
// "Pass session tags in AWS STS" (IAM User Guide) for what a tag may be.
package accesscontrol
