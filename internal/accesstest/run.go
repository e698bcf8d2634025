package accesstest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/orgfile"
	"github.com/gatehouse-idc/gatehouse/internal/serviceauth"
)

// Status is how an expectation came out.
type Status string

// The outcomes.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Unknown Status = "unknown" // it cannot be decided
)

// Result is what came of an expectation.
type Result struct {
	*Expectation
	Status Status
	// Reason says in a sentence why: of the first check that did not pass, or of the first when all passed.
	Reason string
	// Checks is how many questions were asked, and Open those of them that did not pass, no more than maxOpen.
	Checks int
	Open   []Check
}

// Check is one question and its answer.
type Check struct {
	Status   Status `json:"status"`
	Subject  string `json:"subject"`
	Account  string `json:"account"`
	Action   string `json:"action"`
	Resource string `json:"resource,omitempty"`
	Role     string `json:"permission_set,omitempty"` // that decided
	Can      string `json:"can"`                      // yes, no or unknown
	Reason   string `json:"reason"`
}

// maxOpen bounds the checks that a result lists.
const maxOpen = 20

// Run holds the expectations of a suite against the organization. An error means that the organization, or a file
// that a sentence names, cannot be read; names that lead nowhere fail the expectation that uses them.
func (w *World) Run(s *Suite) ([]Result, error) {
	out := make([]Result, 0, len(s.Expectations))
	for _, e := range s.Expectations {
		r, err := w.expect(e)
		var bad *Error
		if errors.As(err, &bad) {
			r, err = Result{Expectation: e, Status: Failed, Reason: bad.Detail}, nil
		}
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// holder is somebody whose access is judged.
type holder struct {
	label string
	user  *orgfile.User // nil for a group
	sets  map[*orgfile.Account][]*orgfile.PermissionSet
	named bool // in the sentence, by name or as a member
}

// byAccount arranges grants; a set that is held in two ways counts once.
func byAccount(grants []orgfile.Grant) map[*orgfile.Account][]*orgfile.PermissionSet {
	out := make(map[*orgfile.Account][]*orgfile.PermissionSet, len(grants))
	for _, g := range grants {
		if !slices.Contains(out[g.Account], g.PermissionSet) {
			out[g.Account] = append(out[g.Account], g.PermissionSet)
		}
	}
	for _, sets := range out {
		slices.SortFunc(sets, func(a, b *orgfile.PermissionSet) int { return strings.Compare(a.Name, b.Name) })
	}
	return out
}

func (w *World) expect(e *Expectation) (Result, error) {
	r := Result{Expectation: e, Status: Passed}
	w.answers = map[answerKey]*answer{}
	holders, err := w.holders(e)
	if err != nil {
		return r, err
	}
	accounts, err := w.accounts(e)
	if err != nil {
		return r, err
	}
	if err := w.checkSituation(e); err != nil {
		return r, err
	}
	actions, strange := w.actions(e)
	if len(strange) > 0 {
		r.Status, r.Reason = Unknown, strange
		return r, nil
	}
	resources := []string{""}
	if len(e.resources) > 0 {
		resources = nil
		for _, word := range e.resources {
			if !strings.HasPrefix(word.text, "arn:") && word.text != "*" {
				return r, word.errorf("%q is no ARN", word.text)
			}
			resources = append(resources, word.text)
		}
	}
	for _, account := range accounts {
		for _, action := range actions {
			for _, resource := range resources {
				q := question{account: account, action: action, resource: resource, situation: e.situation}
				if err := w.ask(&r, q, holders); err != nil {
					return r, err
				}
			}
		}
	}
	return r, nil
}

// ask puts one question about all holders and adds the answers to the result.
func (w *World) ask(r *Result, q question, holders []holder) error {
	var can, may []Check // of atMost: who can, and who may be able to
	for _, h := range holders {
		q.user = h.user
		held := h.sets[q.account]
		if r.quantity == atMost && len(held) == 0 {
			continue
		}
		a, err := w.person(q, held, h.label)
		if err != nil {
			return err
		}
		want := r.can
		if r.quantity == only {
			want = h.named
		}
		c := Check{Subject: h.label, Account: q.account.Name, Action: q.action.FullName(), Resource: q.resource, Role: a.set, Reason: a.reason}
		able := a.can
		if a.example != "" {
			c.Reason = "not on all resources alike, but certainly on " + a.example + " (" + a.set + ")"
			if !want || r.quantity == atMost {
				able = yes
			}
		}
		c.Can, c.Status = []string{"no", "unknown", "yes"}[able], judge(want, able)
		if r.quantity != atMost {
			r.add(c)
			continue
		}
		switch able {
		case yes:
			can = append(can, c)
		case unknown:
			may = append(may, c)
		}
	}
	if r.quantity == atMost {
		r.addCount(q, can, may, len(holders))
	}
	return nil
}

func judge(want bool, able truth) Status {
	switch {
	case able == unknown:
		return Unknown
	case want == (able == yes):
		return Passed
	}
	return Failed
}

// add counts a check.
func (r *Result) add(c Check) {
	r.Checks++
	if r.Reason == "" {
		r.Reason = c.Reason
	}
	if c.Status == Passed {
		return
	}
	if r.Status == Passed || r.Status == Unknown && c.Status == Failed {
		r.Status = c.Status
		r.Reason = c.sentence()
	}
	if len(r.Open) < maxOpen {
		r.Open = append(r.Open, c)
	}
}

// sentence says of whom and where a check is, and why it came out as it did.
func (c *Check) sentence() string {
	text := fmt.Sprintf("%s in %s, %s", c.Subject, c.Account, c.Action)
	if c.Resource != "" {
		text += " on " + c.Resource
	}
	return text + ": " + c.Reason
}

// addCount counts the check of how many people can.
func (r *Result) addCount(q question, can, may []Check, all int) {
	c := Check{
		Status: Passed, Subject: fmt.Sprintf("%d of %d people", len(can), all), Account: q.account.Name,
		Action: q.action.FullName(), Resource: q.resource, Can: "no", Reason: "nobody can",
	}
	if len(can) > 0 {
		c.Can, c.Reason, c.Role = "yes", people(can)+" can ("+can[0].Reason+")", can[0].Role
	}
	switch {
	case len(can) > r.limit:
		c.Status = Failed
	case len(can)+len(may) > r.limit:
		c.Status, c.Can, c.Role = Unknown, "unknown", may[0].Role
		c.Reason = people(may) + " may be able to (" + may[0].Reason + ")"
	}
	r.add(c)
}

// people lists the first few.
func people(checks []Check) string {
	const few = 5
	var names []string
	for i, c := range checks {
		if i == few {
			names = append(names, fmt.Sprintf("%d more", len(checks)-few))
			break
		}
		names = append(names, c.Subject)
	}
	return strings.Join(names, ", ")
}

// holders resolves the subjects. Somebody who is named twice is judged once.
func (w *World) holders(e *Expectation) ([]holder, error) {
	var out []holder
	there := map[*orgfile.User]bool{}
	add := func(u *orgfile.User, named bool) {
		if !there[u] {
			there[u] = true
			out = append(out, holder{label: u.UserName, user: u, sets: byAccount(w.org.GrantsOfUser(u)), named: named})
		}
	}
	var groups []*orgfile.Group
	for _, s := range e.subjects {
		switch s.kind {
		case person:
			u, err := w.org.User(s.name.text)
			if err != nil {
				return nil, s.name.errorf("%v", err)
			}
			add(u, true)
		case everyone:
			w.everyone(add)
			if len(out) == 0 {
				return nil, s.name.errorf("the organization has no users")
			}
		default:
			g, err := w.org.Group(s.name.text)
			if err != nil {
				return nil, s.name.errorf("%v", err)
			}
			groups = append(groups, g)
			if s.kind == members {
				found := false
				w.everyone(func(u *orgfile.User, _ bool) {
					if w.org.InGroup(u, g) {
						found = true
						add(u, true)
					}
				})
				if !found {
					return nil, s.name.errorf("the group %s has no members", g.Name)
				}
				continue
			}
			out = append(out, holder{label: "group " + g.Name, sets: byAccount(w.org.GrantsOfGroup(g)), named: true})
		}
	}
	if e.quantity == only {
		w.everyone(func(u *orgfile.User, _ bool) {
			if !slices.ContainsFunc(groups, func(g *orgfile.Group) bool { return w.org.InGroup(u, g) }) {
				add(u, false)
			}
		})
	}
	return out, nil
}

// everyone calls do for every user who is not disabled.
func (w *World) everyone(do func(u *orgfile.User, named bool)) {
	for i := range w.org.File.Users {
		if u := &w.org.File.Users[i]; !u.Disabled {
			do(u, false)
		}
	}
}

// accounts resolves the places.
func (w *World) accounts(e *Expectation) ([]*orgfile.Account, error) {
	var out []*orgfile.Account
	for _, p := range e.places {
		var found []*orgfile.Account
		switch p.kind {
		case inAccount:
			a, err := w.org.Account(p.name.text)
			if err != nil {
				return nil, p.name.errorf("%v", err)
			}
			found = []*orgfile.Account{a}
		case inUnit:
			u, err := w.org.Unit(p.name.text)
			if err != nil {
				return nil, p.name.errorf("%v", err)
			}
			found = w.org.AccountsBelow(u)
			if len(found) == 0 {
				return nil, p.name.errorf("no account lies in ou:%s", p.name.text)
			}
		default:
			found = w.org.AccountsBelow(nil)
		}
		for _, a := range found {
			if !slices.Contains(out, a) {
				out = append(out, a)
			}
		}
	}
	return out, nil
}

// checkSituation refuses a permission set that does not exist and keys that a sentence cannot set.
func (w *World) checkSituation(e *Expectation) error {
	if e.permissionSet != nil {
		set, err := w.org.PermissionSet(e.permissionSet.text)
		if err != nil {
			return e.permissionSet.errorf("%v", err)
		}
		named := *e.permissionSet
		named.text = set.Name
		e.permissionSet = &named
	}
	for _, kv := range e.keys {
		if slices.ContainsFunc(filled(), func(key string) bool { return strings.EqualFold(key, kv.key.text) }) {
			return kv.key.errorf("%s follows from who asks and in which account; it cannot be set", kv.key.text)
		}
	}
	return nil
}

// actions resolves the actions, which may have wildcards. strange says which of them AWS does not know: a slip of the
// pen, for which "cannot" would always hold, or an action newer than this program.
func (w *World) actions(e *Expectation) (found []*serviceauth.Action, strange string) {
	for _, word := range e.actions {
		list := w.catalog.Match(word.text)
		if len(list) == 0 {
			return nil, fmt.Sprintf("not decided: %s is not in AWS's Service Authorization Reference (a slip, or newer than this program)", word.text)
		}
		found = append(found, list...)
	}
	return found, ""
}
