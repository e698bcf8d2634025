package policycheck

// issue is what belongs to a code of AWS's: how much the finding weighs, and its text with gaps.
type issue struct {
	kind FindingType
	text string
}

// issues are the checks. The codes and types are AWS's, the sentences are our own.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html.
var issues = map[string]issue{
	// The document.
	"JSON_SYNTAX_ERROR":               {Error, "The document is not valid JSON at index %d, line %d, column %d."},
	"DATA_TYPE_MISMATCH":              {Error, "A value of the JSON type %s belongs here, not %s."},
	"INVALID_POLICY_ELEMENT":          {Error, "There is no policy element %s."},
	"INVALID_VERSION":                 {Error, "There is no version %s of the policy language. The versions are 2012-10-17 and 2008-10-17."},
	"MISSING_VERSION":                 {Warning, "The policy names no Version. Name 2012-10-17, so that it means what it seems to."},
	"MISSING_STATEMENT":               {Error, "The policy has no statement."},
	"UNSUPPORTED_ELEMENT_COMBINATION": {Error, "%s and %s cannot stand in the same statement. Keep one of them."},

	// Sizes.
	"POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA":   {Warning, "Without white space the policy has %d characters; a managed policy may have %d, inline policies less. Split it."},
	"POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA":   {Warning, "The policy has %d characters; the policy of this resource may have %d."},
	"POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA": {Warning, "Without white space the trust policy has %d characters; without a higher quota it may have %d."},
	"POLICY_SIZE_EXCEEDS_SCP_QUOTA":               {Error, "The policy has %d characters; a service control policy may have %d. Split it."},
	"POLICY_SIZE_EXCEEDS_RCP_QUOTA":               {Error, "The policy has %d characters; a resource control policy may have %d. Split it."},

	// Sid and Effect.
	"EMPTY_SID_VALUE":         {Suggestion, "The Sid is empty. Give it a value or leave it out."},
	"UNSUPPORTED_SID":         {Error, "In this type of policy a Sid consists of the letters a-z and A-Z and the digits 0-9 only."},
	"UNIQUE_SIDS_REQUIRED":    {Error, "The Sid %s is used twice. In this type of policy each Sid must be unique."},
	"UNIQUE_SIDS_RECOMMENDED": {Warning, "The Sid %s is used twice. Make each Sid unique."},
	"MISSING_EFFECT":          {Error, "The statement has no Effect. Add one with the value Allow or Deny."},
	"INVALID_EFFECT":          {Error, "There is no effect %s. It is either Allow or Deny."},

	// Actions.
	"MISSING_ACTION":               {Error, "The statement has neither Action nor NotAction."},
	"EMPTY_ARRAY_ACTION":           {Suggestion, "The statement names no action and so has no effect."},
	"INVALID_ACTION":               {Error, "The action %s does not exist.%s"},
	"INVALID_SERVICE_IN_ACTION":    {Error, "The action names a service %s, which does not exist.%s"},
	"UNSUPPORTED_ACTION_IN_POLICY": {Error, "The action %s means nothing in the policy of a resource of type %s."},
	"REDUNDANT_ACTION":             {Suggestion, "%d of the actions are covered by others and can be removed, such as %s."},

	// Resources.
	"MISSING_RESOURCE":                   {Error, "The statement has neither Resource nor NotResource."},
	"EMPTY_ARRAY_RESOURCE":               {Suggestion, "The statement names no resource and so has no effect."},
	"INVALID_ARN_PREFIX":                 {Error, "A resource is either * or an ARN, which starts with arn:."},
	"MISSING_ARN_FIELD":                  {Error, "The ARN is cut short. It has %d fields: arn:partition:service:region:account:resource."},
	"INVALID_PARTITION":                  {Error, "There is no partition %s. The partitions are %s."},
	"INVALID_ARN_SERVICE_CASE":           {Error, "The service in an ARN is written in lower case: %s."},
	"WILDCARD_IN_SERVICE_NAME":           {Suggestion, "The service in the ARN has a wildcard, so that it may cover services nobody thought of."},
	"INVALID_SERVICE":                    {Error, "There is no service %s."},
	"INVALID_ARN_REGION":                 {Error, "There is no Region %s."},
	"ARN_REGION_NOT_ALLOWED":             {Error, "ARNs of this kind have no Region in the service %s. Leave the field empty."},
	"MISSING_ARN_REGION":                 {Error, "ARNs of this kind have a Region in the service %s. Fill the field in."},
	"INVALID_ARN_ACCOUNT":                {Error, "%s is no account id. An account id has 12 digits."},
	"ARN_ACCOUNT_NOT_ALLOWED":            {Error, "ARNs of this kind have no account id in the service %s. Leave the field empty."},
	"MISSING_ARN_ACCOUNT":                {Error, "ARNs of the resource %s have an account id of 12 digits. Fill the field in."},
	"INVALID_ARN_RESOURCE":               {Error, "The service %s has no resources whose ARN looks like this."},
	"UNSUPPORTED_RESOURCE_ARN_IN_POLICY": {Error, "The ARN cannot be meant in the policy of a resource of type %s."},
	"REDUNDANT_RESOURCE":                 {Suggestion, "%d of the resources are covered by others and can be removed."},

	// Principals.
	"MISSING_PRINCIPAL":                               {Error, "The statement has no Principal."},
	"UNSUPPORTED_PRINCIPAL":                           {Error, "A policy of type %s has no principals. Remove the element."},
	"INVALID_PRINCIPAL_FORMAT":                        {Error, "A Principal is either * or an object such as {\"AWS\": \"123456789012\"}."},
	"INVALID_PRINCIPAL_KEY":                           {Error, "There is no kind of principal %s. The kinds are AWS, Service, Federated and CanonicalUser."},
	"EMPTY_ARRAY_PRINCIPAL":                           {Suggestion, "The statement names no principal and so has no effect."},
	"EMPTY_OBJECT_PRINCIPAL":                          {Suggestion, "The statement names no principal and so has no effect."},
	"UNSUPPORTED_WILDCARD_IN_PRINCIPAL":               {Error, "A principal of the kind %s is named in full, without wildcards."},
	"INVALID_ROLE_REFERENCE":                          {Warning, "%s is the unique id of a role. Use the role's ARN."},
	"INVALID_USER_REFERENCE":                          {Warning, "%s is the unique id of a user. Use the user's ARN."},
	"INVALID_SERVICE_PRINCIPAL_FORMAT":                {Error, "The service principal does not have the expected form %s."},
	"FEDERATED_PRINCIPAL_NOT_SUPPORTED":               {Error, "Only the trust policy of a role has federated principals."},
	"ALLOW_WITH_NOT_PRINCIPAL":                        {SecurityWarning, "Allow with NotPrincipal lets in everyone who is not listed, strangers included. Use Principal."},
	"RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL":            {SecurityWarning, "The service may act here for any of its customers. Say for whom, by aws:SourceArn, aws:SourceAccount, aws:SourceOrgID or aws:SourceOrgPaths."},
	"RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL": {Suggestion, "To say for whom the service %s may act, use aws:SourceArn, aws:SourceAccount, aws:SourceOrgID or aws:SourceOrgPaths instead of %s."},
	"UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL": {Error, "Requests of the service principal do not have the condition keys %s."},

	// Trust policies.
	"ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL":             {Error, "The trust policy of a role has no NotPrincipal. Use Principal."},
	"ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL":     {Error, "The trust policy of a role does not take the Principal *. Name the principals."},
	"ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE":                 {Error, "The trust policy of a role is about that role. Remove the Resource or NotResource element."},
	"INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY": {Error, "A federated principal is the domain of an identity provider or the ARN of one."},
	"MISMATCHED_ACTION_FOR_PRINCIPAL":                         {Error, "The action %s does not go with the principals %s: a SAML provider goes with sts:AssumeRoleWithSAML, an OpenID Connect provider with sts:AssumeRoleWithWebIdentity, both as Federated; others go with sts:AssumeRole."},
	"MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY":          {Error, "To assume the role, rolesanywhere.amazonaws.com needs sts:AssumeRole, sts:SetSourceIdentity and sts:TagSession."},
	"MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL":                {SecurityWarning, "Any token of the OpenID Connect provider will do. Add conditions on the provider's claims."},
	"MISSING_GITHUB_REPO_CONDITION_KEY":                       {SecurityWarning, "Any workflow on GitHub will do. Add a condition on token.actions.githubusercontent.com:sub that names the repository and branch."},
	"SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED":             {Warning, "The wildcard in token.actions.githubusercontent.com:sub may cover more workflows than intended. Name the repository and branch, or the branch in token.actions.githubusercontent.com:ref."},
	"REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY":                {Suggestion, "The session %s is covered by its role %s and can be removed."},

	// Organizations.
	"SCP_SYNTAX_ERROR_PRINCIPAL":                          {Error, "A service control policy has no principals. Remove the Principal or NotPrincipal element."},
	"RCP_SYNTAX_ERROR_PRINCIPAL":                          {Error, "The Principal of a resource control policy is \"*\", and there is no NotPrincipal."},
	"RCP_SYNTAX_ERROR_ALLOW":                              {Error, "With the effect Allow a resource control policy has the Principal and the Resource \"*\" and no Condition."},
	"RCP_SYNTAX_ERROR_NOTACTION":                          {Error, "A resource control policy has no NotAction. Use Action."},
	"RCP_SYNTAX_ERROR_ACTION":                             {Error, "Resource control policies do not apply to this service."},
	"RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY":         {Warning, "Requests that services make on your behalf have no %s and would be hit. Add \"BoolIfExists\": {\"aws:PrincipalIsAWSService\": \"false\"}."},
	"RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY": {Warning, "Requests of your own principals have no %s and would be hit. Add \"BoolIfExists\": {\"aws:PrincipalIsAWSService\": \"true\"}."},
	"RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK":        {Warning, "Some requests of services have no %s and would be hit. Add \"Null\": {\"aws:SourceAccount\": \"false\"} or \"Null\": {\"aws:SourceArn\": \"false\"}."},

	// Conditions: shape and operators.
	"EMPTY_OBJECT_CONDITION":             {Suggestion, "The condition is empty and has no effect."},
	"EMPTY_ARRAY_CONDITION":              {Suggestion, "The condition key %s has no values, so that the condition has no effect."},
	"EMPTY_ARRAY_CONDITION_FORALLVALUES": {Suggestion, "ForAllValues without values holds only if the request has no %s. To test that, use Null with the value true."},
	"EMPTY_ARRAY_CONDITION_FORANYVALUE":  {Suggestion, "ForAnyValue without values never holds for %s."},
	"EMPTY_ARRAY_CONDITION_IFEXISTS":     {Suggestion, "IfExists without values holds only if the request has no %s. To test that, use Null with the value true."},
	"INVALID_CONDITION_OPERATOR":         {Error, "There is no condition operator %s."},
	"NULL_WITH_IF_EXISTS":                {Error, "Null asks whether the key exists and takes no IfExists."},
	"NULL_WITH_QUALIFIER":                {Suggestion, "Null asks whether the key exists. With ForAllValues it always holds, with ForAnyValue never."},
	"DUPLICATE_KEYS_WITH_DIFFERENT_CASE": {Error, "The condition key %s occurs twice under the operator; condition keys have no letter case."},
	"INVALID_CONDITION_DATA_TYPE":        {Error, "The values of a condition are of different JSON types. Use one."},
	"INVALID_CONDITION_MULTIPLE_BOOLEAN": {Error, "The condition key %s takes one Boolean value."},
	"INVALID_VARIABLE_FOR_OPERATOR":      {Error, "Policy variables go with String and ARN operators only."},

	// Conditions: keys.
	"INVALID_CONDITION_KEY_FORMAT":                                   {Error, "%s is no condition key. A condition key has the form service:name."},
	"INVALID_GLOBAL_CONDITION_KEY":                                   {Error, "There is no global condition key %s."},
	"DEPRECATED_GLOBAL_CONDITION_KEY":                                {Warning, "The condition key aws:ARN is out of date. Use aws:PrincipalArn."},
	"INVALID_SERVICE_CONDITION_KEY":                                  {Error, "There is no condition key %s in the service %s."},
	"MISSING_TAG_KEY_IN_CONDITION":                                   {Error, "The condition key %s names no tag. Write %[1]s/ and the key of the tag."},
	"MISSING_QUALIFIER":                                              {Error, "A request may have several values of %s. Say ForAllValues or ForAnyValue."},
	"FORALLVALUES_WITH_SINGLE_VALUED_KEY":                            {SecurityWarning, "%s has one value, and ForAllValues also holds if it has none. Remove ForAllValues:."},
	"FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE":                           {SecurityWarning, "%s has one value; ForAnyValue can let in more than intended. Remove ForAnyValue:."},
	"CONFIRM_AUDIENCE_CLAIM_TYPE":                                    {Suggestion, "%s is the audience of the token. Unless the provider sends several, use no qualifier."},
	"MISSING_PAIRED_CONDITION_KEYS":                                  {SecurityWarning, "%s says little without %s. Add one to the same statement."},
	"UNTRUSTWORTHY_CONDITION_KEY":                                    {SecurityWarning, "The caller chooses the value of %s. Do not decide access by it."},
	"IRRELEVANT_CONDITION_KEY_IN_POLICY":                             {Suggestion, "%s says nothing in the policy of a resource of type %s. Use it in identity-based policies."},
	"UNSUPPORTED_ACTION_FOR_CONDITION_KEY":                           {Error, "Requests for %s do not have the condition key %s. Move these actions to a statement without it."},
	"MISSING_ACTION_FOR_CONDITION_KEY":                               {Error, "%s is set by the action %s. Add the action to the statement."},
	"USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES":                 {Warning, "Only some services set %s. Restrict the statement to actions of those."},
	"DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE":            {SecurityWarning, "Actions of the services %[2]s do not have %[1]s, so that the statement never denies them. Move them to a statement without it."},
	"DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE":  {SecurityWarning, "Some actions do not have %s, so that the statement never denies them. Use Action instead of NotAction."},
	"ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE":           {Suggestion, "Actions of the services %[2]s do not have %[1]s, so that the statement never allows them. Move them to a statement without it."},
	"ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE": {Suggestion, "Some actions do not have %s, so that the statement never allows them. Use Action instead of NotAction."},
	"DYNAMODB_ATTRIBUTES_WITHOUT_SELECT":                             {SecurityWarning, "dynamodb:Attributes restricts only requests that name attributes. Also demand that dynamodb:Select is SPECIFIC_ATTRIBUTES."},
	"S3_PREFIX_IN_NEGATIVE_CONTEXT":                                  {SecurityWarning, "A request with a shorter prefix escapes this condition and lists the same objects. Allow with s3:prefix and StringLike, or deny with StringNotLike."},

	// Conditions: values.
	"TYPE_MISMATCH":                                    {Warning, "The condition key %[3]s goes with operators of the type %[1]s, not with %[2]s."},
	"TYPE_MISMATCH_BOOLEAN":                            {Warning, "Values of the operator %s are true or false."},
	"TYPE_MISMATCH_DATE":                               {Warning, "The value is no date. Dates are written YYYY-MM-DD or in another form of ISO 8601."},
	"TYPE_MISMATCH_NUMBER":                             {Warning, "Values of the operator %s are numbers."},
	"TYPE_MISMATCH_STRING":                             {Warning, "Values of the operator %s are written in base64."},
	"TYPE_MISMATCH_IP_RANGE":                           {Error, "Values of the operator %s are addresses or ranges of addresses in CIDR notation."},
	"INVALID_DATE_VALUE":                               {Warning, "The date %s counts seconds. Write it as YYYY-MM-DD, so that people can read it."},
	"STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS":     {SecurityWarning, "%[3]s is an ARN; compare it with %[1]s instead of %[2]s, whose wildcards cross the fields of an ARN."},
	"WILDCARD_WITHOUT_LIKE_OPERATOR":                   {Warning, "Under this operator * and ? stand for themselves. If a wildcard is meant, use a Like operator."},
	"WILDCARD_USAGE_TOO_PERMISSIVE":                    {Error, "A wildcard in %s can match values of anybody. Write values of this key in full."},
	"VARIABLE_USAGE_TOO_PERMISSIVE":                    {Error, "A policy variable in %s can match values of anybody. Write values of this key in full."},
	"INVALID_REGION":                                   {Error, "There is no Region %s."},
	"PRIVATE_IP_ADDRESS":                               {Error, "aws:SourceIp is a public address, but the values are private ones, so that the condition never holds."},
	"PRIVATE_NOT_IP_ADDRESS":                           {Error, "aws:SourceIp is a public address, but the values are private ones, so that the condition always holds."},
	"PRIVATE_IP_ADDRESS_SUBSET":                        {Suggestion, "aws:SourceIp is a public address; the private ones among the values never match. For those use aws:VpcSourceIp."},
	"PRIVATE_NOT_IP_ADDRESS_SUBSET":                    {Suggestion, "aws:SourceIp is a public address; the private ones among the values have no effect. For those use aws:VpcSourceIp."},
	"IMPROVE_IP_RANGE":                                 {Suggestion, "The bits behind the mask are ignored. Write %[2]s instead of %[1]s."},
	"INVALID_VPC_FORMAT":                               {Error, "The id of a VPC is vpc- and 8 or 17 letters and digits."},
	"INVALID_VPCE_FORMAT":                              {Error, "The id of a VPC endpoint is vpce- and 8 or 17 letters and digits."},
	"INVALID_KMS_KEY_VALUE":                            {Error, "Values of %s are ARNs of KMS keys."},
	"REDUNDANT_CONDITION_VALUE_NUM":                    {Suggestion, "Of several values of %[3]s under %[1]s only the %[2]s one matters."},
	"REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION":       {Suggestion, "%s under %s always holds and can be removed."},
	"REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION": {Suggestion, "No value of %s satisfies %s. Remove the key, or what it was meant to let through never is."},

	// Policy variables.
	"MISSING_BRACE_IN_VARIABLE":       {Error, "The policy variable has no closing brace."},
	"EMPTY_VARIABLE":                  {Error, "The policy variable has no name."},
	"UNSUPPORTED_SPACE_IN_VARIABLE":   {Error, "The name of a policy variable has no spaces."},
	"MISSING_QUOTE_IN_VARIABLE":       {Error, "The default of a policy variable stands between single quotes."},
	"VARIABLE_UNSUPPORTED_IN_ELEMENT": {Error, "Policy variables stand in Resource and Condition elements only. Remove %s."},
	"VARIABLE_UNSUPPORTED_IN_VERSION": {Error, "Policy variables need Version 2012-10-17."},

	// Grants that reach further than they look.
	"PASS_ROLE_WITH_NOT_RESOURCE":                    {SecurityWarning, "iam:PassRole with NotResource lets the caller pass all roles but a few. Name the roles in Resource."},
	"PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE": {SecurityWarning, "The wildcard in the action covers iam:PassRole, and NotResource lets the caller pass all roles but a few. Name the roles in Resource."},
	"PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE":     {SecurityWarning, "NotAction leaves in iam:PassRole, and NotResource lets the caller pass all roles but a few. Name the roles in Resource."},
	"PASS_ROLE_WITH_STAR_IN_RESOURCE":                {SecurityWarning, "iam:PassRole on this resource lets the caller pass any role. Name the roles, or restrict the services by iam:PassedToService."},
	"PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE":     {SecurityWarning, "The wildcard in the action covers iam:PassRole, on any role. Name the roles, or restrict the services by iam:PassedToService."},
	"PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION": {SecurityWarning, "NotAction leaves in iam:PassRole, on any role. Name the roles, or restrict the services by iam:PassedToService."},

	"CREATE_SLR_WITH_NOT_RESOURCE":                    {Warning, "iam:CreateServiceLinkedRole with NotResource allows roles for all services but a few. Name the roles in Resource."},
	"CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE": {Warning, "The wildcard in the action covers iam:CreateServiceLinkedRole, and NotResource allows roles for all services but a few. Name the roles in Resource."},
	"CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE":     {Warning, "NotAction leaves in iam:CreateServiceLinkedRole, and NotResource allows roles for all services but a few. Name the roles in Resource."},
	"CREATE_SLR_WITH_STAR_IN_RESOURCE":                {Warning, "iam:CreateServiceLinkedRole on this resource allows roles for any service. Name the roles."},
	"CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE":     {Warning, "The wildcard in the action covers iam:CreateServiceLinkedRole, for any service. Name the roles."},
	"CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION": {Warning, "NotAction leaves in iam:CreateServiceLinkedRole, for any service. Name the roles."},

	// Repetitions.
	"REDUNDANT_STATEMENT": {Suggestion, "The statements are the same. Keep one of them."},
}
