package arn

import "strings"

// Names of the services iam and sts. A path begins and ends with a slash and is "/" for most
// things; an assumed role's name leaves the role's path out.

// Root names the root user of an account, and in a policy's Principal the account itself.
func Root(accountID string) ARN { return iam(accountID, "root") }

// User names an IAM user.
func User(accountID, path, name string) ARN { return iam(accountID, "user"+path+name) }

// Group names an IAM group.
func Group(accountID, path, name string) ARN { return iam(accountID, "group"+path+name) }

// Role names an IAM role with its path.
func Role(accountID, path, name string) ARN { return iam(accountID, "role"+path+name) }

// Policy names a customer managed policy.
func Policy(accountID, path, name string) ARN { return iam(accountID, "policy"+path+name) }

// ManagedPolicy names an AWS managed policy; job-function policies have the path "/job-function/".
func ManagedPolicy(path, name string) ARN { return iam("aws", "policy"+path+name) }

// SAMLProvider names a SAML identity provider of an account.
func SAMLProvider(accountID, name string) ARN { return iam(accountID, "saml-provider/"+name) }

// OIDCProvider names an OpenID Connect provider of an account by its issuer without "https://".
func OIDCProvider(accountID, issuer string) ARN { return iam(accountID, "oidc-provider/"+issuer) }

// ContextProvider names what vouches for the identity context of a role session.
func ContextProvider(name string) ARN { return iam("aws", "contextProvider/"+name) }

// AssumedRole names a role session: arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION.
func AssumedRole(accountID, roleName, sessionName string) ARN {
	return sts(accountID, "assumed-role/"+roleName+"/"+sessionName)
}

// FederatedUser names a session of GetFederationToken.
func FederatedUser(accountID, name string) ARN { return sts(accountID, "federated-user/"+name) }

// ReservedRolePath is the path of the roles that an instance in the given Region provisions:
// /aws-reserved/sso.amazonaws.com/ and, outside us-east-1, the Region.
func ReservedRolePath(region string) string {
	const path = "/aws-reserved/sso.amazonaws.com/"
	if region == "us-east-1" {
		return path
	}
	return path + region + "/"
}

func iam(account, resource string) ARN {
	return ARN{Partition: "aws", Service: "iam", Account: account, Resource: resource}
}

func sts(account, resource string) ARN {
	return ARN{Partition: "aws", Service: "sts", Account: account, Resource: resource}
}

// ParseRole returns the parts of a role's ARN.
func ParseRole(s string) (accountID, path, name string, err error) {
	return parseIAM(s, "role", "a role")
}

// ParsePolicy returns the parts of a managed policy's ARN; the account of an AWS managed policy is
// "aws".
func ParsePolicy(s string) (account, path, name string, err error) {
	return parseIAM(s, "policy", "a managed policy")
}

func parseIAM(s, noun, kind string) (account, path, name string, err error) {
	a, err := parseKind(s, "iam", kind)
	if err != nil {
		return "", "", "", err
	}
	rest, ok := strings.CutPrefix(a.Resource, noun)
	slash := strings.LastIndexByte(rest, '/')
	owned := a.Account != "" && (a.Account != "aws" || noun == "policy")
	if !ok || !owned || a.Region != "" || !strings.HasPrefix(rest, "/") || slash == len(rest)-1 || strings.Contains(rest, "//") {
		return "", "", "", wrongKind(s, kind, "arn:aws:iam::<account id>:"+noun+"/<path and name>")
	}
	return a.Account, rest[:slash+1], rest[slash+1:], nil
}

// ParseAssumedRole returns the parts of a role session's ARN.
func ParseAssumedRole(s string) (accountID, roleName, sessionName string, err error) {
	const kind = "an assumed role"
	a, err := parseKind(s, "sts", kind)
	if err != nil {
		return "", "", "", err
	}
	parts := strings.Split(a.Resource, "/")
	if len(parts) != 3 || parts[0] != "assumed-role" || parts[1] == "" || parts[2] == "" || !IsAccountID(a.Account) || a.Region != "" {
		return "", "", "", wrongKind(s, kind, "arn:aws:sts::<account id>:assumed-role/<role>/<session>")
	}
	return a.Account, parts[1], parts[2], nil
}
