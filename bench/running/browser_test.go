package running

import (
	"testing"
	"time"
)

// RFC 6238, appendix B.
func TestAuthenticator(t *testing.T) {
	code, err := totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", time.Unix(1111111109, 0))
	if err != nil || code != "081804" {
		t.Errorf("code %s, %v", code, err)
	}
}
