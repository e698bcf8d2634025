// Package sealed encrypts what must not be readable where it lies: secrets in the database (TOTP
// seeds, private keys) and state handed to clients (session tokens, page tokens).
//
// There are two layers. A KeyProvider holds one master key that never leaves it: FileKeyProvider
// keeps it in a file, and the interface is there for a KMS or an HSM. The master key only wraps
// data keys (WrappedKey, which may be stored anywhere). A Ring holds the data keys unwrapped, seals
// with the newest one that it was given and opens with any of them, so that keys rotate while old
// values stay readable.
//
//	master key (KeyProvider) --Wrap--> WrappedKey (database) --NewRing/Load--> Ring --Seal--> value
//
// Every value is bound to its place. Seal and Open take associated data, made by Field for a
// database value (table, column, row) or by Token for a class of tokens. A value copied to another
// row, or a token of one class offered as another, does not open. There is no way to seal without
// saying what for.
//
// # Form
//
//	1 byte version (1) | 4 bytes key id | 24 bytes nonce | ciphertext and 16 bytes tag
//
// The cipher is XAES-256-GCM (C2SP, c2sp.org/XAES-256-GCM): AES-256-GCM under a key derived
// from the data key and half of the nonce, by the counter mode of NIST SP 800-108r1 with CMAC. With
// plain AES-GCM and random nonces a key is worn out after 2^32 values, which a busy server mints in
// days; here it is 2^80. SealString and OpenString use the same form in unpadded base64url.
//
// Opening fails closed with one of two errors: ErrUnknownKey (a key this ring does not have, yet or
// any more) and ErrTampered (everything else). Neither tells which byte was wrong.
package sealed
