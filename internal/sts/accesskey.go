package sts

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// AccountOfAccessKey returns the account an access key is of, which its id tells. Whether
// there ever was such a key, and whether it still works, nobody asks.
//
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html
func (s *Service) AccountOfAccessKey(ctx context.Context, id string) (string, error) {
	unknown := idc.Errorf(idc.Invalid, "The access key id %s is of no account.", id).With("ValidationError")
	account, ok := ids.AccountOfAccessKey(id)
	if !ok {
		return "", unknown
	}
	err := s.Store.View(ctx, func(r store.Reader) error {
		_, err := r.Account(account)
		return err
	})
	if idc.IsNotFound(err) {
		return "", unknown.Because(err)
	}
	return account, err
}
