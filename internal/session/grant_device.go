package session

import (
	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// redeemDevice answers one poll (RFC 8628 sections 3.4 and 3.5).
func (s *Service) redeemDevice(tx store.Tx, client *idc.Client, in TokenRequest) (*grant, error, error) {
	if in.DeviceCode == "" {
		return nil, nil, invalidRequest("deviceCode is required.")
	}
	device, err := tx.DeviceByCodeHash(authn.HashToken(in.DeviceCode))
	if idc.IsNotFound(err) {
		return nil, nil, invalidGrant("unknown device code")
	}
	if err != nil {
		return nil, nil, err
	}
	if device.ClientID != client.ID {
		return nil, nil, invalidGrant("device code of another client")
	}
	now := s.now()
	if device.State == idc.GrantRedeemed {
		return nil, nil, invalidGrant("device code redeemed already")
	}
	if !now.Before(device.ExpiresAt) {
		return nil, nil, expired()
	}
	switch device.State {
	case idc.GrantApproved:
		device.State = idc.GrantRedeemed
		return &grant{sessionID: device.SessionID, familyID: device.ID}, nil, tx.PutDevice(device)
	case idc.GrantDenied:
		return nil, nil, deniedByUser()
	}
	// A client that sleeps exactly the interval arrives a little early or late; a fifth of it is forgiven.
	if !device.LastPolledAt.IsZero() && now.Sub(device.LastPolledAt) < device.Interval-device.Interval/5 {
		return nil, nil, slowDown()
	}
	device.LastPolledAt = now
	return nil, authorizationPending(), tx.PutDevice(device)
}
