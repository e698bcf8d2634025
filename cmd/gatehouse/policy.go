package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/policycase"
	"github.com/gatehouse-idc/gatehouse/internal/reason"
	"github.com/gatehouse-idc/gatehouse/policy"
)

type policyCommand struct {
	Evaluate evaluateCommand `cmd:"" help:"Decide policy cases: one JSON object a line, one answer a line."`
	Validate validateCommand `cmd:"" help:"Check a policy document as AWS checks a new one."`
}

type evaluateCommand struct {
	File string `arg:"" optional:"" help:"Cases, one JSON object a line (default: standard input)." default:"-"`
}

// maxCase bounds the length of a line.
const maxCase = 32 << 20

// Run decides the cases of a file in order. An answer is written before the next line is waited for, so another
// program can ask through a pipe.
func (c *evaluateCommand) Run(io streams) error {
	in, closeInput, err := io.open(c.File)
	if err != nil {
		return err
	}
	defer closeInput()
	// Cases leave much behind and the program ends when they do: collecting less often is worth the memory.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	e := evaluator{in: bufio.NewReaderSize(in, 1<<18), out: bufio.NewWriterSize(io.stdout, 1<<16)}
	for {
		if e.idle() {
			if err := e.out.Flush(); err != nil {
				return err
			}
		}
		line, err := e.line()
		if err != nil {
			return errors.Join(err, e.out.Flush())
		}
		if line == nil {
			break
		}
		if err := e.decide(line); err != nil {
			return err
		}
	}
	if err := e.out.Flush(); err != nil {
		return err
	}
	return e.verdict(io.stderr)
}

// open opens a file, or standard input for "-".
func (io streams) open(name string) (in io.Reader, closeInput func(), err error) {
	if name == "-" {
		return io.stdin, func() {}, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	return f, func() { _ = f.Close() }, nil // only read
}

// evaluator is one run of `policy evaluate`.
type evaluator struct {
	in      *bufio.Reader
	out     *bufio.Writer
	decoder policycase.Decoder
	long    []byte // a line longer than the reader's buffer
	number  int    // of the current line
	text    []byte // of the answer
	quoted  bytes.Buffer

	cases, expected, faults int
	mismatches              []string
}

// idle reports whether no further line has arrived yet.
func (e *evaluator) idle() bool {
	arrived, err := e.in.Peek(e.in.Buffered())
	return err != nil || bytes.IndexByte(arrived, '\n') < 0
}

// line returns the next line that is not blank, nil at the end. It is valid until the next call.
func (e *evaluator) line() ([]byte, error) {
	for {
		e.number++
		line, err := e.in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			line, err = e.longLine(line)
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if e.number == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if trimmed := bytes.TrimRight(line, " \t\r\n"); len(bytes.TrimLeft(trimmed, " \t")) > 0 {
			return trimmed, nil
		}
		if err != nil {
			return nil, nil
		}
	}
}

// longLine collects a line piece by piece, and of one that is too long only so much that this is seen.
func (e *evaluator) longLine(piece []byte) ([]byte, error) {
	e.long = append(e.long[:0], piece...)
	for {
		piece, err := e.in.ReadSlice('\n')
		if room := maxCase + 1 - len(e.long); room > 0 {
			e.long = append(e.long, piece[:min(room, len(piece))]...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return e.long, err
		}
	}
}

// decide answers one line.
func (e *evaluator) decide(line []byte) error {
	e.cases++
	if len(line) > maxCase {
		return e.fault(nil, fmt.Errorf("longer than %d bytes", maxCase))
	}
	c, err := e.decoder.Decode(line)
	if err != nil {
		return e.fault(c.ID, err)
	}
	d := c.Decide()
	outcome := policycase.Outcome(d.Effect)
	if c.Expected != "" {
		e.expected++
		if c.Expected != outcome {
			e.mismatches = append(e.mismatches, fmt.Sprintf("line %d, case %s: expected %s, decided %s", e.number, c.Name(), c.Expected, outcome))
		}
	}
	return e.answer(c.ID, "decision", outcome, "reason", reason.Sentence(&c.Request, &c.Policies, d))
}

func (e *evaluator) fault(id []byte, err error) error {
	e.faults++
	return e.answer(id, "error", fmt.Sprintf("line %d, %v", e.number, err))
}

// answer writes one JSON line: the id as it came, then names and values.
func (e *evaluator) answer(id []byte, texts ...string) error {
	if id == nil {
		id = []byte("null")
	}
	e.text = append(append(e.text[:0], `{"id":`...), id...)
	for i := 0; i < len(texts); i += 2 {
		e.quoted.Reset()
		encoder := json.NewEncoder(&e.quoted)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(texts[i+1]); err != nil {
			return err
		}
		e.text = append(append(append(e.text, `,"`...), texts[i]...), `":`...)
		e.text = append(e.text, bytes.TrimSuffix(e.quoted.Bytes(), []byte("\n"))...)
	}
	_, err := e.out.Write(append(e.text, "}\n"...))
	return err
}

// maxMismatches is how many cases that came out differently are told one by one.
const maxMismatches = 20

// verdict tells what did not go as it should.
func (e *evaluator) verdict(stderr io.Writer) error {
	for i, m := range e.mismatches {
		if i == maxMismatches {
			fmt.Fprintf(stderr, "... and %d more\n", len(e.mismatches)-i)
			break
		}
		fmt.Fprintln(stderr, m)
	}
	var faults []string
	if n := len(e.mismatches); n > 0 {
		faults = append(faults, fmt.Sprintf("%d of %d expectations do not hold", n, e.expected))
	}
	if e.faults > 0 {
		faults = append(faults, fmt.Sprintf("%d of %d cases could not be read", e.faults, e.cases))
	}
	if len(faults) == 0 {
		return nil
	}
	return errors.New(strings.Join(faults, "; "))
}

type validateCommand struct {
	Kind string `help:"What the document is to be: identity (inline or managed), managed, boundary, session, resource, trust, scp, rcp." default:"identity" enum:"identity,managed,boundary,session,resource,trust,scp,rcp"`
	File string `arg:"" optional:"" help:"The document (default: standard input)." default:"-"`
}

// documentUses are the kinds of documents by the names people give, with the quota of one alone. The quotas of an inline
// policy and of a resource's policy depend on what they are attached to.
func documentUses() map[string]struct {
	kind  policy.Kind
	quota policy.Quota
} {
	return map[string]struct {
		kind  policy.Kind
		quota policy.Quota
	}{
		"identity": {policy.IdentityPolicy, policy.PolicyDocumentSize},
		"managed":  {policy.IdentityPolicy, policy.ManagedPolicySize},
		"boundary": {policy.BoundaryPolicy, policy.ManagedPolicySize},
		"session":  {policy.SessionPolicy, policy.SessionPolicySize},
		"resource": {policy.ResourcePolicy, policy.PolicyDocumentSize},
		"trust":    {policy.TrustPolicy, policy.TrustPolicySize},
		"scp":      {policy.ServiceControlPolicy, policy.ServiceControlSize},
		"rcp":      {policy.ResourceControlPolicy, policy.ResourceControlSize},
	}
}

// Run checks one document.
func (c *validateCommand) Run(io streams) error {
	in, closeInput, err := io.open(c.File)
	if err != nil {
		return err
	}
	defer closeInput()
	document, err := readBounded(in)
	if err != nil {
		return err
	}
	use := documentUses()[c.Kind]
	name := c.File
	if name == "-" {
		name = "standard input"
	}
	var syntax *policy.SyntaxError
	if _, err := policy.Parse(use.kind, document); errors.As(err, &syntax) {
		return fmt.Errorf("%s:%s: %s (%s)", name, syntax.Position, syntax.Message, syntax.Detail)
	} else if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := policy.CheckSize(use.quota, "", string(document)); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	fmt.Fprintf(io.stdout, "%s: valid as %s\n", name, withArticle(use.kind.String()))
	return nil
}

// maxDocument is more than any service accepts; it bounds what is read into memory.
const maxDocument = 8 << 20

func readBounded(in io.Reader) ([]byte, error) {
	document, err := io.ReadAll(io.LimitReader(in, maxDocument+1))
	if err == nil && len(document) > maxDocument {
		err = fmt.Errorf("the document is longer than %d bytes", maxDocument)
	}
	return document, err
}

func withArticle(name string) string {
	if strings.HasPrefix(name, "i") {
		return "an " + name
	}
	return "a " + name
}
