package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"sync"
)

// keyCache remembers derived signing keys. It keeps two generations of at most size entries each:
// when the young one is full it becomes the old one, and what was not used since is forgotten.
type keyCache struct {
	size       int
	mu         sync.Mutex
	young, old map[cacheKey][sha256.Size]byte
}

// cacheKey is a hash, so that the cache holds no secret access keys.
type cacheKey [sha256.Size]byte

func newKeyCache(size int) *keyCache {
	return &keyCache{size: max(size, 1), young: map[cacheKey][sha256.Size]byte{}}
}

// get returns the signing key of a secret for a scope, date/region/service/aws4_request.
func (c *keyCache) get(secret, scope string) [sha256.Size]byte {
	name := make([]byte, 0, 192)
	name = binary.AppendUvarint(name, uint64(len(secret)))
	name = append(name, secret...)
	name = append(name, scope...)
	id := cacheKey(sha256.Sum256(name))

	c.mu.Lock()
	key, ok := c.young[id]
	if !ok {
		if key, ok = c.old[id]; ok {
			c.put(id, key)
		}
	}
	c.mu.Unlock()
	if ok {
		return key
	}
	key = deriveKey(secret, scope)
	c.mu.Lock()
	c.put(id, key)
	c.mu.Unlock()
	return key
}

// put expects the lock to be held.
func (c *keyCache) put(id cacheKey, key [sha256.Size]byte) {
	if len(c.young) >= c.size {
		c.old, c.young = c.young, make(map[cacheKey][sha256.Size]byte, c.size)
	}
	c.young[id] = key
}

// deriveKey is the chain HMAC(HMAC(HMAC(HMAC("AWS4"+secret, date), region), service), "aws4_request").
func deriveKey(secret, scope string) [sha256.Size]byte {
	key := []byte("AWS4" + secret)
	for part := range strings.SplitSeq(scope, "/") {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	return [sha256.Size]byte(key)
}
