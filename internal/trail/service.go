package trail

import (
	"context"
	"slices"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Service keeps trails and delivers their files.
type Service struct {
	Store store.Store
	Clock clock.Clock
	IDs   *ids.Source
	// Ring seals the private keys that sign digests.
	Ring   *sealed.Ring
	Region string
	// ManagementAccountID and OrganizationID are those of the installation.
	ManagementAccountID string
	OrganizationID      string
	// Buckets are the destinations there are, by the name that S3BucketName gives.
	Buckets map[string]Bucket
	// Every is how often files are delivered; 0 is 5 minutes, as in AWS.
	Every time.Duration
}

// Bucket is a place that files can be delivered to.
type Bucket struct {
	Destination
	// Accounts may deliver there; AnyAccount among them stands for all.
	Accounts []string
}

// AnyAccount stands for every account in Bucket.Accounts.
const AnyAccount = "*"

// Destination takes files. Put writes a whole object or nothing; writing one again
// replaces it. A failure should be a *DeliveryError, whose Code the owner of the
// trail is told.
type Destination interface {
	Put(ctx context.Context, key string, body []byte, metadata map[string]string) error
}

// DeliveryError says why an object could not be written.
type DeliveryError struct {
	// Code is S3's for it, such as "AccessDenied" or "NoSuchBucket".
	Code string
	Err  error // for the log
}

// Error returns the full text, for logs.
func (e *DeliveryError) Error() string { return e.Code + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *DeliveryError) Unwrap() error { return e.Err }

// The reasons that CloudTrail's exceptions are named for.
const (
	reasonName        idc.Reason = "InvalidTrailName"
	reasonARN         idc.Reason = "CloudTrailARNInvalid"
	reasonExists      idc.Reason = "TrailAlreadyExists"
	reasonTooMany     idc.Reason = "MaximumNumberOfTrailsExceeded"
	reasonNoBucket    idc.Reason = "S3BucketDoesNotExist"
	reasonBucketName  idc.Reason = "InvalidS3BucketName"
	reasonPolicy      idc.Reason = "InsufficientS3BucketPolicy"
	reasonPrefix      idc.Reason = "InvalidS3Prefix"
	reasonKey         idc.Reason = "KmsKeyNotFound"
	reasonTopic       idc.Reason = "InsufficientSnsTopicPolicy"
	reasonLogGroup    idc.Reason = "InvalidCloudWatchLogsLogGroupArn"
	reasonCombination idc.Reason = "InvalidParameterCombination"
	reasonSelectors   idc.Reason = "InvalidEventSelectors"
	reasonNoInsights  idc.Reason = "InsightNotEnabled"
	reasonNotEnabled  idc.Reason = "CloudTrailAccessNotEnabled"
	reasonNotMaster   idc.Reason = "NotOrganizationMasterAccount"
	reasonFeatures    idc.Reason = "OrganizationNotInAllFeaturesMode"
	reasonTag         idc.Reason = "InvalidTagParameter"
	reasonTags        idc.Reason = "TagsLimitExceeded"
	reasonTimes       idc.Reason = "InvalidTimeRange"
)

// servicePrincipal is how Organizations names CloudTrail.
const servicePrincipal = "cloudtrail.amazonaws.com"

func (s *Service) every() time.Duration {
	if s.Every > 0 {
		return s.Every
	}
	return 5 * time.Minute
}

// speaksFor reports whether an account may change what the organization owns: the
// management account, or a delegated administrator of CloudTrail.
func (s *Service) speaksFor(r store.Reader, accountID string) (bool, error) {
	if accountID == s.ManagementAccountID {
		return true, nil
	}
	delegates, err := r.ListDelegatedAdministrators(servicePrincipal, store.Page{})
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(delegates, func(d *idc.DelegatedAdministrator) bool { return d.AccountID == accountID }), nil
}

// unknown is the answer for a trail that is not there, or that an account may not see.
func unknown(name, accountID string) error {
	return idc.NotFoundf("Trail", name, "Unknown trail: %s for the user: %s", name, accountID)
}

// visible returns a trail that an account may see: its own, or one of the organization it belongs to.
func (s *Service) visible(r store.Reader, accountID, name string) (*idc.Trail, error) {
	trailARN, err := s.ARN(accountID, name)
	if err != nil {
		return nil, err
	}
	t, err := r.Trail(trailARN)
	if idc.IsNotFound(err) {
		return nil, unknown(name, accountID)
	}
	if err != nil || t.AccountID == accountID {
		return t, err
	}
	if t.OrganizationTrail {
		a, err := r.Account(accountID)
		if err != nil {
			return nil, err
		}
		if a.InOrganization() {
			return t, nil
		}
	}
	return nil, unknown(name, accountID)
}

// changeable is visible for a caller that wants to change the trail.
func (s *Service) changeable(r store.Reader, accountID, name string) (*idc.Trail, error) {
	t, err := s.visible(r, accountID, name)
	if err != nil || t.AccountID == accountID {
		return t, err
	}
	speaks, err := s.speaksFor(r, accountID)
	if err != nil {
		return nil, err
	}
	if !speaks {
		return nil, idc.Errorf(idc.Denied, "The request could not be completed because the trail %s is an organization trail. "+
			"Only the management account of the organization and its delegated administrators can change it.", t.ARN).With(reasonNotMaster)
	}
	return t, nil
}

// change runs edit on a copy of a trail that the caller may change, and stores the result.
func (s *Service) change(ctx context.Context, change idc.ChangeSet, accountID, name string, edit func(tx store.Tx, t *idc.Trail) error) (*idc.Trail, error) {
	var out *idc.Trail
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		found, err := s.changeable(tx, accountID, name)
		if err != nil {
			return err
		}
		t := *found
		if err := edit(tx, &t); err != nil {
			return err
		}
		out = &t
		return tx.PutTrail(&t)
	})
	return out, err
}
