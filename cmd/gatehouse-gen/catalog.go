package main

// service is what the models do not say about a service.
type service struct {
	model        string // file name in models/, without .json
	pkg          string // Go package below internal/awsapi
	actionPrefix string // IAM action names: "sso" in "sso:CreateInstance"
	eventSource  string // CloudTrail
	errorNS      string // namespace before "#" in __type
}

// catalog lists the services in the order of the reference tables.
func catalog() []service {
	return []service{
		{model: "sso-admin", pkg: "ssoadmin", actionPrefix: "sso", eventSource: "sso.amazonaws.com"},
		{model: "identitystore", pkg: "identitystore", actionPrefix: "identitystore", eventSource: "identitystore.amazonaws.com"},
		{model: "sso", pkg: "ssoportal", actionPrefix: "sso", eventSource: "sso.amazonaws.com", errorNS: "com.amazonaws.switchboard.portal"},
		{model: "sso-oidc", pkg: "ssooidc", actionPrefix: "sso-oauth", eventSource: "sso.amazonaws.com"},
		{model: "organizations", pkg: "organizations", actionPrefix: "organizations", eventSource: "organizations.amazonaws.com"},
		{model: "sts", pkg: "sts", actionPrefix: "sts", eventSource: "sts.amazonaws.com"},
		{model: "iam", pkg: "iam", actionPrefix: "iam", eventSource: "iam.amazonaws.com"},
		{model: "cloudtrail", pkg: "cloudtrail", actionPrefix: "cloudtrail", eventSource: "cloudtrail.amazonaws.com"},
		{model: "signin", pkg: "signin", actionPrefix: "signin", eventSource: "signin.amazonaws.com"},
		{model: "account", pkg: "accountmgmt", actionPrefix: "account", eventSource: "account.amazonaws.com"},
		{model: "accessanalyzer", pkg: "accessanalyzer", actionPrefix: "access-analyzer", eventSource: "access-analyzer.amazonaws.com"},
		{model: "account-access", pkg: "accountaccess", actionPrefix: "account-access", eventSource: "account-access.amazonaws.com"},
	}
}

// readOnlyPrefixes are the verbs of operations that change nothing, for models
// that do not mark them. The overlay's "readonly" decides where a verb misleads.
func readOnlyPrefixes() []string {
	return []string{"Get", "List", "Describe", "Lookup", "Search", "Is", "Simulate", "Decode", "Validate", "Check"}
}
