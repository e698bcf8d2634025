package directory

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

const (
	// DefaultRetention is how long the id of a deleted user or group stays reserved for its return.
	DefaultRetention = 30 * 24 * time.Hour
	// DefaultMaxUsers and DefaultMaxGroups are AWS's quotas in one identity store.
	DefaultMaxUsers  = 200_000
	DefaultMaxGroups = 100_000
	// pageSize is how many items a list returns when the caller does not say.
	pageSize = 100
)

// Service is all identity stores of the installation; each call names the one it means. Store, Clock and IDs are required.
type Service struct {
	Store store.Store
	Clock clock.Clock
	IDs   *ids.Source
	// Retention is how long tombstones last; zero means DefaultRetention.
	Retention time.Duration
	// MaxUsers and MaxGroups bound each identity store; zero means the default.
	MaxUsers, MaxGroups int
	// Unassign withdraws all assignments of a principal inside the transaction that deletes it, with the
	// work that takes them out of the accounts. It may be nil where nothing can be assigned.
	Unassign func(tx store.Tx, change idc.ChangeSet, principalType idc.PrincipalType, principalID string) error
}

// Instance returns the instance an identity store belongs to, or NotFound with Resource "IDENTITY_STORE".
func (s *Service) Instance(ctx context.Context, storeID string) (*idc.Instance, error) {
	var in *idc.Instance
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		in, err = r.InstanceByIdentityStore(storeID)
		if idc.IsNotFound(err) {
			return storeNotFound(storeID)
		}
		return err
	})
	return in, err
}

func storeNotFound(storeID string) error {
	return idc.NotFoundf("IDENTITY_STORE", storeID, "IDENTITY_STORE not found.")
}

// checkStore refuses new objects in an identity store that is not there, not yet or not any more.
func checkStore(r store.InstanceReader, storeID string) error {
	in, err := r.InstanceByIdentityStore(storeID)
	if idc.IsNotFound(err) || err == nil && in.CurrentStatus() != idc.InstanceActive {
		return storeNotFound(storeID)
	}
	return err
}

// RevisionOf is the opaque revision of a versioned object, for changes that must not overwrite another's.
func RevisionOf(v idc.Version) string {
	sum := sha256.Sum256([]byte(v.ChangeSetID + v.RecordedAt.UTC().Format(time.RFC3339Nano)))
	return hex.EncodeToString(sum[:12])
}

func (s *Service) now() time.Time { return s.Clock.Now().UTC().Truncate(time.Microsecond) }

func (s *Service) retention() time.Duration {
	if s.Retention > 0 {
		return s.Retention
	}
	return DefaultRetention
}

// mayChange refuses a source that does not own the object.
func mayChange(source, owner idc.Owner) error {
	if source == owner {
		return nil
	}
	return idc.Errorf(idc.Conflict, "The object is managed by another source (%s) and can be changed only there.", owner)
}

// sameRevision refuses a change that was prepared against an older state. An empty want asks for no check.
func sameRevision(want string, v idc.Version) error {
	if want == "" || want == RevisionOf(v) {
		return nil
	}
	return idc.Errorf(idc.Conflict, "The resource was changed in the meantime. Read it again and retry.").
		With(idc.ReasonConcurrentChange)
}

// duplicate gives the store's uniqueness conflict AWS's wording.
func duplicate(err error) error {
	if idc.ReasonOf(err) != idc.ReasonUniqueness {
		return err
	}
	return duplicateOf(resourceOf(err)).Because(err)
}

func duplicateOf(resource string) *idc.Error {
	conflict := idc.Errorf(idc.Conflict, "Duplicate %s", resource).With(idc.ReasonUniqueness)
	conflict.Resource = resource
	return conflict
}

// revive returns the id that a returning object gets back, or "" when it is new. The tombstone is used up.
func (s *Service) revive(tx store.Tx, storeID, noun, name string, owner idc.Owner) (string, error) {
	stone, err := tx.Tombstone(storeID, noun, idc.FoldName(name), owner, s.now())
	if idc.IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return stone.ID, tx.DeleteTombstone(stone.ID)
}

func (s *Service) bury(tx store.Tx, storeID, noun, id, name string, owner idc.Owner) error {
	now := s.now()
	return tx.PutTombstone(&idc.Tombstone{
		ID: id, IdentityStoreID: storeID, Noun: noun, Name: idc.FoldName(name), Owner: owner,
		DeletedAt: now, ExpiresAt: now.Add(s.retention()),
	})
}

func (s *Service) unassign(tx store.Tx, change idc.ChangeSet, owner idc.Owner, pt idc.PrincipalType, id string) error {
	if s.Unassign == nil || owner != idc.OwnerBuiltIn {
		return nil
	}
	return s.Unassign(tx, change, pt, id)
}

// limited gives a page its size, and asks for one more to see whether there is a next.
func limited(p store.Page) (store.Page, int) {
	size := p.Limit
	if size <= 0 {
		size = pageSize
	}
	return store.Page{After: p.After, Limit: size + 1}, size
}
