package awsedge

import (
	"slices"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssooidc"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// Limiter bounds what an address may cost whose caller is not known. A call whose caller is known never asks it.
type Limiter interface {
	// Admit takes one from a budget of the address. An empty budget is an idc.Error of kind Throttled; the
	// call is then neither recorded nor logged, and it is the Limiter that counts it.
	Admit(address string, budget Budget) error
}

// Budget is one of the things an address has so much of and no more.
type Budget string

// The budgets of an address.
const (
	// BudgetOpen is for what anybody may do and is kept when it succeeds: registering a client, beginning a
	// device authorization, /authorize.
	BudgetOpen Budget = "open"
	// BudgetProof is for refused calls whose proof is in their input (CreateToken). Waiting for a person's
	// decision is such a refusal, so that this is the largest.
	BudgetProof Budget = "proof"
	// BudgetRefused is for the records of refused calls: authentication failed, or what was asked for is not known.
	BudgetRefused Budget = "refused"
)

// longestOpenBody is the longest body of sso-oidc: its parameters are recorded whoever sends them.
const longestOpenBody = 8 << 10

// longestBody is the longest body of an operation.
func longestBody(op *awsapi.Operation) int {
	if op != nil && op.Service == &ssooidc.Service && op.Auth == awsapi.NoAuth {
		return longestOpenBody
	}
	return maxBody
}

// open reports whether anybody may call an operation and leave something behind.
func open(op *awsapi.Operation) bool {
	return op == ssooidc.RegisterClient.Operation || op == ssooidc.StartDeviceAuthorization.Operation
}

// admitOpen asks for leave to perform an operation that is open to anybody.
func (g *Gateway) admitOpen(call *Call) error {
	if g.Limiter == nil || !open(call.Operation) {
		return nil
	}
	return g.Limiter.Admit(call.ClientIP, BudgetOpen)
}

// admitRefusal decides on a refused call before it is recorded. refused is what to answer instead; a call that
// is not to be recorded is answered as it is.
func (g *Gateway) admitRefusal(call *Call) (record bool, refused error) {
	// Those for whom an identity provider vouches are strangers until they have credentials: a public provider
	// vouches for anybody.
	known := !slices.Contains([]idc.CallerType{"", idc.CallerAnonymous, idc.CallerSAML, idc.CallerWebIdentity}, call.Caller.Type)
	if g.Limiter == nil || known || open(call.Operation) { // admitOpen has asked already
		return true, nil
	}
	if call.Operation == nil || call.Operation.Auth != awsapi.NoAuth {
		refused = g.Limiter.Admit(call.ClientIP, BudgetRefused)
		return refused == nil, refused
	}
	if refused = g.Limiter.Admit(call.ClientIP, BudgetProof); refused != nil {
		return false, refused
	}
	return g.Limiter.Admit(call.ClientIP, BudgetRefused) == nil, nil
}
