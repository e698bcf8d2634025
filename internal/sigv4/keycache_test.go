package sigv4

import (
	"strconv"
	"sync"
	"testing"
)

func TestKeyCacheIsBoundedAndRight(t *testing.T) {
	const size = 16
	c := newKeyCache(size)
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for i := range 20 * size {
				secret, scope := strconv.Itoa((i*7+worker)%50), "20260304/us-east-1/sso/aws4_request"
				if got := c.get(secret, scope); got != deriveKey(secret, scope) {
					t.Errorf("wrong key for secret %s", secret)
					return
				}
			}
		})
	}
	wg.Wait()
	if len(c.young) > size || len(c.old) > size {
		t.Errorf("%d and %d entries, want at most %d each", len(c.young), len(c.old), size)
	}
}

func TestKeyCacheTellsSecretFromScope(t *testing.T) {
	c := newKeyCache(8)
	if c.get("ab", "c/d") == c.get("a", "bc/d") {
		t.Error("two credentials share a key")
	}
}

func TestNormalize(t *testing.T) {
	for path, want := range map[string]string{
		"/": "/", "/a": "/a", "/a/": "/a/", "//": "/", "/./": "/", "/..": "/", "/../a": "/a", "/a/../..": "/",
		"//a///b/": "/a/b/", "/a/./b/../c": "/a/c", "/.well-known/x": "/.well-known/x", "/a..b/...": "/a..b/...",
		"/%2e%2e/a": "/%2e%2e/a",
	} {
		if got := normalize(path); got != want {
			t.Errorf("normalize(%q) = %q, want %q", path, got, want)
		}
	}
}
