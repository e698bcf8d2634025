package e2e

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

const totpSeconds = 30

// authenticator is a person's code generator (RFC 6238: SHA-1, 30 s, 6 digits). The server takes the
// code of a step once, and of the steps just before and after the present one too; so the
// authenticator never shows the same or an older step twice, and waits when it has none left.
type authenticator struct {
	secret []byte
	mu     sync.Mutex
	last   int64 // the newest step that was shown
}

func newAuthenticator(secret string) (*authenticator, error) {
	secret = strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "=", "").Replace(secret))
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		return nil, fmt.Errorf("TOTP secret: %w", err)
	}
	return &authenticator{secret: key}, nil
}

// next returns a code that has not been used.
func (a *authenticator) next() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	present := now.Unix() / totpSeconds
	step := max(a.last+1, present)
	if step > present+1 {
		// Both usable steps are spent. Wait for the next one to come within reach.
		until := time.Unix((step-1)*totpSeconds, 0).Add(200 * time.Millisecond)
		time.Sleep(until.Sub(now))
	}
	a.last = step
	return hotp(a.secret, uint64(step))
}

// lastShown returns the code that next gave before.
func (a *authenticator) lastShown() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return hotp(a.secret, uint64(a.last))
}

// wrong returns six digits that are no code of any step near the present.
func (a *authenticator) wrong() string {
	taken := map[string]bool{}
	for step := time.Now().Unix()/totpSeconds - 3; step < time.Now().Unix()/totpSeconds+4; step++ {
		taken[hotp(a.secret, uint64(step))] = true
	}
	for n := 0; ; n++ {
		if code := fmt.Sprintf("%06d", n); !taken[code] {
			return code
		}
	}
}

// hotp is RFC 4226 with six digits.
func hotp(secret []byte, counter uint64) string {
	mac := hmac.New(sha1.New, secret)
	mac.Write(binary.BigEndian.AppendUint64(nil, counter))
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[at:])&0x7fffffff)%1_000_000)
}

// The vectors of RFC 6238 appendix B, cut to six digits.
func TestAuthenticatorVectors(t *testing.T) {
	secret := []byte("12345678901234567890")
	for seconds, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471",
		1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		if got := hotp(secret, uint64(seconds/totpSeconds)); got != want {
			t.Errorf("at %d s: code %s, want %s", seconds, got, want)
		}
	}
}

func TestAuthenticatorNeverRepeats(t *testing.T) {
	a, err := newAuthenticator("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ")
	if err != nil {
		t.Fatal(err)
	}
	first, second := a.next(), a.next()
	if first == second {
		t.Errorf("the same code twice: %s", first)
	}
	if got := a.lastShown(); got != second {
		t.Errorf("last shown %s, want %s", got, second)
	}
	if w := a.wrong(); w == first || w == second {
		t.Errorf("%s is called wrong and is a code", w)
	}
}
