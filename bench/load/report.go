package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/gatehouse-idc/gatehouse/bench/running"
)

// report is what was measured.
type report struct {
	Date    time.Time `json:"date"`
	Machine machine   `json:"machine"`
	Load    string    `json:"load_average_at_start"` // what else the machine did
	Peer    string    `json:"peer,omitempty"`
	Rounds  int       `json:"rounds"`
	Seconds float64   `json:"seconds"` // of one measurement
	Notes   []string  `json:"notes,omitempty"`
	Disk    []disk    `json:"fsync_4kib"` // one for each round
	Rows    []*result `json:"rows"`
	Starts  []start   `json:"starts"`
	Memory  []memory  `json:"memory"`
	Budgets []budget  `json:"budgets"`
}

type machine struct {
	Processor  string `json:"processor"`
	Processors int    `json:"processors"`
	System     string `json:"system"`
	Go         string `json:"go"`
}

// result is a row at a number of connections, with the medians of its rounds.
type result struct {
	Name        string        `json:"name"`
	Kind        string        `json:"kind"`
	Connections int           `json:"connections"`
	Median      measurement   `json:"median"`
	Rounds      []measurement `json:"rounds"`
}

// start is how long a kind of start took, from exec to ready.
type start struct {
	Name   string          `json:"name"`
	Took   []time.Duration `json:"took_ns"`
	Median time.Duration   `json:"median_ns"`
	Least  time.Duration   `json:"least_ns"`
}

// memory is the memory of a server in RAM.
type memory struct {
	Name string `json:"name"`
	When string `json:"when"`
	KiB  int    `json:"kib"`
}

// budget is an aim and what became of it.
type budget struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"` // "x" for ratios
	Aim   string  `json:"aim"`
	Met   bool    `json:"met"`
}

func newReport(o options) *report {
	r := &report{Date: time.Now().UTC().Truncate(time.Second), Rounds: o.rounds, Seconds: o.duration.Seconds(),
		Machine: machine{Processor: valueIn("/proc/cpuinfo", "model name"), Processors: runtime.NumCPU(),
			System: strings.Trim(valueIn("/etc/os-release", "PRETTY_NAME"), `"`), Go: runtime.Version()}}
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		r.Load = strings.Join(strings.Fields(string(text))[:3], " ")
	}
	return r
}

// valueIn finds a value in a file of "name: value" or "name=value" lines; "" when it is not there.
func valueIn(path, name string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			return strings.TrimSpace(strings.TrimLeft(rest, " \t:="))
		}
	}
	return ""
}

// idle notes the memory of a server that has had nothing to do for a moment.
func (r *report) idle(name string, p *running.Process) error {
	time.Sleep(2 * time.Second)
	return r.remember(name, "idle", p)
}

func (r *report) loaded(name string, p *running.Process) error {
	return r.remember(name, "after the load", p)
}

func (r *report) remember(name, when string, p *running.Process) error {
	kib, err := p.RSS()
	r.Memory = append(r.Memory, memory{name, when, kib})
	return err
}

func (r *report) add(row *row, connections int, m measurement) {
	found := r.find(row.name, connections)
	if found == nil {
		found = &result{Name: row.name, Kind: row.kind, Connections: connections}
		r.Rows = append(r.Rows, found)
	}
	found.Rounds = append(found.Rounds, m)
	found.Median = measurement{
		PerSecond: median(found.Rounds, func(m measurement) float64 { return m.PerSecond }),
		P50:       median(found.Rounds, func(m measurement) time.Duration { return m.P50 }),
		P99:       median(found.Rounds, func(m measurement) time.Duration { return m.P99 }),
		CPU:       median(found.Rounds, func(m measurement) time.Duration { return m.CPU }),
		Requests:  median(found.Rounds, func(m measurement) int { return m.Requests }),
		RSS:       median(found.Rounds, func(m measurement) int { return m.RSS }),
	}
}

func (r *report) find(name string, connections int) *result {
	for _, found := range r.Rows {
		if found.Name == name && found.Connections == connections {
			return found
		}
	}
	return nil
}

func median[M any, T cmp.Ordered](list []M, of func(M) T) T {
	var values []T
	for _, m := range list {
		values = append(values, of(m))
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// finish computes what follows from the rows.
func (r *report) finish() {
	for i := range r.Starts {
		s := &r.Starts[i]
		if len(s.Took) > 0 {
			s.Median = median(s.Took, func(d time.Duration) time.Duration { return d })
			s.Least = slices.Min(s.Took)
		}
	}
	for _, n := range connections() {
		r.ratio(getRoleCredentials, ceilingPost, n, 0.3)
		r.ratio(getRoleCredentials, peerAssumeRole, n, 50)
		r.ratio(listAccounts, ceilingPost, n, 0.3)
		r.ratio(getCallerIdentity, ceilingSigV4, n, 0.6)
		r.ratio(getCallerIdentity, peerIdentity, n, 0)
		r.ratio(refresh, ceilingPost, n, 0)
		r.cpuRatio(getRoleCredentials, ceilingPost, n)
		r.cpuRatio(listAccounts, ceilingPost, n)
		r.cpuRatio(getCallerIdentity, ceilingSigV4, n)
	}
	if row := r.find(getRoleCredentials, 16); row != nil {
		r.atMost(getRoleCredentials+", p99 at 16 connections", float64(row.Median.P99)/1e6, "ms", 10)
	}
	for _, s := range r.Starts {
		if strings.Contains(s.Name, "existing") && len(s.Took) > 0 {
			r.atMost(s.Name+", ready", float64(s.Median)/1e6, "ms", 50)
		}
		if strings.Contains(s.Name, "fresh") && len(s.Took) > 0 {
			r.atMost(s.Name+", ready", float64(s.Median)/1e6, "ms", 1000)
		}
	}
	for _, m := range r.Memory {
		if m.Name == "gatehouse" && m.When == "idle" {
			r.atMost("gatehouse, memory when idle", float64(m.KiB)/1024, "MB", 35)
		}
	}
}

// ratio adds the throughput of one row in units of another's. An aim of 0 is none.
func (r *report) ratio(name, base string, connections int, aim float64) {
	a, b := r.find(name, connections), r.find(base, connections)
	if a == nil || b == nil {
		return
	}
	value := a.Median.PerSecond / b.Median.PerSecond
	out := budget{Name: fmt.Sprintf("%s / %s, %d connections", name, base, connections), Value: value, Unit: "x", Met: value >= aim}
	if aim > 0 {
		out.Aim = fmt.Sprintf(">= %g", aim)
	}
	r.Budgets = append(r.Budgets, out)
}

// cpuRatio adds the CPU per request of one row in units of another's: what moves
// least when the machine or the disk has other things to do.
func (r *report) cpuRatio(name, base string, connections int) {
	a, b := r.find(name, connections), r.find(base, connections)
	if a == nil || b == nil || b.Median.CPU == 0 {
		return
	}
	r.Budgets = append(r.Budgets, budget{Name: fmt.Sprintf("CPU of %s / of %s, %d connections", name, base, connections),
		Value: float64(a.Median.CPU) / float64(b.Median.CPU), Unit: "x", Met: true})
}

func (r *report) atMost(name string, value float64, unit string, aim float64) {
	r.Budgets = append(r.Budgets, budget{Name: name, Value: value, Unit: unit, Aim: fmt.Sprintf("<= %g", aim), Met: value <= aim})
}

func (r *report) writeJSON(w io.Writer) error {
	r.finish()
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

func (r *report) writeTable(out io.Writer) error {
	r.finish()
	w := bufio.NewWriter(out)
	fmt.Fprintf(w, "%s, %d x %s, %s, %s; load before: %s\n", r.Date.Format(time.DateTime+" MST"), r.Machine.Processors, r.Machine.Processor,
		r.Machine.System, r.Machine.Go, r.Load)
	fmt.Fprintf(w, "medians of %d x %g s; %s\n", r.Rounds, r.Seconds, cmp.Or(r.Peer, "no peer"))
	if len(r.Disk) > 0 {
		fmt.Fprintf(w, "4 KiB made durable: p50 %.2f ms, p99 %.1f ms\n", millis(median(r.Disk, func(d disk) time.Duration { return d.P50 })),
			millis(median(r.Disk, func(d disk) time.Duration { return d.P99 })))
	}
	for _, note := range r.Notes {
		fmt.Fprintf(w, "note: %s\n", note)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "\ncall\tconnections\trequests/s\tp50 ms\tp99 ms\tserver CPU us/request\tMB after\t\n")
	for _, row := range r.Rows {
		m := row.Median
		fmt.Fprintf(t, "%s\t%d\t%.0f\t%.2f\t%.1f\t%.0f\t%.0f\t\n", row.Name, row.Connections, m.PerSecond,
			millis(m.P50), millis(m.P99), float64(m.CPU)/1e3, float64(m.RSS)/1024)
	}
	fmt.Fprint(t, "\nstart\tstarts\tready, median ms\tleast ms\t\n")
	for _, s := range r.Starts {
		fmt.Fprintf(t, "%s\t%d\t%.0f\t%.0f\t\n", s.Name, len(s.Took), millis(s.Median), millis(s.Least))
	}
	fmt.Fprint(t, "\nmemory\twhen\tMB\t\n")
	for _, m := range r.Memory {
		fmt.Fprintf(t, "%s\t%s\t%.0f\t\n", m.Name, m.When, float64(m.KiB)/1024)
	}
	fmt.Fprint(t, "\nbudget or ratio\tmeasured\taim\tmet\t\n")
	for _, b := range r.Budgets {
		met := ""
		if b.Aim != "" {
			met = map[bool]string{true: "yes", false: "NO"}[b.Met]
		}
		fmt.Fprintf(t, "%s\t%.2f %s\t%s\t%s\t\n", b.Name, b.Value, b.Unit, b.Aim, met)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	return w.Flush()
}

func millis(d time.Duration) float64 { return float64(d) / 1e6 }
