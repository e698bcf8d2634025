package authn

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gatehouse-idc/gatehouse/internal/directory"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// The password policy ("Password requirements", IAM Identity Center User Guide).
const (
	MinPassword = 8
	MaxPassword = 64
	// remembered is how many passwords may not be used again, the current one included.
	remembered = 3

	passwordSymbols = "~!@#$%^&*_-+=`|\\(){}[]:;\"'<>,.?/"
)

// CheckPassword says what is wrong with a new password.
func CheckPassword(password string) error {
	length := utf8.RuneCountInString(password)
	if length < MinPassword || length > MaxPassword {
		return idc.Errorf(idc.Invalid, "A password has %d to %d characters.", MinPassword, MaxPassword)
	}
	var lower, upper, digit, symbol bool
	for _, r := range password {
		switch {
		case r >= 'a' && r <= 'z':
			lower = true
		case r >= 'A' && r <= 'Z':
			upper = true
		case r >= '0' && r <= '9':
			digit = true
		case strings.ContainsRune(passwordSymbols, r):
			symbol = true
		case unicode.IsControl(r) || r == utf8.RuneError:
			return idc.Errorf(idc.Invalid, "A password cannot hold control characters.")
		}
	}
	if !lower || !upper || !digit || !symbol {
		return idc.Errorf(idc.Invalid, "A password needs a lower-case letter, an upper-case letter, a digit and a symbol such as ! # %% or -.")
	}
	return nil
}

// newPassword is a password that passed every rule, with its verifier.
type newPassword struct {
	phc      string
	previous string // verifier of the password it replaces, "" when there was none
}

// prepare checks a new password against the policy and the earlier ones, and hashes it. It runs outside
// transactions: hashing takes as long as many of them.
func (s *Service) prepare(ctx context.Context, userID, password string) (newPassword, error) {
	if err := CheckPassword(password); err != nil {
		return newPassword{}, err
	}
	var current *idc.Password
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		current, err = r.Password(userID)
		if idc.IsNotFound(err) {
			current, err = &idc.Password{}, nil
		}
		return err
	})
	if err != nil {
		return newPassword{}, err
	}
	for _, old := range history(current) {
		used, err := s.Hasher.Verify(ctx, old, password)
		if err != nil {
			return newPassword{}, err
		}
		if used {
			return newPassword{}, idc.Errorf(idc.Invalid, "That is one of your last %d passwords. Choose another.", remembered)
		}
	}
	phc, err := s.Hasher.Hash(ctx, password)
	return newPassword{phc: phc, previous: current.PHC}, err
}

// history is the verifiers that may not be used again, newest first.
func history(p *idc.Password) []string {
	if p.PHC == "" {
		return nil
	}
	all := append([]string{p.PHC}, p.Previous...)
	return all[:min(len(all), remembered)]
}

// save stores a prepared password, unless the password was changed meanwhile. It ends the portal sessions,
// tokens and flows that the old password opened.
func (s *Service) save(tx store.Tx, userID string, p newPassword, mustChange bool, now time.Time) error {
	current, err := tx.Password(userID)
	if idc.IsNotFound(err) {
		current, err = &idc.Password{UserID: userID}, nil
	}
	if err != nil {
		return err
	}
	if current.PHC != p.previous {
		return idc.Errorf(idc.Conflict, "The password was changed in the meantime.").With(idc.ReasonConcurrentChange)
	}
	previous := history(current)
	err = tx.PutPassword(&idc.Password{
		UserID: userID, PHC: p.phc, Previous: previous[:min(len(previous), remembered-1)],
		MustChange: mustChange, ChangedAt: now,
	})
	if err != nil {
		return err
	}
	return directory.Revoke(tx, userID, now)
}

// SetPassword sets the password of a user for an administrator. With mustChange the person has to choose
// another at the next sign-in. Errors: Invalid (policy), NotFound.
func (s *Service) SetPassword(ctx context.Context, change idc.ChangeSet, userID, password string, mustChange bool) error {
	prepared, err := s.prepare(ctx, userID, password)
	if err != nil {
		return err
	}
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		if _, err := tx.User(userID); err != nil {
			return err
		}
		return s.save(tx, userID, prepared, mustChange, s.now())
	})
}
