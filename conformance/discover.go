package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/gatehouse-idc/gatehouse/conformance/model"
	"github.com/gatehouse-idc/gatehouse/conformance/probe"
	"github.com/gatehouse-idc/gatehouse/conformance/wire"
)

// scout asks a target what it has.
type scout struct {
	client   *wire.Client
	services []*model.Service
	target   *target
}

// output calls an operation and returns what it answers; a refusal answers nothing.
func (s scout) output(ctx context.Context, service, operation string, input map[string]any) (map[string]any, error) {
	at := slices.IndexFunc(s.services, func(m *model.Service) bool { return m.Name == service })
	if at < 0 || s.services[at].Operations[operation] == nil {
		return nil, fmt.Errorf("the models have no %s %s", service, operation)
	}
	a, err := s.client.Do(ctx, wire.Call{Service: s.services[at], Operation: s.services[at].Operations[operation], Input: input,
		Credentials: &s.target.credentials})
	if err != nil {
		return nil, fmt.Errorf("the endpoint %s does not answer: %w", s.target.endpoint, err)
	}
	return a.Output, nil
}

// list returns the objects of a list in an output.
func (s scout) list(ctx context.Context, service, operation, member string) ([]map[string]any, error) {
	out, err := s.output(ctx, service, operation, nil)
	items, _ := out[member].([]any)
	var objects []map[string]any
	for _, item := range items {
		if object, ok := item.(map[string]any); ok {
			objects = append(objects, object)
		}
	}
	return objects, err
}

// discover finds out which instance, organization and accounts an endpoint has: for the probes, and as variables
// for the cases. One that tells nothing is asked with made-up identifiers, and cases that need more are left out.
func discover(ctx context.Context, o options, c *wire.Client, services []*model.Service, t *target) (probe.World, map[string]any, error) {
	s := scout{client: c, services: services, target: t}
	world := probe.World{AccessToken: t.accessToken, Region: o.region}
	facts := map[string]any{"startUrl": t.startURL}
	if t.bare {
		if err := s.found(ctx); err != nil {
			return world, nil, err
		}
	}
	instances, err := s.list(ctx, "sso-admin", "ListInstances", "Instances")
	if err != nil {
		return world, nil, err
	}
	if len(instances) > 0 {
		world.InstanceARN, _ = instances[0]["InstanceArn"].(string)
		world.IdentityStoreID, _ = instances[0]["IdentityStoreId"].(string)
	}
	who, err := s.output(ctx, "sts", "GetCallerIdentity", nil)
	if err != nil {
		return world, nil, err
	}
	world.Account, _ = who["Account"].(string)
	facts["management"] = world.Account
	roots, err := s.list(ctx, "organizations", "ListRoots", "Roots")
	if err != nil {
		return world, nil, err
	}
	if len(roots) > 0 {
		facts["root"] = roots[0]["Id"]
	}
	accounts, err := s.list(ctx, "organizations", "ListAccounts", "Accounts")
	for _, account := range accounts {
		if account["Id"] != world.Account && facts["member"] == nil {
			facts["member"] = account["Id"]
		}
	}
	return world, facts, err
}

// found gives a bare endpoint what a Gatehouse has from the start: an organization with a member account.
func (s scout) found(ctx context.Context) error {
	if _, err := s.output(ctx, "organizations", "CreateOrganization", map[string]any{"FeatureSet": "ALL"}); err != nil {
		return err
	}
	roots, err := s.list(ctx, "organizations", "ListRoots", "Roots")
	if err != nil || len(roots) == 0 {
		return err
	}
	enable := map[string]any{"RootId": roots[0]["Id"], "PolicyType": "SERVICE_CONTROL_POLICY"}
	if _, err := s.output(ctx, "organizations", "EnablePolicyType", enable); err != nil {
		return err
	}
	_, err = s.output(ctx, "organizations", "CreateAccount", map[string]any{"AccountName": "Member", "Email": "member@example.com"})
	return err
}
