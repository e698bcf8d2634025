package account

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Instance returns the Identity Center instance of the organization.
func (s *Service) Instance(ctx context.Context) (*idc.Instance, error) {
	var out *idc.Instance
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		out, err = r.Instance()
		return err
	})
	return out, err
}

// RenameInstance changes the display name of the instance.
func (s *Service) RenameInstance(ctx context.Context, change idc.ChangeSet, name string) error {
	return s.changeInstance(ctx, change, func(in *idc.Instance) error {
		in.Name = name
		return nil
	})
}

// TagInstance adds or replaces tags of the instance.
func (s *Service) TagInstance(ctx context.Context, change idc.ChangeSet, tags []idc.Tag) error {
	return s.changeInstance(ctx, change, func(in *idc.Instance) error {
		var err error
		in.Tags, err = idc.MergeTags(in.Tags, tags)
		return err
	})
}

// UntagInstance removes tags of the instance.
func (s *Service) UntagInstance(ctx context.Context, change idc.ChangeSet, keys []string) error {
	return s.changeInstance(ctx, change, func(in *idc.Instance) error {
		in.Tags = idc.RemoveTags(in.Tags, keys)
		return nil
	})
}

func (s *Service) changeInstance(ctx context.Context, change idc.ChangeSet, edit func(in *idc.Instance) error) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		found, err := tx.Instance()
		if err != nil {
			return err
		}
		instance := *found
		if err := edit(&instance); err != nil {
			return err
		}
		return tx.PutInstance(&instance)
	})
}
