// Package application keeps what people of an instance sign in to beside AWS
// accounts: applications, who may use them, how they get tokens, and the foreign
// issuers whose tokens they may exchange.
//
// An application belongs to the account that made it and to one instance. It is
// made of a provider (an OAuth or SAML application of the customer's), its look in
// the access portal, and what CreateTokenWithIAM asks for: grants, access
// scopes, and the authentication method IAM, a policy that names who may ask.
// Everything but assignments is one versioned object, so that an application of
// any date can be shown as it was.
//
// Assigning is synchronous: nothing happens in accounts. An assignment counts
// with the call that makes it; deleting an application or a principal takes its
// assignments away in the same transaction.
//
// Creations carry a client token: the repetition of a call finds what the first
// one made, and a different call with the token of another is refused.
//
// The rules follow "CreateApplication", "PutApplicationGrant" and their neighbours
// in the IAM Identity Center API Reference, and "Quotas and limits" in its User Guide.
//
// Used by api/ssoadmin and portal, by session (MayUse) and authz (the actor policy); Erase by package instance; Unassign is called by directory through server.
package application
