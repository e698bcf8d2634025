package idc

import "time"

// IdentityContext says on whose behalf an application acts (trusted identity
// propagation). It travels sealed: from CreateTokenWithIAM, inside the id token,
// through the application to STS AssumeRole (ProvidedContexts).
type IdentityContext struct {
	UserID           string
	IdentityStoreARN string
	InstanceARN      string
	ApplicationARN   string
	CredentialID     string // of the access token that was issued with it
	// AuditOnly marks the older kind (sts:audit_context): it is recorded, and no
	// policy sees it.
	AuditOnly bool
	ExpiresAt time.Time // of the assertion; sessions made with it may last longer
}
