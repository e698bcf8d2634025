package authn

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"image/png"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

const (
	// MaxTOTPDevices is AWS's quota of authenticator apps of one user.
	MaxTOTPDevices = 2

	totpSecretSize = 20 // the size of a SHA-1 key, RFC 4226 section 4
	totpPeriod     = 30 * time.Second
	totpDrift      = 1 // steps before and after the current one, RFC 6238 section 5.2
	qrSize         = 264
	maxDeviceName  = 64
)

func enrolPlace(flowID string) []byte { return sealed.Field("signin_flow", "enrol_secret", flowID) }

func devicePlace(userID, deviceID string) []byte {
	return sealed.Field("totp_device", "secret", userID+"/"+deviceID)
}

// TOTPCode is the code of a base32 secret at an instant: what the authenticator app shows.
func TOTPCode(secret string, at time.Time) (string, error) {
	return hotp.GenerateCodeCustom(secret, uint64(stepOf(at)), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
}

func stepOf(at time.Time) int64 { return at.Unix() / int64(totpPeriod/time.Second) }

func encodeSecret(raw []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw)
}

// matchStep returns the time step after lastStep whose code this is; ok is false when there is none.
func matchStep(raw []byte, code string, now time.Time, lastStep int64) (step int64, ok bool, err error) {
	secret := encodeSecret(raw)
	for drift := int64(-totpDrift); drift <= totpDrift; drift++ {
		candidate := stepOf(now) + drift
		want, err := TOTPCode(secret, time.Unix(candidate*int64(totpPeriod/time.Second), 0))
		if err != nil {
			return 0, false, err
		}
		// All candidates are compared, so that the time does not tell which one was close.
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && candidate > lastStep && !ok {
			step, ok = candidate, true
		}
	}
	return step, ok, nil
}

// cleanCode drops the spaces people type between groups of digits.
func cleanCode(code string) string { return strings.ReplaceAll(strings.TrimSpace(code), " ", "") }

func badCode(why string) error {
	return idc.Errorf(idc.Unauthenticated, "The code is not right, or it was used already. Wait for the next one. After several failures some minutes must pass.").
		With(idc.ReasonBadCode).Because(fmt.Errorf("%s", why))
}

// Enrolment is what a person needs to register an authenticator app.
type Enrolment struct {
	Secret string // base32, for typing
	URI    string // otpauth://, the text of the QR code
	QR     []byte // PNG
}

// Enrolment returns the secret that a flow at the enrol step offers.
func (s *Service) Enrolment(flow *idc.SigninFlow, u *idc.User) (*Enrolment, error) {
	raw, err := s.Ring.OpenString(flow.EnrolSecret, enrolPlace(flow.ID))
	if err != nil {
		return nil, err
	}
	key, err := totp.Generate(totp.GenerateOpts{
		Issuer: Issuer, AccountName: u.UserName, Secret: raw,
		Period: uint(totpPeriod / time.Second), Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1,
	})
	if err != nil {
		return nil, err
	}
	image, err := key.Image(qrSize, qrSize)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := png.Encode(&out, image); err != nil {
		return nil, err
	}
	return &Enrolment{Secret: encodeSecret(raw), URI: key.String(), QR: out.Bytes()}, nil
}

// outcome carries the result of a step out of a transaction that must commit although the step failed.
type outcome struct {
	flow   *idc.SigninFlow
	judged bool
	err    error
}

// Factor judges a code of a registered authenticator and moves the flow on when it is right. A code is good
// once, whatever the number of requests that carry it. Errors: Unauthenticated with ReasonBadCode; Expired
// when the flow is over, also after flowFailures wrong codes.
func (s *Service) Factor(ctx context.Context, change idc.ChangeSet, flowID, browserSecret, code string) (*idc.SigninFlow, error) {
	return s.codeStep(ctx, change, flowID, browserSecret, idc.SigninFactor, func(tx store.Tx, flow *idc.SigninFlow) (bool, error) {
		devices, err := tx.ListTOTPDevices(flow.UserID)
		if err != nil {
			return false, err
		}
		for _, d := range devices {
			raw, err := s.Ring.OpenString(d.Secret, devicePlace(d.UserID, d.ID))
			if err != nil {
				return false, err
			}
			step, ok, err := matchStep(raw, cleanCode(code), s.now(), d.LastStep)
			if err != nil {
				return false, err
			}
			if ok {
				d.LastStep = step
				return true, tx.PutTOTPDevice(d)
			}
		}
		return false, nil
	})
}

// Enrol registers the authenticator that the flow offers, when the code proves that the person has it, and
// finishes the flow. When one was registered meanwhile, the flow goes on with that one. Errors as Factor; QuotaExceeded; Invalid for a name that is too long.
func (s *Service) Enrol(ctx context.Context, change idc.ChangeSet, flowID, browserSecret, code, name string) (*idc.SigninFlow, error) {
	if name = strings.TrimSpace(name); name == "" {
		name = "Authenticator"
	}
	if len([]rune(name)) > maxDeviceName {
		return nil, idc.Errorf(idc.Invalid, "The name of a device has at most %d characters.", maxDeviceName)
	}
	deviceID := s.IDs.UUID()
	return s.codeStep(ctx, change, flowID, browserSecret, idc.SigninEnrol, func(tx store.Tx, flow *idc.SigninFlow) (bool, error) {
		raw, err := s.Ring.OpenString(flow.EnrolSecret, enrolPlace(flow.ID))
		if err != nil {
			return false, err
		}
		step, ok, err := matchStep(raw, cleanCode(code), s.now(), 0)
		if err != nil || !ok {
			return false, err
		}
		return true, s.addDevice(tx, &idc.TOTPDevice{ID: deviceID, UserID: flow.UserID, Name: name, LastStep: step}, raw)
	})
}

// codeStep is the frame of the two steps that judge a code: it finds the flow, counts, and writes the result.
func (s *Service) codeStep(ctx context.Context, change idc.ChangeSet, flowID, browserSecret string, at idc.SigninStep,
	judge func(tx store.Tx, flow *idc.SigninFlow) (bool, error)) (*idc.SigninFlow, error) {
	var result outcome
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		result = outcome{}
		flow, u, err := s.flow(tx, flowID, browserSecret)
		if err != nil {
			return err
		}
		result.flow = flow
		if flow.Step != at {
			return nil // a form that came twice: the flow says where to go
		}
		if err := s.place(tx, flow); err != nil {
			return err
		}
		if flow.Step != at {
			return tx.PutSigninFlow(flow) // an authenticator came or went since
		}
		result.judged = true
		limit, key, now := s.limits().Code, codeKey(u.ID), s.now()
		locked, err := limit.Locked(tx, key, now)
		if err != nil {
			return err
		}
		right := false
		if !locked {
			if right, err = judge(tx, flow); err != nil {
				return err
			}
		}
		if !right {
			result.err = badCode(fmt.Sprintf("step %s, locked %t", at, locked))
			return s.codeFailed(tx, flow, locked)
		}
		flow.FactorAt = now
		if err := s.place(tx, flow); err != nil {
			return err
		}
		if err := Forget(tx, key); err != nil {
			return err
		}
		return tx.PutSigninFlow(flow)
	})
	if err != nil {
		return nil, err
	}
	if !result.judged {
		return result.flow, nil
	}
	failure := ""
	if result.err != nil {
		failure = result.err.Error()
	}
	if err := s.record(ctx, result.flow, CredentialTOTP, failure); err != nil {
		return nil, err
	}
	if result.err != nil {
		return nil, result.err
	}
	return result.flow, nil
}

// codeFailed counts a wrong code against the user, the address and the flow.
func (s *Service) codeFailed(tx store.Tx, flow *idc.SigninFlow, locked bool) error {
	limits, now := s.limits(), s.now()
	if !locked {
		if err := limits.Code.Fail(tx, codeKey(flow.UserID), now); err != nil {
			return err
		}
	}
	if err := limits.Address.Fail(tx, addressKey(flow.ClientIP), now); err != nil {
		return err
	}
	flow.Failures++
	if flow.Failures >= flowFailures {
		return tx.DeleteSigninFlow(flow.ID)
	}
	return tx.PutSigninFlow(flow)
}

// addDevice stores an authenticator within the quota.
func (s *Service) addDevice(tx store.Tx, d *idc.TOTPDevice, secret []byte) error {
	devices, err := tx.ListTOTPDevices(d.UserID)
	if err != nil {
		return err
	}
	if len(devices) >= MaxTOTPDevices {
		return idc.Errorf(idc.QuotaExceeded, "A user has at most %d authenticator apps.", MaxTOTPDevices)
	}
	d.CreatedAt = s.now()
	d.Secret = s.Ring.SealString(secret, devicePlace(d.UserID, d.ID))
	return tx.PutTOTPDevice(d)
}

// RegisterTOTP registers an authenticator whose base32 secret is known already: a seed, or an import.
func (s *Service) RegisterTOTP(ctx context.Context, change idc.ChangeSet, userID, name, secret string) error {
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil || len(raw) < totpSecretSize {
		return idc.Errorf(idc.Invalid, "A TOTP secret is at least %d bytes in base32 without padding.", totpSecretSize)
	}
	deviceID := s.IDs.UUID()
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		if _, err := tx.User(userID); err != nil {
			return err
		}
		return s.addDevice(tx, &idc.TOTPDevice{ID: deviceID, UserID: userID, Name: name}, raw)
	})
}

// Devices lists the authenticators of a user, without their secrets.
func (s *Service) Devices(ctx context.Context, userID string) ([]*idc.TOTPDevice, error) {
	var devices []*idc.TOTPDevice
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		devices, err = r.ListTOTPDevices(userID)
		return err
	})
	for _, d := range devices {
		d.Secret = ""
	}
	return devices, err
}

// RemoveTOTP removes an authenticator of a user, who registers another at the next sign-in.
func (s *Service) RemoveTOTP(ctx context.Context, change idc.ChangeSet, userID, deviceID string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		d, err := tx.TOTPDevice(deviceID)
		if err != nil {
			return err
		}
		if d.UserID != userID {
			return idc.NotFoundf("MFA_DEVICE", deviceID, "MFA device not found.")
		}
		return tx.DeleteTOTPDevice(deviceID)
	})
}
