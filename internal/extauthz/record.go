package extauthz

import (
	"context"
	"log/slog"
	"sync"

	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// record leaves a decision in the event trail. A refusal is durable when record returns; what was
// allowed is on its way to the disk, unless the configuration wants it there at once.
func (d *Door) record(ctx context.Context, a *answer) error {
	if d.Used != nil && a.task != nil {
		for _, n := range a.task.needs {
			d.Used(a.caller, n.action, a.inquiry.Time, a.service.Region)
		}
	}
	if a.allow && !d.Durable {
		return d.trail.add(ctx, a.event())
	}
	stranger := a.caller.Type == ""
	if stranger && d.Limiter != nil && d.Limiter.Admit(a.inquiry.ClientIP, awsedge.BudgetRefused) != nil {
		return nil // the limiter counts it and records the sum
	}
	return d.Audit.Record(ctx, a.event())
}

// event is the record: a data event in CloudTrail's form. It tells what was asked and decided, not
// what the service then did.
func (a *answer) event() audit.Call {
	in := a.inquiry
	c := audit.Call{
		Time: in.Time, RequestID: in.RequestID, Name: in.Method, Source: a.service.EventSource, Type: audit.TypeAPICall, Data: true,
		Caller: a.caller, Region: a.service.Region, ClientIP: in.ClientIP, UserAgent: in.Header.Get("User-Agent"), Host: in.Host,
		RecipientAccountID:  a.caller.AccountID,
		AdditionalEventData: map[string]string{"authorizedFor": a.service.name, "decision": decision(a.allow)},
	}
	if a.caller.Type == "" {
		c.Caller.Type = idc.CallerAnonymous
	}
	if a.signed != nil {
		c.AdditionalEventData["AuthenticationMethod"] = "AuthHeader"
		if a.signed.Presigned {
			c.AdditionalEventData["AuthenticationMethod"] = "QueryString"
		}
	}
	if !a.allow {
		c.ErrorCode, c.ErrorMessage = string(a.code), a.reason
	}
	if t := a.task; t != nil {
		c.Name, c.ReadOnly, c.RequestParameters = t.operation, t.readOnly, t.parameters
		if len(t.needs) > 0 { // it was known what is asked of whom
			c.RecipientAccountID = t.needs[0].account
		}
		for _, r := range t.resources {
			c.Resources = append(c.Resources, idc.EventResource{Type: r.kind, Name: r.arn})
		}
	}
	return c
}

func decision(allow bool) string {
	if allow {
		return "allow"
	}
	return "deny"
}

// maxWaiting is how many records may wait for the disk before decisions wait with them.
const maxWaiting = 4096

// trail writes the records of allowed requests behind the answers, in batches: one batch is written
// while the next gathers. When the disk does not keep up, or fails, decisions wait for it, and those
// that cannot be recorded are not made.
type trail struct {
	recordAll func(context.Context, []audit.Call) error
	log       *slog.Logger

	mu      sync.Mutex
	waiting []audit.Call
	running bool // a flush is under way
	failing bool // the last write failed
	idle    *sync.Cond

	writing sync.Mutex // held by who writes; taken before mu
}

func newTrail(recordAll func(context.Context, []audit.Call) error, log *slog.Logger) *trail {
	t := &trail{recordAll: recordAll, log: log}
	t.idle = sync.NewCond(&t.mu)
	return t
}

// add puts a record on its way.
func (t *trail) add(ctx context.Context, c audit.Call) error {
	t.mu.Lock()
	full := len(t.waiting) >= maxWaiting
	t.mu.Unlock()
	if full { // what waits goes first; where it cannot, nothing is decided and nothing more is kept
		if err := t.write(context.WithoutCancel(ctx)); err != nil {
			return err
		}
	}
	t.mu.Lock()
	t.waiting = append(t.waiting, c)
	wait := t.failing || len(t.waiting) > maxWaiting
	if !wait && !t.running {
		t.running = true
		go t.flush(context.WithoutCancel(ctx))
	}
	t.mu.Unlock()
	if wait {
		return t.write(context.WithoutCancel(ctx))
	}
	return nil
}

// flush writes until nothing waits or writing fails.
func (t *trail) flush(ctx context.Context) {
	for {
		err := t.write(ctx)
		t.mu.Lock()
		if err != nil || len(t.waiting) == 0 {
			t.running = false
			t.idle.Broadcast()
			t.mu.Unlock()
			if err != nil {
				t.log.Error("recording decisions", "error", err)
			}
			return
		}
		t.mu.Unlock()
	}
}

// write makes everything that waits durable. What could not be written waits on.
func (t *trail) write(ctx context.Context) error {
	t.writing.Lock()
	defer t.writing.Unlock()
	t.mu.Lock()
	batch := t.waiting
	t.waiting = nil
	t.mu.Unlock()
	if len(batch) == 0 {
		return nil // another has written it
	}
	err := t.recordAll(ctx, batch)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failing = err != nil
	if err != nil {
		t.waiting = append(batch, t.waiting...)
	}
	return err
}

// drain waits until nothing waits.
func (t *trail) drain(ctx context.Context) error {
	t.mu.Lock()
	for t.running {
		t.idle.Wait()
	}
	t.mu.Unlock()
	return t.write(ctx)
}
