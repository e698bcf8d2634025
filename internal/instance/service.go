package instance

import (
	"context"
	"slices"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/directory"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Service keeps instances.
type Service struct {
	Store     store.Store
	IDs       *ids.Source
	Directory *directory.Service
	// MaxRegions bounds the Regions of an instance, the primary one included. Zero
	// stands for AWS's documented 6.
	MaxRegions int
}

// Organization returns the organization's instance.
func (s *Service) Organization(ctx context.Context) (*idc.Instance, error) {
	var in *idc.Instance
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		in, err = r.Instance()
		return err
	})
	return in, err
}

// Visible returns the instances that an account sees, by id: its own, and the
// organization's when it is one of the organization. region narrows it to those that
// have this Region; "" means all.
func (s *Service) Visible(ctx context.Context, accountID, region string, p store.Page) (all []*idc.Instance, next string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		seen, err := visible(r, accountID)
		if err != nil {
			return err
		}
		seen = slices.DeleteFunc(seen, func(in *idc.Instance) bool { return region != "" && !in.HasRegion(region) })
		all, next = store.Cut(p, seen, func(in *idc.Instance) string { return in.ID })
		return nil
	})
	return all, next, err
}

func visible(r store.Reader, accountID string) ([]*idc.Instance, error) {
	var seen []*idc.Instance
	own, err := r.InstanceOfAccount(accountID)
	switch {
	case err == nil:
		seen = append(seen, own)
	case !idc.IsNotFound(err):
		return nil, err
	}
	account, err := r.Account(accountID)
	if idc.IsNotFound(err) || err == nil && !account.InOrganization() {
		return seen, nil
	}
	if err != nil {
		return nil, err
	}
	organization, err := r.Instance()
	if err != nil {
		return nil, err
	}
	if organization.OwnerAccountID != accountID {
		seen = append(seen, organization)
	}
	return seen, nil
}

// Definition is what a caller says about a new account instance.
type Definition struct {
	AccountID string // the caller's, which will own it
	Region    string // the Region it is made in
	Name      string
	Tags      []idc.Tag
}

// Create makes the instance of an account, with an empty identity store, and returns
// its ARN. token "" asks for no idempotency. Errors: Denied for the management account
// and accounts that are not active, Conflict when the account has an instance.
func (s *Service) Create(ctx context.Context, change idc.ChangeSet, token string, d Definition) (string, error) {
	tags, err := idc.MergeTags(nil, d.Tags)
	if err != nil {
		return "", err
	}
	id, identityStoreID := s.IDs.InstanceID(), s.IDs.IdentityStoreID(d.Region)
	var made string
	err = s.Store.Update(ctx, change, func(tx store.Tx) error {
		if err := mayOwn(tx, d.AccountID); err != nil {
			return err
		}
		made, err = store.Once(tx, change, "CreateInstance/"+d.AccountID, token, d, func() (string, error) {
			have, err := tx.InstanceOfAccount(d.AccountID)
			if err == nil {
				return "", idc.Errorf(idc.Conflict, "The account %s already has the instance %s.", d.AccountID, have.ARN)
			}
			if !idc.IsNotFound(err) {
				return "", err
			}
			in := &idc.Instance{
				ID: id, Kind: idc.InstanceOfAccount, ARN: arn.Instance(id).String(), IdentityStoreID: identityStoreID,
				OwnerAccountID: d.AccountID, Name: d.Name, Region: d.Region, Tags: tags, CreatedAt: change.At, Status: idc.InstanceActive,
			}
			return in.ARN, tx.PutInstance(in)
		})
		return err
	})
	return made, err
}

func mayOwn(r store.Reader, accountID string) error {
	organization, err := r.Instance()
	if err != nil {
		return err
	}
	if accountID == organization.OwnerAccountID {
		return idc.Errorf(idc.Denied, "Organization management account is not allowed to perform the operation.")
	}
	account, err := r.Account(accountID)
	if idc.IsNotFound(err) || err == nil && account.State != idc.AccountActive {
		return idc.Errorf(idc.Denied, "The account %s is not active.", accountID)
	}
	return err
}

// Update is what may change about an instance; nil and false leave a member as it is.
type Update struct {
	Name *string
	// EnablePermissionSets lets the organization's instance give access to accounts, for good.
	EnablePermissionSets bool
	Encryption           *Encryption
}

// Encryption chooses the key that encrypts an instance's data.
type Encryption struct {
	KeyType idc.EncryptionKeyType
	KeyARN  string // of a customer managed key only
}

// Update changes an instance. Data is encrypted with keys of the installation, so that
// no customer managed key is ever found.
func (s *Service) Update(ctx context.Context, change idc.ChangeSet, id string, u Update) error {
	if u.Encryption != nil && u.EnablePermissionSets {
		return idc.Errorf(idc.Invalid, "EncryptionConfiguration and PermissionSetsEnabled cannot be set in the same request.")
	}
	if u.Encryption != nil {
		if err := checkEncryption(*u.Encryption); err != nil {
			return err
		}
	}
	return s.change(ctx, change, id, func(in *idc.Instance) error {
		if u.EnablePermissionSets {
			if in.Kind != idc.InstanceOfOrganization {
				return NotSupported()
			}
			in.PermissionSetsDisabled = false
		}
		if u.Name != nil {
			in.Name = *u.Name
		}
		return nil
	})
}

// ReasonKeyNotFound is sso-admin's reason for a key that does not exist.
const ReasonKeyNotFound idc.Reason = "KMS_NotFoundException"

func checkEncryption(e Encryption) error {
	switch {
	case e.KeyType == idc.KeyOwnedByAWS && e.KeyARN == "":
		return nil // as it is
	case e.KeyType == idc.KeyOwnedByAWS:
		return idc.Errorf(idc.Invalid, "KmsKeyArn must not be given when KeyType is %s.", e.KeyType)
	case e.KeyARN == "":
		return idc.Errorf(idc.Invalid, "KmsKeyArn is required when KeyType is %s.", e.KeyType)
	}
	return idc.NotFoundf("KmsKey", e.KeyARN, "The KMS key %s does not exist.", e.KeyARN).With(ReasonKeyNotFound)
}

// NotSupported is AWS's answer to what an instance of this kind cannot do.
func NotSupported() error {
	return idc.Errorf(idc.Invalid, "The operation is not supported for this Identity Center instance")
}

// Tag adds or replaces tags of an instance.
func (s *Service) Tag(ctx context.Context, change idc.ChangeSet, id string, tags []idc.Tag) error {
	return s.change(ctx, change, id, func(in *idc.Instance) (err error) {
		in.Tags, err = idc.MergeTags(in.Tags, tags)
		return err
	})
}

// Untag removes tags of an instance; keys that are not there are ignored.
func (s *Service) Untag(ctx context.Context, change idc.ChangeSet, id string, keys []string) error {
	return s.change(ctx, change, id, func(in *idc.Instance) error {
		in.Tags = idc.RemoveTags(in.Tags, keys)
		return nil
	})
}

// change runs edit on a copy of an instance that is active and stores the result.
func (s *Service) change(ctx context.Context, change idc.ChangeSet, id string, edit func(in *idc.Instance) error) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		found, err := tx.InstanceByID(id)
		if idc.IsNotFound(err) {
			return missing(id)
		}
		if err != nil {
			return err
		}
		if err := Active(found); err != nil {
			return err
		}
		in := *found
		in.Regions = slices.Clone(found.Regions)
		if err := edit(&in); err != nil {
			return err
		}
		return tx.PutInstance(&in)
	})
}

func missing(id string) error {
	return idc.NotFoundf("Instance", id, "Could not find Instance with id %s", id)
}

// Active refuses an instance that is being made or deleted: it can be described and
// deleted, and nothing else.
func Active(in *idc.Instance) error {
	if in.CurrentStatus() != idc.InstanceActive {
		return idc.Errorf(idc.Conflict, "The instance %s is not active: its status is %s.", in.ARN, in.CurrentStatus())
	}
	return nil
}
