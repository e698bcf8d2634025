package config

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "gatehouse.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestDefaultsAreSafe(t *testing.T) {
	c, err := Load("", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:8080" || c.Database != "sqlite:gatehouse-data/gatehouse.db" || c.KeyFile != "gatehouse-data/master.key" {
		t.Errorf("defaults = %+v", c)
	}
	if c.PortalSession != Duration(8*time.Hour) {
		t.Errorf("portal session = %v, want 8h", c.PortalSession)
	}
}

func TestFileThenEnvironmentThenFlags(t *testing.T) {
	file := write(t, "listen: 127.0.0.1:1111\nregion: eu-west-1\nportal_session: 1h\nlog:\n  level: warn\n")
	c, err := Load(file, []string{"GATEHOUSE_LISTEN=127.0.0.1:2222", "GATEHOUSE_LOG_LEVEL=debug", "GATEHOUSE_PORTAL_SESSION=30m"},
		map[string]string{"listen": "127.0.0.1:3333"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:3333" || c.Log.Level != "debug" || c.Region != "eu-west-1" || c.PortalSession != Duration(30*time.Minute) {
		t.Errorf("got %+v", c)
	}
}

// TestTypedSettings: what is no text can be given in the environment, too.
func TestTypedSettings(t *testing.T) {
	c, err := Load("", []string{"GATEHOUSE_AWS_RATES=true", "GATEHOUSE_QUOTAS_PERMISSION_SETS=10000"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !c.AWSRates || c.Quotas.PermissionSets != 10000 {
		t.Errorf("got %+v", c)
	}
}

// TestRefusals says for each bad setting where it is and what is wrong with it.
func TestRefusals(t *testing.T) {
	for name, tc := range map[string]struct {
		file string
		env  []string
		set  map[string]string
		want []string
	}{
		"unknown key":         {file: "listen: 127.0.0.1:1\nlissten: x\n", want: []string{"line 2", "lissten"}},
		"negative quota":      {file: "quotas:\n  users: -1\n", want: []string{"gatehouse.yaml:2", "quotas.users", "must not be negative"}},
		"quota no number":     {env: []string{"GATEHOUSE_QUOTAS_USERS=many"}, want: []string{"GATEHOUSE_QUOTAS_USERS", "not a whole number"}},
		"not yaml":            {file: "listen: [", want: []string{"gatehouse.yaml"}},
		"plain in the open":   {file: "\nlisten: 0.0.0.0:80\n", want: []string{"gatehouse.yaml:2", "TLS is off", "behind_proxy"}},
		"proxy without url":   {file: "listen: 0.0.0.0:80\nbehind_proxy: true\n", want: []string{"public_url", "must be set"}},
		"proxy nobody trusts": {file: "listen: 0.0.0.0:80\nbehind_proxy: true\npublic_url: https://a.example\n", want: []string{"trusted_proxies", "must name the proxy"}},
		"bucket's name":       {file: "trails:\n  buckets:\n    My_Logs: {directory: x}\n", want: []string{"gatehouse.yaml:3", "My_Logs", "no name of an S3 bucket"}},
		"bucket nowhere":      {file: "trails:\n  buckets:\n    logs: {accounts: ['*']}\n", want: []string{"gatehouse.yaml:3", "directory", "must name the folder"}},
		"bucket in the open":  {file: "trails:\n  buckets:\n    logs:\n      s3: {endpoint: 'http://s3.example.com'}\n", want: []string{"gatehouse.yaml:4", "s3.endpoint", "https"}},
		"bucket twice":        {file: "trails:\n  buckets:\n    logs: {directory: x, s3: {endpoint: 'https://s3.example.com'}}\n", want: []string{"gatehouse.yaml:3", "or s3.endpoint"}},
		"bucket's accounts":   {file: "trails:\n  buckets:\n    logs:\n      directory: x\n      accounts: [dev]\n", want: []string{"gatehouse.yaml:5", "12 digits"}},
		"deliver too often":   {file: "trails:\n  deliver_every: 1s\n", want: []string{"gatehouse.yaml:2", "10s and 1h"}},
		"url with a path":     {file: "public_url: https://a.example/x\n", want: []string{"gatehouse.yaml:1", "scheme and host alone"}},
		"url in the clear":    {file: "public_url: http://a.example\n", want: []string{"passwords in the clear"}},
		"half of tls":         {file: "tls:\n  cert_file: a.pem\n", want: []string{"gatehouse.yaml:2", "together"}},
		"missing cert":        {file: "tls:\n  cert_file: /nonexistent/a.pem\n  key_file: /nonexistent/b.pem\n", want: []string{"no such file"}},
		"session too short":   {file: "portal_session: 1m\n", want: []string{"gatehouse.yaml:1", "15m"}},
		"bad duration":        {env: []string{"GATEHOUSE_PORTAL_SESSION=soon"}, want: []string{"GATEHOUSE_PORTAL_SESSION", "soon"}},
		"bad region flag":     {set: map[string]string{"region": "moon"}, want: []string{"--region", "moon"}},
		"bad database":        {set: map[string]string{"database": "mysql://x"}, want: []string{"--database", "sqlite:PATH"}},
		"bad account":         {file: "management_account_id: \"12\"\n", want: []string{"12 digits"}},
		"bad proxy":           {file: "trusted_proxies: [nonsense]\n", want: []string{"nonsense"}},
		"bad log level":       {file: "log:\n  level: loud\n", want: []string{"gatehouse.yaml:2", "loud"}},
		"proxies in the open": {file: "ext_authz:\n  listen: 0.0.0.0:9465\n  services:\n    s3: {style: s3, resource_account: caller}\n",
			want: []string{"gatehouse.yaml:2", "ext_authz.listen", "set ext_authz.secret_file"}},
		"proxies nowhere":  {file: "ext_authz:\n  services:\n    s3: {style: s3, resource_account: caller}\n", want: []string{"gatehouse.yaml:1", "must say where"}},
		"relative socket":  {file: "ext_authz:\n  listen: unix:a.sock\n", want: []string{"gatehouse.yaml:2", "not an absolute path"}},
		"nothing behind":   {file: "ext_authz:\n  listen: 127.0.0.1:9465\n", want: []string{"ext_authz.services", "are missing"}},
		"no such secret":   {file: "ext_authz:\n  listen: 127.0.0.1:9465\n  secret_file: /nonexistent/a\n", want: []string{"gatehouse.yaml:3", "no such file"}},
		"nobody's buckets": {file: "ext_authz:\n  listen: 127.0.0.1:9465\n  services:\n    s3:\n      style: s3\n", want: []string{"gatehouse.yaml:4", "must say whose"}},
		"bad rule": {file: "ext_authz:\n  listen: 127.0.0.1:9465\n  services:\n    orders:\n      style: rules\n      resource_account: caller\n      rules:\n" +
			"        - {method: GET, path: /a, action: orders:Get, resource: \"*\"}\n        - method: GET\n          path: a\n          action: orders:Get\n",
			want: []string{"gatehouse.yaml:10", "ext_authz.services.orders.rules[1].path", "slash"}},
		"unknown rule key":  {file: "ext_authz:\n  services:\n    s3: {stile: s3}\n", want: []string{"line 3", "stile"}},
		"bad proxy boolean": {env: []string{"GATEHOUSE_EXT_AUTHZ_DURABLE_RECORDS=maybe"}, want: []string{"true or false"}},
		"bad boolean":       {env: []string{"GATEHOUSE_BEHIND_PROXY=maybe"}, want: []string{"GATEHOUSE_BEHIND_PROXY", "true or false"}},
	} {
		t.Run(name, func(t *testing.T) {
			file := ""
			if tc.file != "" {
				file = write(t, tc.file)
			}
			_, err := Load(file, tc.env, tc.set)
			if err == nil {
				t.Fatal("accepted")
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not say %q", err, want)
				}
			}
		})
	}
}

func TestTrustedProxies(t *testing.T) {
	c, err := Load("", nil, map[string]string{"trusted_proxies": "10.0.0.0/8,::1"})
	if err != nil {
		t.Fatal(err)
	}
	for ip, want := range map[string]bool{"10.1.2.3": true, "::1": true, "192.0.2.1": false} {
		if got := c.Trusts(net.ParseIP(ip)); got != want {
			t.Errorf("Trusts(%s) = %v, want %v", ip, got, want)
		}
	}
}

func TestExtAuthz(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	file := write(t, "ext_authz:\n  listen: 192.0.2.1:9465\n  secret_file: "+secret+"\n  services:\n    s3: {style: s3, resource_account: \"222222222222\"}\n")
	if err := os.WriteFile(secret, []byte("too short\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(file, nil, nil); err == nil || !strings.Contains(err.Error(), "fewer than 32 characters") || strings.Contains(err.Error(), "too short") {
		t.Errorf("short secret: %v", err)
	}
	if err := os.WriteFile(secret, []byte("0123456789abcdef0123456789abcdef\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(file, []string{"GATEHOUSE_EXT_AUTHZ_DURABLE_RECORDS=true"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.ExtAuthz.Secret() != "0123456789abcdef0123456789abcdef" || c.ExtAuthz.Mapping() == nil || !c.ExtAuthz.DurableRecords {
		t.Errorf("got %+v", c.ExtAuthz)
	}
}

// TestExample loads the configuration of the guide docs/guides/enforce.md.
func TestExample(t *testing.T) {
	c, err := Load("../../examples/enforce/gatehouse.yaml", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.ExtAuthz.Mapping() == nil {
		t.Error("it has no mapping")
	}
}
