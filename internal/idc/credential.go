package idc

import "time"

// Password is a user's password verifier.
type Password struct {
	UserID     string
	PHC        string   // Argon2id in PHC string format
	Previous   []string // earlier verifiers that may not be reused, newest first
	MustChange bool
	ChangedAt  time.Time
}

// TOTPDevice is a registered authenticator app (RFC 6238).
type TOTPDevice struct {
	ID        string
	UserID    string
	Name      string
	Secret    string // sealed
	LastStep  int64  // last time step that was accepted: a code works once
	CreatedAt time.Time
}

// Throttle counts failures of one key (user, address) across nodes and restarts.
type Throttle struct {
	Key         string
	Failures    int
	WindowStart time.Time
	LockedUntil time.Time
}

// Credentials are temporary AWS credentials.
type Credentials struct {
	AccessKeyID     string
	SecretAccessKey string
	SessionToken    string
	ExpiresAt       time.Time
}

// DataKey is a wrapped key of a key ring. The highest ID of a purpose seals; the
// others still open.
type DataKey struct {
	Purpose   string // "secrets", "session-token", "page-token"
	ID        uint32 // from 1, rising
	Wrapped   []byte
	CreatedAt time.Time
}

// SigningKey is an asymmetric key that signs for the installation: tokens for
// applications, web identity tokens, digest files.
type SigningKey struct {
	Purpose   string
	ID        string // unique within the purpose: the key id of a JWK
	Algorithm string // of RFC 7518, such as "ES384", "RS256"
	Private   []byte // PKCS #8, sealed
	Public    []byte // PKIX, DER
	CreatedAt time.Time
	RetiredAt time.Time // signs no more; what it signed still verifies
}
