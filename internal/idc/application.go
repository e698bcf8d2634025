package idc

import "time"

// Switch is ENABLED or DISABLED, in which AWS has the status of an application,
// its visibility and its background sessions.
type Switch string

// The two positions.
const (
	Enabled  Switch = "ENABLED"
	Disabled Switch = "DISABLED"
)

// SignInOrigin says where signing in to an application begins.
type SignInOrigin string

// The origins (sso-admin, SignInOrigin).
const (
	SignInAtIdentityCenter SignInOrigin = "IDENTITY_CENTER"
	SignInAtApplication    SignInOrigin = "APPLICATION"
)

// Application is what people of an instance sign in to (sso-admin, section
// Applications). It is owned by the account that made it.
type Application struct {
	ID             string // apl-...
	ARN            string
	InstanceID     string
	OwnerAccountID string
	ProviderARN    string // arn:aws:sso::aws:applicationProvider/...
	Name           string
	Description    string
	Status         Switch
	Portal         PortalOptions
	CreatedAt      time.Time
	CreatedFrom    string // Region
	// AssignmentRequired: only assigned people may use it; else everybody of the
	// instance may. AWS's default is true, which whoever makes an application sets.
	AssignmentRequired bool
	BackgroundSessions Switch // user background sessions; "" while nobody said
	Grants             ApplicationGrants
	// ActorPolicy is the authentication method IAM: a policy document, as JSON,
	// that says who may ask for tokens. "" when there is no method.
	ActorPolicy string
	Scopes      []AccessScope
	Tags        []Tag
	Version     Version
}

// PortalOptions say how an application shows in the access portal.
type PortalOptions struct {
	Visibility   Switch
	SignInOrigin SignInOrigin
	SignInURL    string // with SignInAtApplication
}

// GrantType names an OAuth grant of an application.
type GrantType string

// The grants an application may have (sso-admin, GrantType).
const (
	GrantAuthorizationCode GrantType = "authorization_code"
	GrantRefreshToken      GrantType = "refresh_token"
	GrantJWTBearer         GrantType = "urn:ietf:params:oauth:grant-type:jwt-bearer"
	GrantTokenExchange     GrantType = "urn:ietf:params:oauth:grant-type:token-exchange"
)

// ApplicationGrants holds one value for each grant type; those an application
// does not have are nil or false.
type ApplicationGrants struct {
	AuthorizationCode *AuthorizationCodeGrant
	JWTBearer         *JWTBearerGrant
	RefreshToken      bool
	TokenExchange     bool
}

// Types returns the types of the grants there are, in byte order.
func (g ApplicationGrants) Types() []GrantType {
	var types []GrantType
	for _, one := range []struct {
		has  bool
		name GrantType
	}{
		{g.AuthorizationCode != nil, GrantAuthorizationCode}, {g.RefreshToken, GrantRefreshToken},
		{g.JWTBearer != nil, GrantJWTBearer}, {g.TokenExchange, GrantTokenExchange},
	} {
		if one.has {
			types = append(types, one.name)
		}
	}
	return types
}

// AuthorizationCodeGrant configures the grant of RFC 6749 section 4.1.
type AuthorizationCodeGrant struct {
	RedirectURIs []string
}

// JWTBearerGrant configures the grant of RFC 7523.
type JWTBearerGrant struct {
	Issuers []AuthorizedIssuer
}

// AuthorizedIssuer is a trusted token issuer whose tokens an application takes.
type AuthorizedIssuer struct {
	TrustedTokenIssuerARN string
	Audiences             []string
}

// AccessScope is a scope that tokens of an application may have.
type AccessScope struct {
	Scope   string
	Targets []string // ARNs of the applications and instances it reaches; none: all
}

// ApplicationAssignment lets a principal use an application. There is one for
// each application and principal.
type ApplicationAssignment struct {
	ApplicationID string
	PrincipalType PrincipalType
	PrincipalID   string
	Validity      Validity
	Version       Version
}

// ID is the key of an assignment in lists, events and change records.
func (a *ApplicationAssignment) ID() string {
	return a.ApplicationID + "/" + string(a.PrincipalType) + "/" + a.PrincipalID
}
