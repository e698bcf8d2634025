package session

import (
	"context"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/reqctx"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// DeviceStart is the answer to a device that wants to be connected.
type DeviceStart struct {
	DeviceCode              string
	UserCode                string
	VerificationURI         string
	VerificationURIComplete string
	ExpiresIn               time.Duration
	Interval                time.Duration
}

// userCodeTries is how often a user code that is taken is drawn anew.
const userCodeTries = 10

// StartDeviceAuthorization begins a device flow (RFC 8628 section 3.1). Errors: invalid_client,
// unauthorized_client, invalid_request for a start URL of another instance.
func (s *Service) StartDeviceAuthorization(ctx context.Context, change idc.ChangeSet, clientID, clientSecret, startURL string) (*DeviceStart, error) {
	deviceCode := s.IDs.Token("")
	info := reqctx.From(ctx)
	var device *idc.DeviceAuthorization
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		client, err := s.authenticateClient(tx, clientID, clientSecret)
		if err != nil {
			return err
		}
		if !may(client, GrantDeviceCode) {
			return unauthorizedClient(GrantDeviceCode)
		}
		in, err := tx.Instance()
		if err != nil {
			return err
		}
		if !s.isOurs(startURL, in) {
			return s.wrongStartURL(in)
		}
		userCode, err := s.freeUserCode(tx)
		if err != nil {
			return err
		}
		now := s.now()
		device = &idc.DeviceAuthorization{
			ID: s.IDs.UUID(), DeviceCodeHash: authn.HashToken(deviceCode), UserCode: userCode, ClientID: client.ID,
			ClientIP: info.ClientIP, UserAgent: info.UserAgent, State: idc.GrantPending,
			CreatedAt: now, ExpiresAt: now.Add(deviceLifetime), Interval: deviceInterval,
		}
		return tx.PutDevice(device)
	})
	if err != nil {
		return nil, err
	}
	return &DeviceStart{
		DeviceCode: deviceCode, UserCode: device.UserCode, VerificationURI: s.url("/device"),
		VerificationURIComplete: s.url("/device?user_code=" + device.UserCode),
		ExpiresIn:               deviceLifetime, Interval: device.Interval,
	}, nil
}

// freeUserCode draws a user code that no live request has.
func (s *Service) freeUserCode(r store.GrantReader) (string, error) {
	for range userCodeTries {
		code := s.IDs.UserCode()
		other, err := r.DeviceByUserCode(code)
		if idc.IsNotFound(err) || err == nil && !s.now().Before(other.ExpiresAt) {
			return code, nil
		}
		if err != nil {
			return "", err
		}
	}
	return "", idc.Errorf(idc.Unavailable, "Too many devices are being connected. Try again in some minutes.")
}

// NormalizeUserCode brings a typed user code into its form: case, spaces and the hyphen do not matter
// (RFC 8628 section 6.1).
func NormalizeUserCode(typed string) string {
	letters := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z':
			return r
		}
		return -1
	}, typed)
	if len(letters) != 8 {
		return ""
	}
	return letters[:4] + "-" + letters[4:]
}

// PendingDevice is a device that waits for a person's decision.
type PendingDevice struct {
	Device *idc.DeviceAuthorization
	Client *idc.Client
}

// LookupDevice finds the pending device of a typed user code for a signed-in person. Unknown codes count:
// after too many, Throttled. Errors: NotFound, Expired, Conflict for one that was decided; Unauthenticated.
func (s *Service) LookupDevice(ctx context.Context, change idc.ChangeSet, sessionID, typed string) (*PendingDevice, error) {
	return s.onDevice(ctx, change, sessionID, typed, func(store.Tx, *idc.PortalSession, *PendingDevice) error { return nil })
}

// DecideDevice approves or denies a pending device, once. The session must stand and have been opened with a
// second factor. Errors as LookupDevice.
func (s *Service) DecideDevice(ctx context.Context, change idc.ChangeSet, sessionID, typed string, allow bool) (*idc.Client, error) {
	decided, err := s.onDevice(ctx, change, sessionID, typed, func(tx store.Tx, session *idc.PortalSession, pending *PendingDevice) error {
		device := pending.Device
		device.State, device.UserID, device.SessionID = idc.GrantDenied, session.UserID, session.ID
		if allow {
			device.State = idc.GrantApproved
		}
		return tx.PutDevice(device)
	})
	if err != nil {
		return nil, err
	}
	return decided.Client, nil
}

// onDevice is the frame of both: it finds the pending device of a typed code and counts the codes that are
// nobody's, so that they cannot be guessed.
func (s *Service) onDevice(ctx context.Context, change idc.ChangeSet, sessionID, typed string,
	do func(tx store.Tx, session *idc.PortalSession, pending *PendingDevice) error) (*PendingDevice, error) {
	var found *PendingDevice
	var failure error
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		found, failure = nil, nil
		session, err := s.deciding(tx, sessionID)
		if err != nil {
			return err
		}
		limit, key, now := s.deviceLimit(), "user-code/"+session.UserID, s.now()
		locked, err := limit.Locked(tx, key, now)
		if err != nil {
			return err
		}
		if locked {
			return idc.Errorf(idc.Throttled, "There were too many unknown codes. Wait some minutes and try again.")
		}
		found, failure = s.pendingDevice(tx, typed)
		if idc.IsNotFound(failure) {
			return limit.Fail(tx, key, now)
		}
		if failure != nil {
			return nil
		}
		return do(tx, session, found)
	})
	if err != nil {
		return nil, err
	}
	return found, failure
}

func (s *Service) pendingDevice(r store.GrantReader, typed string) (*PendingDevice, error) {
	unknown := idc.NotFoundf("UserCode", "", "There is no request with this code. Compare it with the one your device shows.")
	code := NormalizeUserCode(typed)
	if code == "" {
		return nil, unknown
	}
	device, err := r.DeviceByUserCode(code)
	if idc.IsNotFound(err) {
		return nil, unknown
	}
	if err != nil {
		return nil, err
	}
	if !s.now().Before(device.ExpiresAt) {
		return nil, idc.Errorf(idc.Expired, "The code has expired. Start again on your device.")
	}
	if device.State != idc.GrantPending {
		return nil, decidedAlready()
	}
	client, err := r.Client(device.ClientID)
	if err != nil {
		return nil, err
	}
	return &PendingDevice{Device: device, Client: client}, nil
}

func decidedAlready() error {
	return idc.Errorf(idc.Conflict, "The request was decided already. Nothing was changed.")
}

// deciding returns the session of a person who may approve: it stands, its user may sign in, and there was a
// second factor.
func (s *Service) deciding(r store.Reader, sessionID string) (*idc.PortalSession, error) {
	session, err := s.standing(r, sessionID)
	if err != nil {
		return nil, err
	}
	if !session.MFA {
		return nil, idc.Errorf(idc.Denied, "Approving needs a sign-in with a second factor.")
	}
	return session, nil
}
