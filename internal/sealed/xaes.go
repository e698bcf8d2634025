package sealed

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/subtle"
	"sync/atomic"
)

const (
	keySize    = 32
	nonceSize  = 24
	prefixSize = 12 // the half of the nonce that a derived key belongs to
	tagSize    = 16

	// sealsPerPrefix is how many values share a derived key. Their random 96-bit nonces then repeat
	// with a chance below 2^-57, for each derived key.
	sealsPerPrefix = 1 << 20
	// openSlots is how many derived keys are remembered for opening.
	openSlots = 64
)

// xaes is XAES-256-GCM under one data key, as specified by C2SP (c2sp.org/XAES-256-GCM). It is safe
// for concurrent use.
//
// Deriving a key costs several times what sealing a short value does, so seal uses one nonce prefix
// for a while and open remembers the derived keys it met lately.
type xaes struct {
	block   cipher.Block
	subkey  [aes.BlockSize]byte // K1, the CMAC subkey
	sealing atomic.Pointer[sealKey]
	opening [openSlots]atomic.Pointer[derivedKey]
}

// derivedKey is the AES-256-GCM that serves all nonces with one prefix.
type derivedKey struct {
	prefix [prefixSize]byte
	gcm    cipher.AEAD
}

// sealKey is a derived key with what is left of its allowance.
type sealKey struct {
	derivedKey
	left atomic.Int64
}

// newXAES takes a key of 32 bytes.
func newXAES(key []byte) (*xaes, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	x := &xaes{block: block}
	block.Encrypt(x.subkey[:], x.subkey[:])
	// Double in GF(2^128) as CMAC does (NIST SP 800-38B section 6.1), without branching on the key.
	var carry byte
	for i := len(x.subkey) - 1; i >= 0; i-- {
		next := x.subkey[i] >> 7
		x.subkey[i] = x.subkey[i]<<1 | carry
		carry = next
	}
	x.subkey[len(x.subkey)-1] ^= byte(subtle.ConstantTimeSelect(int(carry), 0x87, 0))
	return x, nil
}

// derive computes the key for a nonce prefix.
func (x *xaes) derive(prefix [prefixSize]byte) derivedKey {
	var key [keySize]byte
	for i := range 2 {
		half := key[i*aes.BlockSize : (i+1)*aes.BlockSize]
		copy(half, []byte{0, byte(i + 1), 'X', 0})
		copy(half[4:], prefix[:])
		subtle.XORBytes(half, half, x.subkey[:])
		x.block.Encrypt(half, half)
	}
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic("sealed: aes refused a key of 32 bytes: " + err.Error())
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic("sealed: gcm refused aes: " + err.Error())
	}
	return derivedKey{prefix: prefix, gcm: gcm}
}

// seal appends nonce, ciphertext and tag to dst.
func (x *xaes) seal(dst, plaintext, aad []byte) []byte {
	k := x.sealing.Load()
	for k == nil || k.left.Add(-1) < 0 {
		fresh := &sealKey{}
		rand.Read(fresh.prefix[:])
		fresh.derivedKey = x.derive(fresh.prefix)
		fresh.left.Store(sealsPerPrefix)
		x.sealing.CompareAndSwap(k, fresh)
		k = x.sealing.Load()
	}
	dst = append(dst, k.prefix[:]...)
	dst = append(dst, make([]byte, nonceSize-prefixSize)...)
	suffix := dst[len(dst)-(nonceSize-prefixSize):]
	rand.Read(suffix)
	return k.gcm.Seal(dst, suffix, plaintext, aad)
}

// open takes what seal appended, at least nonceSize+tagSize bytes, and appends the plaintext to dst.
func (x *xaes) open(dst, sealed, aad []byte) ([]byte, error) {
	prefix := [prefixSize]byte(sealed)
	slot := &x.opening[prefix[0]%openSlots]
	k := slot.Load()
	if k == nil || k.prefix != prefix {
		derived := x.derive(prefix)
		k = &derived
	}
	plaintext, err := k.gcm.Open(dst, sealed[prefixSize:nonceSize], sealed[nonceSize:], aad)
	if err == nil {
		slot.Store(k) // only now: forged values must not push out keys in use
	}
	return plaintext, err
}
