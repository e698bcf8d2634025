package server

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	apiaccessanalyzer "github.com/gatehouse-idc/gatehouse/internal/api/accessanalyzer"
	apiaccountaccess "github.com/gatehouse-idc/gatehouse/internal/api/accountaccess"
	apicloudtrail "github.com/gatehouse-idc/gatehouse/internal/api/cloudtrail"
	apiiam "github.com/gatehouse-idc/gatehouse/internal/api/iam"
	apiidentitystore "github.com/gatehouse-idc/gatehouse/internal/api/identitystore"
	apiorganizations "github.com/gatehouse-idc/gatehouse/internal/api/organizations"
	apissoadmin "github.com/gatehouse-idc/gatehouse/internal/api/ssoadmin"
	apissooidc "github.com/gatehouse-idc/gatehouse/internal/api/ssooidc"
	apissoportal "github.com/gatehouse-idc/gatehouse/internal/api/ssoportal"
	apists "github.com/gatehouse-idc/gatehouse/internal/api/sts"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoportal"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/config"
	"github.com/gatehouse-idc/gatehouse/internal/consolelink"
	"github.com/gatehouse-idc/gatehouse/internal/extauthz"
	"github.com/gatehouse-idc/gatehouse/internal/federation"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/metrics"
	"github.com/gatehouse-idc/gatehouse/internal/pagetoken"
	"github.com/gatehouse-idc/gatehouse/internal/portal"
	"github.com/gatehouse-idc/gatehouse/internal/reqctx"
	"github.com/gatehouse-idc/gatehouse/internal/signin"
	"github.com/gatehouse-idc/gatehouse/internal/sigv4"
	"github.com/gatehouse-idc/gatehouse/internal/webui"
)

// doors are the front doors behind the one listener.
type doors struct {
	handler http.Handler
	gateway *awsedge.Gateway
	limiter *limiter
	proxies *extauthz.Door // nil for none
}

// signingKeys is how many derived signing keys are remembered: one per access
// key, day, Region and service in use.
const signingKeys = 10000

// open makes the gateway with all its operations and the pages.
func (s *Server) open(cfg *config.Config, o Options, m *metrics.Metrics) (*doors, error) {
	guard := authorizer{authz: s.Authz, secure: cfg.Secure()}
	strangers := newLimiter(s.Clock, s.Audit, m.Throttled)
	auth := &authenticator{verifier: sigv4.NewVerifier(signingKeys), sts: s.STS, sessions: s.Sessions, keys: s.Keys, clock: s.Clock}
	var rates awsedge.Throttle
	if cfg.AWSRates {
		rates = newThrottle(s.Clock, m.Throttled)
	}
	gateway, err := awsedge.New(awsedge.Config{
		Authenticator: auth,
		Authorizer:    guard,
		Auditor:       &auditor{audit: s.Audit, uses: s.Uses, metrics: m, clock: s.Clock},
		Limiter:       strangers,
		Throttle:      rates,
		Clock:         s.Clock, IDs: s.IDs, Log: s.log, Region: s.Instance.Region,
	}, s.operations()...)
	if err != nil {
		return nil, err
	}
	site, links, err := s.pages(cfg, o, gateway, strangers, auth)
	if err != nil {
		return nil, err
	}
	issuers := (&federation.Door{STS: s.STS, Log: s.log, Admit: func(ctx context.Context) error {
		return strangers.Admit(reqctx.From(ctx).ClientIP, awsedge.BudgetProof)
	}}).Handler()
	next := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, federation.Path) {
			issuers.ServeHTTP(w, r)
			return
		}
		if gateway.Matches(r) {
			gateway.ServeHTTP(w, r)
			return
		}
		if r.URL.Path == consolelink.Path {
			links.ServeHTTP(w, r)
			return
		}
		site.ServeHTTP(w, r)
	})
	mux := http.NewServeMux()
	probes := health(func(ctx context.Context) error { return s.Store.Ping(ctx) }, s.log)
	mux.Handle("GET /healthz", probes)
	mux.Handle("GET /readyz", probes)
	outer := &front{cfg: cfg, ids: s.IDs, clock: s.Clock, log: s.log, next: next, regions: &regions{store: s.Store}}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/healthz" || r.URL.Path == "/readyz" {
			mux.ServeHTTP(w, r)
			return
		}
		outer.ServeHTTP(w, r)
	})
	return &doors{handler: handler, gateway: gateway, limiter: strangers, proxies: s.openExtAuthz(cfg, auth, strangers, m)}, nil
}

// operations lists every operation that is served.
func (s *Services) operations() []awsedge.Operation {
	pages := pagetoken.Codec{Ring: s.Keys.PageToken}
	var all []awsedge.Operation
	for _, door := range []interface{ Operations() []awsedge.Operation }{
		&apists.Door{STS: s.STS, Authz: s.Authz},
		&apissoadmin.Door{Instances: s.Instances, PermissionSets: s.PermissionSets, Assignments: s.Assignments,
			Provisioning: s.Provisioning, Applications: s.Applications, AccessControl: s.AccessControl, Pages: pages},
		&apiorganizations.Door{Accounts: s.Accounts, Instance: s.Instance, Pages: pages},
		&apiiam.Door{Roles: s.Roles, Authz: s.Authz, STS: s.STS, Reports: s.Reports, Pages: pages},
		&apiidentitystore.Door{Directory: s.Directory, Instances: s.Instances, Applications: s.Applications, Pages: pages, Instance: s.Instance},
		&apissooidc.Door{Sessions: s.Sessions},
		&apissoportal.Door{STS: s.STS, Sessions: s.Sessions, Pages: pages},
		&apicloudtrail.Door{Audit: s.Audit, Trails: s.Trails, Pages: pages},
		&apiaccountaccess.Door{Access: s.AccountAccess, Pages: pages},
		&apiaccessanalyzer.Door{Checker: s.PolicyChecks, Pages: pages},
	} {
		all = append(all, door.Operations()...)
	}
	return all
}

// pages makes the site of sign-in and portal, and the handler of console links.
func (s *Server) pages(cfg *config.Config, o Options, gateway *awsedge.Gateway, strangers *limiter, auth *authenticator) (site *webui.Site, links http.Handler, err error) {
	public, err := url.Parse(cfg.PublicURL)
	if err != nil {
		return nil, nil, err
	}
	site, err = webui.New(webui.Config{PublicURL: public, Organization: cfg.Organization, Demo: o.Demo, Clock: s.Clock, Log: s.log})
	if err != nil {
		return nil, nil, err
	}
	(&signin.Door{Site: site, Authn: s.Authn, Sessions: s.Sessions, Clock: s.Clock, IDs: s.IDs, IdentityStoreID: s.Instance.IdentityStoreID,
		Admit: strangers.admitAuthorize}).Register()
	(&portal.Door{Site: site, Sessions: s.Sessions, STS: s.STS, Applications: s.Applications, Clock: s.Clock, Instance: s.Instance, BaseURL: cfg.PublicURL,
		Mint: func(ctx context.Context, caller idc.Caller, accountID, roleName string) (*idc.Credentials, error) {
			return mint(ctx, gateway, caller, accountID, roleName)
		}}).Register()
	links = (&consolelink.Door{Site: site, Accounts: s.Accounts, Clock: s.Clock, Log: s.log, Instance: s.Instance, Public: public, Ring: s.Keys.SessionToken,
		Admit: strangers.Admit, Record: s.Audit.Record,
		Open: func(ctx context.Context, accessKeyID, sessionToken string) (string, idc.Caller, error) {
			return auth.open(ctx, &sigv4.Signed{AccessKeyID: accessKeyID, SecurityToken: sessionToken})
		}}).Handler()
	return site, links, nil
}

// mint asks for credentials through the operation that every other client
// uses, so that the portal's are authorised and recorded alike.
func mint(ctx context.Context, gateway *awsedge.Gateway, caller idc.Caller, accountID, roleName string) (*idc.Credentials, error) {
	session := "portal session" // the model demands a token; the caller is authenticated already
	out, err := awsedge.Invoke(ctx, gateway, ssoportal.GetRoleCredentials, &awsedge.Call{Caller: caller},
		&ssoportal.GetRoleCredentialsInput{AccountId: &accountID, RoleName: &roleName, AccessToken: &session})
	if err != nil {
		return nil, err
	}
	c := out.RoleCredentials
	return &idc.Credentials{AccessKeyID: *c.AccessKeyId, SecretAccessKey: *c.SecretAccessKey, SessionToken: *c.SessionToken,
		ExpiresAt: time.UnixMilli(*c.Expiration).UTC()}, nil
}
