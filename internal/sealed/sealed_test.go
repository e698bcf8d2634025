package sealed

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// The vectors of C2SP's XAES-256-GCM document; they take both branches of the subkey doubling.
func TestXAESVectors(t *testing.T) {
	nonce, plaintext := []byte("ABCDEFGHIJKLMNOPQRSTUVWX"), []byte("XAES-256-GCM")
	for _, v := range []struct {
		key  byte
		aad  string
		want string
	}{
		{0x01, "", "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271"},
		{0x03, "c2sp.org/XAES-256-GCM", "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d"},
	} {
		x, err := newXAES(bytes.Repeat([]byte{v.key}, keySize))
		if err != nil {
			t.Fatal(err)
		}
		derived := x.derive([prefixSize]byte(nonce))
		got := derived.gcm.Seal(nil, nonce[prefixSize:], plaintext, []byte(v.aad))
		if hex.EncodeToString(got) != v.want {
			t.Errorf("key %02x: seal = %x, want %s", v.key, got, v.want)
		}
		back, err := x.open(nil, append(bytes.Clone(nonce), got...), []byte(v.aad))
		if err != nil || !bytes.Equal(back, plaintext) {
			t.Errorf("key %02x: open = %q, %v", v.key, back, err)
		}
	}
}

func TestDerivedKeysAreReplacedInTime(t *testing.T) {
	x := mustXAES(t)
	aad := []byte("test")
	prefixes := map[string]bool{}
	var sealed [][]byte
	for range 3 * openSlots { // more prefixes than are remembered
		v := x.seal(nil, []byte("x"), aad)
		prefixes[string(v[:prefixSize])] = true
		sealed = append(sealed, v, x.seal(nil, []byte("x"), aad))
		if !bytes.Equal(sealed[len(sealed)-1][:prefixSize], v[:prefixSize]) {
			t.Fatal("the derived key was replaced early")
		}
		x.sealing.Load().left.Store(0)
	}
	if len(prefixes) != 3*openSlots {
		t.Errorf("%d prefixes after %d used-up keys", len(prefixes), 3*openSlots)
	}
	for i, v := range sealed {
		if _, err := x.open(nil, v, aad); err != nil {
			t.Fatalf("value %d: %v", i, err)
		}
	}
}

func TestSealAndOpen(t *testing.T) {
	r := NewEphemeral()
	aad := Field("factor", "secret", "42")
	for _, size := range []int{0, 1, 20, 300, 70_000} {
		plaintext := bytes.Repeat([]byte{'s'}, size)
		back, err := r.Open(r.Seal(plaintext, aad), aad)
		if err != nil || !bytes.Equal(back, plaintext) {
			t.Errorf("%d bytes: Open gave %d bytes, %v", size, len(back), err)
		}
		back, err = r.OpenString(r.SealString(plaintext, aad), aad)
		if err != nil || !bytes.Equal(back, plaintext) {
			t.Errorf("%d bytes: OpenString gave %d bytes, %v", size, len(back), err)
		}
	}
	if bytes.Equal(r.Seal([]byte("x"), aad), r.Seal([]byte("x"), aad)) {
		t.Error("the same plaintext was sealed to the same bytes twice")
	}
}

func TestAValueOpensInItsPlaceAlone(t *testing.T) {
	r := NewEphemeral()
	sealed := r.Seal([]byte("seed"), Field("factor", "secret", "42"))
	for name, aad := range map[string][]byte{
		"another row":     Field("factor", "secret", "43"),
		"another column":  Field("factor", "backup", "42"),
		"another table":   Field("device", "secret", "42"),
		"shifted parts":   Field("factors", "ecret", "42"),
		"a token class":   Token("factor"),
		"nothing":         nil,
		"an empty string": {},
	} {
		if _, err := r.Open(sealed, aad); !errors.Is(err, ErrTampered) {
			t.Errorf("opened as %s: %v, want ErrTampered", name, err)
		}
	}
}

func TestBindingsAreDistinct(t *testing.T) {
	seen := map[string]string{}
	for name, aad := range map[string][]byte{
		"Field(a,b,c)": Field("a", "b", "c"), "Field(ab,,c)": Field("ab", "", "c"), "Field(,ab,c)": Field("", "ab", "c"),
		"Field(a,b,)": Field("a", "b", ""), "Token(a)": Token("a"), "Token()": Token(""), "Token(field)": Token("field"),
	} {
		if other, dup := seen[string(aad)]; dup {
			t.Errorf("%s and %s give the same bytes", name, other)
		}
		seen[string(aad)] = name
	}
}

func TestAnyFlippedBitIsRefused(t *testing.T) {
	r := NewEphemeral()
	aad := Token("test")
	sealed := r.Seal([]byte("the plaintext"), aad)
	for i := range len(sealed) * 8 {
		bad := bytes.Clone(sealed)
		bad[i/8] ^= 1 << (i % 8)
		if got, err := r.Open(bad, aad); err == nil || got != nil {
			t.Fatalf("bit %d flipped: opened %q", i, got)
		}
	}
	for n := range len(sealed) {
		if _, err := r.Open(sealed[:n], aad); !errors.Is(err, ErrTampered) {
			t.Fatalf("cut to %d bytes: %v, want ErrTampered", n, err)
		}
	}
	if _, err := r.Open(append(bytes.Clone(sealed), 0), aad); !errors.Is(err, ErrTampered) {
		t.Errorf("one byte more: %v, want ErrTampered", err)
	}
}

func TestOpenStringAcceptsOneSpelling(t *testing.T) {
	r := NewEphemeral()
	aad := Token("test")
	s := r.SealString([]byte("ab"), aad) // 47 bytes: the last character carries two unused bits
	for name, bad := range map[string]string{
		"padding":     s + "=",
		"line break":  s[:10] + "\n" + s[10:],
		"carriage":    s + "\r",
		"space":       " " + s,
		"stray bits":  s[:len(s)-1] + strayBits(s[len(s)-1]),
		"std letters": strings.NewReplacer("-", "+", "_", "/").Replace(s) + "+",
		"empty":       "",
	} {
		if _, err := r.OpenString(bad, aad); !errors.Is(err, ErrTampered) {
			t.Errorf("%s: %v, want ErrTampered", name, err)
		}
	}
}

// strayBits returns another letter that stands for the same leading bits.
func strayBits(last byte) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return string(alphabet[strings.IndexByte(alphabet, last)|1])
}

func TestSealWithoutAPurposePanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Fatal("Seal with no associated data did not panic")
		}
	}()
	NewEphemeral().Seal([]byte("x"), nil)
}

// keyStore is where a node keeps wrapped keys.
type keyStore struct{ keys []WrappedKey }

func (s *keyStore) save(_ context.Context, k WrappedKey) error {
	s.keys = append(s.keys, k)
	return nil
}

func newStoredRing(t *testing.T) (*Ring, *keyStore, KeyProvider) {
	t.Helper()
	provider, err := OpenFileKeyProvider(filepath.Join(t.TempDir(), "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := NewKey(t.Context(), provider, 1)
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewRing(t.Context(), provider, key)
	if err != nil {
		t.Fatal(err)
	}
	return r, &keyStore{keys: []WrappedKey{key}}, provider
}

func TestRotation(t *testing.T) {
	ctx, aad := t.Context(), Token("test")
	r, store, provider := newStoredRing(t)
	other, err := NewRing(ctx, provider, store.keys...)
	if err != nil {
		t.Fatal(err)
	}
	old := r.Seal([]byte("old"), aad)
	if err := r.Rotate(ctx, store.save); err != nil {
		t.Fatal(err)
	}
	fresh := r.Seal([]byte("new"), aad)
	if r.Current() != 2 {
		t.Errorf("Current = %d after one rotation, want 2", r.Current())
	}
	if got, err := r.Open(old, aad); err != nil || string(got) != "old" {
		t.Errorf("old value after rotation: %q, %v", got, err)
	}

	if _, err := other.Open(fresh, aad); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("another node before Load: %v, want ErrUnknownKey", err)
	}
	if err := other.Load(ctx, store.keys...); err != nil {
		t.Fatal(err)
	}
	if got, err := other.Open(fresh, aad); err != nil || string(got) != "new" {
		t.Errorf("another node after Load: %q, %v", got, err)
	}

	if err := r.Load(ctx, store.keys[1]); err != nil { // key 1 was deleted
		t.Fatal(err)
	}
	if _, err := r.Open(old, aad); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("value of a deleted key: %v, want ErrUnknownKey", err)
	}
}

func TestRotateKeepsTheOldKeyWhenSavingFails(t *testing.T) {
	r, _, _ := newStoredRing(t)
	full := errors.New("disk full")
	err := r.Rotate(t.Context(), func(context.Context, WrappedKey) error { return full })
	if !errors.Is(err, full) || r.Current() != 1 {
		t.Errorf("Rotate = %v, Current = %d; want the save's error and key 1", err, r.Current())
	}
}

func TestLoadRefusesBadKeys(t *testing.T) {
	r, store, _ := newStoredRing(t)
	_, foreign, _ := newStoredRing(t)
	good := store.keys[0]
	cut := WrappedKey{ID: 2, Wrapped: good.Wrapped[:20]}
	for name, keys := range map[string][]WrappedKey{
		"no keys":            {},
		"id zero":            {{ID: 0, Wrapped: good.Wrapped}},
		"an id twice":        {good, good},
		"another master key": {foreign.keys[0]},
		"a cut key":          {good, cut},
	} {
		if err := r.Load(t.Context(), keys...); err == nil {
			t.Errorf("Load accepted %s", name)
		}
	}
	if _, err := r.Open(r.Seal([]byte("x"), Token("t")), Token("t")); err != nil {
		t.Errorf("the ring is unusable after refused loads: %v", err)
	}
}

func TestRingIsSafeForConcurrentUse(t *testing.T) {
	ctx, aad := t.Context(), Token("test")
	r, store, _ := newStoredRing(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				if _, err := r.OpenString(r.SealString([]byte("x"), aad), aad); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 10 {
		if err := r.Rotate(ctx, store.save); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
}

func TestKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	first, err := OpenFileKeyProvider(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != keySize {
		t.Fatalf("key file: %v, %v; want mode 0600 and %d bytes", info, err, keySize)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("creating the key left %d files, want 1", len(entries))
	}
	wrapped, err := first.Wrap(t.Context(), []byte("data key"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := OpenFileKeyProvider(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Unwrap(t.Context(), wrapped); err != nil || string(got) != "data key" {
		t.Errorf("Unwrap with the same file = %q, %v", got, err)
	}
}

func TestKeyFileRefused(t *testing.T) {
	write := func(name string, size int, mode os.FileMode) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, make([]byte, size), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil { // past the umask
			t.Fatal(err)
		}
		return path
	}
	for want, path := range map[string]string{
		"mode 0644":            write("all", keySize, 0o644),
		"mode 0640":            write("group", keySize, 0o640),
		"has 31 bytes":         write("short", keySize-1, 0o600),
		"not a regular file":   t.TempDir(),
		"no such file or dire": filepath.Join(t.TempDir(), "missing", "key"),
	} {
		if _, err := OpenFileKeyProvider(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("OpenFileKeyProvider(%s): %v, want an error with %q", path, err, want)
		}
	}
}

func TestKeyFileIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	providers := make([]*FileKeyProvider, 8)
	var wg sync.WaitGroup
	for i := range providers {
		wg.Go(func() {
			p, err := OpenFileKeyProvider(path)
			if err != nil {
				t.Error(err)
			}
			providers[i] = p
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	wrapped, err := providers[0].Wrap(t.Context(), []byte("k"))
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range providers {
		if _, err := p.Unwrap(t.Context(), wrapped); err != nil {
			t.Errorf("provider %d has another key: %v", i, err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	provider := masterKey{mustXAES(f)}
	key, err := NewKey(context.Background(), provider, 1)
	if err != nil {
		f.Fatal(err)
	}
	r, err := NewRing(context.Background(), provider, key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{}, []byte("aad"))
	f.Add([]byte{version, 0, 0, 0, 1}, []byte("aad"))
	f.Add(make([]byte, Overhead), []byte{})
	f.Add(append([]byte{version, 0, 0, 0, 1}, make([]byte, 64)...), Token("x"))
	f.Fuzz(func(t *testing.T, sealed, aad []byte) {
		if plaintext, err := r.Open(sealed, aad); err == nil {
			t.Errorf("opened a forged value to %q", plaintext)
		}
		if plaintext, err := r.OpenString(string(sealed), aad); err == nil {
			t.Errorf("opened a forged string to %q", plaintext)
		}
		if raw, err := base64.RawURLEncoding.DecodeString(string(sealed)); err == nil && len(raw) > 0 {
			if _, err := r.OpenString(string(sealed), aad); err == nil {
				t.Error("opened forged base64")
			}
		}
	})
}

func mustXAES(tb testing.TB) *xaes {
	tb.Helper()
	x, err := newXAES(make([]byte, keySize))
	if err != nil {
		tb.Fatal(err)
	}
	return x
}

func BenchmarkSealString(b *testing.B) {
	r, plaintext, aad := NewEphemeral(), make([]byte, 300), Token("bench")
	b.ReportAllocs()
	for b.Loop() {
		r.SealString(plaintext, aad)
	}
}

func BenchmarkOpenString(b *testing.B) {
	r, aad := NewEphemeral(), Token("bench")
	s := r.SealString(make([]byte, 300), aad)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.OpenString(s, aad); err != nil {
			b.Fatal(err)
		}
	}
}
