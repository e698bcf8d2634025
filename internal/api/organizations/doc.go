// Package organizations is the front door of AWS Organizations (awsJson1.1,
// 2016-11-28): the organization, its accounts and units, and its policies.
//
// It translates between wire types and package idc; the rules are in package
// account. admission.go says who may call: the management account; delegated
// administrators, for reading; members to whom the organization's resource policy
// gives the action; and everyone for what is about the own account, such as
// LeaveOrganization or an invitation.
//
// Ids are authorised as the ARNs they stand for. The ARN of a policy holds its
// type, so operations on policies look the policy up before the Authorizer is asked.
//
// An installation has one organization, with all features, no bills and no GovCloud:
// CreateOrganization, DeleteOrganization, EnableAllFeatures, CreateGovCloudAccount and
// the operations on transfers of responsibility answer what AWS answers in that case.
package organizations
