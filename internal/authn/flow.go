package authn

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/reqctx"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

const (
	// flowLifetime is how long a person may take from the password to the end of the sign-in.
	flowLifetime = 15 * time.Minute
	// flowFailures is how many wrong codes end a flow: the person starts again with the password.
	flowFailures = 5
)

// Browser is the browser a sign-in belongs to.
type Browser struct {
	// Secret is the random value of the browser's cookie; the flow keeps its hash.
	Secret string
	// ReturnTo is the path of this origin the person wants to reach.
	ReturnTo  string
	IP        string
	UserAgent string
}

// FromRequest completes a Browser with what the context knows of the request.
func FromRequest(ctx context.Context, secret, returnTo string) Browser {
	info := reqctx.From(ctx)
	return Browser{Secret: secret, ReturnTo: returnTo, IP: info.ClientIP, UserAgent: info.UserAgent}
}

func (s *Service) newFlow(from Browser) *idc.SigninFlow {
	now := s.now()
	return &idc.SigninFlow{
		ID: s.IDs.UUID(), CookieHash: HashToken(from.Secret), ReturnTo: from.ReturnTo,
		ClientIP: from.IP, UserAgent: from.UserAgent, CreatedAt: now, ExpiresAt: now.Add(flowLifetime),
	}
}

// badCredentials is the one answer to everything that is wrong with a user name and password.
func badCredentials(why string) error {
	return idc.Errorf(idc.Unauthenticated, "The user name or the password is not right. After several failures an account waits some minutes before the next try counts.").
		With(idc.ReasonBadCredentials).Because(fmt.Errorf("%s", why))
}

// attempt is what the first transaction of a password step found.
type attempt struct {
	user    *idc.User // nil: there is nobody to prove
	phc     string    // "" : nothing to compare with
	reason  string    // private: why phc is empty
	keys    [2]string // the counters of the user name
	counted []failure // what was counted ahead of the judgement
}

// Password judges a user name of an identity store and a password, and begins a flow when they are right. Errors: one
// Unauthenticated with ReasonBadCredentials for everything that is wrong with them; Throttled for an address
// with too many failures and for too many sign-ins at once.
func (s *Service) Password(ctx context.Context, change idc.ChangeSet, identityStoreID, userName, password string, from Browser) (*idc.SigninFlow, error) {
	found, err := s.admit(ctx, change, identityStoreID, userName, from)
	if err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(password) > MaxPassword {
		found.phc, found.reason, password = "", "password too long", ""
	}
	right, err := s.Hasher.Verify(ctx, found.phc, password)
	if err != nil {
		return nil, errors.Join(err, s.notJudged(ctx, change, found))
	}
	flow := s.newFlow(from)
	if !right {
		return nil, s.passwordFailed(ctx, change, found, flow)
	}
	err = s.Store.Update(ctx, change, func(tx store.Tx) error {
		u, err := enabledUser(tx, found.user.ID, s.now())
		if err != nil {
			return badCredentials("the user went away during the check")
		}
		current, err := tx.Password(u.ID)
		if err != nil || current.PHC != found.phc {
			return badCredentials("the password was changed during the check")
		}
		for _, key := range found.keys {
			if err := Forget(tx, key); err != nil {
				return err
			}
		}
		flow.PasswordAt = s.now()
		if current.ChangedAt.After(flow.PasswordAt) { // by the clock of another node
			flow.PasswordAt = current.ChangedAt
		}
		return s.begin(tx, flow, u)
	})
	if err != nil {
		return nil, err
	}
	if err := s.record(ctx, flow, CredentialPassword, ""); err != nil {
		return nil, err
	}
	return flow, nil
}

// admit counts the attempt before it is judged, so that a thousand guesses at once are a thousand guesses,
// and reads what to compare with.
func (s *Service) admit(ctx context.Context, change idc.ChangeSet, identityStoreID, userName string, from Browser) (attempt, error) {
	var found attempt
	limits := s.limits()
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		now := s.now()
		blocked, err := limits.Address.Locked(tx, addressKey(from.IP), now)
		if err != nil {
			return err
		}
		if blocked {
			return idc.Errorf(idc.Throttled, "There were too many failed sign-ins from your network address. Wait some minutes and try again.")
		}
		var stored *idc.Password
		if found, stored, err = lookUp(tx, identityStoreID, userName); err != nil {
			return err
		}
		found.keys[0], found.keys[1] = passwordKeys(identityStoreID, userName, stored.ChangedAt, from.IP)
		locked, err := s.count(tx, &found, now)
		if err != nil {
			return err
		}
		switch {
		case found.reason != "":
		case locked:
			found.reason = "the account is locked"
		case found.user.Status != idc.UserEnabled:
			found.reason = "the user is disabled"
		default:
			found.phc, found.reason = stored.PHC, "wrong password"
		}
		return nil
	})
	return found, err
}

// lookUp finds the user of a typed name and the password; the reason says what is missing. The password is
// never nil.
func lookUp(r store.Reader, identityStoreID, userName string) (attempt, *idc.Password, error) {
	u, err := r.UserByName(identityStoreID, userName)
	if idc.IsNotFound(err) || idc.KindOf(err) == idc.Invalid { // nobody, or not even a name
		return attempt{reason: "no such user"}, &idc.Password{}, nil
	}
	if err != nil {
		return attempt{}, nil, err
	}
	stored, err := r.Password(u.ID)
	if idc.IsNotFound(err) {
		return attempt{user: u, reason: "the user has no password"}, &idc.Password{}, nil
	}
	return attempt{user: u}, stored, err
}

// count counts an attempt against the user name, here and anywhere, unless one of the two is locked.
func (s *Service) count(tx store.Tx, found *attempt, now time.Time) (locked bool, err error) {
	limits := [2]Limit{s.limits().User, s.limits().Anywhere}
	for i, limit := range limits {
		if locked, err = limit.Locked(tx, found.keys[i], now); err != nil || locked {
			return locked, err
		}
	}
	for i, limit := range limits {
		counted, err := limit.count(tx, found.keys[i], now)
		if err != nil {
			return false, err
		}
		found.counted = append(found.counted, counted)
	}
	return false, nil
}

// notJudged takes back what was counted for an attempt that no hash was computed for. The person may have gone
// away: the counters are put right all the same.
func (s *Service) notJudged(ctx context.Context, change idc.ChangeSet, found attempt) error {
	return s.Store.Update(context.WithoutCancel(ctx), change, func(tx store.Tx) error {
		for _, counted := range found.counted {
			if err := counted.takeBack(tx); err != nil {
				return err
			}
		}
		return nil
	})
}

// passwordFailed counts the failure of the address and reports it.
func (s *Service) passwordFailed(ctx context.Context, change idc.ChangeSet, found attempt, flow *idc.SigninFlow) error {
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		return s.limits().Address.Fail(tx, addressKey(flow.ClientIP), s.now())
	})
	if err != nil {
		return err
	}
	if found.user != nil {
		flow.UserID = found.user.ID
	}
	if err := s.record(ctx, flow, CredentialPassword, found.reason); err != nil {
		return err
	}
	return badCredentials(found.reason)
}

// begin stores a flow whose password was right, at its first step.
func (s *Service) begin(tx store.Tx, flow *idc.SigninFlow, u *idc.User) error {
	flow.UserID = u.ID
	if err := s.place(tx, flow); err != nil {
		return err
	}
	return tx.PutSigninFlow(flow)
}

// place sets the step that a flow is to take next, from what is proven and what the user has. It is the only
// place that knows the order; every step asks it first, because the answer may have changed since the page
// was shown.
//
// A registered factor comes before anything else: the password alone neither sets another nor adds a factor.
// Who has none sets the password first, so that the factor is bound to one that only this person knows.
func (s *Service) place(r store.Reader, flow *idc.SigninFlow) error {
	devices, err := r.ListTOTPDevices(flow.UserID)
	if err != nil {
		return err
	}
	password, err := r.Password(flow.UserID)
	if err != nil {
		return err
	}
	switch proven := !flow.FactorAt.IsZero(); {
	case !proven && len(devices) > 0:
		flow.Step, flow.EnrolSecret = idc.SigninFactor, ""
	case password.MustChange:
		flow.Step = idc.SigninNewPassword
	case proven:
		flow.Step = idc.SigninDone
	case flow.EnrolSecret == "":
		flow.EnrolSecret = s.Ring.SealString(s.IDs.Bytes(totpSecretSize), enrolPlace(flow.ID))
		flow.Step = idc.SigninEnrol
	default:
		flow.Step = idc.SigninEnrol
	}
	return nil
}

// Flow returns the flow of an id as it stands, with its user, when it belongs to the browser. A flow that is
// unknown, over, of another browser, or of a user who may not sign in any more is Expired, and so is one that
// was begun with a password that is not the current one.
func (s *Service) Flow(ctx context.Context, id, browserSecret string) (*idc.SigninFlow, *idc.User, error) {
	var flow *idc.SigninFlow
	var u *idc.User
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		flow, u, err = s.flow(r, id, browserSecret)
		return err
	})
	return flow, u, err
}

func (s *Service) flow(r store.Reader, id, browserSecret string) (*idc.SigninFlow, *idc.User, error) {
	return OpenFlow(r, id, browserSecret, s.now())
}

// OpenFlow is Flow inside a transaction, for the service that makes a session of a finished flow.
func OpenFlow(r store.Reader, id, browserSecret string, now time.Time) (*idc.SigninFlow, *idc.User, error) {
	over := idc.Errorf(idc.Expired, "The sign-in took too long or was finished already. Start again.")
	flow, err := r.SigninFlow(id)
	if idc.IsNotFound(err) {
		return nil, nil, over
	}
	if err != nil {
		return nil, nil, err
	}
	same := subtle.ConstantTimeCompare([]byte(flow.CookieHash), []byte(HashToken(browserSecret))) == 1
	if !same || !now.Before(flow.ExpiresAt) {
		return nil, nil, over
	}
	u, err := enabledUser(r, flow.UserID, flow.CreatedAt)
	if idc.IsNotFound(err) {
		return nil, nil, over
	}
	if err != nil {
		return nil, nil, err
	}
	password, err := r.Password(u.ID)
	if idc.IsNotFound(err) || err == nil && password.ChangedAt.After(flow.PasswordAt) {
		return nil, nil, over
	}
	return flow, u, err
}

// NewPassword sets the password the person has to choose and moves the flow on; other flows that were begun
// with the old one are over. Errors: Invalid (policy).
func (s *Service) NewPassword(ctx context.Context, change idc.ChangeSet, flowID, browserSecret, password string) (*idc.SigninFlow, error) {
	flow, _, err := s.Flow(ctx, flowID, browserSecret)
	if err != nil {
		return nil, err
	}
	if flow.Step != idc.SigninNewPassword {
		return flow, nil
	}
	prepared, err := s.prepare(ctx, flow.UserID, password)
	if err != nil {
		return nil, err
	}
	err = s.Store.Update(ctx, change, func(tx store.Tx) error {
		var err error
		if flow, _, err = s.flow(tx, flowID, browserSecret); err != nil || flow.Step != idc.SigninNewPassword {
			return err
		}
		if err := s.place(tx, flow); err != nil {
			return err
		}
		if flow.Step == idc.SigninNewPassword {
			flow.PasswordAt = s.now()
			if err := s.save(tx, flow.UserID, prepared, false, flow.PasswordAt); err != nil {
				return err
			}
			if err := s.place(tx, flow); err != nil {
				return err
			}
		}
		return tx.PutSigninFlow(flow)
	})
	if err != nil {
		return nil, err
	}
	return flow, nil
}
