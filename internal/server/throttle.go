package server

import (
	"crypto/sha256"
	"strings"
	"sync"

	"golang.org/x/time/rate"

	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssooidc"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// throttle refuses what AWS would refuse, so that retries can be tested: it is off
// unless the configuration sets aws_rates. Rates are those that AWS publishes, per
// account and Region, or per network address where the caller has no account yet; what
// has no published rate is not limited.
type throttle struct {
	clock clock.Clock
	count func(budget string) // the metric

	mu   sync.Mutex
	left map[[sha256.Size]byte]*rate.Limiter // by the digest of what callers name at any length
}

// maxRates bounds the memory of a throttle; when it is full it starts over.
const maxRates = 20_000

func newThrottle(c clock.Clock, count func(budget string)) *throttle {
	return &throttle{clock: c, count: count, left: map[[sha256.Size]byte]*rate.Limiter{}}
}

// allowance is a rate, and what it is of.
type allowance struct {
	of     string // calls of one allowance share it
	perSec rate.Limit
	burst  int
}

// Admit implements awsedge.Throttle.
func (t *throttle) Admit(call *awsedge.Call, in any) error {
	a, limited := allowanceOf(call, in)
	if !limited {
		return nil
	}
	who := call.Caller.AccountID
	if who == "" {
		who = authn.Network(call.ClientIP, 32)
	}
	key := sha256.Sum256([]byte(strings.Join([]string{a.of, who, call.Region}, "|")))
	t.mu.Lock()
	defer t.mu.Unlock()
	left := t.left[key]
	if left == nil {
		if len(t.left) >= maxRates {
			t.left = map[[sha256.Size]byte]*rate.Limiter{}
		}
		left = rate.NewLimiter(a.perSec, a.burst)
		t.left[key] = left
	}
	if left.AllowN(t.clock.Now(), 1) {
		return nil
	}
	t.count("aws-rate")
	return idc.Errorf(idc.Throttled, "Rate exceeded")
}

// allowanceOf returns what AWS publishes: "Quotas" of the IAM Identity Center User
// Guide, "IAM and AWS STS quotas", "Quotas and service limits for AWS Organizations".
func allowanceOf(call *awsedge.Call, in any) (allowance, bool) {
	service, operation := call.Service.Name, call.EventName
	switch service {
	case "sso-admin": // all operations together
		return allowance{service, 20, 20}, true
	case "identitystore": // each operation
		return allowance{service + "." + operation, 20, 20}, true
	case "sts":
		return allowance{service, 600, 600}, true
	case "sso-oidc":
		return applicationAllowance(operation, in)
	case "organizations":
		a, known := organizationRates()[operation]
		a.of = service + "." + operation
		return a, known
	}
	return allowance{}, false
}

// applicationAllowance returns the rates of sso-oidc. What an address may register is
// limited always (limiter).
func applicationAllowance(operation string, in any) (allowance, bool) {
	switch in := in.(type) {
	case *ssooidc.CreateTokenInput:
		return allowance{"sso-oidc." + operation, 250, 250}, true
	case *ssooidc.CreateTokenWithIAMInput:
		if in.GrantType != nil && *in.GrantType == string(idc.GrantJWTBearer) {
			return allowance{"sso-oidc." + operation + ".jwt-bearer", 10, 10}, true
		}
		if in.ClientId != nil {
			return allowance{"sso-oidc." + operation + "." + *in.ClientId, 80, 80}, true
		}
	}
	return allowance{}, false
}

func organizationRates() map[string]allowance {
	return map[string]allowance{
		"ListAccounts": {"", 8, 12}, "DescribeAccount": {"", 20, 30}, "DescribeOrganization": {"", 1, 2},
		"CreateAccount": {"", 0.1, 1}, "CloseAccount": {"", 0.05, 1},
	}
}
