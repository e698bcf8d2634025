package account

import (
	"context"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Tags returns the tags of the root, an OU, an account, an organization policy or the resource policy.
func (s *Service) Tags(ctx context.Context, id string) ([]idc.Tag, error) {
	var tags []idc.Tag
	err := s.Store.View(ctx, func(r store.Reader) error {
		t, err := taggable(r, id)
		if err == nil {
			tags = t.tags
		}
		return err
	})
	return tags, err
}

// Tag adds or replaces tags of the root, an OU, an account, an organization policy or the resource policy.
func (s *Service) Tag(ctx context.Context, change idc.ChangeSet, id string, tags []idc.Tag) error {
	return s.retag(ctx, change, id, func(have []idc.Tag) ([]idc.Tag, error) { return idc.MergeTags(have, tags) })
}

// Untag removes tags of the root, an OU, an account, an organization policy or the resource policy.
func (s *Service) Untag(ctx context.Context, change idc.ChangeSet, id string, keys []string) error {
	return s.retag(ctx, change, id, func(have []idc.Tag) ([]idc.Tag, error) { return idc.RemoveTags(have, keys), nil })
}

func (s *Service) retag(ctx context.Context, change idc.ChangeSet, id string, edit func([]idc.Tag) ([]idc.Tag, error)) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		t, err := taggable(tx, id)
		if err != nil {
			return err
		}
		tags, err := edit(t.tags)
		if err != nil {
			return err
		}
		return t.put(tx, tags)
	})
}

// tagged is something with tags and the way to store it with others.
type tagged struct {
	tags []idc.Tag
	put  func(tx store.Tx, tags []idc.Tag) error
}

func taggable(r store.Reader, id string) (tagged, error) {
	missing := idc.NotFoundf("Target", id, "We can't find a root, OU, account, or policy with the TargetId that you specified.")
	var t tagged
	var err error
	switch {
	case strings.HasPrefix(id, "ou-"):
		var ou *idc.OrganizationalUnit
		if ou, err = r.OU(id); err == nil {
			t = tagged{ou.Tags, func(tx store.Tx, tags []idc.Tag) error { c := *ou; c.Tags = tags; return tx.PutOU(&c) }}
		}
	case strings.HasPrefix(id, "p-"):
		var p *idc.OrganizationPolicy
		if p, err = r.OrganizationPolicy(id); err == nil {
			t = tagged{p.Tags, func(tx store.Tx, tags []idc.Tag) error {
				if p.AWSManaged {
					return immutable(p)
				}
				c := *p
				c.Tags = tags
				return tx.PutOrganizationPolicy(&c)
			}}
		}
	case strings.HasPrefix(id, "rp-"):
		var p *idc.OrganizationResourcePolicy
		if p, err = r.OrganizationResourcePolicy(); err == nil && p.ID != id {
			return t, missing
		} else if err == nil {
			t = tagged{p.Tags, func(tx store.Tx, tags []idc.Tag) error {
				c := *p
				c.Tags = tags
				return tx.PutOrganizationResourcePolicy(&c)
			}}
		}
	case strings.HasPrefix(id, "r-"):
		if err := checkRoot(r, id); idc.IsNotFound(err) {
			return t, missing
		} else if err != nil {
			return t, err
		}
		var o *idc.Organization
		if o, err = r.Organization(); err == nil {
			t = tagged{o.RootTags, func(tx store.Tx, tags []idc.Tag) error {
				c := *o
				c.RootTags = tags
				return tx.PutOrganization(&c)
			}}
		}
	default:
		var a *idc.Account
		if a, err = r.Account(id); err == nil && !a.InOrganization() {
			return t, missing
		} else if err == nil {
			t = tagged{a.Tags, func(tx store.Tx, tags []idc.Tag) error { c := *a; c.Tags = tags; return tx.PutAccount(&c) }}
		}
	}
	if idc.IsNotFound(err) {
		return t, missing
	}
	return t, err
}
