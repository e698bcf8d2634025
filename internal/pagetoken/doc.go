// Package pagetoken makes the NextToken of list operations: an opaque string that says where the
// next page begins.
//
// A token is the cursor, sealed and bound to a Scope: the operation, the caller and the filters of
// the listing. It opens only for a request with the same scope, so a client can neither read a
// cursor, nor make one up, nor carry one to another operation, another account or another filter.
// Every refusal is ErrInvalid, which the front doors answer as their ValidationException.
//
// The page size is not part of the scope: a client may ask for pages of another size halfway.
//
// Tokens are base64url without padding, inside [-a-zA-Z0-9+=/_]* as the sso-admin model wants it,
// and stay below its 2,048 characters for cursors up to MaxCursor bytes.
package pagetoken
