package idc

import "time"

// PortalSession is a person's signed-in browser session.
type PortalSession struct {
	ID        string
	TokenHash string // SHA-256 of the cookie, hex
	UserID    string
	MFA       bool
	AuthTime  time.Time
	ClientIP  string
	UserAgent string
	CreatedAt time.Time
	ExpiresAt time.Time
	RevokedAt time.Time
}

// ActiveAt reports whether the session stands at t.
func (s *PortalSession) ActiveAt(t time.Time) bool {
	return s.RevokedAt.IsZero() && t.Before(s.ExpiresAt)
}

// Client is a registered OAuth client (sso-oidc RegisterClient).
type Client struct {
	ID           string
	SecretHash   string
	Name         string
	Scopes       []string
	GrantTypes   []string
	RedirectURIs []string
	IssuerURL    string
	// ApplicationARN binds a public client to an application (RegisterClient,
	// entitledApplicationArn); "" for the access portal.
	ApplicationARN string
	CreatedAt      time.Time
	ExpiresAt      time.Time
}

// GrantState is the life of a device authorization or authorization request.
type GrantState string

// The states of a grant.
const (
	GrantPending  GrantState = "pending"
	GrantApproved GrantState = "approved"
	GrantDenied   GrantState = "denied"
	GrantRedeemed GrantState = "redeemed"
)

// DeviceAuthorization is a pending device flow (RFC 8628).
type DeviceAuthorization struct {
	ID             string
	DeviceCodeHash string
	UserCode       string // XXXX-XXXX
	ClientID       string
	ClientIP       string // where the request came from
	UserAgent      string
	State          GrantState
	UserID         string
	SessionID      string
	CreatedAt      time.Time
	ExpiresAt      time.Time
	LastPolledAt   time.Time
	Interval       time.Duration
}

// AuthorizationRequest is a pending or answered /authorize request (RFC 6749
// section 4.1 with PKCE, RFC 7636).
type AuthorizationRequest struct {
	ID            string
	ClientID      string
	RedirectURI   string // as sent, with the port
	ClientState   string
	CodeChallenge string // S256
	Scopes        []string
	ClientIP      string
	UserAgent     string
	State         GrantState
	CodeHash      string // set when approved
	UserID        string
	SessionID     string
	CreatedAt     time.Time
	ExpiresAt     time.Time
}

// TokenClass keeps tokens of different use apart.
type TokenClass string

// The classes of stored tokens.
const (
	TokenAccess  TokenClass = "access"
	TokenRefresh TokenClass = "refresh"
)

// Token is an opaque access or refresh token, stored hashed.
type Token struct {
	ID        string
	Hash      string
	Class     TokenClass
	FamilyID  string // all tokens that descend from one approval
	ClientID  string
	UserID    string
	SessionID string
	Scopes    []string
	IssuedAt  time.Time
	ExpiresAt time.Time
	UsedAt    time.Time // refresh: when it was first redeemed
	RevokedAt time.Time
}

// ActiveAt reports whether the token may be used at t.
func (t *Token) ActiveAt(at time.Time) bool {
	return t.RevokedAt.IsZero() && at.Before(t.ExpiresAt)
}

// SigninStep is where a sign-in flow stands.
type SigninStep string

// The steps of a sign-in flow. Each ends in a redirect to the flow, which reads
// the persisted state and decides the next.
const (
	SigninNewPassword SigninStep = "new-password"
	SigninFactor      SigninStep = "factor"
	SigninEnrol       SigninStep = "enrol"
	SigninDone        SigninStep = "done"
)

// SigninFlow is a persisted sign-in.
type SigninFlow struct {
	ID         string
	CookieHash string // binds the flow to the browser that began it
	Step       SigninStep
	ReturnTo   string // same-origin path
	UserID     string // set once the password was right
	PasswordAt time.Time
	FactorAt   time.Time
	// EnrolSecret is the sealed TOTP secret being enrolled.
	EnrolSecret string
	Failures    int
	ClientIP    string
	UserAgent   string
	CreatedAt   time.Time
	ExpiresAt   time.Time
}

// OneTimeLink lets its holder set a password once (first administrator, invitation).
type OneTimeLink struct {
	TokenHash string
	UserID    string
	Purpose   string
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    time.Time
}

// Fence invalidates credentials issued before an instant: of a user, portal
// session, role or access key.
type Fence struct {
	Kind         FenceKind
	ID           string
	IssuedBefore time.Time
	ExpiresAt    time.Time // when no such credential can be alive any more
	Reason       string
}

// FenceMargin is how far after its own instant a fence of a person or session
// reaches: credentials that were being issued while the change that set the
// fence was committed, on any node and with clocks a little apart, must not
// escape it. A person who is enabled again waits this long for credentials
// that work.
const FenceMargin = time.Minute

// FenceKind says what a fence's ID names.
type FenceKind string

// The things a fence can stop.
const (
	FenceUser       FenceKind = "user"
	FenceSession    FenceKind = "session"
	FenceRole       FenceKind = "role"
	FenceAssignment FenceKind = "assignment"
	FenceAccessKey  FenceKind = "access-key"
)
