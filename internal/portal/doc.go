// Package portal is the access portal: the page at /start where a signed-in person finds the accounts and roles
// that are theirs, and how to use them from a command line.
//
//	GET  /start?q=                              accounts with their roles; q filters by name, id, e-mail, role
//	HEAD /start                                 leads to the AWS-shaped start URL (see below)
//	GET  /start/keys?account_id=&role_name=     the profile to paste; reading it mints nothing
//	POST /start/keys                            the same with temporary credentials
//
// Below the accounts stand the applications that the person may use and that are visible, with a link where
// signing in begins at the application.
//
// What the page lists comes from sts.ListAccess and so from the functions that decide who has what. A role that
// an account has by itself (package accountaccess) stands among those of permission sets, with a mark. The
// credentials come from Mint, which the server wires to the very operation the portal API serves
// (GetRoleCredentials), through the gateway: authorised, recorded, and never more than the API would give.
//
// # The start URL
//
// AWS CLI 2.35.13 and up take a start URL on an AWS host without calling it, and ask any other address with
// HEAD for a redirect to one. Profiles therefore carry the AWS-shaped start URL of the instance with endpoints in
// a services section (package awsconfig), and HEAD /start redirects there for those who configured our address.
package portal
