package account

import (
	"context"
	"regexp"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// The types of parties and of resources in handshakes that are made here.
const (
	PartyAccount      = "ACCOUNT"
	PartyOrganization = "ORGANIZATION"
	PartyEmail        = "EMAIL"

	resourceMasterEmail = "MASTER_EMAIL"
	resourceMasterName  = "MASTER_NAME"
	resourceFeatureSet  = "ORGANIZATION_FEATURE_SET"
	resourceNotes       = "NOTES"
)

const (
	inviteLife = 15 * 24 * time.Hour
	// inviteWindow is the time in which invitations are counted, and maxInvites
	// how many there may be in it, unless there are more accounts.
	inviteWindow = 24 * time.Hour
	maxInvites   = 20
)

var accountNumber = regexp.MustCompile(`^\d{12}$`)

// handshakeRule says what the agreement cannot be made about.
func handshakeRule(reason idc.Reason, message string) error {
	return &idc.Error{Kind: idc.QuotaExceeded, Reason: reason, Resource: "Handshake", Message: message}
}

// Invitation is what a caller says about an account that shall join.
type Invitation struct {
	Target idc.HandshakeParty // ACCOUNT with an id, or EMAIL with an address
	Notes  string
	Tags   []idc.Tag // of the account, from when it joins
}

// Invite asks a standalone account of this installation to join the organization.
func (s *Service) Invite(ctx context.Context, change idc.ChangeSet, in Invitation) (*idc.Handshake, error) {
	tags, err := idc.MergeTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	var h *idc.Handshake
	err = s.Store.Update(ctx, change, func(tx store.Tx) error {
		account, err := invited(tx, in.Target)
		if err != nil {
			return err
		}
		if err := s.mayInvite(tx, account, change.At); err != nil {
			return err
		}
		instance, err := tx.Instance()
		if err != nil {
			return err
		}
		management, err := find(tx, instance.OwnerAccountID)
		if err != nil {
			return err
		}
		organization, err := tx.Organization()
		if err != nil {
			return err
		}
		id := s.IDs.HandshakeID()
		h = &idc.Handshake{
			ID: id, ARN: arn.Handshake(management.ID, organization.ID, "invite", id).String(), Action: idc.HandshakeInvite,
			State: idc.HandshakeOpen, AccountID: account.ID, Tags: tags, RequestedAt: change.At, ExpiresAt: change.At.Add(inviteLife),
			Parties: []idc.HandshakeParty{{ID: organization.ID, Type: PartyOrganization}, in.Target},
			Resources: []idc.HandshakeResource{
				{Type: PartyOrganization, Value: organization.ID, Resources: []idc.HandshakeResource{
					{Type: resourceMasterEmail, Value: management.Email}, {Type: resourceMasterName, Value: management.Name},
					{Type: resourceFeatureSet, Value: string(organization.FeatureSet)},
				}},
				{Type: in.Target.Type, Value: in.Target.ID},
			},
		}
		if in.Notes != "" {
			h.Resources = append(h.Resources, idc.HandshakeResource{Type: resourceNotes, Value: in.Notes})
		}
		return tx.PutHandshake(h)
	})
	return h, err
}

// invited finds the account that is meant.
func invited(r store.AccountReader, target idc.HandshakeParty) (account *idc.Account, err error) {
	switch target.Type {
	case PartyAccount:
		if !accountNumber.MatchString(target.ID) {
			return nil, idc.Errorf(idc.Invalid, "The id of an account has 12 digits.").With(reasonPartyID)
		}
		account, err = r.Account(target.ID)
	case PartyEmail:
		if err := checkEmail(target.ID); err != nil {
			return nil, idc.Errorf(idc.Invalid, "You specified an invalid email address.").With(reasonPartyEmail)
		}
		account, err = r.AccountByEmail(target.ID)
	default:
		return nil, idc.Errorf(idc.Invalid, "You can invite an account or the owner of an email address.").With(reasonPartyType)
	}
	if idc.IsNotFound(err) || err == nil && account.State != idc.AccountActive {
		return nil, idc.Errorf(idc.Invalid, "There is no active account %s in this installation.", target.ID).With(reasonNoTarget)
	}
	return account, err
}

func (s *Service) mayInvite(r store.Reader, account *idc.Account, now time.Time) error {
	if account.InOrganization() {
		return handshakeRule(reasonHasOrganization, "The account is a member of an organization already.")
	}
	if full, err := s.full(r); err != nil {
		return err
	} else if full {
		return handshakeRule(reasonAccounts, "You have exceeded the number of accounts of an organization.")
	}
	all, err := r.ListHandshakes(store.HandshakeFilter{Action: idc.HandshakeInvite}, store.Page{})
	if err != nil {
		return err
	}
	recent := 0
	for _, h := range all {
		if h.AccountID == account.ID && h.StateAt(now) == idc.HandshakeOpen {
			return idc.Errorf(idc.Conflict, "A handshake with the same action and target already exists.").With(reasonDuplicateHandshake)
		}
		if now.Sub(h.RequestedAt) < inviteWindow {
			recent++
		}
	}
	count, err := r.CountAccounts()
	if err != nil {
		return err
	}
	if recent >= max(maxInvites, count) {
		return handshakeRule(reasonHandshakeRate, "You have exceeded the number of handshakes that you can send in one day.")
	}
	return nil
}

// seen finds a handshake that an account takes part in; what others agree on is
// not there for it.
func seen(r store.Reader, accountID, id string) (*idc.Handshake, *idc.Instance, error) {
	instance, err := r.Instance()
	if err != nil {
		return nil, nil, err
	}
	h, err := r.Handshake(id)
	if idc.IsNotFound(err) || err == nil && accountID != h.AccountID && accountID != instance.OwnerAccountID {
		return nil, nil, idc.NotFoundf("Handshake", id, "We can't find a handshake with the HandshakeId that you specified.")
	}
	return h, instance, err
}

// Handshake returns a handshake as it stands at an instant, to an account that
// takes part in it.
func (s *Service) Handshake(ctx context.Context, accountID, id string, at time.Time) (*idc.Handshake, error) {
	var out *idc.Handshake
	err := s.Store.View(ctx, func(r store.Reader) error {
		h, _, err := seen(r, accountID, id)
		if err == nil {
			out = standing(h, at)
		}
		return err
	})
	return out, err
}

func standing(h *idc.Handshake, at time.Time) *idc.Handshake {
	c := *h
	c.State = h.StateAt(at)
	return &c
}

// Handshakes returns handshakes as they stand at an instant, ordered by id.
func (s *Service) Handshakes(ctx context.Context, f store.HandshakeFilter, at time.Time, p store.Page) (list []*idc.Handshake, next string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		of := func(p store.Page) ([]*idc.Handshake, error) { return r.ListHandshakes(f, p) }
		found, cursor, err := store.Fetch(p, of, func(h *idc.Handshake) string { return h.ID })
		if err != nil {
			return err
		}
		next = cursor
		for _, h := range found {
			list = append(list, standing(h, at))
		}
		return nil
	})
	return list, next, err
}

// end moves an open handshake to a state at the wish of an account.
func (s *Service) end(ctx context.Context, change idc.ChangeSet, accountID, id string, to idc.HandshakeState,
	may func(h *idc.Handshake, in *idc.Instance) bool, then func(tx store.Tx, h *idc.Handshake, in *idc.Instance) error) (*idc.Handshake, error) {
	var out *idc.Handshake
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		found, instance, err := seen(tx, accountID, id)
		if err != nil {
			return err
		}
		if !may(found, instance) {
			return idc.Errorf(idc.Denied, "You don't have permissions to access this resource.")
		}
		switch state := found.StateAt(change.At); state {
		case idc.HandshakeOpen, idc.HandshakeRequested:
		case to:
			return idc.Errorf(idc.Conflict, "The handshake is %s already.", state).With(reasonHandshakeState)
		default:
			return idc.Errorf(idc.Conflict, "A handshake that is %s can't become %s.", state, to).With(reasonTransition)
		}
		h := *found
		h.State, h.EndedAt = to, change.At
		out = &h
		if err := tx.PutHandshake(&h); err != nil {
			return err
		}
		if then == nil {
			return nil
		}
		return then(tx, &h, instance)
	})
	return out, err
}

func isInvited(accountID string) func(*idc.Handshake, *idc.Instance) bool {
	return func(h *idc.Handshake, _ *idc.Instance) bool { return h.AccountID == accountID }
}

// Accept makes an invited account join the organization, below the root.
func (s *Service) Accept(ctx context.Context, change idc.ChangeSet, accountID, id string) (*idc.Handshake, error) {
	return s.end(ctx, change, accountID, id, idc.HandshakeAccepted, isInvited(accountID), func(tx store.Tx, h *idc.Handshake, in *idc.Instance) error {
		found, err := find(tx, accountID)
		if err != nil {
			return err
		}
		if found.InOrganization() {
			return handshakeRule(reasonHasOrganization, "The account is a member of an organization already.")
		}
		if full, err := s.full(tx); err != nil {
			return err
		} else if full {
			return handshakeRule(reasonAccounts, "The organization has no room for another account.")
		}
		account := *found
		account.ParentID, account.JoinedMethod, account.JoinedAt = in.RootID, "INVITED", change.At
		if account.Tags, err = idc.MergeTags(account.Tags, h.Tags); err != nil {
			return err
		}
		if err := tx.PutAccount(&account); err != nil {
			return err
		}
		if err := attachDefaults(tx, account.ID); err != nil {
			return err
		}
		return enqueueReconcile(tx, change, account.ID)
	})
}

// Decline refuses an invitation: the invited account does.
func (s *Service) Decline(ctx context.Context, change idc.ChangeSet, accountID, id string) (*idc.Handshake, error) {
	return s.end(ctx, change, accountID, id, idc.HandshakeDeclined, isInvited(accountID), nil)
}

// Cancel withdraws an invitation: the management account does.
func (s *Service) Cancel(ctx context.Context, change idc.ChangeSet, accountID, id string) (*idc.Handshake, error) {
	managing := func(_ *idc.Handshake, in *idc.Instance) bool { return accountID == in.OwnerAccountID }
	return s.end(ctx, change, accountID, id, idc.HandshakeCanceled, managing, nil)
}

// HasAllFeatures answers who asks to enable all features: they are, from the start.
func HasAllFeatures() error {
	return handshakeRule(reasonAllFeatures, "The organization has all features enabled already.")
}
