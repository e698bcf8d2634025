package storetest

import (
	"fmt"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func auditCases() []testCase {
	return []testCase{
		{"every member is kept", testEventRoundTrip},
		{"newest first, in pages", testEventPages},
		{"filters", testEventFilters},
		{"texts too long for an index", testLongEvents},
		{"tail", testTailEvents},
		{"an id is recorded once", testEventOnce},
	}
}

func event(id string, after time.Duration, edit func(*idc.AuditEvent)) *idc.AuditEvent {
	e := &idc.AuditEvent{ID: id, Time: base().Add(after), Record: "{}"}
	if edit != nil {
		edit(e)
	}
	return e
}

func (h *harness) appendEvents(events ...*idc.AuditEvent) {
	h.Helper()
	h.update(func(tx store.Tx) error { return tx.AppendEvents(events) })
}

func (h *harness) events(f idc.EventFilter, p store.Page) (ids []string, next string) {
	h.Helper()
	ids = []string{}
	h.view(func(r store.Reader) error {
		events, n, err := r.ListEvents(f, p)
		for _, e := range events {
			ids = append(ids, e.ID)
		}
		next = n
		return err
	})
	return ids, next
}

func testEventRoundTrip(h *harness) {
	full, bare := Filled[idc.AuditEvent]("e"), event("bare", 0, nil)
	full.Seq = 0
	h.appendEvents(full, bare)
	if full.Seq <= 0 || bare.Seq <= full.Seq {
		h.Errorf("events have the numbers %d, %d", full.Seq, bare.Seq)
	}
	h.view(func(r store.Reader) error {
		got, err := r.TailEvents(0, 0)
		h.wantEqual("events", got, []*idc.AuditEvent{full, bare})
		return err
	})
	h.appendEvents() // nothing
}

func testEventPages(h *harness) {
	for i := range 5 {
		h.appendEvents(event(fmt.Sprintf("a%d", i), time.Duration(i/2)*time.Microsecond, nil), event(fmt.Sprintf("b%d", i), time.Duration(i/2)*time.Microsecond, nil))
	}
	var seen []string
	pages := 0
	for next := ""; pages == 0 || next != ""; pages++ {
		var ids []string
		ids, next = h.events(idc.EventFilter{}, store.Page{After: next, Limit: 4})
		seen = append(seen, ids...)
		h.appendEvents(event(fmt.Sprint("newer", pages), time.Hour, nil))
	}
	h.wantEqual("events over all pages", seen, []string{"b4", "a4", "b3", "a3", "b2", "a2", "b1", "a1", "b0", "a0"})
	h.wantEqual("pages", pages, 3)
	h.view(func(r store.Reader) error {
		for _, bad := range []string{"x", "1", "1.x", "x.1"} {
			_, _, err := r.ListEvents(idc.EventFilter{}, store.Page{After: bad})
			h.wantKind(err, idc.Invalid)
		}
		return nil
	})
}

func testEventFilters(h *harness) {
	yes, no := true, false
	role, bucket := idc.EventResource{Type: "AWS::IAM::Role", Name: "admin"}, idc.EventResource{Type: "AWS::S3::Bucket", Name: "admin"}
	h.appendEvents(
		event("1", 0, func(e *idc.AuditEvent) { e.Name, e.Source, e.ReadOnly = "ListUsers", "identitystore", true }),
		event("2", time.Second, func(e *idc.AuditEvent) { e.Name, e.Source, e.UserName = "CreateUser", "identitystore", "alice" }),
		event("3", 2*time.Second, func(e *idc.AuditEvent) { e.Name, e.AccessKeyID, e.AccountID = "AssumeRole", "ASIA1", "111111111111" }),
		event("4", 3*time.Second, func(e *idc.AuditEvent) { e.Resources = []idc.EventResource{role, bucket, role} }),
		event("5", 4*time.Second, func(e *idc.AuditEvent) { e.Resources = []idc.EventResource{bucket} }))
	for name, c := range map[string]struct {
		filter idc.EventFilter
		want   []string
	}{
		"none":          {idc.EventFilter{}, []string{"5", "4", "3", "2", "1"}},
		"id":            {idc.EventFilter{ID: "3"}, []string{"3"}},
		"name":          {idc.EventFilter{Name: "CreateUser"}, []string{"2"}},
		"name folded":   {idc.EventFilter{Name: "createuser"}, []string{}},
		"source":        {idc.EventFilter{Source: "identitystore"}, []string{"2", "1"}},
		"user":          {idc.EventFilter{UserName: "alice"}, []string{"2"}},
		"access key":    {idc.EventFilter{AccessKeyID: "ASIA1"}, []string{"3"}},
		"account":       {idc.EventFilter{AccountID: "111111111111"}, []string{"3"}},
		"read only":     {idc.EventFilter{ReadOnly: &yes}, []string{"1"}},
		"not read only": {idc.EventFilter{ReadOnly: &no, Source: "identitystore"}, []string{"2"}},
		"resource name": {idc.EventFilter{ResourceName: "admin"}, []string{"5", "4"}},
		"resource type": {idc.EventFilter{ResourceType: "AWS::IAM::Role"}, []string{"4"}},
		"resource both": {idc.EventFilter{ResourceType: "AWS::IAM::Role", ResourceName: "admin"}, []string{"4"}},
		"resource none": {idc.EventFilter{ResourceType: "AWS::IAM::Role", ResourceName: "other"}, []string{}},
		"time":          {idc.EventFilter{From: base().Add(time.Second), To: base().Add(3 * time.Second)}, []string{"4", "3", "2"}},
		"all at once": {idc.EventFilter{ID: "2", Name: "CreateUser", Source: "identitystore", UserName: "alice", ReadOnly: &no,
			From: base(), To: base().Add(time.Hour)}, []string{"2"}},
	} {
		got, _ := h.events(c.filter, store.Page{})
		h.wantEqual(name, got, c.want)
	}
}

// testLongEvents records what a stranger may type into a form.
func testLongEvents(h *harness) {
	long := strings.Repeat("é", 20000)
	resources := []idc.EventResource{{Type: long + "t", Name: long + "1"}, {Type: "t", Name: long + "2"}}
	h.appendEvents(
		event("1", 0, func(e *idc.AuditEvent) {
			e.Name, e.Source, e.UserName, e.AccessKeyID, e.Resources, e.Record = long, long, long, long, resources, long
		}),
		event("2", 0, nil))
	for name, f := range map[string]idc.EventFilter{"name": {Name: long}, "source": {Source: long}, "user": {UserName: long}, "access key": {AccessKeyID: long},
		"resource": {ResourceName: long + "2"}, "resource of a type": {ResourceName: long + "1", ResourceType: long + "t"}} {
		got, _ := h.events(f, store.Page{})
		h.wantEqual(name, got, []string{"1"})
	}
	got, _ := h.events(idc.EventFilter{ResourceName: long + "3"}, store.Page{})
	h.wantEqual("another resource", got, []string{})
	h.view(func(r store.Reader) error {
		events, err := r.TailEvents(0, 1)
		h.wantEqual("record", events[0].Record, long)
		h.wantEqual("resources", events[0].Resources, resources)
		if !strings.HasPrefix(long, events[0].UserName) || events[0].UserName == "" {
			h.Errorf("user name is %q", events[0].UserName)
		}
		return err
	})
}

func testTailEvents(h *harness) {
	last := func() (seq int64) {
		h.view(func(r store.Reader) (err error) {
			seq, err = r.LastEventSeq()
			return err
		})
		return seq
	}
	h.wantEqual("the last of none", last(), int64(0))
	first, second, third := event("1", time.Hour, nil), event("2", 0, nil), event("3", time.Minute, nil)
	h.appendEvents(first, second)
	h.appendEvents(third)
	tail := func(after int64, limit int) func(store.Reader) ([]string, error) {
		return func(r store.Reader) ([]string, error) {
			return listed(func(e *idc.AuditEvent) string { return e.ID })(r.TailEvents(after, limit))
		}
	}
	h.wantList("all", tail(0, 0), "1", "2", "3")
	h.wantList("limited", tail(0, 2), "1", "2")
	h.wantList("rest", tail(second.Seq, 2), "3")
	h.wantList("none", tail(third.Seq, 2))
	h.wantEqual("the last", last(), third.Seq)
}

func testEventOnce(h *harness) {
	h.appendEvents(event("1", 0, nil))
	h.wantConflict(h.try(func(tx store.Tx) error {
		return tx.AppendEvents([]*idc.AuditEvent{event("2", 0, nil), event("1", 0, nil)})
	}), "Event")
	ids, _ := h.events(idc.EventFilter{}, store.Page{})
	h.wantEqual("events", ids, []string{"1"})
}
