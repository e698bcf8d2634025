package e2e

import (
	"bytes"
	"encoding/base32"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// No secret is written where somebody may read it: the log, the metrics, the database.
func TestSecretsStaySecret(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		dir := t.TempDir()
		s := startDemo(t, e, dir)
		s.asServe()
		developer := s.user("SecureCart-Developers")
		secrets := s.useEverything(developer)
		metrics := s.fetchMetrics()
		database := s.args[len(s.args)-1] // of PostgreSQL: its address
		s.end(syscall.SIGTERM)

		places := map[string][]byte{"the log": []byte(s.log.String()), "the metrics": metrics}
		if e == postgres {
			dump, err := sharedPostgres.dump(database)
			if err != nil {
				t.Fatal(err)
			}
			places["the database"] = dump
		} else {
			places["the database"] = databaseFiles(t, dir)
		}
		for place, content := range places {
			if len(content) == 0 {
				t.Errorf("%s is empty: nothing was checked", place)
			}
			for name, secret := range secrets {
				if len(secret) < 6 {
					t.Fatalf("the canary %s is %q", name, secret)
				}
				if bytes.Contains(content, []byte(secret)) {
					t.Errorf("%s holds the %s", place, name)
				}
			}
		}
		if !bytes.Contains(places["the database"], []byte(developer.Username)) {
			t.Error("the database does not hold the user's name: the search is broken")
		}
	})
}

// useEverything makes secrets of every kind, and returns them.
func (s *server) useEverything(p *person) map[string]string {
	s.t.Helper()
	client := s.register(map[string]any{"clientName": "canary", "clientType": "public", "scopes": []string{"sso:account:access"}})
	device := s.startDevice(client)
	p.decide("/device?user_code="+device.UserCode, "allow")
	byDevice, failure := s.pollOnce(client, device)
	if failure != nil {
		s.t.Fatalf("device: %s", failure.Body)
	}
	byBrowser := s.signInWithPKCE(p, "scopes")
	c, err := s.roleCredentials(byBrowser.AccessToken, dev, "AdministratorAccess")
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.whoAmI(c); err != nil {
		s.t.Fatal(err)
	}
	link := s.consoleLink(c)
	if pg := p.visit("/federation?" + link.Encode()); pg.Status != http.StatusOK {
		s.t.Fatalf("console link: %d %s", pg.Status, pg.text())
	}
	wrongPassword := "a mistyped pass phrase"
	stranger := newPerson(s.t, s.URL, account{})
	pg := stranger.visit("/start")
	stranger.submit(pg, pg.formWith(s.t, "password"), map[string]string{"username": p.Username, "password": wrongPassword})

	secret := strings.ToUpper(strings.ReplaceAll(p.TOTPSecret, " ", ""))
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(secret, "="))
	if err != nil {
		s.t.Fatal(err)
	}
	all := map[string]string{
		"password": p.Password, "mistyped password": wrongPassword, "TOTP secret": secret, "TOTP key": string(raw),
		"client secret": client.ClientSecret, "device code": device.DeviceCode,
		"access token": byDevice.AccessToken, "refresh token": byDevice.RefreshToken,
		"access token of PKCE": byBrowser.AccessToken, "refresh token of PKCE": byBrowser.RefreshToken,
		"secret access key": c.SecretAccessKey, "STS session token": c.SessionToken,
		"console sign-in token": link.Get("SigninToken"),
	}
	own, err := http.NewRequest(http.MethodGet, s.URL+"/start", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, cookie := range p.client.Jar.Cookies(own.URL) {
		if len(cookie.Value) >= 16 {
			all["cookie "+cookie.Name] = cookie.Value
		}
	}
	return all
}

func (s *server) fetchMetrics() []byte {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, "http://"+s.Metrics+"/metrics", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	a := s.do(req)
	if a.Status != http.StatusOK || !strings.Contains(a.Body, "# TYPE ") {
		s.t.Errorf("metrics: %d %.200s", a.Status, a.Body)
	}
	return []byte(a.Body)
}

// databaseFiles reads SQLite's files, the journal included.
func databaseFiles(t *testing.T, dir string) []byte {
	t.Helper()
	var all []byte
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.Contains(d.Name(), ".db") {
			return err
		}
		data, err := os.ReadFile(path)
		all = append(all, data...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
