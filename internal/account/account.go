package account

import (
	"context"
	"net/mail"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Get returns an account of the organization.
func (s *Service) Get(ctx context.Context, id string) (*idc.Account, error) {
	var account *idc.Account
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		account, err = findMember(r, id)
		return err
	})
	return account, err
}

// List returns all accounts, ordered by id.
func (s *Service) List(ctx context.Context, p store.Page) (accounts []*idc.Account, next string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		var err error
		accounts, next, err = store.Fetch(p, r.ListAccounts, accountID)
		return err
	})
	return accounts, next, err
}

// ListOfParent returns the accounts directly below the root or an OU, ordered by id.
func (s *Service) ListOfParent(ctx context.Context, parentID string, p store.Page) (accounts []*idc.Account, next string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		if _, err := findParent(r, parentID); err != nil {
			return err
		}
		list := func(p store.Page) ([]*idc.Account, error) { return r.ListAccountsOfParent(parentID, p) }
		var err error
		accounts, next, err = store.Fetch(p, list, accountID)
		return err
	})
	return accounts, next, err
}

func accountID(a *idc.Account) string { return a.ID }

// Add makes an account with a known id, in the root unless a parent is given.
// The account is active at once.
func (s *Service) Add(ctx context.Context, change idc.ChangeSet, account idc.Account) (*idc.Account, error) {
	var out *idc.Account
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		added := account
		if err := s.add(tx, change, &added, DefaultRole); err != nil {
			return err
		}
		out = &added
		return nil
	})
	return out, err
}

func (s *Service) add(tx store.Tx, change idc.ChangeSet, a *idc.Account, roleName string) error {
	if err := checkAccount(a); err != nil {
		return err
	}
	instance, err := tx.Instance()
	if err != nil {
		return err
	}
	if a.ParentID == "" {
		a.ParentID = instance.RootID
	}
	if _, err := findParent(tx, a.ParentID); err != nil {
		return err
	}
	if _, err := tx.Account(a.ID); err == nil {
		return &idc.Error{Kind: idc.Conflict, Reason: idc.ReasonAlreadyExists, Resource: "Account", ID: a.ID, Message: "The account " + a.ID + " is a member of the organization already."}
	} else if !idc.IsNotFound(err) {
		return err
	}
	if a.JoinedMethod == "" {
		a.JoinedMethod = "CREATED"
	}
	if a.Target == "" {
		a.Target = TargetNative
	}
	a.State = idc.AccountActive
	a.JoinedAt = change.At
	if err := tx.PutAccount(a); err != nil {
		return err
	}
	if err := attachDefaults(tx, a.ID); err != nil {
		return err
	}
	if s.OnCreate != nil && a.ID != instance.OwnerAccountID {
		if err := s.OnCreate(tx, change, a, roleName); err != nil {
			return err
		}
	}
	return enqueueReconcile(tx, change, a.ID)
}

func checkAccount(a *idc.Account) error {
	if strings.TrimSpace(a.Name) == "" || len(a.Name) > 128 {
		return idc.Errorf(idc.Invalid, "An account name has 1 to 128 characters.")
	}
	return checkEmail(a.Email)
}

// checkEmail holds an address against what AWS demands of an account's: 6 to 64
// ASCII characters.
func checkEmail(email string) error {
	parsed, err := mail.ParseAddress(email)
	ascii := strings.IndexFunc(email, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
	if err != nil || parsed.Address != email || len(email) < 6 || len(email) > 64 || !ascii {
		return idc.Errorf(idc.Invalid, "The e-mail address %s is not valid for an account.", email)
	}
	return nil
}

// Rename changes the name of an account.
func (s *Service) Rename(ctx context.Context, change idc.ChangeSet, id, name string) (*idc.Account, error) {
	return s.change(ctx, change, id, func(_ store.Tx, a *idc.Account) error {
		a.Name = name
		return checkAccount(a)
	})
}

func (s *Service) change(ctx context.Context, change idc.ChangeSet, id string, edit func(tx store.Tx, a *idc.Account) error) (*idc.Account, error) {
	var out *idc.Account
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		found, err := findMember(tx, id)
		if err != nil {
			return err
		}
		account := *found
		if err := edit(tx, &account); err != nil {
			return err
		}
		out = &account
		return tx.PutAccount(&account)
	})
	return out, err
}

// Move places an account below another parent. Assignments to OUs follow.
func (s *Service) Move(ctx context.Context, change idc.ChangeSet, id, from, to string) error {
	_, err := s.change(ctx, change, id, func(tx store.Tx, a *idc.Account) error {
		if _, err := findParent(tx, from); idc.IsNotFound(err) || err == nil && a.ParentID != from {
			return idc.NotFoundf("SourceParent", from, "We can't find a source root or OU with the ParentId that you specified.").With(idc.ReasonWrongParent)
		} else if err != nil {
			return err
		}
		if _, err := findParent(tx, to); idc.IsNotFound(err) {
			return idc.NotFoundf("DestinationParent", to, "We can't find the destination container (a root or OU) with the ParentId that you specified.")
		} else if err != nil {
			return err
		}
		if from == to {
			return &idc.Error{Kind: idc.Conflict, Reason: idc.ReasonAlreadyExists, Resource: "Account", ID: id, Message: "That account is already present in the specified destination."}
		}
		a.ParentID = to
		return enqueueReconcile(tx, change, id)
	})
	return err
}
