package main

import (
	"fmt"
	"strings"
)

// text is the page for a terminal.
func (r *report) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s at %s\n\n", r.Name, r.Endpoint)
	fmt.Fprintf(&b, "%-16s %10s %8s %14s %14s %9s %9s\n", "service", "operations", "missing", "probes", "cases", "of served", "of all")
	for _, s := range r.Services {
		fmt.Fprintf(&b, "%-16s %10d %8d %6d / %-5d %6d / %-5d %8.1f%% %8.1f%%\n", s.Service, s.Operations, len(s.NotImplemented),
			s.ProbesPassed, s.ProbesPassed+s.ProbesFailed, s.CasesPassed, s.CasesPassed+s.CasesFailed, s.ofServed(), s.ofAll())
	}
	for _, s := range r.Services {
		for _, f := range s.FailedProbes {
			fmt.Fprintf(&b, "\n%s %s, %s %s: %s\n    sent %s\n    got  %s\n", s.Service, f.Operation, f.Kind, f.Member, f.Why, f.Request, f.Answer)
		}
		for _, f := range s.FailedCases {
			fmt.Fprintf(&b, "\n%s case %s, step %d %s: %s\n    sent %s\n    got  %s\n", s.Service, f.Name, f.Step, f.Operation, f.Why, f.Request, f.Answer)
		}
		for _, f := range s.SkippedCases {
			fmt.Fprintf(&b, "\n%s case %s is left out: %s\n", s.Service, f.Name, f.Skipped)
		}
	}
	return b.String()
}
