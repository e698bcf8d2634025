package probe

// unknownIsFine names operations that AWS lets succeed, or refuses otherwise, when what they name does not exist,
// although they model an error for it.
func unknownIsFine(service, operation string) bool {
	switch service + "." + operation {
	case "identitystore.IsMemberInGroups", // answers for each group that the membership does not exist
		"sso-admin.ListPermissionSetsProvisionedToAccount", // an account that has nothing has an empty list
		"iam.DeleteOpenIDConnectProvider",                  // "does not fail or return an error if ... the provider does not exist"
		"account-access.DeleteApplication",                 // idempotent in the model
		"iam.UpdateSAMLProvider":                           // without something to update it is refused for that
		return true
	}
	return false
}

// readDepends names operations without required members that answer by who calls or by members that exclude each
// other, so that an empty input says nothing.
func readDepends(service, operation string) bool {
	switch service + "." + operation {
	case "iam.GetUser", "iam.ListAccessKeys", "iam.ListMFADevices", "iam.ListSSHPublicKeys", "iam.ListSigningCertificates",
		"iam.ListServiceSpecificCredentials", // the name of a user may be left out by that user
		"sts.GetSessionToken",                // refused to sessions
		"cloudtrail.GetInsightSelectors":     // a trail or an event data store
		return true
	}
	return false
}
