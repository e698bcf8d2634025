package sqlstore

import (
	"errors"
	"fmt"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// dialect holds what the two engines spell or report differently.
type dialect struct {
	name string
	// prepares says to keep statements prepared on each connection. PostgreSQL
	// does not: a transaction pooler in front of it would mix them up.
	prepares bool
	// skipLocked ends the query that picks jobs.
	skipLocked string
	// lockTrail, if any, makes appending to the trail exclusive until the
	// commit, so that events become visible in the order of their numbers.
	lockTrail string
	// beginMigration starts a transaction that only one node can be in.
	beginMigration []string
	// explain says what an error of the driver means.
	explain func(error) fault
}

// fault is what an error of an engine means.
type fault struct {
	kind faultKind
	rule string // for faultUnique: how the engine names the broken rule
}

type faultKind uint8

const (
	faultOther       faultKind = iota
	faultUnique                // a uniqueness rule is broken
	faultRetry                 // concurrent transactions got in each other's way
	faultUnavailable           // the database cannot be reached, or is full or damaged
)

var errClosed = errors.New("the store is closed")

// conflict is the answer to a broken uniqueness rule.
type conflict struct {
	resource string
	message  string
}

// unique is a uniqueness rule of a table: its index (as PostgreSQL reports it),
// its columns (as SQLite reports them), and the answer.
type unique struct {
	index    string
	columns  []string
	resource string
	message  string
}

// translate turns an error of the driver into one of the contract's.
func (d *dialect) translate(err error, rules map[string]conflict) error {
	var known *idc.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	f := d.explain(err)
	switch f.kind {
	case faultUnique:
		c, ok := rules[f.rule]
		if !ok {
			c = conflict{message: "A row with this key exists already."}
		}
		e := idc.Errorf(idc.Conflict, "%s", c.message).With(idc.ReasonUniqueness).Because(err)
		e.Resource = c.resource
		return e
	case faultRetry:
		return idc.Errorf(idc.Conflict, "Another change to the same data is in progress. Try again.").
			With(idc.ReasonConcurrentChange).Because(err)
	case faultUnavailable:
		return idc.Errorf(idc.Unavailable, "").Because(fmt.Errorf("%s: %w", d.name, err))
	}
	return idc.Errorf(idc.Internal, "").Because(fmt.Errorf("%s: %w", d.name, err))
}
