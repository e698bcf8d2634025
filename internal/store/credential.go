package store

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// CredentialReader reads proofs of identity and data keys.
type CredentialReader interface {
	Password(userID string) (*idc.Password, error)
	TOTPDevice(id string) (*idc.TOTPDevice, error)
	ListTOTPDevices(userID string) ([]*idc.TOTPDevice, error)
	Throttle(key string) (*idc.Throttle, error)
	ListDataKeys(purpose string) ([]*idc.DataKey, error) // oldest first
}

// CredentialWriter writes proofs of identity and data keys, in place.
type CredentialWriter interface {
	PutPassword(p *idc.Password) error
	DeletePassword(userID string) error
	PutTOTPDevice(d *idc.TOTPDevice) error
	DeleteTOTPDevice(id string) error
	PutThrottle(t *idc.Throttle) error
	DeleteThrottle(key string) error
	SweepThrottles(before time.Time) (int, error)
	PutDataKey(k *idc.DataKey) error
}
