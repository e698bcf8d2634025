package arn

import "strings"

// Names of the services sso, account-access and identitystore. Instances, permission sets and accounts have
// neither Region nor account in their names.

// Instance names an Identity Center instance: arn:aws:sso:::instance/ssoins-....
func Instance(instanceID string) ARN { return sso("", "instance/"+instanceID) }

// PermissionSet names a permission set: arn:aws:sso:::permissionSet/ssoins-.../ps-....
func PermissionSet(instanceID, permissionSetID string) ARN {
	return sso("", "permissionSet/"+instanceID+"/"+permissionSetID)
}

// AccountForSSO names an account as the resource of account assignment operations in policies:
// arn:aws:sso:::account/ID.
func AccountForSSO(accountID string) ARN { return sso("", "account/"+accountID) }

// Application names an application; the account is the application owner's.
func Application(accountID, instanceID, applicationID string) ARN {
	return sso(accountID, "application/"+instanceID+"/"+applicationID)
}

// ApplicationProvider names a kind of application, such as "custom" or "custom-saml".
func ApplicationProvider(name string) ARN { return sso("aws", "applicationProvider/"+name) }

// TrustedTokenIssuer names an outside token issuer that an instance trusts.
func TrustedTokenIssuer(accountID, instanceID, issuerID string) ARN {
	return sso(accountID, "trustedTokenIssuer/"+instanceID+"/"+issuerID)
}

// AccountAccessApplication names an account access manager.
func AccountAccessApplication(region, accountID, applicationID string) ARN {
	return ARN{Partition: "aws", Service: "account-access", Region: region, Account: accountID, Resource: "application/" + applicationID}
}

// ParseAccountAccessApplication returns the Region, the account and the id inside the ARN of an account
// access manager.
func ParseAccountAccessApplication(s string) (region, accountID, applicationID string, err error) {
	const kind = "an account access application"
	a, err := parseKind(s, "account-access", kind)
	if err != nil {
		return "", "", "", err
	}
	id, ok := strings.CutPrefix(a.Resource, "application/")
	if !ok || id == "" || strings.Contains(id, "/") || a.Region == "" || !IsAccountID(a.Account) {
		return "", "", "", wrongKind(s, kind, "arn:aws:account-access:<region>:<account>:application/<id>")
	}
	return a.Region, a.Account, id, nil
}

// IdentityStore names a directory: arn:aws:identitystore::ACCOUNT:identitystore/d-....
func IdentityStore(accountID, identityStoreID string) ARN {
	return ARN{Partition: "aws", Service: "identitystore", Account: accountID, Resource: "identitystore/" + identityStoreID}
}

// DirectoryUser names a user of the identity store, as policies do.
func DirectoryUser(userID string) ARN { return directory("user/" + userID) }

// DirectoryGroup names a group of the identity store, as policies do.
func DirectoryGroup(groupID string) ARN { return directory("group/" + groupID) }

// DirectoryMembership names a group membership of the identity store, as policies do.
func DirectoryMembership(membershipID string) ARN { return directory("membership/" + membershipID) }

func sso(account, resource string) ARN {
	return ARN{Partition: "aws", Service: "sso", Account: account, Resource: resource}
}

func directory(resource string) ARN {
	return ARN{Partition: "aws", Service: "identitystore", Resource: resource}
}

// ParseInstance returns the id inside the ARN of an instance.
func ParseInstance(s string) (instanceID string, err error) {
	const kind = "an Identity Center instance"
	a, err := parseKind(s, "sso", kind)
	if err != nil {
		return "", err
	}
	id, ok := strings.CutPrefix(a.Resource, "instance/")
	if !ok || !isInstanceID(id) || a.Region != "" || a.Account != "" {
		return "", wrongKind(s, kind, "arn:aws:sso:::instance/ssoins-<16 characters>")
	}
	return id, nil
}

// ParsePermissionSet returns the ids inside the ARN of a permission set.
func ParsePermissionSet(s string) (instanceID, permissionSetID string, err error) {
	const kind = "a permission set"
	a, err := parseKind(s, "sso", kind)
	if err != nil {
		return "", "", err
	}
	rest, ok := strings.CutPrefix(a.Resource, "permissionSet/")
	instanceID, permissionSetID, _ = strings.Cut(rest, "/")
	if !ok || !isInstanceID(instanceID) || !isPermissionSetID(permissionSetID) || a.Region != "" || a.Account != "" {
		return "", "", wrongKind(s, kind, "arn:aws:sso:::permissionSet/ssoins-<16 characters>/ps-<16 characters>")
	}
	return instanceID, permissionSetID, nil
}

// ParseApplication returns the owner account and the ids inside the ARN of an application.
func ParseApplication(s string) (accountID, instanceID, applicationID string, err error) {
	return parseOwned(s, "an application", "application", "apl-")
}

// ParseTrustedTokenIssuer returns the account and the ids inside the ARN of a trusted token issuer.
func ParseTrustedTokenIssuer(s string) (accountID, instanceID, issuerID string, err error) {
	return parseOwned(s, "a trusted token issuer", "trustedTokenIssuer", "tti-")
}

// parseOwned parses the ARN of what belongs to an account and to an instance.
func parseOwned(s, kind, noun, prefix string) (accountID, instanceID, id string, err error) {
	a, err := parseKind(s, "sso", kind)
	if err != nil {
		return "", "", "", err
	}
	rest, ok := strings.CutPrefix(a.Resource, noun+"/")
	instanceID, id, _ = strings.Cut(rest, "/")
	opaque, named := strings.CutPrefix(id, prefix)
	if !ok || !named || !isInstanceID(instanceID) || opaque == "" || strings.Contains(opaque, "/") || a.Region != "" || !IsAccountID(a.Account) {
		return "", "", "", wrongKind(s, kind, "arn:aws:sso::<account>:"+noun+"/ssoins-<16 characters>/"+prefix+"<id>")
	}
	return a.Account, instanceID, id, nil
}

// isInstanceID follows the sso-admin model: (sso)?ins-[a-zA-Z0-9-.]{16}.
func isInstanceID(s string) bool {
	id, ok := strings.CutPrefix(strings.TrimPrefix(s, "sso"), "ins-")
	return ok && isOpaque(id, "-.")
}

// isPermissionSetID follows the sso-admin model: ps-[a-zA-Z0-9-./]{16}.
func isPermissionSetID(s string) bool {
	id, ok := strings.CutPrefix(s, "ps-")
	return ok && isOpaque(id, "-./")
}

// isOpaque reports whether s is 16 letters, digits or characters of also.
func isOpaque(s, also string) bool {
	return len(s) == 16 && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune(also, r)
	})
}
