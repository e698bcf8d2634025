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
	ListDataKeys(purpose string) ([]*idc.DataKey, error) // by rising ID
	// ListSigningKeys returns also retired keys, oldest first.
	ListSigningKeys(purpose string) ([]*idc.SigningKey, error)
}

// CredentialWriter writes proofs of identity and data keys, in place.
type CredentialWriter interface {
	PutPassword(p *idc.Password) error
	DeletePassword(userID string) error
	PutTOTPDevice(d *idc.TOTPDevice) error
	DeleteTOTPDevice(id string) error
	PutThrottle(t *idc.Throttle) error
	DeleteThrottle(key string) error
	// SweepThrottles removes counters of failures before t whose locks are over. Like every sweep it
	// removes a batch of each kind of row: call it again, in a new transaction, until there is nothing left.
	SweepThrottles(before time.Time) (int, error)
	// PutDataKey adds a key; the same purpose and ID twice is a Conflict.
	PutDataKey(k *idc.DataKey) error
	// DeleteDataKey forgets a key, and with it all it sealed.
	DeleteDataKey(purpose string, id uint32) error
	PutSigningKey(k *idc.SigningKey) error
	DeleteSigningKey(purpose, id string) error
}
