package server

import (
	"context"
	"fmt"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/config"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// openInstance returns the instance, and makes it on the first start: the
// instance with its identity store, the organization and its management account,
// all in one transaction. first reports whether it was made now.
func openInstance(ctx context.Context, cfg *config.Config, s *Services) (in *idc.Instance, first bool, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		in, err = r.Instance()
		return err
	})
	if err == nil {
		return in, false, checkInstance(in, cfg)
	}
	if !idc.IsNotFound(err) {
		return nil, false, err
	}
	made := newInstance(cfg, s.Clock.Now(), s.IDs)
	change := s.change("serve", "first start")
	err = s.Store.Update(ctx, change, func(tx store.Tx) error {
		in, err = tx.Instance()
		if err == nil || !idc.IsNotFound(err) {
			first = false // another node was faster
			return err
		}
		in, first = made, true
		if err := tx.PutInstance(made); err != nil {
			return err
		}
		return s.accounts().Found(tx, change, idc.Account{
			Name: "Management", Email: "management@" + made.StartURLAlias + ".example",
			State: idc.AccountActive, JoinedAt: change.At, Target: account.TargetNative,
		})
	})
	return in, first, err
}

func newInstance(cfg *config.Config, now time.Time, src *ids.Source) *idc.Instance {
	management := cfg.ManagementAccountID
	if management == "" {
		management = src.AccountID()
	}
	id := src.InstanceID()
	alias := cfg.Alias
	store := src.IdentityStoreID(cfg.Region)
	if alias == "" {
		alias = store
	}
	return &idc.Instance{
		ID: id, ARN: arn.Instance(id).String(), IdentityStoreID: store, OwnerAccountID: management,
		Region: cfg.Region, StartURLAlias: alias, OrganizationID: src.OrganizationID(), RootID: src.RootID(),
		PortalSession: time.Duration(cfg.PortalSession), CreatedAt: now,
	}
}

// checkInstance refuses settings that contradict the stored instance: they are
// fixed when it is made, and ids all over the world refer to them.
func checkInstance(in *idc.Instance, cfg *config.Config) error {
	if cfg.ManagementAccountID != "" && cfg.ManagementAccountID != in.OwnerAccountID {
		return fmt.Errorf("management_account_id is %s, but the instance in the database was made with %s; remove the setting",
			cfg.ManagementAccountID, in.OwnerAccountID)
	}
	if cfg.Region != in.Region {
		return fmt.Errorf("region is %s, but the instance in the database was made in %s; set it to that", cfg.Region, in.Region)
	}
	return nil
}
