package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"testing"
	"text/tabwriter"
)

// engine makes deciders of one engine.
type engine struct {
	name    string
	prepare func(*workload, *request) (decider, error)
}

var engines = []engine{{"gatehouse", gatehouse}, {"cedar-go", cedarGo}}

func main() {
	rounds := flag.Int("rounds", 5, "how often each decision is measured; the least counts")
	flag.Parse()
	if err := report(os.Stdout, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// row is what was measured of one request.
type row struct {
	workload *workload
	request  *request
	micros   []float64 // by engine
	allocs   []int64
}

// report measures everything and prints the table. The rounds of one request follow each other engine by engine,
// so that what else the machine does falls on all.
func report(out io.Writer, rounds int) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "policies\trequest\t")
	for _, e := range engines {
		fmt.Fprintf(table, "%s us\tallocs\t", e.name)
	}
	fmt.Fprint(table, "ratio\tbudget us\t\n")
	for _, w := range workloads() {
		for _, r := range w.requests {
			m, err := measure(&w, &r, rounds)
			if err != nil {
				return err
			}
			m.print(table)
		}
	}
	return table.Flush()
}

func measure(w *workload, r *request, rounds int) (*row, error) {
	m := &row{workload: w, request: r}
	deciders := make([]decider, 0, len(engines))
	for _, e := range engines {
		decide, err := e.prepare(w, r)
		if err != nil {
			return nil, fmt.Errorf("%s, %s: %w", e.name, w.name, err)
		}
		deciders = append(deciders, decide)
		m.micros = append(m.micros, math.Inf(1))
		m.allocs = append(m.allocs, 0)
	}
	for range rounds {
		for i, decide := range deciders {
			result := testing.Benchmark(func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					decide()
				}
			})
			m.micros[i] = min(m.micros[i], float64(result.T.Nanoseconds())/float64(result.N)/1000)
			m.allocs[i] = result.AllocsPerOp()
		}
	}
	return m, nil
}

func (m *row) print(out io.Writer) {
	fmt.Fprintf(out, "%s\t%s\t", m.workload.name, m.request.name)
	for i, micros := range m.micros {
		fmt.Fprintf(out, "%.3f\t%d\t", micros, m.allocs[i])
	}
	fmt.Fprintf(out, "%.1fx\t", m.micros[1]/m.micros[0])
	if b := m.request.budget; b > 0 {
		fmt.Fprintf(out, "%.1f", b)
	}
	fmt.Fprint(out, "\t\n")
}
