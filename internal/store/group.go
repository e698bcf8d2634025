package store

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// GroupReader reads groups.
type GroupReader interface {
	Group(id string) (*idc.Group, error)
	GroupByName(displayName string) (*idc.Group, error)
	GroupByExternalID(issuer, id string) (*idc.Group, error)
	// ListGroups is ordered by id.
	ListGroups(p Page) ([]*idc.Group, error)
}

// GroupWriter writes groups (versioned). The Conflict of a second group with
// the same folded name has Resource "GroupDisplayName".
type GroupWriter interface {
	PutGroup(g *idc.Group) error
	DeleteGroup(id string) error
}

// MembershipReader reads memberships, also those that are not active yet or any more.
type MembershipReader interface {
	Membership(id string) (*idc.Membership, error)
	MembershipOf(groupID, userID string) (*idc.Membership, error)
	// ListMembershipsOfGroup and ...OfUser are ordered by id.
	ListMembershipsOfGroup(groupID string, p Page) ([]*idc.Membership, error)
	ListMembershipsOfUser(userID string, p Page) ([]*idc.Membership, error)
	// ListMembershipsEnding returns current memberships whose EndsAt is not after t.
	ListMembershipsEnding(t time.Time, limit int) ([]*idc.Membership, error)
}

// MembershipWriter writes memberships (versioned); one per group and user.
type MembershipWriter interface {
	PutMembership(m *idc.Membership) error
	DeleteMembership(id string) error
}

// TombstoneReader reads tombstones.
type TombstoneReader interface {
	// Tombstone finds the newest unexpired tombstone of a noun by folded name and owner.
	Tombstone(noun, name string, owner idc.Owner, now time.Time) (*idc.Tombstone, error)
}

// TombstoneWriter writes tombstones.
type TombstoneWriter interface {
	PutTombstone(t *idc.Tombstone) error
	DeleteTombstone(id string) error
	// SweepTombstones removes the expired ones.
	SweepTombstones(now time.Time) (int, error)
}
