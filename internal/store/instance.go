package store

import "github.com/gatehouse-idc/gatehouse/internal/idc"

// InstanceReader reads the one instance.
type InstanceReader interface {
	// Instance returns the instance, or NotFound before the first start.
	Instance() (*idc.Instance, error)
}

// InstanceWriter writes the one instance.
type InstanceWriter interface {
	PutInstance(in *idc.Instance) error
}
