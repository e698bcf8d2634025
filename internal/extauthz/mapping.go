package extauthz

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
)

// Styles of services.
const (
	StyleS3    = "s3"
	StyleRules = "rules"
)

// accountOfCaller stands for the account of whoever asks, in place of an account id.
const accountOfCaller = "caller"

// Service is the mapping of one service behind a proxy, as it stands in the configuration: how its
// requests become actions on resources.
type Service struct {
	// Style is s3, or rules for any other HTTP service.
	Style string `yaml:"style"`
	// SigningName is what clients sign for. Default: the service's name in the configuration.
	SigningName string `yaml:"signing_name"`
	// Region is what clients sign for, and aws:RequestedRegion. Default: the instance's Region.
	Region string `yaml:"region"`
	// EventSource names the service in the event trail. Default: SIGNING_NAME.amazonaws.com.
	EventSource string `yaml:"event_source"`
	// ResourceAccount owns the resources: an account id, or "caller" where every account has its own.
	ResourceAccount string `yaml:"resource_account"`

	// Buckets are owned by accounts other than ResourceAccount: bucket to account id.
	Buckets map[string]string `yaml:"buckets"`
	// Domains are host names under which buckets have names of their own: with s3.example.com
	// here, a.s3.example.com is the bucket a.
	Domains []string `yaml:"domains"`
	// Presigned accepts presigned URLs, for as long as they say, up to seven days.
	Presigned bool `yaml:"presigned"`
	// MultiDelete accepts DeleteObjects, whose keys stand in the body, from who may delete all of a bucket.
	MultiDelete bool `yaml:"multi_delete"`

	// Rules map the requests of the style "rules". The first that matches decides.
	Rules []Rule `yaml:"rules"`
}

// Rule maps requests to an action on a resource.
type Rule struct {
	// Host is the host name without port; empty for any.
	Host string `yaml:"host"`
	// Method is an HTTP method.
	Method string `yaml:"method"`
	// Path is a template: /orders/{id}, or /files/{path...} for all the rest.
	Path string `yaml:"path"`
	// Action is what the caller must be allowed: orders:GetOrder.
	Action string `yaml:"action"`
	// Resource is an ARN with the names of the path: arn:aws:orders:{region}:{account}:order/{id}.
	// {region} is the service's Region and {account} the account that owns the resource.
	Resource string `yaml:"resource"`
	// ResourceAccount replaces that of the service.
	ResourceAccount string `yaml:"resource_account"`
}

// SettingError is a mistake in the mapping. Setting is where, such as "orders.rules[2].path".
type SettingError struct{ Setting, Text string }

func (e *SettingError) Error() string { return e.Setting + ": " + e.Text }

// Mapping is a checked set of services.
type Mapping struct{ services map[string]*service }

// service is a Service that is ready for use.
type service struct {
	Service
	name  string
	rules []*rule
}

var (
	serviceName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
	hostName    = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`)
	actionName  = regexp.MustCompile(`^[a-z0-9-]+:[A-Za-z0-9]+$`)
	sourceName  = regexp.MustCompile(`^[a-z0-9.-]{1,100}$`)
)

// Compile checks the services. region is the default of their Region. The error is a *SettingError.
func Compile(services map[string]Service, region string) (*Mapping, error) {
	m := &Mapping{services: map[string]*service{}}
	for _, name := range slices.Sorted(maps.Keys(services)) {
		s, err := compileService(name, services[name], region)
		if err != nil {
			return nil, err
		}
		m.services[name] = s
	}
	return m, nil
}

func compileService(name string, in Service, region string) (*service, error) {
	at := func(setting, format string, args ...any) error {
		return &SettingError{name + setting, fmt.Sprintf(format, args...)}
	}
	if !serviceName.MatchString(name) {
		return nil, at("", "a service's name is made of a-z, 0-9 and hyphens: it stands in the address the proxy calls")
	}
	s := &service{Service: in, name: name}
	if s.SigningName == "" {
		s.SigningName = name
	}
	if s.Region == "" {
		s.Region = region
	}
	if s.EventSource == "" {
		s.EventSource = s.SigningName + ".amazonaws.com"
	}
	switch {
	case !serviceName.MatchString(s.SigningName):
		return nil, at(".signing_name", "%q is not a signing name such as s3", s.SigningName)
	case ours(s.SigningName):
		// A service that gets to see such a signature could use it at our own doors.
		return nil, at(".signing_name", "%q is a service of Gatehouse itself; others need a name of their own", s.SigningName)
	case !sourceName.MatchString(s.EventSource):
		return nil, at(".event_source", "%q is not a name such as s3.amazonaws.com", s.EventSource)
	case !isAccount(s.ResourceAccount):
		return nil, at(".resource_account", "must say whose the resources are: an account id of 12 digits, or %q where every account has "+
			"resources of its own (who administers one account would then reach all that is in a shared service)", accountOfCaller)
	}
	switch s.Style {
	case StyleS3:
		return s, s.checkS3(at)
	case StyleRules:
		return s, s.checkRules(at)
	}
	return nil, at(".style", "%q is not s3 or rules", s.Style)
}

// ours reports whether Gatehouse's own doors accept signatures made for a name.
func ours(signingName string) bool {
	return slices.ContainsFunc(awsedge.Services(), func(m awsedge.ServiceModel) bool { return m.Service.SigningName == signingName })
}

func isAccount(text string) bool { return text == accountOfCaller || arn.IsAccountID(text) }

func (s *service) checkS3(at func(string, string, ...any) error) error {
	if len(s.Rules) > 0 {
		return at(".rules", "belong to the style rules: the style s3 knows its operations")
	}
	for _, bucket := range slices.Sorted(maps.Keys(s.Buckets)) {
		if !isBucket(bucket) {
			return at(".buckets", "%q is not the name of a bucket", bucket)
		}
		if !arn.IsAccountID(s.Buckets[bucket]) {
			return at(".buckets."+bucket, "%q is not an account id of 12 digits", s.Buckets[bucket])
		}
	}
	for i, domain := range s.Domains {
		if !hostName.MatchString(domain) {
			return at(fmt.Sprintf(".domains[%d]", i), "%q is not a host name in lower case, without a port", domain)
		}
	}
	return nil
}

func (s *service) checkRules(at func(string, string, ...any) error) error {
	for setting, given := range map[string]bool{".buckets": len(s.Buckets) > 0, ".domains": len(s.Domains) > 0,
		".presigned": s.Presigned, ".multi_delete": s.MultiDelete} {
		if given {
			return at(setting, "belongs to the style s3")
		}
	}
	if len(s.Rules) == 0 {
		return at(".rules", "are missing: without any, every request is denied")
	}
	for i, r := range s.Rules {
		compiled, setting, err := compileRule(r)
		if err != nil {
			return at(fmt.Sprintf(".rules[%d].%s", i, setting), "%v", err)
		}
		if compiled.ResourceAccount == "" {
			compiled.ResourceAccount = s.ResourceAccount
		}
		s.rules = append(s.rules, compiled)
	}
	return nil
}

// account returns the account an account setting means.
func account(setting, caller string) string {
	if setting == accountOfCaller {
		return caller
	}
	return setting
}

// need is one thing the caller must be allowed.
type need struct {
	action   string
	resource string
	account  string // that owns the resource
	keys     map[string][]string
	every    bool // the resource is a pattern, and all that it covers must be allowed
}

// task is what a request is about.
type task struct {
	operation  string // eventName
	readOnly   bool
	needs      []need // all to be allowed; at least one, or the request is denied
	target     string // path and query to hand on: what has been judged, without the signature
	resource   string // what S3's errors name
	parameters map[string]string
	resources  []eventResource
}

type eventResource struct{ kind, arn string }

// isMethod reports whether text is a method that rules may name.
func isMethod(text string) bool {
	switch text {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return true
	}
	return false
}

// withoutPort returns a Host header's name in lower case.
func withoutPort(host string) string {
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:i]
	}
	return strings.ToLower(host)
}
