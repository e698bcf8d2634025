package demo

import (
	"context"
	"fmt"

	"github.com/gatehouse-idc/gatehouse/internal/assignment"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/server"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// WaitProvisioned returns when every role that the tutorial's accounts are to have was
// made and read back.
func WaitProvisioned(ctx context.Context, s *server.Services) error {
	ctx, cancel := context.WithTimeout(ctx, provisionedWithin)
	defer cancel()
	events := s.Store.Watch(ctx)
	for {
		missing, err := missingRoles(ctx, s)
		if err != nil {
			return err
		}
		if missing == "" {
			return nil
		}
		if !nextProvisioning(ctx, events) {
			return fmt.Errorf("the roles of the demo are not ready: %s is missing", missing)
		}
	}
}

// nextProvisioning waits for news of a role; false when time is up.
func nextProvisioning(ctx context.Context, events <-chan store.Event) bool {
	for {
		select {
		case e, open := <-events:
			if !open {
				return false
			}
			if e.Noun == store.NounProvisioning || e.Noun == store.NounLost {
				return true
			}
		case <-ctx.Done():
			return false
		}
	}
}

// missingRoles names one role of the tutorial's accounts that is not there yet. What else
// was put into a demo that was kept is not waited for.
func missingRoles(ctx context.Context, s *server.Services) (missing string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		for _, id := range []string{Management, Dev, Staging, Production} {
			sets, err := assignment.PermissionSetsOf(r, id, s.Clock.Now())
			if err != nil {
				return err
			}
			for _, set := range sets {
				if _, err := r.Provisioning(id, set); idc.IsNotFound(err) {
					missing = id + "/" + set
				} else if err != nil {
					return err
				}
			}
		}
		return nil
	})
	return missing, err
}
