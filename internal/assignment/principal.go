package assignment

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Principal is what an edge may name to reach a person: the person, or a group
// with the bounds of the membership in it.
type Principal struct {
	Type     idc.PrincipalType
	ID       string
	Validity idc.Validity
}

// Principals returns what reaches a user at an instant: itself first, then its
// groups. Nothing reaches a user that does not exist or is disabled. Whoever
// decides about another kind of edge than assignments asks this, so that all
// agree on who is in a group.
func Principals(r store.Reader, userID string, at time.Time) ([]Principal, error) {
	list, err := principalsOf(r, userID, at)
	out := make([]Principal, 0, len(list))
	for _, p := range list {
		out = append(out, Principal{Type: p.kind, ID: p.id, Validity: p.validity})
	}
	return out, err
}

// Bounds returns the time in which the principal has what an edge gives it.
func (p Principal) Bounds(edge idc.Validity) idc.Validity { return intersect(edge, p.Validity) }
