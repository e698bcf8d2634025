// Package role keeps what lives in the IAM of native accounts: roles, customer
// managed policies, SAML and OpenID Connect providers and the account's alias; and who may
// govern central root access in the organization (rootaccess.go).
//
// Three kinds of reader and writer meet here. People and tools use Service
// through the IAM API. The server itself uses Reserved, the only door to the
// roles below the path /aws-reserved/, which everybody else finds unmodifiable
// and whose names nobody else can take. The decision whether a session may do something asks Service.Policies for the
// compiled documents of its role.
//
// Documents are kept byte for byte as they were given and checked by package
// policy when they are saved. Sizes are counted as IAM counts them, white space
// left out. Names of roles and policies are unique in an account without regard
// to case. Trust in a role by its ARN holds for the role that bore it when the
// trust policy was saved: the unique ids are kept beside the document ("AWS JSON
// policy elements: Principal", IAM User Guide).
//
// Rules and error texts: IAM API Reference; quotas: "IAM and AWS STS quotas" in
// the IAM User Guide. A refusal's Reason carries what IAM's error codes tell
// apart: AlreadyExists, DeleteConflict, MalformedPolicyDocument,
// UnmodifiableEntity.
package role
