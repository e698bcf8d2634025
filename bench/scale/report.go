package main

import (
	"fmt"
	"io"
	"time"
)

// provisionBudget is for 1,200 account assignments to be roles.
const provisionBudget = 500 * time.Millisecond

// report is what a run found.
type report struct {
	Database    string        `json:"database"`
	Shape       shape         `json:"shape"`
	Filled      time.Duration `json:"filled_ns,omitempty"`
	Ready       time.Duration `json:"ready_ns"` // start with all of it, from exec
	RSS         int           `json:"rss_kib"`
	Calls       []measured    `json:"calls"`
	Provisioned *provisioned  `json:"provisioned,omitempty"`
}

// measured is one row.
type measured struct {
	Name   string        `json:"name"`
	Median time.Duration `json:"median_ns"`
	P99    time.Duration `json:"p99_ns"`
	Budget time.Duration `json:"budget_ns"`
}

func (r *report) write(w io.Writer) error {
	out := &printer{w: w}
	s := r.Shape
	out.print("\r\x1b[K%s: %d permission sets, %d users, %d groups, %d accounts, %d assignments\n", r.Database, s.PermissionSets, s.Users, s.Groups, s.Accounts, s.Assignments)
	if r.Filled > 0 {
		out.print("filled in %s; ", r.Filled.Round(time.Second))
	}
	out.print("ready %d ms after exec; %d MB in RAM\n\n", r.Ready.Milliseconds(), r.RSS/1024)
	out.print("| call | median ms | p99 ms | aim ms | met |\n|---|---:|---:|---:|---|\n")
	for _, c := range r.Calls {
		out.print("| %s | %s | %s | %s | %s |\n", c.Name, ms(c.Median), ms(c.P99), ms(c.Budget), met(c.Median <= c.Budget))
	}
	p := r.Provisioned
	if p == nil {
		return out.err
	}
	out.print("\n%d account assignments: accepted after %s ms, all roles there after %s ms (aim %s ms: %s); changed again in %s ms\n", p.Accounts, ms(p.Accepted),
		ms(p.Roles), ms(provisionBudget), met(p.Roles <= provisionBudget), ms(p.Again))
	for _, step := range p.Progress {
		out.print("  after %5s ms: %4d roles\n", ms(step.At), step.Done)
	}
	return out.err
}

func met(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

// ms shows milliseconds with two digits that count.
func ms(d time.Duration) string {
	v := float64(d) / float64(time.Millisecond)
	if v < 10 {
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// printer keeps the first error.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) print(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}
