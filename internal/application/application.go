package application

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Definition is what a caller says about a new application.
type Definition struct {
	InstanceID     string
	OwnerAccountID string // the caller's
	ProviderARN    string
	Name           string
	Description    string
	Status         idc.Switch        // "" for Enabled
	Portal         idc.PortalOptions // visible unless it says otherwise
	Tags           []idc.Tag
}

// Create makes an application and returns its ARN. Every account of the
// organization may make one in the organization's instance; in an account
// instance only its owner may. token "" asks for no idempotency.
func (s *Service) Create(ctx context.Context, change idc.ChangeSet, token string, d Definition) (string, error) {
	if _, err := FindProvider(d.ProviderARN); err != nil {
		return "", err
	}
	if err := checkSignIn(d.Portal.SignInOrigin, d.Portal.SignInURL); err != nil {
		return "", err
	}
	tags, err := idc.MergeTags(nil, d.Tags)
	if err != nil {
		return "", err
	}
	id := s.IDs.ApplicationID()
	var made string
	err = s.Store.Update(ctx, change, func(tx store.Tx) error {
		in, err := activeInstance(tx, d.InstanceID)
		if err != nil {
			return err
		}
		if err := mayOwn(tx, in, d.OwnerAccountID); err != nil {
			return err
		}
		made, err = store.Once(tx, change, "CreateApplication/"+d.InstanceID+"/"+d.OwnerAccountID, token, d, func() (string, error) {
			if err := s.roomForApplication(tx, d.InstanceID); err != nil {
				return "", err
			}
			a := &idc.Application{
				ID: id, ARN: arn.Application(d.OwnerAccountID, in.ID, id).String(), InstanceID: in.ID, OwnerAccountID: d.OwnerAccountID,
				ProviderARN: d.ProviderARN, Name: d.Name, Description: d.Description, Status: orEnabled(d.Status), Portal: d.Portal,
				CreatedAt: change.At, CreatedFrom: in.Region, AssignmentRequired: true, Tags: tags,
			}
			a.Portal.Visibility = orEnabled(d.Portal.Visibility)
			return a.ARN, tx.PutApplication(a)
		})
		return err
	})
	return made, err
}

func orEnabled(s idc.Switch) idc.Switch {
	if s == "" {
		return idc.Enabled
	}
	return s
}

// checkSignIn holds the sign-in options together: a URL is needed where signing
// in begins at the application, and has no meaning elsewhere.
func checkSignIn(origin idc.SignInOrigin, url string) error {
	switch {
	case origin == idc.SignInAtApplication && url == "":
		return idc.Errorf(idc.Invalid, "ApplicationUrl must be given when the sign-in origin is APPLICATION.")
	case origin != idc.SignInAtApplication && url != "":
		return idc.Errorf(idc.Invalid, "ApplicationUrl can be given only when the sign-in origin is APPLICATION.")
	}
	return nil
}

func mayOwn(r store.AccountReader, in *idc.Instance, accountID string) error {
	if accountID == in.OwnerAccountID {
		return nil
	}
	refuse := idc.Errorf(idc.Denied, "The account %s cannot create applications in the instance %s.", accountID, in.ARN)
	if in.Kind != idc.InstanceOfOrganization {
		return refuse
	}
	account, err := r.Account(accountID)
	if idc.IsNotFound(err) || err == nil && (!account.InOrganization() || account.State != idc.AccountActive) {
		return refuse
	}
	return err
}

func (s *Service) roomForApplication(r store.ApplicationReader, instanceID string) error {
	n, err := r.CountApplications(instanceID)
	if err != nil {
		return err
	}
	if limit := s.Quotas.applications(); n >= limit {
		return exceeded("Application", limit)
	}
	return nil
}

// Get returns the application of an ARN, or NotFound.
func (s *Service) Get(ctx context.Context, applicationARN string) (*idc.Application, error) {
	_, _, id, err := arn.ParseApplication(applicationARN)
	if err != nil {
		return nil, idc.Errorf(idc.Invalid, "The application ARN %s is invalid.", applicationARN).Because(err)
	}
	var a *idc.Application
	err = s.Store.View(ctx, func(r store.Reader) error {
		a, err = find(r, id)
		return err
	})
	if err == nil && a.ARN != applicationARN {
		return nil, missingApplication(id)
	}
	return a, err
}

// List returns applications ordered by id.
func (s *Service) List(ctx context.Context, f store.ApplicationFilter, p store.Page) (all []*idc.Application, next string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		list := func(p store.Page) ([]*idc.Application, error) { return r.ListApplications(f, p) }
		all, next, err = store.Fetch(p, list, func(a *idc.Application) string { return a.ID })
		return err
	})
	return all, next, err
}

// Update is what may change about an application; nil leaves a field as it is.
// How visible it is in the portal cannot be changed, as in AWS.
type Update struct {
	Name        *string
	Description *string
	Status      *idc.Switch
	SignIn      *SignIn
}

// SignIn says where signing in begins; it replaces what was said before.
type SignIn struct {
	Origin idc.SignInOrigin
	URL    string
}

// Update changes an application.
func (s *Service) Update(ctx context.Context, change idc.ChangeSet, id string, u Update) error {
	if u.SignIn != nil {
		if err := checkSignIn(u.SignIn.Origin, u.SignIn.URL); err != nil {
			return err
		}
	}
	return s.change(ctx, change, id, func(_ store.Reader, a *idc.Application) error {
		set(&a.Name, u.Name)
		set(&a.Description, u.Description)
		set(&a.Status, u.Status)
		if u.SignIn != nil {
			a.Portal.SignInOrigin, a.Portal.SignInURL = u.SignIn.Origin, u.SignIn.URL
		}
		return nil
	})
}

func set[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}

// Delete removes an application and its assignments.
func (s *Service) Delete(ctx context.Context, change idc.ChangeSet, id string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		if _, err := find(tx, id); err != nil {
			return err
		}
		assignments, err := tx.ListApplicationAssignments(id, store.Page{})
		if err != nil {
			return err
		}
		for _, a := range assignments {
			if err := tx.DeleteApplicationAssignment(id, a.PrincipalType, a.PrincipalID); err != nil {
				return err
			}
		}
		return tx.DeleteApplication(id)
	})
}

// RequireAssignment says whether only assigned people may use an application.
func (s *Service) RequireAssignment(ctx context.Context, change idc.ChangeSet, id string, required bool) error {
	return s.change(ctx, change, id, func(_ store.Reader, a *idc.Application) error {
		a.AssignmentRequired = required
		return nil
	})
}

// SetBackgroundSessions says whether users may run background sessions with an application.
func (s *Service) SetBackgroundSessions(ctx context.Context, change idc.ChangeSet, id string, status idc.Switch) error {
	return s.change(ctx, change, id, func(_ store.Reader, a *idc.Application) error {
		a.BackgroundSessions = status
		return nil
	})
}

// Tag adds or replaces tags.
func (s *Service) Tag(ctx context.Context, change idc.ChangeSet, id string, tags []idc.Tag) error {
	return s.change(ctx, change, id, func(_ store.Reader, a *idc.Application) (err error) {
		a.Tags, err = idc.MergeTags(a.Tags, tags)
		return err
	})
}

// Untag removes the tags of the given keys; keys that are not there are ignored.
func (s *Service) Untag(ctx context.Context, change idc.ChangeSet, id string, keys []string) error {
	return s.change(ctx, change, id, func(_ store.Reader, a *idc.Application) error {
		a.Tags = idc.RemoveTags(a.Tags, keys)
		return nil
	})
}
