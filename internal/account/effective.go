package account

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// EffectivePolicy is what the policies of a type come to for an account.
type EffectivePolicy struct {
	AccountID string
	Type      idc.PolicyType
	Content   string // JSON without operators
	UpdatedAt time.Time
}

func noEffectivePolicy(policyType idc.PolicyType) error {
	return &idc.Error{Kind: idc.NotFound, Reason: reasonNoEffective, Resource: "EffectivePolicy", ID: string(policyType),
		Message: "The effective policy isn't found: the policy type is not enabled, or the account has no policy of it."}
}

// EffectivePolicy merges the policies of a type along the path from the root to
// an account. Types that decide about access have none.
func (s *Service) EffectivePolicy(ctx context.Context, accountID string, policyType idc.PolicyType) (*EffectivePolicy, error) {
	var out *EffectivePolicy
	err := s.Store.View(ctx, func(r store.Reader) error {
		a, err := settingsTarget(r, accountID, policyType)
		if err != nil {
			return err
		}
		out, err = effective(r, a, policyType)
		return err
	})
	return out, err
}

// settingsTarget finds the account whose effective policy is asked for.
func settingsTarget(r store.Reader, accountID string, policyType idc.PolicyType) (*idc.Account, error) {
	if err := CheckPolicyType(policyType); err != nil {
		return nil, err
	}
	if authorizes(policyType) {
		return nil, idc.Errorf(idc.Invalid, "Policies of the type %s have no effective policy.", policyType).With(reasonWrongType)
	}
	if strings.HasPrefix(accountID, "r-") || strings.HasPrefix(accountID, "ou-") {
		return nil, idc.Errorf(idc.Invalid, "You can view the effective policy of an account only, not of a root or organizational unit.").With(reasonNoTarget)
	}
	a, err := r.Account(accountID)
	if idc.IsNotFound(err) || err == nil && !a.InOrganization() {
		return nil, idc.NotFoundf("Target", accountID, "We can't find an account with the TargetId that you specified.")
	}
	return a, err
}

func effective(r store.Reader, a *idc.Account, policyType idc.PolicyType) (*EffectivePolicy, error) {
	if on, err := enabled(r, policyType); err != nil || !on {
		if err == nil {
			err = noEffectivePolicy(policyType)
		}
		return nil, err
	}
	levels, err := Ancestors(r, a.ParentID)
	if err != nil {
		return nil, err
	}
	out := &EffectivePolicy{AccountID: a.ID, Type: policyType}
	merged := newMerger()
	for _, level := range append(levels, a.ID) {
		documents, at, err := settingsOn(r, level, policyType)
		if err != nil {
			return nil, err
		}
		if at.After(out.UpdatedAt) {
			out.UpdatedAt = at
		}
		merged.add(documents)
	}
	if out.UpdatedAt.IsZero() {
		return nil, noEffectivePolicy(policyType)
	}
	out.Content, err = merged.text()
	return out, err
}

// settingsOn returns the policies of a type on one root, OU or account in the
// order of their attachment, and when the last of them changed.
func settingsOn(r store.Reader, target string, policyType idc.PolicyType) (documents []map[string]any, at time.Time, err error) {
	attachments, err := r.ListAttachmentsOfTarget(target)
	if err != nil {
		return nil, at, err
	}
	slices.SortStableFunc(attachments, func(a, b *idc.PolicyAttachment) int {
		return cmp.Or(a.Version.RecordedAt.Compare(b.Version.RecordedAt), strings.Compare(a.PolicyID, b.PolicyID))
	})
	for _, attachment := range attachments {
		p, err := findPolicy(r, attachment.PolicyID)
		if err != nil {
			return nil, at, err
		}
		if p.Type != policyType {
			continue
		}
		document, err := readSettings("", p.Content)
		if err != nil {
			return nil, at, idc.Errorf(idc.Internal, "the policy %s does not parse", p.ID).Because(err)
		}
		documents = append(documents, document)
		for _, t := range []time.Time{p.Version.RecordedAt, attachment.Version.RecordedAt} {
			if t.After(at) {
				at = t
			}
		}
	}
	return documents, at, nil
}

// CheckEffectivePolicy accepts an account that has an effective policy of a type.
// What merging yields is well-formed, so there is nothing to report about it: what
// the configured services make of it, only they could say.
func (s *Service) CheckEffectivePolicy(ctx context.Context, accountID string, policyType idc.PolicyType) error {
	_, err := s.EffectivePolicy(ctx, accountID, policyType)
	if idc.IsNotFound(err) && idc.ReasonOf(err) != reasonNoEffective {
		return idc.NotFoundf("Account", accountID, "You specified an account that doesn't exist.")
	}
	return err
}

// CheckSettingsType accepts a type that is enabled and has effective policies.
func (s *Service) CheckSettingsType(ctx context.Context, policyType idc.PolicyType) error {
	return s.Store.View(ctx, func(r store.Reader) error {
		if on, err := enabled(r, policyType); err != nil || on && !authorizes(policyType) {
			return err
		}
		return noEffectivePolicy(policyType)
	})
}
