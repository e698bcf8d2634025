package saml

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	_ "crypto/sha1" // registers crypto.SHA1
	_ "crypto/sha256"
	"encoding/base64"
	"errors"

	"github.com/beevik/etree"
)

// ErrDecrypt says that an assertion could not be decrypted; why is not told, so that nobody learns about the key by
// sending variations.
var ErrDecrypt = errors.New("the assertion cannot be decrypted")

// What an assertion may be encrypted with: AES in Galois/Counter Mode, whose key comes by RSA-OAEP. CBC proves
// nothing of what it decrypts, and RSA with PKCS #1 v1.5 padding is an oracle; neither is taken.
const (
	aes128GCM  = "http://www.w3.org/2009/xmlenc11#aes128-gcm"
	aes256GCM  = "http://www.w3.org/2009/xmlenc11#aes256-gcm"
	oaepMGF1   = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"
	oaep       = "http://www.w3.org/2009/xmlenc11#rsa-oaep"
	sha1URI    = "http://www.w3.org/2000/09/xmldsig#sha1"
	sha256URI  = "http://www.w3.org/2001/04/xmlenc#sha256"
	mgf1SHA1   = "http://www.w3.org/2009/xmlenc11#mgf1sha1"
	mgf1SHA256 = "http://www.w3.org/2009/xmlenc11#mgf1sha256"
)

// decrypt returns the plain text of an EncryptedAssertion (SAML Core section 2.3.4, XML Encryption 1.1).
func decrypt(el *etree.Element, keys []*rsa.PrivateKey) ([]byte, error) {
	data, err := one(el, nsEncrypted, "EncryptedData")
	if err != nil {
		return nil, err
	}
	wrapped := all(el, "EncryptedKey") // in the data's KeyInfo, or beside it
	if len(wrapped) != 1 || !is(wrapped[0], nsEncrypted, "EncryptedKey") {
		return nil, malformed("%d encrypted keys", len(wrapped))
	}
	method, err := one(data, nsEncrypted, "EncryptionMethod")
	if err != nil {
		return nil, err
	}
	size := map[string]int{aes128GCM: 16, aes256GCM: 32}[method.SelectAttrValue("Algorithm", "")]
	if size == 0 {
		return nil, malformed("encryption with %q", method.SelectAttrValue("Algorithm", ""))
	}
	cipherText, err := cipherValue(data)
	if err != nil {
		return nil, err
	}
	options, err := oaepOptions(wrapped[0])
	if err != nil {
		return nil, err
	}
	wrappedKey, err := cipherValue(wrapped[0])
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		secret, err := key.Decrypt(nil, wrappedKey, options)
		if err != nil || len(secret) != size {
			continue
		}
		if plain, ok := openGCM(secret, cipherText); ok {
			return plain, nil
		}
	}
	return nil, ErrDecrypt
}

// oaepOptions are the hashes of an RSA-OAEP key transport. The older form generates its mask with SHA-1, whatever the
// digest (XML Encryption 1.1 section 5.5.2).
func oaepOptions(wrapped *etree.Element) (*rsa.OAEPOptions, error) {
	method, err := one(wrapped, nsEncrypted, "EncryptionMethod")
	if err != nil {
		return nil, err
	}
	algorithm, digest, mask := method.SelectAttrValue("Algorithm", ""), sha1URI, mgf1SHA1
	for _, d := range children(method, nsSignature, "DigestMethod") {
		digest = d.SelectAttrValue("Algorithm", "")
	}
	for _, m := range all(method, "MGF") {
		mask = m.SelectAttrValue("Algorithm", "")
	}
	// Collisions are no matter in OAEP: SHA-1 is as good as others here.
	digests := map[string]crypto.Hash{sha1URI: crypto.SHA1, sha256URI: crypto.SHA256}
	masks := map[string]crypto.Hash{mgf1SHA1: crypto.SHA1, mgf1SHA256: crypto.SHA256}
	options := &rsa.OAEPOptions{Hash: digests[digest], MGFHash: masks[mask]}
	if algorithm != oaep && (algorithm != oaepMGF1 || mask != mgf1SHA1) || options.Hash == 0 || options.MGFHash == 0 {
		return nil, malformed("key transport with %q, %q and %q", algorithm, digest, mask)
	}
	return options, nil
}

func cipherValue(el *etree.Element) ([]byte, error) {
	data, err := one(el, nsEncrypted, "CipherData")
	if err != nil {
		return nil, err
	}
	value, err := one(data, nsEncrypted, "CipherValue")
	if err != nil {
		return nil, err
	}
	out, err := base64.StdEncoding.DecodeString(whiteSpace.ReplaceAllString(text(value), ""))
	if err != nil {
		return nil, malformed("a cipher value: %v", err)
	}
	return out, nil
}

// openGCM opens nonce, cipher text and tag (XML Encryption 1.1 section 5.2.4).
func openGCM(key, sealed []byte) ([]byte, bool) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, false
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil || len(sealed) < gcm.NonceSize() {
		return nil, false
	}
	plain, err := gcm.Open(nil, sealed[:gcm.NonceSize()], sealed[gcm.NonceSize():], nil)
	return plain, err == nil
}
