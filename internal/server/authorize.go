package server

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/authz"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
)

// authorizer is the edge's Authorizer over package authz.
type authorizer struct {
	authz *authz.Service
	// secure: clients reach us over TLS although it ends before us.
	secure bool
}

// Authorize implements awsedge.Authorizer.
func (a authorizer) Authorize(ctx context.Context, call *awsedge.Call, action string, resources []string, keys map[string][]string) error {
	return a.authz.Authorize(ctx, authz.Question{
		Caller: call.Caller, Action: action, Resources: resources, Keys: keys,
		Time: call.Time, ClientIP: call.ClientIP, UserAgent: call.UserAgent, Referer: call.Referer, Region: call.Region,
		Secure: a.secure || call.TLS != "",
	})
}
