package signin_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"html"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/directory"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/reqctx"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/session"
	"github.com/gatehouse-idc/gatehouse/internal/signin"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
	"github.com/gatehouse-idc/gatehouse/internal/webui"
)

const (
	password = "Correct-Horse-9"
	secret   = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	redirect = "http://127.0.0.1:34567/oauth/callback"
	verifier = "a-verifier-of-more-than-forty-three-characters-0123456789"
)

// world is the sign-in pages behind a real HTTP server, with one person, Ana.
type world struct {
	*testidc.World
	t         *testing.T
	server    *httptest.Server
	authn     *authn.Service
	sessions  *session.Service
	directory *directory.Service
	ana       *idc.User
	events    []audit.Signin
	log       strings.Builder
	admit     error // what /authorize is refused with
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{World: testidc.New(t), t: t}
	w.server = httptest.NewUnstartedServer(nil)
	public := &url.URL{Scheme: "http", Host: w.server.Listener.Addr().String()}
	record := func(_ context.Context, e audit.Signin) error {
		w.events = append(w.events, e)
		return nil
	}
	w.authn = &authn.Service{
		Store: w.Store, Clock: w.Clock, IDs: w.IDs, Ring: sealed.NewEphemeral(), Record: record,
		Hasher: authn.NewHasher(authn.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}, 10),
	}
	w.sessions = &session.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, BaseURL: public.String(), Record: record}
	w.directory = &directory.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs}
	site, err := webui.New(webui.Config{PublicURL: public, Clock: w.Clock, Log: slog.New(slog.NewTextHandler(&w.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	(&signin.Door{Site: site, Authn: w.authn, Sessions: w.sessions, Clock: w.Clock, IDs: w.IDs, IdentityStoreID: w.Instance.IdentityStoreID,
		Admit: func(context.Context) error { return w.admit }}).Register()
	site.Handle("GET /start", func(*http.Request) (webui.Reply, error) {
		return webui.Show(webui.Problem{Status: 200, Heading: "The portal"}), nil
	})
	w.server.Config.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.Clock.Advance(time.Millisecond)
		ip := r.Header.Get("Test-Client-Ip")
		site.ServeHTTP(rw, r.WithContext(reqctx.With(r.Context(), reqctx.Info{RequestID: w.IDs.UUID(), ClientIP: ip, UserAgent: r.UserAgent()})))
	})
	w.server.Start()
	t.Cleanup(w.server.Close)
	w.ana = w.person("ana", true)
	return w
}

// person makes a user with the password; withTOTP adds the authenticator of secret.
func (w *world) person(name string, withTOTP bool) *idc.User {
	w.t.Helper()
	ctx := w.t.Context()
	u, err := w.directory.CreateUser(ctx, w.change(), w.Instance.IdentityStoreID, idc.User{
		UserName: name, DisplayName: strings.ToUpper(name), Name: idc.PersonName{GivenName: name, FamilyName: "B"},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.authn.SetPassword(ctx, w.change(), u.ID, password, false); err != nil {
		w.t.Fatal(err)
	}
	if withTOTP {
		if err := w.authn.RegisterTOTP(ctx, w.change(), u.ID, "phone", secret); err != nil {
			w.t.Fatal(err)
		}
	}
	return u
}

func (w *world) change() idc.ChangeSet {
	w.Clock.Advance(time.Millisecond)
	return w.Change()
}

// ctx is the context of a request of a command-line tool.
func (w *world) ctx() context.Context {
	return reqctx.With(w.t.Context(), reqctx.Info{ClientIP: "192.0.2.7", UserAgent: "aws-cli/2.36"})
}

// code is a code that was not used yet.
func (w *world) code(of string) string {
	w.t.Helper()
	w.Clock.Advance(time.Minute)
	code, err := authn.TOTPCode(of, w.Clock.Now())
	if err != nil {
		w.t.Fatal(err)
	}
	return code
}

// jar keeps cookies by the world's clock, which cookiejar, living in real time, would find long expired.
type jar map[string]*http.Cookie

func (j jar) SetCookies(_ *url.URL, cookies []*http.Cookie) {
	for _, c := range cookies {
		if j[c.Name] = c; c.MaxAge < 0 {
			delete(j, c.Name)
		}
	}
}

func (j jar) Cookies(*url.URL) []*http.Cookie { return slices.Collect(maps.Values(j)) }

// browser is a person's browser: cookies, and redirects within the site.
type browser struct {
	w      *world
	client *http.Client
	ip     string
}

func (w *world) browser() *browser {
	w.t.Helper()
	return &browser{w: w, ip: "192.0.2.7", client: &http.Client{Jar: jar{}, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host != w.server.Listener.Addr().String() {
			return http.ErrUseLastResponse
		}
		r.Header.Set("Test-Client-Ip", "192.0.2.7")
		return nil
	}}}
}

// page is what the browser shows.
type page struct {
	status int
	url    *url.URL
	out    *url.URL // where a redirect leads that leaves the site
	header http.Header
	body   string
}

func (b *browser) do(method, path string, form url.Values) *page {
	b.w.t.Helper()
	r, err := http.NewRequestWithContext(b.w.t.Context(), method, b.w.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.w.t.Fatal(err)
	}
	r.Header.Set("Test-Client-Ip", b.ip)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	res, err := b.client.Do(r)
	if err != nil {
		b.w.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	p := &page{status: res.StatusCode, url: res.Request.URL, header: res.Header, body: string(text)}
	if to := res.Header.Get("Location"); to != "" {
		if p.out, err = url.Parse(to); err != nil {
			b.w.t.Fatal(err)
		}
	}
	return p
}

func (b *browser) get(path string) *page { b.w.t.Helper(); return b.do(http.MethodGet, path, nil) }

// submit fills the one form with the given fields and sends it, with its hidden fields.
func (b *browser) submit(p *page, fields url.Values) *page {
	b.w.t.Helper()
	action := regexp.MustCompile(`<form method="post" action="([^"]+)"`).FindStringSubmatch(p.body)
	if action == nil {
		b.w.t.Fatalf("no form on %s:\n%s", p.url, p.body)
	}
	form := url.Values{}
	for _, hidden := range regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`).FindAllStringSubmatch(p.body, -1) {
		form.Set(hidden[1], html.UnescapeString(hidden[2]))
	}
	for name, values := range fields {
		form[name] = values
	}
	return b.do(http.MethodPost, html.UnescapeString(action[1]), form)
}

func fields(pairs ...string) url.Values {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

// signIn goes through both steps from whatever page asks for it.
func (b *browser) signIn(at *page, name string) *page {
	b.w.t.Helper()
	factor := b.submit(at, fields("username", name, "password", password))
	if factor.url.Path != "/signin/factor" {
		b.w.t.Fatalf("after the password: %d %s\n%s", factor.status, factor.url, factor.body)
	}
	return b.submit(factor, fields("otp", b.w.code(secret)))
}

func (p *page) want(t *testing.T, status int, path string, texts ...string) {
	t.Helper()
	if p.status != status || p.url.Path != path {
		t.Fatalf("got %d %s, want %d %s\n%s", p.status, p.url, status, path, p.body)
	}
	shown := html.UnescapeString(p.body)
	for _, text := range texts {
		if !strings.Contains(shown, text) {
			t.Errorf("%s does not show %q:\n%s", path, text, shown)
		}
	}
}

func challenge() string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// register registers a client as the AWS CLI does: for PKCE, or for the device flow.
func (w *world) register(pkce bool) (client *idc.Client, secret string) {
	w.t.Helper()
	r := session.Registration{Name: "botocore-client-test", Type: "public", Scopes: []string{session.ScopeAccountAccess}}
	if pkce {
		r.GrantTypes = []string{session.GrantAuthorizationCode, session.GrantRefreshToken}
		r.RedirectURIs = []string{"http://127.0.0.1/oauth/callback"}
	}
	client, secret, err := w.sessions.RegisterClient(w.ctx(), w.change(), r)
	if err != nil {
		w.t.Fatal(err)
	}
	return client, secret
}
