package keys_test

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha512"
	"path/filepath"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/keys"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// TestSigningKeysAreSharedAndReplaced: all nodes sign with one key, for ninety days; the older ones stay to verify with.
func TestSigningKeysAreSharedAndReplaced(t *testing.T) {
	w := testidc.New(t)
	file := filepath.Join(t.TempDir(), "master.key")
	signer := func() *keys.Signer {
		t.Helper()
		node, err := open(t, w, file)
		if err != nil {
			t.Fatal(err)
		}
		by, err := node.Signer(t.Context(), "test")
		if err != nil {
			t.Fatal(err)
		}
		return by
	}
	first := signer()
	if first.Algorithm != "ES384" || first.ID != signer().ID {
		t.Errorf("key %+v: want ES384, and the same on another node", first)
	}
	digest := sha512.Sum384([]byte("text"))
	signature, err := first.Key.Sign(rand.Reader, digest[:], nil)
	if err != nil {
		t.Fatal(err)
	}
	if public, ok := signer().Key.Public().(*ecdsa.PublicKey); !ok || !ecdsa.VerifyASN1(public, digest[:], signature) {
		t.Error("another node does not know the signature")
	}
	w.Clock.Advance(90*24*time.Hour - time.Second)
	if signer().ID != first.ID {
		t.Error("the key was replaced early")
	}
	w.Clock.Advance(time.Second)
	if second := signer(); second.ID == first.ID || second.ID != signer().ID {
		t.Error("after ninety days there is no new key")
	}
	var stored []*idc.SigningKey
	w.View(func(r store.Reader) (err error) {
		stored, err = r.ListSigningKeys("test")
		return err
	})
	if len(stored) != 2 || stored[0].ID != first.ID {
		t.Errorf("%d keys are kept, want both", len(stored))
	}
}
