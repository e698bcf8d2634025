package policycheck

import (
	"strings"
)

// grant is an action that can widen what its caller can do, and where in it the danger lies.
type grant struct {
	prefix string // of the codes
	action string
	probe  string // an ARN that nobody names on purpose: who covers it, covers all
	unless string // a condition key that narrows the action down
}

var grants = []grant{
	{"PASS_ROLE", "iam:PassRole", "arn:aws:iam::111122223333:role/\x00", "iam:PassedToService"},
	{"CREATE_SLR", "iam:CreateServiceLinkedRole", "arn:aws:iam::111122223333:role/aws-service-role/\x00.amazonaws.com/\x00", "iam:AWSServiceName"},
}

// reach finds statements of identity policies that allow to pass any role or to create roles for any service.
func (r *run) reach(s *statement) {
	if r.kind != identity || !s.allows() {
		return
	}
	for _, g := range grants {
		r.grant(s, g)
	}
}

func (r *run) grant(s *statement, g grant) {
	action, how := s.grants(g.action)
	if action == nil {
		return
	}
	if s.notResource != nil {
		if len(s.resources) == 0 {
			return
		}
		code := map[string]string{"": "_WITH_NOT_RESOURCE", "STAR": "_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", "NOT": "_WITH_NOT_ACTION_AND_NOT_RESOURCE"}[how]
		r.reportAll(g.prefix+code, []*node{action, s.notResource})
		return
	}
	if s.hasKey(g.unless) {
		return
	}
	for _, n := range s.resources {
		if covers(anyAccount(withoutVariables(n.text)), g.probe) {
			code := map[string]string{"": "_WITH_STAR_IN_RESOURCE", "STAR": "_WITH_STAR_IN_ACTION_AND_RESOURCE", "NOT": "_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION"}[how]
			r.reportAll(g.prefix+code, []*node{action, n})
			return
		}
	}
}

// anyAccount widens an ARN to all partitions and accounts.
func anyAccount(text string) string {
	f := strings.SplitN(text, ":", arnFields)
	if len(f) == arnFields {
		f[1], f[4] = "*", "*"
	}
	return strings.Join(f, ":")
}

// grants returns the part of the statement that brings in an action, and how: by its name (""), by a wildcard (STAR)
// or by not excluding it (NOT).
func (s *statement) grants(action string) (part *node, how string) {
	if s.notAction != nil {
		for _, n := range s.actions {
			if covers(strings.ToLower(n.text), strings.ToLower(action)) {
				return nil, ""
			}
		}
		return s.notAction, "NOT"
	}
	for _, n := range s.actions {
		if strings.EqualFold(n.text, action) {
			return n, ""
		}
	}
	for _, n := range s.actions {
		if covers(strings.ToLower(n.text), strings.ToLower(action)) {
			return n, "STAR"
		}
	}
	return nil, ""
}
