package awsedge

import (
	"bufio"
	"fmt"
	"io"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
)

// Coverage writes docs/coverage.md: every operation of every service, and which
// of them the given ones serve.
func Coverage(w io.Writer, served []Operation) error {
	handlers := make(map[*awsapi.Operation]Operation, len(served))
	for _, o := range served {
		handlers[o.model] = o
	}
	out := bufio.NewWriter(w)
	fmt.Fprint(out, coverageHead)
	for _, s := range Services() {
		done := countServed(s, handlers)
		fmt.Fprintf(out, "| %s | %s | %s | %d | %d |\n", s.Name, s.FullName, protocolName(s.Protocol), done, len(s.Operations))
	}
	for _, s := range Services() {
		fmt.Fprintf(out, "\n## %s\n\n", s.Name)
		fmt.Fprint(out, "| operation | served | authorised as |\n|---|---|---|\n")
		for i := range s.Operations {
			op := &s.Operations[i]
			handler, ok := handlers[op]
			mark := "no"
			if ok {
				mark = "yes"
			}
			fmt.Fprintf(out, "| %s | %s | %s |\n", op.Name, mark, guardText(op, handler))
		}
	}
	return out.Flush()
}

const coverageHead = `# Coverage

<!-- Generated from the service models and the registered operations; do not edit. -->

Every operation below is known: its request is recognised and its caller authenticated. One that is
not served answers HTTP 501 in its own protocol, is recorded and logged.

| service | AWS name | protocol | served | operations |
|---|---|---|---|---|
`

func countServed(s ServiceModel, handlers map[*awsapi.Operation]Operation) int {
	n := 0
	for i := range s.Operations {
		if _, ok := handlers[&s.Operations[i]]; ok {
			n++
		}
	}
	return n
}

func guardText(op *awsapi.Operation, handler Operation) string {
	switch {
	case op.Auth == awsapi.Bearer:
		return "the bearer's own access"
	case op.Auth == awsapi.NoAuth:
		return "nobody; the input proves itself"
	case handler.guard.free != "":
		return handler.guard.free
	}
	text := "`" + op.Action + "`"
	if handler.guard.unspecific != "" {
		text += " on `*`"
	}
	for _, a := range handler.guard.also {
		text += ", where it applies `" + a.action + "`"
	}
	return text
}

func protocolName(p awsapi.Protocol) string {
	return map[awsapi.Protocol]string{awsapi.JSON11: "awsJson1.1", awsapi.RestJSON: "restJson1", awsapi.Query: "awsQuery"}[p]
}
