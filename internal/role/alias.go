package role

import (
	"context"
	"regexp"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// The form of an account alias: IAM API Reference, CreateAccountAlias.
var aliasForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9]|-[a-z0-9]){2,62}$`)

// Alias returns an account's alias, "" when it has none.
func (s *Service) Alias(ctx context.Context, accountID string) (string, error) {
	var alias string
	err := s.Store.View(ctx, func(r store.Reader) error {
		account, err := r.Account(accountID)
		if err == nil {
			alias = account.Alias
		}
		return err
	})
	return alias, err
}

// SetAlias gives an account its alias, in place of an earlier one.
func (s *Service) SetAlias(ctx context.Context, change idc.ChangeSet, accountID, alias string) error {
	if !aliasForm.MatchString(alias) {
		return idc.Errorf(idc.Invalid, "The account alias %s is not valid: 3 to 63 lower-case letters, digits and single hyphens.", alias)
	}
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		other, err := tx.AccountByAlias(alias)
		if err == nil && other.ID != accountID {
			return &idc.Error{Kind: idc.Conflict, Reason: idc.ReasonAlreadyExists, Resource: "AccountAlias", ID: alias, Message: "The account alias " + alias + " already exists."}
		}
		if err != nil && !idc.IsNotFound(err) {
			return err
		}
		return setAlias(tx, accountID, alias)
	})
}

// DeleteAlias takes an account's alias away.
func (s *Service) DeleteAlias(ctx context.Context, change idc.ChangeSet, accountID, alias string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		account, err := tx.Account(accountID)
		if err != nil {
			return err
		}
		if alias == "" || account.Alias != alias {
			return idc.NotFoundf("AccountAlias", alias, "The account alias %s cannot be found.", alias)
		}
		return setAlias(tx, accountID, "")
	})
}

func setAlias(tx store.Tx, accountID, alias string) error {
	found, err := tx.Account(accountID)
	if err != nil {
		return err
	}
	account := *found
	account.Alias = alias
	return tx.PutAccount(&account)
}
