package config

import (
	"errors"
	"maps"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/extauthz"
)

// check completes the defaults that follow from other settings and refuses what
// cannot work or is not safe.
func (c *Config) check(src *sources) error {
	if c.DataDir == "" {
		return src.fault("data_dir", "must name a directory")
	}
	if c.Database == "" {
		c.Database = "sqlite:" + filepath.Join(c.DataDir, "gatehouse.db")
	}
	if !strings.HasPrefix(c.Database, "sqlite:") && !strings.HasPrefix(c.Database, "postgres://") && !strings.HasPrefix(c.Database, "postgresql://") {
		return src.fault("database", "must be sqlite:PATH or postgres://...")
	}
	if c.KeyFile == "" {
		c.KeyFile = filepath.Join(c.DataDir, "master.key")
	}
	for _, step := range []func(*sources) error{c.checkListener, c.checkPublicURL, c.checkProxies, c.checkInstance, c.checkLog, c.checkExtAuthz, c.checkTrails, c.checkQuotas} {
		if err := step(src); err != nil {
			return err
		}
	}
	return nil
}

func (c *Config) checkListener(src *sources) error {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return src.fault("listen", "%q is not HOST:PORT", c.Listen)
	}
	if (c.TLS.CertFile == "") != (c.TLS.KeyFile == "") {
		return src.fault("tls.cert_file", "tls.cert_file and tls.key_file must be given together")
	}
	for name, file := range map[string]string{"tls.cert_file": c.TLS.CertFile, "tls.key_file": c.TLS.KeyFile} {
		if file == "" {
			continue
		}
		if _, err := os.Stat(file); err != nil {
			return src.fault(name, "%v", err)
		}
	}
	if !c.TLS.Enabled() && !c.BehindProxy && !isLoopback(host) {
		return src.fault("listen", "%s is reachable from other machines and TLS is off: "+
			"set tls.cert_file and tls.key_file, or behind_proxy: true when a proxy terminates TLS", c.Listen)
	}
	if c.MetricsListen != "" {
		if _, _, err := net.SplitHostPort(c.MetricsListen); err != nil {
			return src.fault("metrics_listen", "%q is not HOST:PORT", c.MetricsListen)
		}
	}
	return nil
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func (c *Config) checkPublicURL(src *sources) error {
	if c.PublicURL == "" {
		if c.BehindProxy {
			return src.fault("public_url", "must be set when a proxy terminates TLS, such as https://gatehouse.example.com")
		}
		return nil // the listener's own address, known once it listens
	}
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return src.fault("public_url", "%q is not an absolute http(s) URL", c.PublicURL)
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return src.fault("public_url", "%q must be scheme and host alone: clients ask for /authorize and /start at the root", c.PublicURL)
	}
	if u.Scheme == "http" && !isLoopback(u.Hostname()) {
		return src.fault("public_url", "%q would send passwords in the clear: use https", c.PublicURL)
	}
	c.PublicURL = u.Scheme + "://" + u.Host
	return nil
}

func (c *Config) checkProxies(src *sources) error {
	if c.BehindProxy && len(c.TrustedProxies) == 0 {
		return src.fault("trusted_proxies", "must name the proxy that terminates TLS: without it everybody seems to come from the proxy, "+
			"and one person's failures lock out all")
	}
	for _, text := range c.TrustedProxies {
		if !strings.Contains(text, "/") {
			if ip := net.ParseIP(text); ip != nil && ip.To4() != nil {
				text += "/32"
			} else {
				text += "/128"
			}
		}
		_, network, err := net.ParseCIDR(text)
		if err != nil {
			return src.fault("trusted_proxies", "%q is not an address or network", text)
		}
		c.proxies = append(c.proxies, network)
	}
	return nil
}

func (c *Config) checkInstance(src *sources) error {
	if !regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-\d$`).MatchString(c.Region) {
		return src.fault("region", "%q is not a Region name such as us-east-1", c.Region)
	}
	if c.ManagementAccountID != "" && !regexp.MustCompile(`^\d{12}$`).MatchString(c.ManagementAccountID) {
		return src.fault("management_account_id", "%q is not 12 digits", c.ManagementAccountID)
	}
	if c.Alias != "" && !regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`).MatchString(c.Alias) {
		return src.fault("alias", "%q is not a host name label", c.Alias)
	}
	if d := time.Duration(c.PortalSession); d < 15*time.Minute || d > 90*24*time.Hour {
		return src.fault("portal_session", "%s is not between 15m and 2160h (90 days)", d)
	}
	return nil
}

func (c *Config) checkLog(src *sources) error {
	switch c.Log.Level {
	case "debug", "info", "warn", "error":
	default:
		return src.fault("log.level", "%q is not debug, info, warn or error", c.Log.Level)
	}
	if c.Log.Format != "json" && c.Log.Format != "text" {
		return src.fault("log.format", "%q is not json or text", c.Log.Format)
	}
	return nil
}

// A bucket has a name as in S3, so that clients accept it.
var bucketForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

func (c *Config) checkTrails(src *sources) error {
	if d := time.Duration(c.Trails.DeliverEvery); d < 10*time.Second || d > time.Hour {
		return src.fault("trails.deliver_every", "%s is not between 10s and 1h", d)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Trails.Buckets)) {
		setting := "trails.buckets." + name
		if !bucketForm.MatchString(name) || strings.Contains(name, "..") || net.ParseIP(name) != nil {
			return src.fault(setting, "%q is no name of an S3 bucket: 3 to 63 lower-case letters, digits, hyphens and dots", name)
		}
		b := c.Trails.Buckets[name]
		if (b.Directory == "") == (b.S3.Endpoint == "") {
			return src.fault(setting+".directory", "must name the folder that files go to, or s3.endpoint the server that has the bucket")
		}
		if u, err := url.Parse(b.S3.Endpoint); b.S3.Endpoint != "" && (err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && isLoopback(u.Hostname())) ||
			strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil) {
			return src.fault(setting+".s3.endpoint", "%q is not https://HOST: files have every call of every account in them", b.S3.Endpoint)
		}
		for _, account := range b.Accounts {
			if account != "*" && !regexp.MustCompile(`^\d{12}$`).MatchString(account) {
				return src.fault(setting+".accounts", "%q is neither 12 digits nor *", account)
			}
		}
	}
	return nil
}

// minSecret is the least length of the proxy's secret, in characters.
const minSecret = 32

func (c *Config) checkExtAuthz(src *sources) error {
	e := &c.ExtAuthz
	if e.Listen == "" {
		if len(e.Services) > 0 {
			return src.fault("ext_authz.listen", "must say where the proxy reaches the endpoint, such as 127.0.0.1:9465 or unix:/run/gatehouse/authz.sock")
		}
		return nil
	}
	if e.SecretFile != "" {
		text, err := os.ReadFile(e.SecretFile)
		if err != nil {
			return src.fault("ext_authz.secret_file", "%v", err)
		}
		if e.secret = strings.TrimSpace(string(text)); len(e.secret) < minSecret {
			return src.fault("ext_authz.secret_file", "the secret in %s has fewer than %d characters", e.SecretFile, minSecret)
		}
	}
	if path, socket := strings.CutPrefix(e.Listen, "unix:"); socket {
		if !filepath.IsAbs(path) {
			return src.fault("ext_authz.listen", "%q is not an absolute path", path)
		}
	} else {
		host, _, err := net.SplitHostPort(e.Listen)
		if err != nil {
			return src.fault("ext_authz.listen", "%q is not HOST:PORT or unix:PATH", e.Listen)
		}
		if !isLoopback(host) && e.secret == "" {
			return src.fault("ext_authz.listen", "%s is reachable from other machines, and whoever reaches it could ask in the proxy's name: "+
				"set ext_authz.secret_file, or listen on loopback or a socket", e.Listen)
		}
	}
	if len(e.Services) == 0 {
		return src.fault("ext_authz.services", "are missing: without any, every request is denied")
	}
	var err error
	e.mapping, err = extauthz.Compile(e.Services, c.Region)
	var wrong *extauthz.SettingError
	if errors.As(err, &wrong) {
		return src.fault("ext_authz.services."+wrong.Setting, "%s", wrong.Text)
	}
	return err
}

func (c *Config) checkQuotas(src *sources) error {
	quotas := reflect.ValueOf(c.Quotas)
	for i := range quotas.NumField() {
		if quotas.Field(i).Int() < 0 {
			return src.fault("quotas."+quotas.Type().Field(i).Tag.Get("yaml"), "must not be negative")
		}
	}
	return nil
}
