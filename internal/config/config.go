package config

import (
	"net"
	"net/url"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/extauthz"
)

// Config is a complete, checked configuration.
type Config struct {
	// Listen is the address of the one listener. Default 127.0.0.1:8080.
	Listen string `yaml:"listen"`
	// PublicURL is how browsers and clients reach the listener, without a path.
	// Default: the listener's own address.
	PublicURL string `yaml:"public_url"`
	// DataDir holds the database, the master key and the control socket.
	DataDir string `yaml:"data_dir"`
	// Database is sqlite:PATH or postgres://... Default: gatehouse.db in DataDir.
	Database string `yaml:"database"`
	// KeyFile is the master key. Default: master.key in DataDir.
	KeyFile string `yaml:"key_file"`
	// TLS names the certificate and key files of the listener.
	TLS TLS `yaml:"tls"`
	// BehindProxy says that a proxy in front terminates TLS; only then may a
	// listener that is not on loopback be plain.
	BehindProxy bool `yaml:"behind_proxy"`
	// TrustedProxies lists networks whose X-Forwarded-For is believed.
	TrustedProxies []string `yaml:"trusted_proxies"`
	// MetricsListen is the address of the metrics listener; empty for none.
	MetricsListen string `yaml:"metrics_listen"`
	// Region is the Region the instance says it lives in. Default us-east-1.
	Region string `yaml:"region"`
	// ManagementAccountID is the organization's management account, 12 digits.
	// It is fixed when the instance is made. Default: drawn at random.
	ManagementAccountID string `yaml:"management_account_id"`
	// Alias is the label of the AWS-shaped start URL https://ALIAS.awsapps.com/start.
	Alias string `yaml:"alias"`
	// Organization is whose sign-in this is, shown on the pages; may be empty.
	Organization string `yaml:"organization"`
	// PortalSession is how long a person stays signed in. Default 8h; 15m to 2160h.
	PortalSession Duration `yaml:"portal_session"`
	// Log sets the server's own log, on standard error.
	Log Log `yaml:"log"`
	// ExtAuthz is the authorization endpoint for services behind a proxy. Default: none.
	ExtAuthz ExtAuthz `yaml:"ext_authz"`
	// AWSRates has AWS's published request rates hold here too, so that a client's
	// retries can be tested. Default false.
	AWSRates bool `yaml:"aws_rates"`
	// Trails are the buckets that CloudTrail's trails deliver to. Default: none.
	Trails Trails `yaml:"trails"`
	// Quotas bounds what may be stored. Zero stands for the documented default.
	Quotas Quotas `yaml:"quotas"`

	proxies []*net.IPNet
}

// Quotas are those that AWS raises on request.
type Quotas struct {
	// PermissionSets is how many an instance has. Default 3500.
	PermissionSets int `yaml:"permission_sets"`
	// PoliciesPerPermissionSet counts managed ones, AWS's and the accounts' own. Default 25.
	PoliciesPerPermissionSet int `yaml:"policies_per_permission_set"`
	// PermissionSetsPerAccount is how many are provisioned in one account. Default 500.
	PermissionSetsPerAccount int `yaml:"permission_sets_per_account"`
	// OutstandingAssignments bounds the creations and the deletions of assignments that are
	// in progress at one time; AWS allows 15. Default: any number.
	OutstandingAssignments int `yaml:"outstanding_assignments"`
	// Accounts is how many the organization has. Default 10000.
	Accounts int `yaml:"accounts"`
	// Users and Groups are for each identity store. Defaults 200000 and 100000.
	Users  int `yaml:"users"`
	Groups int `yaml:"groups"`
	// Applications is how many an instance has. Default 7000.
	Applications int `yaml:"applications"`
}

// TLS names PEM files.
type TLS struct {
	CertFile string `yaml:"cert_file"`
	KeyFile  string `yaml:"key_file"`
}

// Enabled reports whether the listener speaks TLS.
func (t TLS) Enabled() bool { return t.CertFile != "" }

// Log sets the log's level and format.
type Log struct {
	// Level is debug, info, warn or error. Default info.
	Level string `yaml:"level"`
	// Format is json or text. Default json.
	Format string `yaml:"format"`
}

// ExtAuthz sets the authorization endpoint for services behind a proxy.
type ExtAuthz struct {
	// Listen is HOST:PORT, or unix:PATH for a socket; empty for none.
	Listen string `yaml:"listen"`
	// SecretFile holds what the proxy must send in X-Gatehouse-Proxy-Secret. It is demanded where the
	// endpoint can be reached from other machines.
	SecretFile string `yaml:"secret_file"`
	// DurableRecords has an allowed request wait until its record is on disk, as a denied one does.
	DurableRecords bool `yaml:"durable_records"`
	// KeepCredentials leaves the client's signature on what Envoy passes on.
	KeepCredentials bool `yaml:"keep_credentials"`
	// Services maps requests to actions and resources.
	Services map[string]extauthz.Service `yaml:"services"`

	secret  string
	mapping *extauthz.Mapping
}

// Secret is the content of SecretFile, or "".
func (e *ExtAuthz) Secret() string { return e.secret }

// Mapping is the checked mapping; nil when there is no endpoint.
func (e *ExtAuthz) Mapping() *extauthz.Mapping { return e.mapping }

// Trails sets where CloudTrail's trails deliver to.
type Trails struct {
	// DeliverEvery is how often files are delivered. Default 5m, as in AWS.
	DeliverEvery Duration `yaml:"deliver_every"`
	// Buckets are the buckets there are, by name.
	Buckets map[string]TrailBucket `yaml:"buckets"`
}

// TrailBucket is a bucket that trails may name.
type TrailBucket struct {
	// Directory is the folder that files go to, unless S3 is given.
	Directory string `yaml:"directory"`
	// S3 is the bucket that files go to.
	S3 TrailS3 `yaml:"s3"`
	// Accounts are those whose trails may deliver there, "*" for all. Default: the
	// management account.
	Accounts []string `yaml:"accounts"`
}

// TrailS3 is a bucket of S3, or of what speaks its protocol.
type TrailS3 struct {
	// Endpoint is scheme and host, such as https://s3.eu-west-1.amazonaws.com.
	Endpoint string `yaml:"endpoint"`
	// Region is what requests are signed for. Default: the instance's.
	Region string `yaml:"region"`
	// Profile is that of the AWS configuration files with the credentials. Default: as
	// AWS's tools find them, in the environment, the files, or from the machine.
	Profile string `yaml:"profile"`
}

// Duration is a time.Duration written as in Go: "8h", "15m".
type Duration time.Duration

// UnmarshalText reads "8h".
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	*d = Duration(v)
	return err
}

// MarshalText writes "8h0m0s".
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// Default returns the configuration without any file, variable or flag.
func Default() Config {
	return Config{
		Listen: "127.0.0.1:8080", DataDir: "gatehouse-data", Region: "us-east-1",
		MetricsListen: "127.0.0.1:9464", PortalSession: Duration(8 * time.Hour),
		Log: Log{Level: "info", Format: "json"}, Trails: Trails{DeliverEvery: Duration(5 * time.Minute)},
	}
}

// Secure reports whether browsers reach the server over TLS, so that cookies
// may be marked Secure.
func (c *Config) Secure() bool {
	u, err := url.Parse(c.PublicURL)
	return err == nil && u.Scheme == "https"
}

// Trusts reports whether ip is a proxy whose X-Forwarded-For is believed.
func (c *Config) Trusts(ip net.IP) bool {
	for _, n := range c.proxies {
		if n.Contains(ip) {
			return true
		}
	}
	return false
}
