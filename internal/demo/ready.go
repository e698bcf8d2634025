package demo

import (
	"context"
	"fmt"

	"github.com/gatehouse-idc/gatehouse/internal/assignment"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/server"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// WaitProvisioned returns when every role that the assignments call for was
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

// missingRoles names one role that is not there yet.
func missingRoles(ctx context.Context, s *server.Services) (missing string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		list, err := r.ListAccounts(store.Page{})
		if err != nil {
			return err
		}
		for _, a := range list {
			sets, err := assignment.PermissionSetsOf(r, a.ID, s.Clock.Now())
			if err != nil {
				return err
			}
			for _, set := range sets {
				if _, err := r.Provisioning(a.ID, set); idc.IsNotFound(err) {
					missing = a.ID + "/" + set
				} else if err != nil {
					return err
				}
			}
		}
		return nil
	})
	return missing, err
}
