package idc

import "time"

// ClientToken remembers what a call with an idempotency token did, so that its
// repetition does nothing and gets the same answer, and a different call with the
// same token is refused.
type ClientToken struct {
	Scope     string // within which tokens are unique: operation and instance or account
	Token     string
	Digest    string // of the request without its token
	ResultID  string // id or ARN of what was made
	ExpiresAt time.Time
}

// Fresh reports whether the token still binds at t.
func (c *ClientToken) Fresh(t time.Time) bool { return t.Before(c.ExpiresAt) }
