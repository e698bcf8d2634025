package extauthz_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/extauthz"
)

// TestMappingsAreChecked: a mistake is told with its place, before anything is served.
func TestMappingsAreChecked(t *testing.T) {
	const account = "222222222222"
	good := extauthz.Rule{Method: "GET", Path: "/orders/{id}", Action: "orders:GetOrder", Resource: "arn:aws:orders:{region}:{account}:order/{id}"}
	rule := func(change func(*extauthz.Rule)) extauthz.Service {
		r := good
		change(&r)
		return extauthz.Service{Style: "rules", ResourceAccount: account, Rules: []extauthz.Rule{good, r}}
	}
	for name, tt := range map[string]struct {
		service       extauthz.Service
		setting, text string
	}{
		"no style":       {extauthz.Service{ResourceAccount: account}, ".style", `"" is not s3 or rules`},
		"no owner":       {extauthz.Service{Style: "s3"}, ".resource_account", "must say whose"},
		"bad owner":      {extauthz.Service{Style: "s3", ResourceAccount: "12"}, ".resource_account", "12 digits"},
		"signing name":   {extauthz.Service{Style: "s3", ResourceAccount: account, SigningName: "S3!"}, ".signing_name", "is not a signing name"},
		"event source":   {extauthz.Service{Style: "s3", ResourceAccount: account, EventSource: "a b"}, ".event_source", "is not a name"},
		"rules in s3":    {extauthz.Service{Style: "s3", ResourceAccount: account, Rules: []extauthz.Rule{good}}, ".rules", "belong to the style rules"},
		"bucket":         {extauthz.Service{Style: "s3", ResourceAccount: account, Buckets: map[string]string{"B": account}}, ".buckets", "not the name of a bucket"},
		"bucket owner":   {extauthz.Service{Style: "s3", ResourceAccount: account, Buckets: map[string]string{"bucket": "caller"}}, ".buckets.bucket", "12 digits"},
		"domain":         {extauthz.Service{Style: "s3", ResourceAccount: account, Domains: []string{"a.example", "B:80"}}, ".domains[1]", "not a host name"},
		"no rules":       {extauthz.Service{Style: "rules", ResourceAccount: account}, ".rules", "are missing"},
		"domains":        {extauthz.Service{Style: "rules", ResourceAccount: account, Domains: []string{"a"}, Rules: []extauthz.Rule{good}}, ".domains", "belongs to the style s3"},
		"presigned":      {extauthz.Service{Style: "rules", ResourceAccount: account, Presigned: true, Rules: []extauthz.Rule{good}}, ".presigned", "belongs to the style s3"},
		"host":           {rule(func(r *extauthz.Rule) { r.Host = "API" }), ".rules[1].host", "lower case"},
		"method":         {rule(func(r *extauthz.Rule) { r.Method = "get" }), ".rules[1].method", "not an HTTP method"},
		"action":         {rule(func(r *extauthz.Rule) { r.Action = "orders:*" }), ".rules[1].action", "not an action"},
		"rule's owner":   {rule(func(r *extauthz.Rule) { r.ResourceAccount = "{id}" }), ".rules[1].resource_account", "12 digits"},
		"path":           {rule(func(r *extauthz.Rule) { r.Path = "orders" }), ".rules[1].path", "does not begin with a slash"},
		"open brace":     {rule(func(r *extauthz.Rule) { r.Path = "/orders/{id" }), ".rules[1].path", "not a name in braces"},
		"half a segment": {rule(func(r *extauthz.Rule) { r.Path = "/orders/v{id}" }), ".rules[1].path", "whole segment"},
		"name twice":     {rule(func(r *extauthz.Rule) { r.Path = "/{id}/{id}" }), ".rules[1].path", "occurs twice"},
		"rest inside":    {rule(func(r *extauthz.Rule) { r.Path = "/{id...}/x" }), ".rules[1].path", "must be the last"},
		"reserved name":  {rule(func(r *extauthz.Rule) { r.Path = "/{account}/{id}" }), ".rules[1].path", "meaning of its own"},
		"dead path":      {rule(func(r *extauthz.Rule) { r.Path = "/a/../{id}" }), ".rules[1].path", "can never match"},
		"empty segment":  {rule(func(r *extauthz.Rule) { r.Path = "//{id}" }), ".rules[1].path", "can never match"},
		"unknown name":   {rule(func(r *extauthz.Rule) { r.Resource = "arn:aws:orders:::{order}" }), ".rules[1].resource", "{order} is not in the path"},
		"no ARN":         {rule(func(r *extauthz.Rule) { r.Resource = "order/{id}" }), ".rules[1].resource", "not an ARN"},
		"chosen account": {rule(func(r *extauthz.Rule) { r.Resource = "arn:aws:orders:us-east-1:{id}:order" }), ".rules[1].resource", "last part"},
		"no account":     {rule(func(r *extauthz.Rule) { r.Resource = "arn:aws:orders:us-east-1::order/{id}" }), ".rules[1].resource", "must name the account"},
		"wildcard":       {rule(func(r *extauthz.Rule) { r.Resource = "arn:aws:orders:us-east-1:{account}:order/*" }), ".rules[1].resource", "no *"},
		"stray brace":    {rule(func(r *extauthz.Rule) { r.Resource = "arn:aws:orders:us-east-1:{account}:order/{" }), ".rules[1].resource", "braces"},
	} {
		_, err := extauthz.Compile(map[string]extauthz.Service{"orders": tt.service}, "us-east-1")
		var wrong *extauthz.SettingError
		if !errors.As(err, &wrong) || wrong.Setting != "orders"+tt.setting || !strings.Contains(wrong.Text, tt.text) {
			t.Errorf("%s: %v, want orders%s: ...%s...", name, err, tt.setting, tt.text)
		}
	}
	if _, err := extauthz.Compile(map[string]extauthz.Service{"My Orders": rule(func(*extauthz.Rule) {})}, "us-east-1"); err == nil {
		t.Error("accepted a name that cannot stand in an address")
	}
	if _, err := extauthz.Compile(services(), "us-east-1"); err != nil {
		t.Error(err)
	}
}

// TestFirstRuleDecides, by host, method and path.
func TestFirstRuleDecides(t *testing.T) {
	rules := []extauthz.Rule{
		{Host: "admin.example.com", Method: "GET", Path: "/files/{path...}", Action: "files:AdminRead", Resource: "*"},
		{Method: "GET", Path: "/files/public/{name}", Action: "files:GetPublic", Resource: "*"},
		{Method: "GET", Path: "/files/{path...}", Action: "files:Get", Resource: "arn:aws:files:us-east-1:{account}:{path}"},
		{Method: "GET", Path: "/dir/", Action: "files:List", Resource: "*"},
		{Method: "HEAD", Path: "/", Action: "files:Ping", Resource: "*", ResourceAccount: "caller"},
	}
	w := newWorld(t, func(c *extauthz.Config) {
		var err error
		c.Mapping, err = extauthz.Compile(map[string]extauthz.Service{"files": {Style: "rules", ResourceAccount: "222222222222", Rules: rules}}, "us-east-1")
		if err != nil {
			t.Fatal(err)
		}
	})
	key := w.as("222222222222", "Admin", admin)
	for line, want := range map[string]string{
		"GET files.example.com /files/public/a":    "files:GetPublic",
		"GET files.example.com /files/public/a/b":  "files:Get",
		"GET files.example.com /files/public/":     "files:Get",
		"GET files.example.com /files/":            "No rule",
		"GET files.example.com /files":             "No rule",
		"GET admin.example.com:80 /files/public/a": "files:AdminRead",
		"GET Admin.Example.com /files/x/":          "files:AdminRead",
		"GET files.example.com /dir/":              "files:List",
		"GET files.example.com /dir":               "No rule",
		"HEAD files.example.com /":                 "files:Ping",
		"GET files.example.com /":                  "No rule",
	} {
		words := strings.Fields(line)
		got := w.asNginx("files", w.sign(request{key: key, service: "files", method: words[0], host: words[1], target: words[2]}))
		if reason := got.Header.Get("X-Gatehouse-Reason"); !strings.HasPrefix(reason, want) {
			t.Errorf("%s: %s, want %s", line, reason, want)
		}
	}
}
