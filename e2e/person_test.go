package e2e

import (
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// person is somebody with a browser without JavaScript, a password and an authenticator.
type person struct {
	account
	NewPassword string // chosen when a page asks for one

	t      testing.TB
	base   string
	client *http.Client
	auth   *authenticator
}

func newPerson(t testing.TB, base string, a account) *person {
	t.Helper()
	p := &person{account: a, t: t, base: base}
	if a.TOTPSecret != "" {
		p.enrol(a.TOTPSecret)
	}
	p.freshBrowser()
	return p
}

func (p *person) enrol(secret string) {
	p.t.Helper()
	auth, err := newAuthenticator(secret)
	if err != nil {
		p.t.Fatal(err)
	}
	p.auth = auth
}

// freshBrowser forgets all cookies.
func (p *person) freshBrowser() {
	p.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	own, err := url.Parse(p.base)
	if err != nil {
		p.t.Fatal(err)
	}
	p.client = &http.Client{Jar: jar, Timeout: 20 * time.Second, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		// A redirect to a program on loopback is for the test to look at.
		if r.URL.Host != own.Host || len(via) > 10 {
			return http.ErrUseLastResponse
		}
		return nil
	}}
}

// page is what the browser shows.
type page struct {
	URL      *url.URL
	Status   int
	Header   http.Header
	Body     string
	Redirect string // where the last answer sends the browser, when that is another host
}

// visit opens an address of the server; only its path and query count, so an address on one of AWS's
// host names is opened at the server itself.
func (p *person) visit(address string) *page {
	p.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		p.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.base+u.RequestURI(), nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return p.fetch(req)
}

func (p *person) fetch(req *http.Request) *page {
	p.t.Helper()
	req.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) end-to-end")
	req.Header.Set("Accept", "text/html")
	resp, err := p.client.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	if err != nil {
		p.t.Fatal(err)
	}
	pg := &page{URL: resp.Request.URL, Status: resp.StatusCode, Header: resp.Header, Body: string(body)}
	if location := resp.Header.Get("Location"); location != "" && resp.StatusCode/100 == 3 {
		pg.Redirect = location
	}
	return pg
}

// submit sends a form of the page. The given values replace what the form holds.
func (p *person) submit(pg *page, f form, values map[string]string) *page {
	p.t.Helper()
	fields := url.Values{}
	for name, value := range f.Values {
		fields.Set(name, value)
	}
	for name, value := range values {
		fields.Set(name, value)
	}
	action, err := pg.URL.Parse(f.Action)
	if err != nil {
		p.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(p.t.Context(), f.Method, action.String(), strings.NewReader(fields.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	if f.Method == http.MethodGet {
		req.URL.RawQuery, req.Body = fields.Encode(), nil
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", p.base)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return p.fetch(req)
}

// signIn opens the access portal as somebody who knows the password and has the second factor.
func (p *person) signIn() *page {
	p.t.Helper()
	pg, err := p.walk(p.visit("/start"), "")
	if err != nil {
		p.t.Fatal(err)
	}
	if !pg.has("Accounts") {
		p.t.Fatalf("%s did not reach the portal but %s (%d):\n%s", p.Username, pg.URL, pg.Status, pg.text())
	}
	return pg
}

// decide answers a device or authorization page, signing in first where it is asked for, and returns
// the last page.
func (p *person) decide(address, decision string) *page {
	p.t.Helper()
	pg, err := p.walk(p.visit(address), decision)
	if err != nil {
		p.t.Fatal(err)
	}
	return pg
}

// walk fills in page after page until one asks for nothing, or complains.
func (p *person) walk(pg *page, decision string) (*page, error) {
	p.t.Helper()
	for range 12 {
		if complaint := pg.textOf("problem"); complaint != "" {
			return pg, fmt.Errorf("the page says: %s", complaint)
		}
		f, values, err := p.answer(pg, decision)
		if err != nil {
			return pg, err
		}
		if f == nil || pg.Redirect != "" {
			return pg, nil
		}
		pg = p.submit(pg, *f, values)
	}
	return pg, fmt.Errorf("page after page, now at %s", pg.URL)
}

// answer chooses the form of the page that asks something of a person, and what to write in it.
func (p *person) answer(pg *page, decision string) (*form, map[string]string, error) {
	p.t.Helper()
	for _, f := range pg.forms() {
		switch {
		case f.has("new_password"):
			if p.NewPassword == "" {
				p.NewPassword = "Correct horse battery staple 7!"
			}
			p.Password = p.NewPassword
			return &f, map[string]string{"new_password": p.Password, "confirm_password": p.Password}, nil
		case f.has("password"):
			return &f, map[string]string{"username": p.Username, "password": p.Password}, nil
		case f.has("otp"):
			if secret := pg.textOf("secret"); secret != "" {
				p.TOTPSecret = secret
				p.enrol(secret)
			}
			if p.auth == nil {
				return nil, nil, errors.New("the page asks for a code and there is no authenticator")
			}
			return &f, map[string]string{"otp": p.auth.next()}, nil
		case f.has("decision"):
			if decision == "" {
				return nil, nil, nil
			}
			return &f, map[string]string{"decision": decision}, nil
		case f.has("user_code"):
			return &f, nil, nil
		}
	}
	return nil, nil, nil
}

// form is one form of a page.
type form struct {
	Method, Action string
	Values         map[string]string // what is sent when nothing is changed
	fields         map[string]bool   // also buttons with a name
}

func (f form) has(field string) bool { return f.fields[field] }

var (
	formPattern    = regexp.MustCompile(`(?is)<form\b([^>]*)>(.*?)</form>`)
	controlPattern = regexp.MustCompile(`(?is)<(input|button|select|textarea)\b([^>]*)>`)
	attrPattern    = regexp.MustCompile(`([a-zA-Z_:-]+)(?:\s*=\s*"([^"]*)")?`)
	tagPattern     = regexp.MustCompile(`(?s)<(script|style|svg)\b.*?</(script|style|svg)>|<[^>]*>`)
	spacePattern   = regexp.MustCompile(`\s+`)
)

func attributes(text string) map[string]string {
	out := map[string]string{}
	for _, m := range attrPattern.FindAllStringSubmatch(text, -1) {
		out[strings.ToLower(m[1])] = html.UnescapeString(m[2])
	}
	return out
}

func (pg *page) forms() []form {
	var out []form
	for _, m := range formPattern.FindAllStringSubmatch(pg.Body, -1) {
		attrs := attributes(m[1])
		f := form{Method: strings.ToUpper(attrs["method"]), Action: attrs["action"], Values: map[string]string{}, fields: map[string]bool{}}
		if f.Method == "" {
			f.Method = http.MethodGet
		}
		for _, c := range controlPattern.FindAllStringSubmatch(m[2], -1) {
			a := attributes(c[2])
			name := a["name"]
			if name == "" {
				continue
			}
			f.fields[name] = true
			_, checked := a["checked"]
			choice := a["type"] == "radio" || a["type"] == "checkbox"
			if strings.EqualFold(c[1], "input") && a["type"] != "submit" && (!choice || checked) {
				f.Values[name] = a["value"]
			}
		}
		out = append(out, f)
	}
	return out
}

// formWith returns the form that has the field.
func (pg *page) formWith(t testing.TB, field string) form {
	t.Helper()
	for _, f := range pg.forms() {
		if f.has(field) {
			return f
		}
	}
	t.Fatalf("%s has no form with the field %s:\n%s", pg.URL, field, pg.text())
	return form{}
}

// textOf returns the text of the element with the id, without its tags; "" when there is none. The
// element must not hold another of its own kind.
func (pg *page) textOf(id string) string {
	open := regexp.MustCompile(`(?is)<([a-z0-9]+)\b[^>]*\bid="` + regexp.QuoteMeta(id) + `"[^>]*>`)
	m := open.FindStringSubmatchIndex(pg.Body)
	if m == nil {
		return ""
	}
	tag := pg.Body[m[2]:m[3]]
	rest := pg.Body[m[1]:]
	if end := strings.Index(strings.ToLower(rest), "</"+strings.ToLower(tag)); end >= 0 {
		rest = rest[:end]
	}
	return strings.TrimSpace(html.UnescapeString(tagPattern.ReplaceAllString(rest, "")))
}

// text is what a reader sees, roughly.
func (pg *page) text() string {
	return strings.TrimSpace(spacePattern.ReplaceAllString(html.UnescapeString(tagPattern.ReplaceAllString(pg.Body, " ")), " "))
}

func (pg *page) has(text string) bool { return strings.Contains(pg.text(), text) }

// link returns the address of the first link whose text contains all the given words.
func (pg *page) link(words ...string) string {
	anchor := regexp.MustCompile(`(?is)<a\b([^>]*)>(.*?)</a>`)
	for _, m := range anchor.FindAllStringSubmatch(pg.Body, -1) {
		text := html.UnescapeString(tagPattern.ReplaceAllString(m[2], " "))
		found := true
		for _, w := range words {
			found = found && strings.Contains(text, w)
		}
		if found {
			return attributes(m[1])["href"]
		}
	}
	return ""
}

func TestFormsAreRead(t *testing.T) {
	u, err := url.Parse("http://127.0.0.1/signin/x")
	if err != nil {
		t.Fatal(err)
	}
	pg := &page{URL: u, Body: `<form method="post" action="/signin/x?a=1&amp;b=2"><input type="hidden" name="t" value="&quot;v&quot;">
<input id="username" name="username" type="text" required autofocus ><input type="radio" name="r" value="1"><input type="radio" name="r" value="2" checked>
<button type="submit" name="decision" value="deny">No</button></form><code id="secret" class="c">AB <b>CD</b></code>
<a href="/keys?x=1&amp;y=2"><svg>x</svg>Access keys<span> for A in B</span></a>`}
	f := pg.formWith(t, "username")
	if f.Method != "POST" || f.Action != "/signin/x?a=1&b=2" || f.Values["t"] != `"v"` || f.Values["r"] != "2" || !f.has("decision") {
		t.Errorf("form read as %+v", f)
	}
	if _, sent := f.Values["decision"]; sent {
		t.Error("a button that was not pressed is sent")
	}
	if got := pg.textOf("secret"); got != "AB CD" {
		t.Errorf("secret %q", got)
	}
	if got := pg.link("Access keys", "for A", "in B"); got != "/keys?x=1&y=2" {
		t.Errorf("link %q", got)
	}
}
