package reason

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gatehouse-idc/gatehouse/policy"
)

// maxStatements bounds how many statements a sentence lists.
const maxStatements = 3

// Sentence says why a request came out as it did.
func Sentence(req *policy.Request, p *policy.Policies, d policy.Decision) string {
	w := writer{req: req, p: p}
	switch d.Effect {
	case policy.Allowed:
		w.allowed(d)
	case policy.DeniedExplicit:
		w.denied(d)
	default:
		w.lacking(d)
	}
	return w.String()
}

type writer struct {
	strings.Builder
	req *policy.Request
	p   *policy.Policies
}

func (w *writer) add(parts ...string) {
	for _, p := range parts {
		w.WriteString(p)
	}
}

// allowed names the statements of the layer that granted; the other layers are only told to agree.
func (w *writer) allowed(d policy.Decision) {
	granting := statements(d, func(r *policy.Reason) bool { return r.Layer == d.Layer })
	if len(granting) == 0 {
		w.add("allowed: the root user needs no policy, and none denies")
		return
	}
	w.add("allowed by ")
	w.list(granting)
	others := map[policy.Layer]bool{}
	for _, r := range d.Reasons {
		if r.Layer != d.Layer && r.Statement >= 0 {
			others[r.Layer] = true
		}
	}
	for _, l := range []policy.Layer{policy.LayerIdentity, policy.LayerResource, policy.LayerBoundary, policy.LayerSession, policy.LayerServiceControl} {
		if others[l] {
			w.add("; the ", l.String(), " allows it too")
		}
	}
}

func (w *writer) denied(d policy.Decision) {
	w.add("denied by ")
	w.list(statements(d, func(r *policy.Reason) bool { return r.Deny }))
}

// lacking says which layer holds no Allow, and which Allow was kept from applying by a condition.
func (w *writer) lacking(d policy.Decision) {
	w.add("denied because ")
	switch d.Layer {
	case policy.LayerNone:
		w.add("the root user cannot assume roles")
		return
	case policy.LayerServiceControl:
		w.add("no service control policy ", w.levels(d), " allows ", w.req.Action)
	case policy.LayerIdentity:
		if len(w.p.Identity) == 0 {
			w.add("the caller has no identity-based policy")
		} else {
			w.add("no identity-based policy allows ", w.req.Action, " on ", w.req.Resource)
		}
		if w.across() {
			w.add(" (the resource is in another account, where the caller's own policies must allow too)")
		}
	case policy.LayerResource:
		w.resourceLacks()
	case policy.LayerSession:
		switch {
		case len(w.p.Session) > 0 || w.p.SessionRestricted:
			w.add("no session policy allows ", w.req.Action, " on ", w.req.Resource)
		default:
			w.add("a federated session without session policies has no permissions of its own")
		}
	default:
		w.add("the ", d.Layer.String(), " does not allow ", w.req.Action, " on ", w.req.Resource)
	}
	w.held(d)
}

func (w *writer) resourceLacks() {
	switch {
	case w.p.Resource == nil:
		w.add("the resource has no policy that lets the caller in")
	default:
		w.add("the resource-based policy does not allow the caller to ", w.req.Action)
	}
	if w.across() {
		w.add(" (the caller is of another account, so that it must)")
	}
}

// across reports whether the request goes from one account into another.
func (w *writer) across() bool {
	switch w.req.Principal.Type {
	case policy.User, policy.AssumedRole, policy.FederatedUser, policy.Root:
		return w.req.Principal.Account == "" || w.req.Principal.Account != w.req.ResourceAccount
	}
	return false
}

// levels names the levels of the path that lack an Allow.
func (w *writer) levels(d policy.Decision) string {
	var lacking []string
	for _, r := range d.Reasons {
		if r.Layer == policy.LayerServiceControl && r.Statement < 0 {
			lacking = append(lacking, strconv.Itoa(r.Level))
		}
	}
	if len(lacking) > 1 {
		return fmt.Sprintf("at levels %s of %d", strings.Join(lacking, ", "), len(w.p.SCPs))
	}
	return fmt.Sprintf("at level %s of %d", strings.Join(lacking, ""), len(w.p.SCPs))
}

// held adds the Allow statements of the deciding layer that only a condition kept from applying.
func (w *writer) held(d policy.Decision) {
	failed := statements(d, func(r *policy.Reason) bool { return r.Layer == d.Layer && r.Failed != "" })
	for i, r := range failed {
		if i == maxStatements {
			if len(failed)-i == 1 {
				w.add("; 1 more statement has a condition that does not hold")
			} else {
				w.add(fmt.Sprintf("; %d more statements have conditions that do not hold", len(failed)-i))
			}
			return
		}
		w.add("; ")
		w.statement(r)
		w.add(" would allow it, but its condition ", r.Failed, " does not hold")
		_, key, _ := strings.Cut(r.Failed, " ")
		w.add(" (", w.value(key), ")")
	}
}

// value says what the request has under a key.
func (w *writer) value(key string) string {
	values, there := w.req.Context.Get(key)
	switch {
	case !there || len(values) == 0:
		return "the request has no such key"
	case len(values) == 1:
		return "it is " + strconv.Quote(values[0])
	}
	return fmt.Sprintf("it is %q", values)
}

func (w *writer) list(reasons []*policy.Reason) {
	for i, r := range reasons {
		switch {
		case i == maxStatements:
			w.add(fmt.Sprintf(" and %d more", len(reasons)-i))
			return
		case i > 0 && i == len(reasons)-1:
			w.add(" and ")
		case i > 0:
			w.add(", ")
		}
		w.statement(r)
	}
}

// statement names a statement: its number and Sid, its document with the layer, and its place there.
func (w *writer) statement(r *policy.Reason) {
	w.add("statement ", strconv.Itoa(r.Statement+1))
	if r.Sid != "" {
		w.add(" (", r.Sid, ")")
	}
	w.add(" of the ", r.Layer.String())
	if r.Policy != "" && r.Policy != r.Layer.String() {
		w.add(" ", r.Policy)
	}
	if r.Level > 0 {
		w.add(" of level ", strconv.Itoa(r.Level))
	}
	w.add(" (line ", strconv.Itoa(r.Start.Line), ", column ", strconv.Itoa(r.Start.Column), ")")
}

func statements(d policy.Decision, want func(*policy.Reason) bool) []*policy.Reason {
	var out []*policy.Reason
	for i := range d.Reasons {
		if r := &d.Reasons[i]; r.Statement >= 0 && want(r) {
			out = append(out, r)
		}
	}
	return out
}
