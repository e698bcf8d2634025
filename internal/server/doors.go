package server

import (
	"context"
	"net/http"
	"net/url"
	"time"

	apiaccessanalyzer "github.com/gatehouse-idc/gatehouse/internal/api/accessanalyzer"
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
	"github.com/gatehouse-idc/gatehouse/internal/extauthz"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/metrics"
	"github.com/gatehouse-idc/gatehouse/internal/pagetoken"
	"github.com/gatehouse-idc/gatehouse/internal/portal"
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
	gateway, err := awsedge.New(awsedge.Config{
		Authenticator: auth,
		Authorizer:    guard,
		Auditor:       &auditor{audit: s.Audit, metrics: m, clock: s.Clock},
		Limiter:       strangers,
		Clock:         s.Clock, IDs: s.IDs, Log: s.log, Region: s.Instance.Region,
	}, s.operations()...)
	if err != nil {
		return nil, err
	}
	site, err := s.pages(cfg, o, gateway, strangers)
	if err != nil {
		return nil, err
	}
	next := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if gateway.Matches(r) {
			gateway.ServeHTTP(w, r)
			return
		}
		site.ServeHTTP(w, r)
	})
	mux := http.NewServeMux()
	probes := health(func(ctx context.Context) error { return s.Store.Ping(ctx) }, s.log)
	mux.Handle("GET /healthz", probes)
	mux.Handle("GET /readyz", probes)
	outer := &front{cfg: cfg, ids: s.IDs, clock: s.Clock, log: s.log, next: next}
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
		&apissoadmin.Door{Accounts: s.Accounts, PermissionSets: s.PermissionSets, Assignments: s.Assignments,
			Provisioning: s.Provisioning, Applications: s.Applications, Pages: pages},
		&apiorganizations.Door{Accounts: s.Accounts, Instance: s.Instance, Pages: pages},
		&apiiam.Door{Roles: s.Roles, Authz: s.Authz, Pages: pages},
		&apiidentitystore.Door{Directory: s.Directory, Pages: pages, Instance: s.Instance},
		&apissooidc.Door{Sessions: s.Sessions},
		&apissoportal.Door{STS: s.STS, Sessions: s.Sessions, Pages: pages},
		&apicloudtrail.Door{Audit: s.Audit, Pages: pages},
		&apiaccessanalyzer.Door{Checker: s.PolicyChecks, Pages: pages},
	} {
		all = append(all, door.Operations()...)
	}
	return all
}

// pages makes the site of sign-in and portal.
func (s *Server) pages(cfg *config.Config, o Options, gateway *awsedge.Gateway, strangers *limiter) (http.Handler, error) {
	public, err := url.Parse(cfg.PublicURL)
	if err != nil {
		return nil, err
	}
	site, err := webui.New(webui.Config{PublicURL: public, Organization: cfg.Organization, Demo: o.Demo, Clock: s.Clock, Log: s.log})
	if err != nil {
		return nil, err
	}
	(&signin.Door{Site: site, Authn: s.Authn, Sessions: s.Sessions, Clock: s.Clock, IDs: s.IDs, IdentityStoreID: s.Instance.IdentityStoreID,
		Admit: strangers.admitAuthorize}).Register()
	(&portal.Door{Site: site, Sessions: s.Sessions, STS: s.STS, Instance: s.Instance, BaseURL: cfg.PublicURL,
		Mint: func(ctx context.Context, caller idc.Caller, accountID, roleName string) (*idc.Credentials, error) {
			return mint(ctx, gateway, caller, accountID, roleName)
		}}).Register()
	return site, nil
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
