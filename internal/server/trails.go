package server

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	awsconfiguration "github.com/aws/aws-sdk-go-v2/config"

	"github.com/gatehouse-idc/gatehouse/internal/config"
	"github.com/gatehouse-idc/gatehouse/internal/trail"
	"github.com/gatehouse-idc/gatehouse/internal/trail/destination"
)

// deliveryTimeout bounds the writing of one file into a bucket of S3.
const deliveryTimeout = 5 * time.Second

// buildTrails makes the service of trails with the buckets of the configuration.
func (s *Services) buildTrails(ctx context.Context, cfg *config.Config) error {
	buckets := map[string]trail.Bucket{}
	for name, b := range cfg.Trails.Buckets {
		d, err := s.openBucket(ctx, name, b)
		if err != nil {
			return fmt.Errorf("trails.buckets.%s: %w", name, err)
		}
		accounts := b.Accounts
		if len(accounts) == 0 {
			accounts = []string{s.Instance.OwnerAccountID}
		}
		buckets[name] = trail.Bucket{Destination: d, Accounts: accounts}
	}
	s.Trails = &trail.Service{
		Store: s.Store, Clock: s.Clock, IDs: s.IDs, Ring: s.Keys.Secrets, Region: s.Instance.Region,
		ManagementAccountID: s.Instance.OwnerAccountID, OrganizationID: s.Instance.OrganizationID,
		Buckets: buckets, Every: time.Duration(cfg.Trails.DeliverEvery),
	}
	return nil
}

// openBucket makes the destination that the configuration describes.
func (s *Services) openBucket(ctx context.Context, name string, b config.TrailBucket) (trail.Destination, error) {
	if b.S3.Endpoint == "" {
		return destination.NewDirectory(b.Directory)
	}
	endpoint, err := url.Parse(b.S3.Endpoint)
	if err != nil {
		return nil, err
	}
	region := cmp.Or(b.S3.Region, s.Instance.Region)
	settings := []func(*awsconfiguration.LoadOptions) error{awsconfiguration.WithRegion(region)}
	if b.S3.Profile != "" {
		settings = append(settings, awsconfiguration.WithSharedConfigProfile(b.S3.Profile))
	}
	found, err := awsconfiguration.LoadDefaultConfig(ctx, settings...)
	if err != nil {
		return nil, err
	}
	return &destination.S3{Endpoint: endpoint, Bucket: name, Region: region, Credentials: found.Credentials,
		Client: &http.Client{Timeout: deliveryTimeout}, Clock: s.Clock}, nil
}
