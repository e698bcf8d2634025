package account_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// tagPolicy is a tag policy about the values of one key.
func tagPolicy(values string) string {
	return `{"tags":{"costcenter":{"tag_key":{"@@assign":"CostCenter"},"tag_value":` + values + `}}}`
}

func effectiveTags(values string) string {
	return `{"tags":{"costcenter":{"tag_key":"CostCenter","tag_value":` + values + `}}}`
}

// TestEffectivePolicy merges policies of the root, an OU and an account as the
// examples of the Organizations User Guide ("Inheritance examples") do.
func TestEffectivePolicy(t *testing.T) {
	const (
		dev  = `{"@@assign":["Development","Support"]}`
		none = `{"@@operators_allowed_for_child_policies":["@@none"],"@@assign":["Development"]}`
	)
	for name, c := range map[string]struct {
		root, unit, account []string
		want                string // "" for none
	}{
		"nothing attached":        {},
		"of the root":             {root: []string{tagPolicy(dev)}, want: effectiveTags(`["Development","Support"]`)},
		"assign overwrites":       {root: []string{tagPolicy(dev)}, unit: []string{tagPolicy(`{"@@assign":["Sandbox"]}`)}, want: effectiveTags(`["Sandbox"]`)},
		"append adds":             {root: []string{tagPolicy(dev)}, unit: []string{tagPolicy(`{"@@append":["Sandbox","Support"]}`)}, want: effectiveTags(`["Development","Support","Sandbox"]`)},
		"append begins a list":    {account: []string{tagPolicy(`{"@@append":["Sandbox"]}`)}, want: effectiveTags(`["Sandbox"]`)},
		"remove takes away":       {root: []string{tagPolicy(dev)}, account: []string{tagPolicy(`{"@@remove":["Support"]}`)}, want: effectiveTags(`["Development"]`)},
		"children may not":        {root: []string{tagPolicy(none)}, unit: []string{tagPolicy(`{"@@assign":["Sandbox"]}`)}, account: []string{tagPolicy(`{"@@append":["X"]}`)}, want: effectiveTags(`["Development"]`)},
		"children may append":     {root: []string{tagPolicy(`{"@@operators_allowed_for_child_policies":["@@append"],"@@assign":["A"]}`)}, unit: []string{tagPolicy(`{"@@assign":["B"]}`)}, account: []string{tagPolicy(`{"@@append":["C"]}`)}, want: effectiveTags(`["A","C"]`)},
		"not widened again":       {root: []string{tagPolicy(none)}, unit: []string{tagPolicy(`{"@@operators_allowed_for_child_policies":["@@all"]}`)}, account: []string{tagPolicy(`{"@@append":["C"]}`)}, want: effectiveTags(`["Development"]`)},
		"no new names":            {root: []string{`{"tags":{"@@operators_allowed_for_child_policies":["@@none"],"a":{"tag_key":{"@@assign":"A"}}}}`}, unit: []string{`{"tags":{"b":{"tag_key":{"@@assign":"B"}}}}`}, want: `{"tags":{"a":{"tag_key":"A"}}}`},
		"siblings: first assigns": {root: []string{tagPolicy(`{"@@assign":["First"]}`), tagPolicy(`{"@@assign":["Second"]}`)}, want: effectiveTags(`["First"]`)},
		"siblings: all append":    {root: []string{tagPolicy(`{"@@append":["B"]}`), tagPolicy(`{"@@assign":["A"]}`)}, want: effectiveTags(`["A","B"]`)},
		"siblings: least allowed": {root: []string{tagPolicy(none), tagPolicy(`{"@@operators_allowed_for_child_policies":["@@append"]}`)}, unit: []string{tagPolicy(`{"@@append":["B"]}`)}, want: effectiveTags(`["Development"]`)},
		"other names are united":  {root: []string{tagPolicy(dev)}, unit: []string{`{"tags":{"b":{"tag_key":{"@@assign":"B"}}}}`}, want: `{"tags":{"b":{"tag_key":"B"},"costcenter":{"tag_key":"CostCenter","tag_value":["Development","Support"]}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			ctx := t.Context()
			w.ok(w.EnablePolicyType(ctx, w.Change(), root, idc.PolicyTag))
			unit := w.ou(root, "Prod")
			w.ok(w.Move(ctx, w.Change(), member, root, unit))
			n := 'a'
			for target, policies := range map[string][]string{root: c.root, unit: c.unit, member: c.account} {
				for _, content := range policies {
					p, err := w.CreatePolicy(ctx, w.Change(), account.PolicyDefinition{Name: string(n), Type: idc.PolicyTag, Content: content})
					w.ok(err)
					w.Clock.Advance(1e6)
					w.ok(w.AttachPolicy(ctx, w.Change(), p.ID, target))
					n++
				}
			}
			got, err := w.EffectivePolicy(ctx, member, idc.PolicyTag)
			if c.want == "" {
				w.wants(err, idc.NotFound, "effective policy isn't found")
				return
			}
			w.ok(err)
			if got.Content != c.want || got.UpdatedAt.IsZero() || got.AccountID != member {
				t.Errorf("effective policy\n got %s\nwant %s", got.Content, c.want)
			}
			w.ok(w.CheckEffectivePolicy(ctx, member, idc.PolicyTag))
		})
	}
}

func TestEffectivePolicyRefusals(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	for target, words := range map[string]string{root: "of an account only", "ou-exam-00000001": "of an account only"} {
		_, err := w.EffectivePolicy(ctx, target, idc.PolicyTag)
		w.wants(err, idc.Invalid, words)
	}
	_, err := w.EffectivePolicy(ctx, "999999999999", idc.PolicyTag)
	w.wants(err, idc.NotFound, "TargetId")
	_, err = w.EffectivePolicy(ctx, member, account.TypeSCP)
	w.wants(err, idc.Invalid, "no effective policy")
	_, err = w.EffectivePolicy(ctx, member, idc.PolicyTag)
	w.wants(err, idc.NotFound, "not enabled")
	w.wants(w.CheckEffectivePolicy(ctx, "999999999999", idc.PolicyTag), idc.NotFound, "account that doesn't exist")
	w.wants(w.CheckSettingsType(ctx, idc.PolicyTag), idc.NotFound, "not enabled")
	w.wants(w.CheckSettingsType(ctx, account.TypeSCP), idc.NotFound, "not enabled")
}

// TestSettingsMustBeWellFormed: what merging could not read is not stored.
func TestSettingsMustBeWellFormed(t *testing.T) {
	w := newWorld(t)
	for content, words := range map[string]string{
		`[]`:                                   "not a JSON object",
		`{}`:                                   "empty",
		`{"tags":{}} {}`:                       "follows",
		`{"plans":{"x":{"@@assign":1}}}`:       `"tags"`,
		`{"tags":{"a":"b"}}`:                   "needs an operator",
		`{"tags":{"a":{"@@set":"b"}}}`:         "not an operator",
		`{"tags":{"a":{"@@append":"b"}}}`:      "takes an array",
		`{"tags":{"a":{"@@assign":1,"b":{}}}}`: "both names and values",
		`{"tags":{"@@operators_allowed_for_child_policies":["@@some"]}}`: "not an operator",
		`{"tags":{"@@operators_allowed_for_child_policies":"@@all"}}`:    "array of operators",
	} {
		_, err := w.CreatePolicy(t.Context(), w.Change(), account.PolicyDefinition{Name: "Bad", Type: idc.PolicyTag, Content: content})
		w.wants(err, idc.Invalid, words)
	}
	_, err := w.CreatePolicy(t.Context(), w.Change(), account.PolicyDefinition{Name: "Long", Type: idc.PolicyAIServicesOptOut,
		Content: `{"services":{"default":{"opt_out_policy":{"@@assign":"` + strings.Repeat("x", 2500) + `"}}}}`})
	w.wants(err, idc.QuotaExceeded, "limit is 2500")
}

// TestEveryPolicyType can be enabled, has policies that are attached, and does not touch access.
func TestEveryPolicyType(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	for _, policyType := range idc.PolicyTypes() {
		if policyType == account.TypeSCP || policyType == account.TypeRCP {
			continue
		}
		content := map[idc.PolicyType]string{idc.PolicyTag: "tags", idc.PolicyBackup: "plans", idc.PolicyAIServicesOptOut: "services",
			idc.PolicyChatbot: "chatbots", idc.PolicyDeclarativeEC2: "ec2_attributes"}[policyType]
		if content == "" {
			content = "any"
		}
		p, err := w.CreatePolicy(ctx, w.Change(), account.PolicyDefinition{Name: "P", Type: policyType, Content: `{"` + content + `":{"x":{"@@assign":true}}}`})
		w.ok(err)
		w.wants(w.AttachPolicy(ctx, w.Change(), p.ID, testidc.Management), idc.Conflict, "isn't currently enabled")
		w.ok(w.EnablePolicyType(ctx, w.Change(), root, policyType))
		w.ok(w.AttachPolicy(ctx, w.Change(), p.ID, testidc.Management))
		got, err := w.EffectivePolicy(ctx, testidc.Management, policyType)
		if err != nil || got.Content != `{"`+content+`":{"x":true}}` {
			t.Errorf("%s: %+v, %v", policyType, got, err)
		}
		w.ok(w.DetachPolicy(ctx, w.Change(), p.ID, testidc.Management))
		w.ok(w.DisablePolicyType(ctx, w.Change(), root, policyType))
	}
}
