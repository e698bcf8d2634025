// Package fault decides which error of AWS's a failure is: the code on the
// wire, the HTTP status, the message, and the members the model gives it.
//
// Services and the edge speak idc.Error, with a closed set of kinds. Of turns
// one into a Fault for an operation: it looks for the exception that *this
// operation* models (ResourceNotFoundException here, NoSuchEntity in IAM,
// AccountNotFoundException in Organizations), first by the error's Reason, then
// by its kind, and falls back to the errors every AWS service has. OfAuthentication
// does the same for what went wrong before the caller was known.
//
// The codecs awsjson, restjson and awsquery write a Fault down; nobody else
// needs one. A service that wants a particular exception sets its Reason to the
// exception's name, with or without "Exception": idc.Errorf(idc.Conflict,
// "...").With("DuplicateOrganizationalUnit").
//
// Sources: the Errors section of each operation's page in the AWS API
// references, the "Common Error Types" pages, and RFC 6749 section 5.2 for sso-oidc.
package fault
