package store

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// GroupReader reads groups; names are compared folded within an identity store.
type GroupReader interface {
	Group(id string) (*idc.Group, error)
	GroupByName(identityStoreID, displayName string) (*idc.Group, error)
	GroupByExternalID(identityStoreID, issuer, id string) (*idc.Group, error)
	// ListGroups is ordered by id.
	ListGroups(identityStoreID string, p Page) ([]*idc.Group, error)
	CountGroups(identityStoreID string) (int, error)
}

// GroupWriter writes groups (versioned). The Conflict of a second group with
// the same folded name in an identity store has Resource "GroupDisplayName".
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
	// Tombstone finds the newest unexpired tombstone of a noun in an identity store,
	// by folded name and owner.
	Tombstone(identityStoreID, noun, name string, owner idc.Owner, now time.Time) (*idc.Tombstone, error)
}

// TombstoneWriter writes tombstones.
type TombstoneWriter interface {
	PutTombstone(t *idc.Tombstone) error
	DeleteTombstone(id string) error
	// SweepTombstones removes the expired ones.
	SweepTombstones(now time.Time) (int, error)
}
