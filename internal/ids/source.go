package ids

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"sync"
)

const (
	digits     = "0123456789"
	lowerAlnum = "0123456789abcdefghijklmnopqrstuvwxyz"
	base32     = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	// consonants is the alphabet RFC 8628 section 6.1 recommends for codes that people type: no
	// vowels, so that no words appear, and no digits that look like letters.
	consonants = "BCDFGHJKLMNPQRSTVWXZ"
)

// Source draws identifiers from a stream of random bytes. It is safe for concurrent use. Make one
// with Random or Seeded.
type Source struct {
	random io.Reader
}

// Random draws from the operating system's generator.
func Random() *Source { return &Source{random: rand.Reader} }

// Seeded draws a sequence that depends on the seed alone. It is predictable, therefore never for
// anything that guards access outside tests and the demonstration.
func Seeded(seed uint64) *Source {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	return &Source{random: &lockedStream{stream: mathrand.NewChaCha8(key)}}
}

// lockedStream makes a ChaCha8 stream safe for concurrent use.
type lockedStream struct {
	mu     sync.Mutex
	stream *mathrand.ChaCha8
}

func (l *lockedStream) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stream.Read(p)
}

// Bytes draws n random bytes.
func (s *Source) Bytes(n int) []byte {
	b := make([]byte, n)
	s.fill(b)
	return b
}

// fill has no error to return: both streams are documented never to fail, and a program that
// cannot draw randomness must not go on.
func (s *Source) fill(b []byte) {
	if _, err := io.ReadFull(s.random, b); err != nil {
		panic(fmt.Sprintf("ids: reading randomness: %v", err))
	}
}

// hex draws n hexadecimal digits; n is even.
func (s *Source) hex(n int) string { return hex.EncodeToString(s.Bytes(n / 2)) }

// letters draws n letters of the alphabet, each equally likely.
func (s *Source) letters(alphabet string, n int) string {
	// Bytes at or above limit would favour the first letters of the alphabet; they are thrown away.
	limit := 256 - 256%len(alphabet)
	out := make([]byte, 0, n)
	var buf [32]byte
	for {
		s.fill(buf[:])
		for _, b := range buf {
			if int(b) >= limit {
				continue
			}
			out = append(out, alphabet[int(b)%len(alphabet)])
			if len(out) == n {
				return string(out)
			}
		}
	}
}

// base64url draws n random bytes as unpadded base64url, RFC 4648 section 5.
func (s *Source) base64url(n int) string { return base64.RawURLEncoding.EncodeToString(s.Bytes(n)) }
