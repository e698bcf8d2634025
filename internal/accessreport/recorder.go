package accessreport

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// maxNoted bounds the memory of a Recorder whose store does not answer. Beyond it,
// roles and actions that are not noted yet are left out.
const maxNoted = 100_000

// maxWritten is how many uses share a transaction.
const maxWritten = 500

// Recorder gathers the last uses of roles.
type Recorder struct {
	Store store.Store
	Clock clock.Clock
	IDs   *ids.Source

	mu    sync.Mutex
	noted map[use]lastUse
}

type use struct{ account, role, action string }

type lastUse struct {
	at     time.Time
	region string
}

// Note remembers that a caller used an action, such as "sso:ListInstances". Callers
// that are no role session are passed over.
func (r *Recorder) Note(c idc.Caller, action string, at time.Time, region string) {
	if c.Type != idc.CallerAssumedRole || c.RoleID == "" {
		return
	}
	key := use{c.AccountID, c.RoleID, action}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.note(key, lastUse{at, region})
}

func (r *Recorder) note(key use, u lastUse) {
	have, known := r.noted[key]
	if known && !u.at.After(have.at) || !known && len(r.noted) >= maxNoted {
		return
	}
	if r.noted == nil {
		r.noted = map[use]lastUse{}
	}
	r.noted[key] = u
}

// Flush writes what was noted. What cannot be written is noted again.
func (r *Recorder) Flush(ctx context.Context) error {
	r.mu.Lock()
	noted := r.noted
	r.noted = nil
	r.mu.Unlock()
	batch := make([]idc.RoleUse, 0, min(len(noted), maxWritten))
	write := func() error {
		id := r.IDs.UUID()
		change := idc.ChangeSet{ID: id, RequestID: id, At: r.Clock.Now(), Actor: "gatehouse", Door: "accessreport"}
		if err := r.Store.Update(ctx, change, func(tx store.Tx) error { return tx.RecordRoleUses(batch) }); err != nil {
			return err
		}
		for _, u := range batch {
			delete(noted, use{u.AccountID, u.RoleID, u.Service + ":" + u.Action})
		}
		batch = batch[:0]
		return nil
	}
	var err error
	for key, last := range noted {
		service, action, _ := strings.Cut(key.action, ":")
		batch = append(batch, idc.RoleUse{AccountID: key.account, RoleID: key.role, Service: service, Action: action, UsedAt: last.at, Region: last.region})
		if len(batch) == maxWritten {
			if err = write(); err != nil {
				break
			}
		}
	}
	if err == nil && len(batch) > 0 {
		err = write()
	}
	if err != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		for key, last := range noted {
			r.note(key, last)
		}
	}
	return err
}
