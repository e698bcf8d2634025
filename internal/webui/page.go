package webui

import (
	"net/http"
	"net/url"
)

// Page is what a front door may show. The set is closed: one struct for each
// page, in this package, beside the template it belongs to.
type Page interface {
	meta() meta
}

// meta is what the adapter must know about a page besides its content.
type meta struct {
	template string   // file in web/templates, without .html
	title    string   // of the document, without the product's name
	status   int      // HTTP status; 0 means 200
	leadsTo  string   // where the page's form may end outside this origin; see Form.LeadsTo
	session  *Session // set on pages of a signed-in person: they get the header
	script   bool     // the page uses the one script file
}

// Reply is what a Handler decided. Make one with Show, Redirect or RedirectOut.
type Reply struct {
	page    Page
	path    string
	out     *url.URL
	status  int
	cookies []*http.Cookie
}

// Show replies with a page.
func Show(p Page) Reply { return Reply{page: p} }

// Redirect sends the browser to a path of this origin with 303 See Other, so
// that a reload does not repeat the form. A path that leaves the origin is a
// programming fault and becomes an Internal error; a path that came with the
// request goes through ReturnPath first.
func Redirect(path string) Reply { return Reply{path: path} }

// RedirectOut sends the browser to another origin: 302 after a GET or HEAD
// (RFC 6749 section 4.1.2), 303 after a form. The caller vouches for the address,
// for example because it equals a registered redirect URI; only http and https
// with a host are accepted. The page whose form leads here, directly or through
// redirects of our own, must name the address in Form.LeadsTo. An IPv6 literal,
// which a policy cannot name, is reached through a page that leads on by itself.
func RedirectOut(to *url.URL) Reply { return Reply{out: to} }

// WithStatus sets the HTTP status of a page in place of its own.
func (r Reply) WithStatus(code int) Reply {
	r.status = code
	return r
}

// WithCookie adds a cookie, made by Site.Cookie or Site.ClearCookie. Cookies are
// set even when the Handler returns an error beside the Reply.
func (r Reply) WithCookie(cookies ...*http.Cookie) Reply {
	r.cookies = append(r.cookies[:len(r.cookies):len(r.cookies)], cookies...)
	return r
}

// Form is what all pages with a form share.
type Form struct {
	// Action is the path of this origin the form posts to.
	Action string
	// Hidden fields, such as the id of a persisted flow.
	Hidden []Hidden
	// Problem says what was wrong with the last try, in words for the person. A
	// page with a Problem answers 400 unless Reply.WithStatus says otherwise.
	Problem string
	// ProblemField is the name of the field the Problem is about; it gets the
	// focus. Empty means the form as a whole.
	ProblemField string
	// LeadsTo is the absolute address outside this origin at which the redirects
	// after this form may end, such as an OAuth client's http://127.0.0.1:PORT.
	// Browsers hold redirects of a form to the policy of its page, so the origin of
	// LeadsTo, and nothing more, is added to form-action. Empty for the rest.
	LeadsTo string
}

// Hidden is a hidden form field.
type Hidden struct {
	Name, Value string
}

// status is 400 once the form carries a problem.
func (f Form) status() int {
	if f.Problem != "" {
		return http.StatusBadRequest
	}
	return http.StatusOK
}

// Invalid tells the template whether the field is the one the problem is about.
func (f Form) Invalid(field string) bool {
	return f.Problem != "" && f.ProblemField == field
}
