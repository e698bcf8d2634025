package keys_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/keys"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

func open(t *testing.T, w *testidc.World, keyFile string) (*keys.Service, error) {
	t.Helper()
	provider, err := sealed.OpenFileKeyProvider(keyFile)
	if err != nil {
		t.Fatal(err)
	}
	s := &keys.Service{Store: w.Store, Provider: provider, Clock: w.Clock, IDs: w.IDs}
	return s, s.Open(t.Context())
}

func TestRingsSurviveARestart(t *testing.T) {
	w := testidc.New(t)
	file := filepath.Join(t.TempDir(), "master.key")
	one, err := open(t, w, file)
	if err != nil {
		t.Fatal(err)
	}
	aad := sealed.Token("test")
	value := one.Secrets.SealString([]byte("seed"), aad)
	two, err := open(t, w, file)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := two.Secrets.OpenString(value, aad); err != nil || string(got) != "seed" {
		t.Errorf("after a restart: %q, %v", got, err)
	}
	if _, err := two.PageToken.OpenString(value, aad); err == nil {
		t.Error("a ring of another purpose opens the value")
	}
}

func TestAnotherMasterKeyIsRefusedAtStart(t *testing.T) {
	w := testidc.New(t)
	if _, err := open(t, w, filepath.Join(t.TempDir(), "a.key")); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, w, filepath.Join(t.TempDir(), "b.key")); err == nil {
		t.Error("a database opens with a key file it was not made with")
	}
}

// TestRotation: a rotated key seals no more but opens, until nothing it sealed can be alive.
func TestRotation(t *testing.T) {
	w := testidc.New(t)
	file := filepath.Join(t.TempDir(), "master.key")
	s, err := open(t, w, file)
	if err != nil {
		t.Fatal(err)
	}
	other, err := open(t, w, file) // another node
	if err != nil {
		t.Fatal(err)
	}
	aad := sealed.Token("test")
	old := s.SessionToken.SealString([]byte("x"), aad)
	rotate := func(after time.Duration) {
		t.Helper()
		w.Clock.Advance(after)
		if err := s.Rotate(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	rotate(24 * time.Hour)
	if s.SessionToken.Current() != 1 {
		t.Fatal("a young key was rotated")
	}
	rotate(6 * 24 * time.Hour)
	if s.SessionToken.Current() != 2 || s.AuthorizationMessage.Current() != 2 {
		t.Fatal("an old key was not rotated")
	}
	if s.Secrets.Current() != 1 || s.PageToken.Current() != 1 {
		t.Fatal("a key was rotated that must stay")
	}
	if _, err := s.SessionToken.OpenString(old, aad); err != nil {
		t.Errorf("a value of the previous key: %v", err)
	}
	fresh := s.SessionToken.SealString([]byte("y"), aad)
	if _, err := other.SessionToken.OpenString(fresh, aad); !errors.Is(err, sealed.ErrUnknownKey) {
		t.Errorf("a node that has not heard of the key: %v, want ErrUnknownKey", err)
	}
	if err := other.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := other.SessionToken.OpenString(fresh, aad); err != nil {
		t.Errorf("after Reload: %v", err)
	}
	rotate(3 * 24 * time.Hour)
	if _, err := s.SessionToken.OpenString(old, aad); !errors.Is(err, sealed.ErrUnknownKey) {
		t.Errorf("a value older than any session: %v, want ErrUnknownKey", err)
	}
}
