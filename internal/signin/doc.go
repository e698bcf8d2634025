// Package signin is the front door of people who prove who they are: the pages of the sign-in, of connecting a
// device, and of /authorize. It translates between forms and the services; the rules are in authn (proofs and
// their flow) and session (portal sessions, approvals).
//
// # The state machine
//
// Before the password was right there is no state at all: the form carries the return address. After it, the
// flow is a row in the database, and every step ends in Door.proceed, which reads the step the row stands at
// and sends the browser to its page. Steps do not know each other.
//
//	GET /signin?return=/...           user name and password
//	     |  POST
//	     v                            (or POST /signin/link/{token}: a one-time link sets the password)
//	  proceed <-----------------------------------------------------------+
//	     |-- factor --------> /signin/factor?flow=ID       --POST (code)--+
//	     |-- new-password --> /signin/new-password?flow=ID --POST---------+
//	     |-- enrol ---------> /signin/enrol?flow=ID        --POST (code)--+
//	     |-- done ----------> portal session, new cookie, on to the return address
//
// A flow belongs to the browser that began it: the cookie gatehouse-browser must match. The id in the address
// tells several tabs apart. A flow that is over leads back to the first page.
//
// # Approving
//
//	/device[?user_code=]      type the code; one that came in the address is filled in, never acted on
//	POST /device              finds the request and shows it: who asks, for what, from where
//	POST /device/decide       decision=allow|deny, once
//	GET /authorize            RFC 6749 section 4.1.1 with PKCE; persists the request, then
//	GET /authorize/consent    shows it to the signed-in person
//	POST /authorize/decide    decision=allow|deny, once; the browser goes to the client's redirect URI
//	POST /signout             ends the portal session and all that descends from it
//
// Deny is as near as Allow, and stands out when the request came from another address than the person's own.
// Every page works without a script; cross-site forms are refused by webui before they get here.
package signin
