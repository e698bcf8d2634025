package running

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Browser is a person with a password, an authenticator and a browser without JavaScript.
type Browser struct {
	base   string
	user   User
	client *http.Client
}

// NewBrowser returns the browser of a person at a Gatehouse.
func NewBrowser(base string, u User) (*Browser, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return &Browser{base: base, user: u, client: &http.Client{Jar: jar, Timeout: 10 * time.Second}}, nil
}

// Approve opens a page and fills in what it and the following ones ask, until a device is allowed.
func (b *Browser) Approve(ctx context.Context, address string) error {
	pg, err := b.fetch(ctx, http.MethodGet, address, nil)
	for range 8 {
		if err != nil {
			return err
		}
		f, done := pg.next()
		if done {
			return pg.approved()
		}
		switch {
		case f.has("password"):
			f.values.Set("username", b.user.Username)
			f.values.Set("password", b.user.Password)
		case f.has("otp"):
			code, err := totp(b.user.TOTPSecret, time.Now())
			if err != nil {
				return err
			}
			f.values.Set("otp", code)
		case f.has("decision"):
			f.values.Set("decision", "allow")
		}
		var target *url.URL
		if target, err = pg.url.Parse(f.action); err != nil {
			return err
		}
		decided := f.has("decision")
		pg, err = b.fetch(ctx, f.method, target.String(), f.values)
		if err == nil {
			pg.decided = decided
		}
	}
	return fmt.Errorf("page after page, now at %s", pg.url)
}

func (b *Browser) fetch(ctx context.Context, method, address string, fields url.Values) (*page, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(fields.Encode()))
	if err != nil {
		return nil, err
	}
	if method == http.MethodGet && fields != nil {
		req.URL.RawQuery = fields.Encode()
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", b.base)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	resp, err := b.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	return &page{url: resp.Request.URL, status: resp.StatusCode, body: string(body)}, nil
}

// call posts JSON, as a program would.
func (b *Browser) call(ctx context.Context, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	return b.answer(req, out)
}

// Credentials asks for those of a role.
func (b *Browser) Credentials(ctx context.Context, rolePath, accessToken string) (aws.Credentials, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.base+rolePath, nil)
	if err != nil {
		return aws.Credentials{}, err
	}
	req.Header.Set("x-amz-sso_bearer_token", accessToken)
	var out struct {
		RoleCredentials struct{ AccessKeyID, SecretAccessKey, SessionToken string }
	}
	err = b.answer(req, &out)
	c := out.RoleCredentials
	return aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken}, err
}

func (b *Browser) answer(req *http.Request, out any) error {
	resp, err := b.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: HTTP %d: %s", req.URL.Path, resp.StatusCode, body)
	}
	return json.Unmarshal(body, out)
}

// page is what the browser shows.
type page struct {
	url     *url.URL
	status  int
	body    string
	decided bool // it answers a decision
}

func (pg *page) approved() error {
	if !pg.decided || pg.status != http.StatusOK || strings.Contains(pg.body, `id="problem"`) {
		return fmt.Errorf("%s answered %d without approving", pg.url, pg.status)
	}
	return nil
}

// form is one form of a page.
type form struct {
	method, action string
	values         url.Values
	fields         map[string]bool
}

func (f *form) has(field string) bool { return f.fields[field] }

// next is the form that asks something of the person; done when a decision was answered.
func (pg *page) next() (f *form, done bool) {
	if pg.decided {
		return nil, true
	}
	for _, f := range pg.forms() {
		for _, field := range []string{"password", "otp", "decision", "user_code"} {
			if f.has(field) {
				return f, false
			}
		}
	}
	return nil, true
}

func (pg *page) forms() []*form {
	formPattern := regexp.MustCompile(`(?is)<form\b([^>]*)>(.*?)</form>`)
	controlPattern := regexp.MustCompile(`(?is)<(input|button)\b([^>]*)>`)
	var out []*form
	for _, m := range formPattern.FindAllStringSubmatch(pg.body, -1) {
		attrs := attributes(m[1])
		f := &form{method: strings.ToUpper(attrs["method"]), action: attrs["action"], values: url.Values{}, fields: map[string]bool{}}
		for _, c := range controlPattern.FindAllStringSubmatch(m[2], -1) {
			a := attributes(c[2])
			f.fields[a["name"]] = true
			if strings.EqualFold(c[1], "input") && a["name"] != "" {
				f.values.Set(a["name"], a["value"])
			}
		}
		out = append(out, f)
	}
	return out
}

func attributes(text string) map[string]string {
	attrPattern := regexp.MustCompile(`([a-zA-Z_:-]+)(?:\s*=\s*"([^"]*)")?`)
	out := map[string]string{}
	for _, m := range attrPattern.FindAllStringSubmatch(text, -1) {
		out[strings.ToLower(m[1])] = html.UnescapeString(m[2])
	}
	return out
}

// totp is the code of an authenticator (RFC 6238: SHA-1, 30 s, 6 digits).
func totp(secret string, now time.Time) (string, error) {
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		return "", errors.New("the authenticator secret is not base32")
	}
	h := hmac.New(sha1.New, key)
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(now.Unix()/30)))
	sum := h.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[at:])&0x7fffffff)%1_000_000), nil
}
