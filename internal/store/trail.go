package store

import "github.com/gatehouse-idc/gatehouse/internal/idc"

// TrailReader reads trails and how far their delivery is.
type TrailReader interface {
	Trail(arn string) (*idc.Trail, error)
	// ListTrails is ordered by ARN; accountID "" means all.
	ListTrails(accountID string, p Page) ([]*idc.Trail, error)
	// TrailStatus is NotFound for a trail whose logging was never started.
	TrailStatus(arn string) (*idc.TrailStatus, error)
	// ListLoggingTrails returns the statuses of trails that log, by ARN.
	ListLoggingTrails() ([]*idc.TrailStatus, error)
}

// TrailWriter writes trails and how far their delivery is, in place.
type TrailWriter interface {
	PutTrail(t *idc.Trail) error
	// DeleteTrail removes a trail and its status.
	DeleteTrail(arn string) error
	PutTrailStatus(s *idc.TrailStatus) error
}
