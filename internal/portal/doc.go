// Package portal is the access portal at /start: the accounts and roles of the
// signed-in person, and for each role the ways to use it from the command line.
//
//	GET  /start                                  accounts with their roles, searched with q
//	HEAD /start                                  redirect to the AWS-shaped start URL (newer AWS CLIs ask)
//	GET  /start/keys?account_id=&role_name=      access keys: the profile for ~/.aws/config
//	POST /start/keys?account_id=&role_name=      the same with freshly minted credentials
//
// It translates only. What the person may use is decided by package assignment;
// credentials are minted through the same operation as GetRoleCredentials, so
// that they are authorised and recorded like those of any other client. Reading
// a page never mints any.
package portal
