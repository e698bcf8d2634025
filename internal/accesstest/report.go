package accesstest

import (
	"bufio"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// Outcome is what came of the expectations of one file.
type Outcome struct {
	Suite   *Suite
	Results []Result
}

// Count returns how many results have a status.
func Count(outcomes []Outcome, s Status) int {
	n := 0
	for _, o := range outcomes {
		for _, r := range o.Results {
			if r.Status == s {
				n++
			}
		}
	}
	return n
}

// mark is what people see before a sentence.
func (s Status) mark() string {
	switch s {
	case Passed:
		return "✓"
	case Failed:
		return "✗"
	}
	return "?"
}

// Print writes the results for people: every sentence with its mark, and under it why it did not pass. With
// reasons, it says so for those that passed, too.
func Print(out io.Writer, outcomes []Outcome, reasons bool) error {
	w := bufio.NewWriter(out)
	for _, o := range outcomes {
		fmt.Fprintln(w, o.Suite.Name)
		for _, r := range o.Results {
			fmt.Fprintf(w, "  %s %s\n", r.Status.mark(), r.Text)
			if r.Status != Passed || reasons {
				fmt.Fprintf(w, "      %s\n", r.Reason)
			}
			if r.Status == Passed {
				continue
			}
			for _, c := range r.Open {
				if c.sentence() != r.Reason { // which stands above
					fmt.Fprintf(w, "      %s %s\n", c.Status.mark(), c.sentence())
				}
			}
			fmt.Fprintf(w, "      %s\n", r.Position)
		}
	}
	fmt.Fprintf(w, "%d passed, %d failed, %d unknown\n", Count(outcomes, Passed), Count(outcomes, Failed), Count(outcomes, Unknown))
	return w.Flush()
}

// line is a result as a JSON object.
type line struct {
	File        string  `json:"file"`
	Line        int     `json:"line"`
	Column      int     `json:"column"`
	Expectation string  `json:"expectation"`
	Status      Status  `json:"status"`
	Reason      string  `json:"reason"`
	Checks      int     `json:"checks"`
	Open        []Check `json:"open,omitempty"`
}

// PrintJSON writes one JSON object a line, one for each expectation.
func PrintJSON(out io.Writer, outcomes []Outcome) error {
	w := bufio.NewWriter(out)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	for _, o := range outcomes {
		for _, r := range o.Results {
			err := encoder.Encode(line{
				File: r.File, Line: r.Line, Column: r.Column, Expectation: r.Text,
				Status: r.Status, Reason: r.Reason, Checks: r.Checks, Open: r.Open,
			})
			if err != nil {
				return err
			}
		}
	}
	return w.Flush()
}

// The elements of JUnit's report, as build servers read them.
type (
	junitReport struct {
		XMLName xml.Name     `xml:"testsuites"`
		Name    string       `xml:"name,attr"`
		Tests   int          `xml:"tests,attr"`
		Failed  int          `xml:"failures,attr"`
		Errors  int          `xml:"errors,attr"`
		Skipped int          `xml:"skipped,attr"`
		Suites  []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name    string      `xml:"name,attr"`
		Tests   int         `xml:"tests,attr"`
		Failed  int         `xml:"failures,attr"`
		Errors  int         `xml:"errors,attr"`
		Skipped int         `xml:"skipped,attr"`
		Cases   []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string       `xml:"name,attr"`
		Class   string       `xml:"classname,attr"`
		File    string       `xml:"file,attr"`
		Line    int          `xml:"line,attr"`
		Failure *junitDetail `xml:"failure"`
		Error   *junitDetail `xml:"error"`
		Skipped *junitDetail `xml:"skipped"`
	}
	junitDetail struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// PrintJUnit writes JUnit XML. What is unknown is an error, or skipped when that is allowed.
func PrintJUnit(out io.Writer, outcomes []Outcome, allowUnknown bool) error {
	report := junitReport{Name: "gatehouse test"}
	for _, o := range outcomes {
		suite := junitSuite{Name: o.Suite.Name, Tests: len(o.Results)}
		for _, r := range o.Results {
			c := junitCase{Name: r.Text, Class: o.Suite.Name, File: r.File, Line: r.Line}
			detail := &junitDetail{Message: r.Reason, Text: details(r)}
			switch {
			case r.Status == Failed:
				c.Failure = detail
				suite.Failed++
			case r.Status == Unknown && allowUnknown:
				c.Skipped = detail
				suite.Skipped++
			case r.Status == Unknown:
				c.Error = detail
				suite.Errors++
			}
			suite.Cases = append(suite.Cases, c)
		}
		report.Tests += suite.Tests
		report.Failed += suite.Failed
		report.Errors += suite.Errors
		report.Skipped += suite.Skipped
		report.Suites = append(report.Suites, suite)
	}
	if _, err := io.WriteString(out, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(out)
	encoder.Indent("", "  ")
	if err := encoder.Encode(report); err != nil {
		return err
	}
	_, err := io.WriteString(out, "\n")
	return err
}

func details(r Result) string {
	lines := []string{r.Position.String()}
	for _, c := range r.Open {
		lines = append(lines, fmt.Sprintf("%s: %s", c.Status, c.sentence()))
	}
	return strings.Join(lines, "\n")
}
