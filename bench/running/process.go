package running

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ReadyWithin is how long a server may take to start.
const ReadyWithin = 30 * time.Second

// Process is a server that a benchmark started and will end.
type Process struct {
	cmd    *exec.Cmd
	stderr *bytes.Buffer
	exited chan error
	Took   time.Duration // from exec to the first line on standard output
	Line   string        // that line
}

// Start starts a program and waits for the first line it prints, which says that it is ready.
func Start(ctx context.Context, name string, args ...string) (*Process, error) {
	p := &Process{cmd: exec.Command(name, args...), stderr: &bytes.Buffer{}, exited: make(chan error, 1)}
	p.cmd.Stderr = p.stderr
	p.cmd.Env = cleanEnvironment()
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	first := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		lines.Buffer(nil, 1<<20)
		for told := false; lines.Scan(); {
			if !told {
				p.Took = time.Since(began)
				first <- lines.Text()
				told = true
			}
		}
		p.exited <- p.cmd.Wait()
	}()
	select {
	case p.Line = <-first:
		return p, nil
	case err := <-p.exited:
		return nil, fmt.Errorf("%s ended: %w\n%s", name, err, p.stderr)
	case <-ctx.Done():
		err = ctx.Err()
	case <-time.After(ReadyWithin):
		err = errors.New("it said nothing")
	}
	return nil, errors.Join(fmt.Errorf("%s is not ready: %w", name, err), p.End())
}

// End asks the process to stop, waits, and kills it if it does not.
func (p *Process) End() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	select {
	case err := <-p.exited:
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			return nil // how a server words its end is not measured
		}
		return err
	case <-time.After(10 * time.Second):
		return errors.Join(fmt.Errorf("process %d did not end and was killed", p.cmd.Process.Pid), p.cmd.Process.Kill())
	}
}

// CPU is the processor time the process has used (proc(5): utime and stime, in ticks of 10 ms).
func (p *Process) CPU() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	// The second field is a name in parentheses, which may hold spaces.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	var ticks int64
	for _, field := range fields[11:13] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil
}

// RSS is the memory of the process that is in RAM, in KiB.
func (p *Process) RSS() (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, found := strings.Cut(string(text), "VmRSS:")
	fields := strings.Fields(rest)
	if !found || len(fields) == 0 {
		return 0, errors.New("no VmRSS")
	}
	return strconv.Atoi(fields[0])
}

// cleanEnvironment is the environment without settings of what is measured.
func cleanEnvironment() []string {
	var out []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "AWS_") && !strings.HasPrefix(kv, "GATEHOUSE_") && !strings.HasPrefix(kv, "MOTO_") {
			out = append(out, kv)
		}
	}
	return out
}
