package sts

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

type fenceKey struct {
	kind idc.FenceKind
	id   string
}

// fences is the set of standing fences. It is replaced as a whole, so that
// reading it takes no lock.
type fences struct {
	set atomic.Pointer[map[fenceKey]time.Time]
}

// stops reports whether a fence voids the caller's credentials.
func (f *fences) stops(c idc.Caller) bool {
	set := f.set.Load()
	if set == nil || len(*set) == 0 {
		return false
	}
	before := func(kind idc.FenceKind, id string) bool {
		if id == "" {
			return false
		}
		at, ok := (*set)[fenceKey{kind, id}]
		return ok && c.IssuedAt.Before(at)
	}
	if c.Context != nil && before(idc.FenceUser, c.Context.UserID) {
		return true
	}
	return before(idc.FenceUser, c.UserID) || before(idc.FenceSession, c.SessionID) ||
		before(idc.FenceRole, c.RoleID) || before(idc.FenceAssignment, c.AssignmentID) ||
		before(idc.FenceAccessKey, c.AccessKeyID)
}

// ReloadFences reads the standing fences. The server calls it at start and
// whenever store.Watch delivers store.NounFence or store.NounLost.
func (s *Service) ReloadFences(ctx context.Context) error {
	var list []*idc.Fence
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		list, err = r.ListFences(s.Clock.Now())
		return err
	})
	if err != nil {
		return err
	}
	set := make(map[fenceKey]time.Time, len(list))
	for _, f := range list {
		key := fenceKey{f.Kind, f.ID}
		if f.IssuedBefore.After(set[key]) {
			set[key] = f.IssuedBefore
		}
	}
	s.fences.set.Store(&set)
	return nil
}
