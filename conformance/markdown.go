package main

import (
	"fmt"
	"strings"
)

const preface = `# Conformance

<!-- Written by "make conformance PUBLISH=1"; do not edit. -->

How far an endpoint behaves as AWS's service models and AWS's documentation say. The suite in ` + "`conformance/`" + ` knows
servers by nothing but raw HTTP. It asks in two ways:

- **Probes**, derived from ` + "`models/*.json`" + ` for every operation: each required member missing; each bound of length, size and
  value broken on either side; each pattern and enumeration violated; each member of a wrong type; well-formed identifiers of
  what does not exist; lists read, held against the types of their model, and walked with pages of one; a token that no service
  made. An answer passes when its HTTP status, its error's name, its message (which names the member) and its form are right.
- **Cases**, written by hand in ` + "`conformance/cases/`" + `, one file each with the page of AWS's documentation that it rests on: what
  AWS promises beyond the models, such as background operations and their failure reasons, conflicts, quotas at their edge,
  direct and effective lists, and what may not be deleted while it is in use.

"of served" is the share that passed of what was asked of operations that are there; "of all" counts operations that are missing
as failed.

Repeat it with ` + "`make conformance`" + `, against another endpoint with ` + "`ENDPOINT=http://... ACCESS_KEY=... SECRET=... make conformance`" + `.
Point it at nothing you would miss: the cases create, change and delete.
`

const fairness = `
moto is a library that stands in for AWS in tests of programs that use AWS correctly; it promises neither to check every input,
nor signatures, nor to have every operation, and says so. Reaching few of these points is no fault of it. It is shown because
it is the other implementation of these services that can be started without an account, and because a suite that nothing fails
proves nothing. It was asked with its defaults and AWS's managed policies (MOTO_IAM_LOAD_MANAGED_POLICIES), after an organization
with one member account had been made in it. Cases that need a person's sign-in are left out for it. Emulators that need a licence or an
account could not be asked.
`

// markdown is the page as a document: the first report in full, the others beside it.
func markdown(reports []*report) string {
	var b strings.Builder
	b.WriteString(preface)
	for i, r := range reports {
		fmt.Fprintf(&b, "\n## %s\n", r.Name)
		if i > 0 {
			b.WriteString(fairness)
		}
		b.WriteString("\n| service | operations | missing | probes passed | cases passed | of served | of all |\n|---|---|---|---|---|---|---|\n")
		for _, s := range r.Services {
			fmt.Fprintf(&b, "| %s | %d | %d | %s | %s | %s | %s |\n", s.Service, s.Operations, len(s.NotImplemented),
				fraction(s.ProbesPassed, s.ProbesFailed), fraction(s.CasesPassed, s.CasesFailed), percent(s.ofServed(), s), percent(s.ofAll(), s))
		}
		if i == 0 {
			failures(&b, r)
		} else {
			reasons(&b, r)
		}
	}
	return b.String()
}

func fraction(passed, failed int) string {
	if passed+failed == 0 {
		return "-"
	}
	return fmt.Sprintf("%d of %d", passed, passed+failed)
}

// percent rounds down, so that 100 % means all.
func percent(share float64, s *score) string {
	if s.passed()+s.failed() == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f %%", float64(int(share*10))/10)
}

func failures(b *strings.Builder, r *report) {
	b.WriteString("\nWhat failed:\n\n")
	none := true
	for _, s := range r.Services {
		for _, f := range s.FailedProbes {
			none = false
			fmt.Fprintf(b, "- %s %s, %s %s: %s\n  - sent `%s`\n  - got `%s`\n", s.Service, f.Operation, f.Kind, f.Member, f.Why, f.Request, f.Answer)
		}
		for _, f := range s.FailedCases {
			none = false
			fmt.Fprintf(b, "- %s, %q, step %d %s: %s\n  - sent `%s`\n  - got `%s`\n", s.Service, f.Name, f.Step, f.Operation, f.Why, f.Request, f.Answer)
		}
	}
	if none {
		b.WriteString("Nothing.\n")
	}
	unasked(b, r)
}

func unasked(b *strings.Builder, r *report) {
	var names []string
	for _, s := range r.Services {
		for _, name := range s.Unasked {
			names = append(names, s.Service+" "+name)
		}
	}
	if names != nil {
		fmt.Fprintf(b, "\nWithout members or resources to be wrong about, and therefore asked by cases at most: %s.\n", strings.Join(names, ", "))
	}
}

// reasons lists the failed cases of a peer, which say what it lacks; its failed probes are counted by kind.
func reasons(b *strings.Builder, r *report) {
	b.WriteString("\n| kind of probe | failed |\n|---|---|\n")
	counts := map[string]int{}
	var order []string
	for _, s := range r.Services {
		for _, f := range s.FailedProbes {
			if counts[string(f.Kind)] == 0 {
				order = append(order, string(f.Kind))
			}
			counts[string(f.Kind)]++
		}
	}
	for _, kind := range order {
		fmt.Fprintf(b, "| %s | %d |\n", kind, counts[kind])
	}
	b.WriteString("\nCases that failed:\n\n")
	for _, s := range r.Services {
		for _, f := range s.FailedCases {
			fmt.Fprintf(b, "- %s, %q: step %d, %s: %s\n", s.Service, f.Name, f.Step, f.Operation, strings.ReplaceAll(f.Why, "|", "\\|"))
		}
	}
}
