package account

import (
	"context"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// CreateOU makes an organizational unit below the root or another OU, at most
// five levels deep. Its name is unique among its siblings.
func (s *Service) CreateOU(ctx context.Context, change idc.ChangeSet, parentID, name string, tags []idc.Tag) (*idc.OrganizationalUnit, error) {
	if err := checkOUName(name); err != nil {
		return nil, err
	}
	tags, err := idc.MergeTags(nil, tags)
	if err != nil {
		return nil, err
	}
	var ou *idc.OrganizationalUnit
	err = s.Store.Update(ctx, change, func(tx store.Tx) error {
		depth, err := findParent(tx, parentID)
		if err != nil {
			return err
		}
		if depth >= maxDepth {
			return idc.Errorf(idc.QuotaExceeded, "You have exceeded the maximum depth of the organizational unit tree: %d.", maxDepth).With(reasonDepth)
		}
		if err := s.roomForOU(tx); err != nil {
			return err
		}
		instance, err := tx.Instance()
		if err != nil {
			return err
		}
		ou = &idc.OrganizationalUnit{ID: s.IDs.OUID(instance.RootID), Name: name, ParentID: parentID, Tags: tags}
		if err := ouNameTaken(tx.PutOU(ou), name); err != nil {
			return err
		}
		return attachDefaults(tx, ou.ID)
	})
	return ou, err
}

func checkOUName(name string) error {
	if strings.TrimSpace(name) == "" || len(name) > 128 {
		return idc.Errorf(idc.Invalid, "The name of an organizational unit has 1 to 128 characters.")
	}
	return nil
}

func (s *Service) roomForOU(r store.AccountReader) error {
	limit := s.Quotas.OUs
	if limit <= 0 {
		limit = defaultOUs
	}
	count, err := r.CountOUs()
	if err != nil {
		return err
	}
	if count >= limit {
		return idc.Errorf(idc.QuotaExceeded, "You have exceeded the number of organizational units: %d.", limit).With(reasonNumber)
	}
	return nil
}

func ouNameTaken(err error, name string) error {
	if idc.KindOf(err) == idc.Conflict && idc.ReasonOf(err) == idc.ReasonUniqueness {
		e := &idc.Error{Kind: idc.Conflict, Reason: idc.ReasonAlreadyExists, Resource: "OrganizationalUnit", ID: name, Message: "An OU with the same name already exists."}
		return e.Because(err)
	}
	return err
}

// OU returns an organizational unit.
func (s *Service) OU(ctx context.Context, id string) (*idc.OrganizationalUnit, error) {
	var ou *idc.OrganizationalUnit
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		ou, err = findOU(r, id)
		return err
	})
	return ou, err
}

// ListOUs returns the OUs directly below the root or an OU, ordered by id.
func (s *Service) ListOUs(ctx context.Context, parentID string, p store.Page) (ous []*idc.OrganizationalUnit, next string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		if _, err := findParent(r, parentID); err != nil {
			return err
		}
		list := func(p store.Page) ([]*idc.OrganizationalUnit, error) { return r.ListOUsOfParent(parentID, p) }
		var err error
		ous, next, err = store.Fetch(p, list, func(ou *idc.OrganizationalUnit) string { return ou.ID })
		return err
	})
	return ous, next, err
}

// RenameOU changes the name of an organizational unit.
func (s *Service) RenameOU(ctx context.Context, change idc.ChangeSet, id, name string) (*idc.OrganizationalUnit, error) {
	if err := checkOUName(name); err != nil {
		return nil, err
	}
	return s.changeOU(ctx, change, id, func(ou *idc.OrganizationalUnit) error {
		ou.Name = name
		return nil
	})
}

func (s *Service) changeOU(ctx context.Context, change idc.ChangeSet, id string, edit func(ou *idc.OrganizationalUnit) error) (*idc.OrganizationalUnit, error) {
	var out *idc.OrganizationalUnit
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		found, err := findOU(tx, id)
		if err != nil {
			return err
		}
		ou := *found
		if err := edit(&ou); err != nil {
			return err
		}
		out = &ou
		return ouNameTaken(tx.PutOU(&ou), ou.Name)
	})
	return out, err
}

// DeleteOU removes an organizational unit that holds neither accounts nor OUs
// and that no assignment names.
func (s *Service) DeleteOU(ctx context.Context, change idc.ChangeSet, id string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		if _, err := findOU(tx, id); err != nil {
			return err
		}
		accounts, err := tx.ListAccountsOfParent(id, store.Page{Limit: 1})
		if err != nil {
			return err
		}
		ous, err := tx.ListOUsOfParent(id, store.Page{Limit: 1})
		if err != nil {
			return err
		}
		if len(accounts)+len(ous) > 0 {
			return &idc.Error{Kind: idc.Conflict, Reason: reasonNotEmpty, Resource: "OrganizationalUnit", ID: id, Message: "The specified OU is not empty. Move all accounts to another root or to other OUs, remove all child OUs, and try the operation again."}
		}
		if err := detachAll(tx, id); err != nil {
			return err
		}
		return tx.DeleteOU(id)
	})
}

// Node is the root, an OU or an account in the tree.
type Node struct {
	ID   string
	Type string // "ROOT", "ORGANIZATIONAL_UNIT" or "ACCOUNT"
}

// The types of nodes, as Organizations calls them.
const (
	NodeRoot    = "ROOT"
	NodeOU      = "ORGANIZATIONAL_UNIT"
	NodeAccount = "ACCOUNT"
)

// Parent returns the parent of an account or OU.
func (s *Service) Parent(ctx context.Context, childID string) (Node, error) {
	var node Node
	err := s.Store.View(ctx, func(r store.Reader) error {
		parentID, err := parentOf(r, childID)
		if idc.IsNotFound(err) {
			return idc.NotFoundf("Child", childID, "We can't find an organizational unit (OU) or AWS account with the ChildId that you specified.")
		}
		if err != nil {
			return err
		}
		instance, err := r.Instance()
		if err != nil {
			return err
		}
		node = Node{ID: parentID, Type: NodeOU}
		if parentID == instance.RootID {
			node.Type = NodeRoot
		}
		return nil
	})
	return node, err
}
