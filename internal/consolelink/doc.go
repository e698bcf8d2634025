// Package consolelink is the front door for console links: what aws-vault and other tools do with a role's
// credentials to open the AWS console in a browser ("Enable custom identity broker access to the AWS console",
// IAM User Guide).
//
//	GET|POST /federation?Action=getSigninToken&Session={"sessionId","sessionKey","sessionToken"}  -> {"SigninToken": ...}
//	GET      /federation?Action=login&Issuer=&Destination=&SigninToken=                            -> a page
//
// Clients ask AWS's own host for it, signin.aws.amazon.com; the path answers under every name of this server.
//
//	credentials --getSigninToken--> sts.Open, secret compared --> sign-in token (sealed, 15 minutes)
//	sign-in token --login--> opened, sts.Open again --> who you are, and where the link leads
//
// A sign-in token is sealed by the ring of session tokens, as a class of its own, and holds the session token: so
// that the end of a session and the withdrawal of access (fences) count again when the link is opened. It signs
// nothing in: no cookie is set. Native accounts have no AWS console, and the page says so, with what can be done
// instead; Destination becomes a link when it is a page of AWS's console or of this server, and is refused otherwise.
//
// Both steps are recorded as CloudTrail has them: GetSigninToken and ConsoleLogin of signin.amazonaws.com. The
// session's parameters stand in the query; no log holds a query. It is used by package server.
package consolelink
