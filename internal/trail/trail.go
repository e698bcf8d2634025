package trail

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// maxTrails is AWS's quota of trails for an account and Region.
const maxTrails = 5

// Settings are what an account says about a trail. nil leaves what is, or the default.
type Settings struct {
	Bucket, Prefix      *string
	MultiRegion         *bool
	GlobalServiceEvents *bool // default true
	Organization        *bool
	Validation          *bool
	// What does not exist here: none of it is found.
	KMSKeyID, SNSTopicName, LogGroupARN, LogRoleARN *string
}

// Create makes a trail, which does not log until StartLogging.
func (s *Service) Create(ctx context.Context, change idc.ChangeSet, accountID, name string, set Settings, tags []idc.Tag) (*idc.Trail, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	checked, err := mergeTags(nil, tags)
	if err != nil {
		return nil, err
	}
	t := &idc.Trail{Name: name, HomeRegion: s.Region, GlobalServiceEvents: true, Tags: checked, CreatedAt: change.At}
	err = s.Store.Update(ctx, change, func(tx store.Tx) error {
		t.AccountID = accountID
		if err := s.apply(tx, accountID, t, set); err != nil {
			return err
		}
		if t.OrganizationTrail {
			t.AccountID = s.ManagementAccountID
		}
		t.ARN = arn.Trail(s.Region, t.AccountID, name).String()
		have, err := tx.ListTrails(t.AccountID, store.Page{})
		if err != nil {
			return err
		}
		if slices.ContainsFunc(have, func(other *idc.Trail) bool { return other.ARN == t.ARN }) {
			return idc.Errorf(idc.Conflict, "Trail %s already exists for customer: %s", name, t.AccountID).With(reasonExists)
		}
		if len(have) >= maxTrails {
			return idc.Errorf(idc.QuotaExceeded, "User: %s already has %d trails in %s.", t.AccountID, maxTrails, s.Region).With(reasonTooMany)
		}
		return tx.PutTrail(t)
	})
	return t, err
}

// Update changes a trail.
func (s *Service) Update(ctx context.Context, change idc.ChangeSet, accountID, name string, set Settings) (*idc.Trail, error) {
	return s.change(ctx, change, accountID, name, func(tx store.Tx, t *idc.Trail) error {
		if t.AccountID != accountID && set.Organization != nil && !*set.Organization {
			return idc.Errorf(idc.Denied, "Only the management account can turn an organization trail into a trail of its own.").With(reasonNotMaster)
		}
		if err := s.apply(tx, accountID, t, set); err != nil {
			return err
		}
		if t.OrganizationTrail && t.AccountID != s.ManagementAccountID {
			return idc.Errorf(idc.Denied, "Only a trail of the management account can become an organization trail.").With(reasonNotMaster)
		}
		return nil
	})
}

// apply writes settings into a trail and checks what results.
func (s *Service) apply(r store.Reader, accountID string, t *idc.Trail, set Settings) error {
	if err := missing(set); err != nil {
		return err
	}
	assign(&t.Bucket, set.Bucket)
	assign(&t.Prefix, set.Prefix)
	assign(&t.MultiRegion, set.MultiRegion)
	assign(&t.GlobalServiceEvents, set.GlobalServiceEvents)
	assign(&t.OrganizationTrail, set.Organization)
	assign(&t.LogFileValidation, set.Validation)
	if t.MultiRegion && !t.GlobalServiceEvents {
		return idc.Errorf(idc.Invalid, "Multi-Region trail must include global service events.").With(reasonCombination)
	}
	t.Prefix = strings.TrimSuffix(t.Prefix, "/")
	if err := checkPrefix(t.Prefix); err != nil {
		return err
	}
	if t.OrganizationTrail {
		if err := s.checkOrganization(r, accountID); err != nil {
			return err
		}
		return s.checkBucket(s.ManagementAccountID, t.Bucket)
	}
	return s.checkBucket(t.AccountID, t.Bucket)
}

func assign[T any](to *T, value *T) {
	if value != nil {
		*to = *value
	}
}

// missing answers for the destinations that do not exist here.
func missing(set Settings) error {
	given := func(p *string) bool { return p != nil && *p != "" }
	switch {
	case given(set.KMSKeyID):
		return idc.NotFoundf("KmsKey", *set.KMSKeyID, "KMS key not found: %s", *set.KMSKeyID).With(reasonKey)
	case given(set.SNSTopicName):
		return idc.Errorf(idc.Denied, "SNS Topic does not exist or the topic policy is incorrect!").With(reasonTopic)
	case given(set.LogGroupARN), given(set.LogRoleARN):
		return idc.Errorf(idc.Invalid, "CloudTrail cannot validate the specified log group ARN: there is no such log group.").With(reasonLogGroup)
	}
	return nil
}

// checkOrganization says whether an account may have a trail of the organization.
func (s *Service) checkOrganization(r store.Reader, accountID string) error {
	speaks, err := s.speaksFor(r, accountID)
	if err != nil {
		return err
	}
	if !speaks {
		return idc.Errorf(idc.Denied, "The request could not be completed because you are not the owner of an organization trail: "+
			"only the management account of the organization and its delegated administrators can create or update one.").With(reasonNotMaster)
	}
	org, err := r.Organization()
	if err != nil {
		return err
	}
	if org.FeatureSet != idc.FeaturesAll {
		return idc.Errorf(idc.Conflict, "All features are not enabled in the organization.").With(reasonFeatures)
	}
	if _, err := r.ServiceAccess(servicePrincipal); idc.IsNotFound(err) {
		return idc.Errorf(idc.Conflict, "The request could not be completed because trusted access of CloudTrail is not enabled in the organization: "+
			"call organizations EnableAWSServiceAccess for %s.", servicePrincipal).With(reasonNotEnabled)
	} else if err != nil {
		return err
	}
	return nil
}

// Delete removes a trail. Files that were delivered stay.
func (s *Service) Delete(ctx context.Context, change idc.ChangeSet, accountID, name string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		t, err := s.changeable(tx, accountID, name)
		if err != nil {
			return err
		}
		return tx.DeleteTrail(t.ARN)
	})
}

// Get returns a trail that an account may see.
func (s *Service) Get(ctx context.Context, accountID, name string) (t *idc.Trail, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		t, err = s.visible(r, accountID, name)
		return err
	})
	return t, err
}

// List returns the trails of an account and, for members of the organization, those
// of the organization, by ARN.
func (s *Service) List(ctx context.Context, accountID string) (trails []*idc.Trail, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		if trails, err = r.ListTrails(accountID, store.Page{}); err != nil || accountID == s.ManagementAccountID {
			return err
		}
		a, err := r.Account(accountID)
		if err != nil || !a.InOrganization() {
			return err
		}
		of, err := r.ListTrails(s.ManagementAccountID, store.Page{})
		for _, t := range of {
			if t.OrganizationTrail {
				trails = append(trails, t)
			}
		}
		return err
	})
	slices.SortFunc(trails, func(a, b *idc.Trail) int { return strings.Compare(a.ARN, b.ARN) })
	return trails, err
}

// Tag adds or replaces tags of a trail.
func (s *Service) Tag(ctx context.Context, change idc.ChangeSet, accountID, trailARN string, tags []idc.Tag) error {
	_, err := s.change(ctx, change, accountID, trailARN, func(_ store.Tx, t *idc.Trail) (err error) {
		t.Tags, err = mergeTags(t.Tags, tags)
		return err
	})
	return err
}

// Untag removes tags of a trail.
func (s *Service) Untag(ctx context.Context, change idc.ChangeSet, accountID, trailARN string, keys []string) error {
	_, err := s.change(ctx, change, accountID, trailARN, func(_ store.Tx, t *idc.Trail) error {
		t.Tags = idc.RemoveTags(t.Tags, keys)
		return nil
	})
	return err
}

func mergeTags(have, set []idc.Tag) ([]idc.Tag, error) {
	merged, err := idc.MergeTags(have, set)
	switch idc.KindOf(err) {
	case idc.Invalid:
		return nil, idc.Errorf(idc.Invalid, "%s", idc.PublicMessage(err)).With(reasonTag)
	case idc.QuotaExceeded:
		return nil, idc.Errorf(idc.QuotaExceeded, "%s", idc.PublicMessage(err)).With(reasonTags)
	}
	return merged, err
}

// StartLogging begins the recording of what a trail delivers. It may be called again.
func (s *Service) StartLogging(ctx context.Context, change idc.ChangeSet, accountID, name string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		t, st, err := s.changeableStatus(tx, accountID, name)
		if err != nil || st.Logging {
			return err
		}
		if st.LoggingStartedAt.IsZero() {
			if st.Position, err = tx.LastEventSeq(); err != nil {
				return err
			}
		}
		st.Logging, st.LoggingStartedAt = true, change.At.Truncate(time.Microsecond)
		if err := tx.PutTrailStatus(st); err != nil {
			return err
		}
		return enqueue(tx, delivery{Trail: t.ARN, Started: st.LoggingStartedAt}, change.At, change.At.Add(s.every()))
	})
}

// StopLogging ends it. What was recorded until then is still delivered.
func (s *Service) StopLogging(ctx context.Context, change idc.ChangeSet, accountID, name string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		_, st, err := s.changeableStatus(tx, accountID, name)
		if err != nil || !st.Logging {
			return err
		}
		st.Logging, st.LoggingStoppedAt = false, change.At.Truncate(time.Microsecond)
		return tx.PutTrailStatus(st)
	})
}

func (s *Service) changeableStatus(r store.Reader, accountID, name string) (*idc.Trail, *idc.TrailStatus, error) {
	t, err := s.changeable(r, accountID, name)
	if err != nil {
		return nil, nil, err
	}
	st, err := statusOf(r, t)
	return t, st, err
}

// statusOf returns a copy of the status of a trail, an empty one before StartLogging.
func statusOf(r store.Reader, t *idc.Trail) (*idc.TrailStatus, error) {
	st, err := r.TrailStatus(t.ARN)
	if idc.IsNotFound(err) {
		return &idc.TrailStatus{TrailARN: t.ARN}, nil
	}
	if err != nil {
		return nil, err
	}
	c := *st
	return &c, nil
}

// Status tells how far the delivery of a trail is.
func (s *Service) Status(ctx context.Context, accountID, name string) (st *idc.TrailStatus, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		t, err := s.visible(r, accountID, name)
		if err != nil {
			return err
		}
		st, err = statusOf(r, t)
		return err
	})
	return st, err
}

// Insights answers for the Insights of a trail, of which there are none.
func (s *Service) Insights(ctx context.Context, accountID, name string) error {
	t, err := s.Get(ctx, accountID, name)
	if err != nil {
		return err
	}
	return idc.Errorf(idc.Invalid, "Trail %s does not have Insights enabled. Edit the trail settings to enable Insights, and then try the operation again.", t.ARN).With(reasonNoInsights)
}
