// Package webui is the safe browser side of every front door that shows pages:
// sign-in, the access portal and, later, the administrators' console.
//
// A browser and an API client are different visitors, so they meet different
// servers: awsedge never reads a cookie or renders HTML, and webui never answers
// without a content security policy, never accepts a form another site sent,
// and never writes half a page.
//
// # The flow of a request
//
// A front door registers a [Handler] for a pattern on the [Site]. A Handler does
// not write: it returns a [Reply] (a page to show, or where to go) or an error,
// and one adapter does the rest:
//
//	request -> security headers -> cross-origin check -> form limits -> Handler -> Reply | error -> response
//
// Pages are typed structs, one file for each family (signin.go, device.go,
// portal.go, consolelink.go, problem.go); each names its template in web/templates. A page is
// rendered to memory first, so that a fault in a template becomes an error page
// and not a broken one. An error becomes the [Problem] page: the public text of
// idc.Error, the status of its kind, and the request id under which the log
// holds the private cause.
//
// # What it promises
//
//   - Cross-site requests that change something are refused
//     (http.CrossOriginProtection; Fetch metadata and Origin).
//   - No inline script or style, no framing, no foreign content
//     (Content-Security-Policy level 3, see headers.go).
//   - Session cookies are __Host- cookies wherever the public address is https.
//   - A return address from a request leads nowhere but to this origin ([ReturnPath]).
//   - Text others chose, such as an OAuth client's name, cannot hide, reverse or
//     imitate the text around it ([Visible]).
//
// Package webui knows no store and no services. Package stories beside it holds
// every page in every state, for tests and for cmd/gatehouse-stories.
package webui
