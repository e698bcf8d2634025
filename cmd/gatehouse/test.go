package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/accesstest"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/orgfile"
)

type testCommand struct {
	sourceFlags
	Files        []string `arg:"" name:"file" help:"Files with expectations, one sentence a line."`
	Organization string   `help:"Test this file, written by gatehouse export, and not the live organization." placeholder:"FILE"`
	AllowUnknown bool     `name:"allow-unknown" help:"Count what cannot be decided as skipped and not as a failure."`
	Reasons      bool     `help:"Say why for every sentence, not only for those that do not hold."`
	JSON         bool     `name:"json" help:"Print one JSON object a sentence."`
	JUnit        string   `name:"junit" help:"Write JUnit XML to this file, too." placeholder:"FILE"`
}

// Run holds the expectations against the organization.
func (c *testCommand) Run(ctx context.Context, io streams) error {
	suites, err := c.suites(io.stderr)
	if err != nil {
		return err
	}
	file, err := c.organization(ctx, io)
	if err != nil {
		return err
	}
	outcomes := make([]accesstest.Outcome, 0, len(suites))
	for _, suite := range suites {
		world, err := accesstest.Open(file, clock.System().Now())
		if err != nil {
			return err
		}
		world.Files = func(name string) ([]byte, error) {
			if !filepath.IsAbs(name) {
				name = filepath.Join(filepath.Dir(suite.Name), name)
			}
			return readFile(name)
		}
		results, err := world.Run(suite)
		if err != nil {
			return err
		}
		outcomes = append(outcomes, accesstest.Outcome{Suite: suite, Results: results})
	}
	return c.report(io, outcomes)
}

// suites reads the files. Sentences that are not understood are all told before the command gives up.
func (c *testCommand) suites(stderr io.Writer) ([]*accesstest.Suite, error) {
	if c.Organization != "" && (c.Data != "" || c.EndpointURL != "") {
		return nil, usageError{errors.New("--organization is instead of a live organization: leave out --data and --endpoint-url")}
	}
	var out []*accesstest.Suite
	faults, sentences := 0, 0
	for _, name := range c.Files {
		text, err := readFile(name)
		if err != nil {
			return nil, err
		}
		suite, errs := accesstest.Parse(name, text)
		for _, err := range errs {
			fmt.Fprintln(stderr, err)
		}
		faults += len(errs)
		sentences += len(suite.Expectations)
		out = append(out, suite)
	}
	switch {
	case faults > 0:
		return nil, usageError{fmt.Errorf("%d sentences are not understood; nothing was tested", faults)}
	case sentences == 0:
		return nil, usageError{errors.New("there is no expectation in the files; nothing was tested")}
	}
	return out, nil
}

func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	return io.ReadAll(io.LimitReader(f, maxExport))
}

// maxExport bounds what is read into memory.
const maxExport = 512 << 20

func (c *testCommand) organization(ctx context.Context, io streams) (*orgfile.File, error) {
	if c.Organization == "" {
		return c.read(ctx, io)
	}
	text, err := readFile(c.Organization)
	if err != nil {
		return nil, err
	}
	file, err := orgfile.Decode(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Organization, err)
	}
	return file, nil
}

// report writes the results in all forms that are asked for, and fails if an expectation did not hold.
func (c *testCommand) report(io streams, outcomes []accesstest.Outcome) error {
	print := func() error { return accesstest.Print(io.stdout, outcomes, c.Reasons) }
	if c.JSON {
		print = func() error { return accesstest.PrintJSON(io.stdout, outcomes) }
	}
	if err := print(); err != nil {
		return err
	}
	if c.JUnit != "" {
		if err := c.writeJUnit(outcomes); err != nil {
			return err
		}
	}
	failed, unknown := accesstest.Count(outcomes, accesstest.Failed), accesstest.Count(outcomes, accesstest.Unknown)
	all := failed + unknown + accesstest.Count(outcomes, accesstest.Passed)
	var faults []string
	if failed > 0 {
		faults = append(faults, fmt.Sprintf("%d of %d expectations do not hold", failed, all))
	}
	if unknown > 0 && !c.AllowUnknown {
		faults = append(faults, fmt.Sprintf("%d of %d expectations cannot be decided", unknown, all))
	}
	if len(faults) > 0 {
		return errors.New(strings.Join(faults, "; "))
	}
	return nil
}

func (c *testCommand) writeJUnit(outcomes []accesstest.Outcome) error {
	f, err := os.Create(c.JUnit)
	if err != nil {
		return err
	}
	return errors.Join(accesstest.PrintJUnit(f, outcomes, c.AllowUnknown), f.Close())
}
