package accountaccess

import (
	"context"
	"slices"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// StatusActive is the status of every application: making and deleting one take no time here.
const StatusActive = "ACTIVE"

// reasonAlreadyCreated names the exception of AWS's model.
const reasonAlreadyCreated idc.Reason = "AlreadyCreated"

// Create makes the application of an instance and returns its ARN. The same call
// again returns the same application; one with other tags is refused, because an
// instance has at most one.
func (s *Service) Create(ctx context.Context, change idc.ChangeSet, instanceARN string, tags []idc.Tag) (string, error) {
	tags, err := idc.MergeTags(nil, tags)
	if err != nil {
		return "", invalid(err)
	}
	id, tenant := s.IDs.AccountAccessID(), s.IDs.TenantID()
	var made string
	err = s.Store.Update(ctx, change, func(tx store.Tx) error {
		in, err := organizationInstance(tx, instanceARN)
		if err != nil {
			return err
		}
		existing, err := tx.ListAccountAccessApplications(in.ID, store.Page{Limit: 1})
		if err != nil {
			return err
		}
		if len(existing) > 0 {
			if !sameTags(existing[0].Tags, tags) {
				return idc.Errorf(idc.Conflict, "The instance %s has the application %s already.", in.ARN, existing[0].ARN).With(reasonAlreadyCreated)
			}
			made = existing[0].ARN
			return nil
		}
		if _, err := tx.ServiceAccess(ServicePrincipal); idc.IsNotFound(err) {
			return idc.Errorf(idc.Denied, "The organization does not let %s in. Enable trusted access with "+
				"aws organizations enable-aws-service-access --service-principal %s first.", ServicePrincipal, ServicePrincipal)
		} else if err != nil {
			return err
		}
		a := &idc.AccountAccessApplication{
			ID: id, ARN: arn.AccountAccessApplication(in.Region, in.OwnerAccountID, id).String(), InstanceID: in.ID, AccountID: in.OwnerAccountID,
			Status: StatusActive, TenantID: tenant, Region: in.Region, Tags: tags, CreatedAt: change.At,
		}
		made = a.ARN
		return tx.PutAccountAccessApplication(a)
	})
	return made, err
}

// invalid turns a refused tag into the one error that these operations have for it.
func invalid(err error) error {
	if idc.KindOf(err) == idc.QuotaExceeded {
		return idc.Errorf(idc.Invalid, "%s", idc.PublicMessage(err))
	}
	return err
}

// organizationInstance returns the instance that an ARN names, which must be the
// organization's: "Account instances of IAM Identity Center are not supported."
func organizationInstance(r store.InstanceReader, instanceARN string) (*idc.Instance, error) {
	id, err := arn.ParseInstance(instanceARN)
	if err != nil {
		return nil, idc.Errorf(idc.Invalid, "The instance ARN %s is invalid.", instanceARN).Because(err)
	}
	in, err := r.InstanceByID(id)
	if idc.IsNotFound(err) || err == nil && in.ARN != instanceARN {
		return nil, idc.Errorf(idc.Invalid, "Could not find the IAM Identity Center instance %s.", instanceARN)
	}
	if err != nil {
		return nil, err
	}
	if in.Kind != idc.InstanceOfOrganization {
		return nil, idc.Errorf(idc.Invalid, "The instance %s is an account's. Account access manager needs the organization's instance.", instanceARN)
	}
	if in.CurrentStatus() != idc.InstanceActive {
		return nil, idc.Errorf(idc.Conflict, "The instance %s is not active: its status is %s.", in.ARN, in.CurrentStatus())
	}
	return in, nil
}

// sameTags compares tags without regard to their order.
func sameTags(a, b []idc.Tag) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(t idc.Tag) bool { return !slices.Contains(b, t) })
}

// Application is an application with the instance its people come from.
type Application struct {
	*idc.AccountAccessApplication
	InstanceARN string
}

// Get returns the application of an ARN, or NotFound.
func (s *Service) Get(ctx context.Context, applicationARN string) (out Application, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		if out.AccountAccessApplication, err = find(r, applicationARN); err != nil {
			return err
		}
		in, err := r.InstanceByID(out.InstanceID)
		if err != nil {
			return err
		}
		out.InstanceARN = in.ARN
		return nil
	})
	return out, err
}

// ListApplications returns the applications, ordered by id.
func (s *Service) ListApplications(ctx context.Context, p store.Page) (all []*idc.AccountAccessApplication, next string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		list := func(p store.Page) ([]*idc.AccountAccessApplication, error) {
			return r.ListAccountAccessApplications("", p)
		}
		all, next, err = store.Fetch(p, list, func(a *idc.AccountAccessApplication) string { return a.ID })
		return err
	})
	return all, next, err
}

// Delete removes an application with its entitlements, for good. One that is not
// there is left as it is.
func (s *Service) Delete(ctx context.Context, change idc.ChangeSet, applicationARN string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		a, err := find(tx, applicationARN)
		if idc.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		entitlements, err := tx.ListEntitlements(a.ID, store.Page{})
		if err != nil {
			return err
		}
		if err := retireAll(tx, change, entitlements, "the account access application was deleted"); err != nil {
			return err
		}
		return tx.DeleteAccountAccessApplication(a.ID)
	})
}

// Tag adds or replaces tags.
func (s *Service) Tag(ctx context.Context, change idc.ChangeSet, applicationARN string, tags []idc.Tag) error {
	return s.retag(ctx, change, applicationARN, func(have []idc.Tag) ([]idc.Tag, error) {
		merged, err := idc.MergeTags(have, tags)
		if err != nil {
			return nil, invalid(err)
		}
		return merged, nil
	})
}

// Untag removes the tags of the given keys; keys that are not there are ignored.
func (s *Service) Untag(ctx context.Context, change idc.ChangeSet, applicationARN string, keys []string) error {
	return s.retag(ctx, change, applicationARN, func(have []idc.Tag) ([]idc.Tag, error) { return idc.RemoveTags(have, keys), nil })
}

func (s *Service) retag(ctx context.Context, change idc.ChangeSet, applicationARN string, edit func([]idc.Tag) ([]idc.Tag, error)) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		found, err := find(tx, applicationARN)
		if err != nil {
			return err
		}
		a := *found
		if a.Tags, err = edit(found.Tags); err != nil {
			return err
		}
		return tx.PutAccountAccessApplication(&a)
	})
}
