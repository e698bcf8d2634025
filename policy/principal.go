package policy

import "strings"

// PrincipalType says what kind of caller made a request.
type PrincipalType uint8

// The types of callers. The zero value is the weakest of them.
const (
	Anonymous     PrincipalType = iota // unsigned request
	User                               // IAM user
	AssumedRole                        // session of a role
	FederatedUser                      // session made by GetFederationToken
	Root                               // the root user of an account
	Service                            // an AWS service calling as itself
	SAMLProvider                       // caller of AssumeRoleWithSAML, authenticated by this provider
	WebIdentity                        // caller of AssumeRoleWithWebIdentity, authenticated by this provider
)

// Principal is who makes a request.
type Principal struct {
	Type PrincipalType

	// ARN is the caller's own ARN: of the user, of the session
	// (arn:aws:sts::111122223333:assumed-role/Name/Session), of the root user. For a service it is its name
	// (sns.amazonaws.com), for SAML and web identities the provider (an ARN or a well-known host name).
	ARN string

	// Account is the twelve-digit account of a user, session or root user.
	Account string

	// RoleARN is the ARN, with its path, of the role behind an AssumedRole. UserARN is that of the user who
	// made a FederatedUser's session. Without it no grant to the role or user reaches the session.
	RoleARN string
	UserARN string

	// UniqueID is the AIDA... or AROA... of the user or of the session's role, and CanonicalUser the
	// canonical user ID of the account; both are needed only where documents name principals that way.
	UniqueID      string
	CanonicalUser string
}

// hasAccount reports whether the caller belongs to an account whose policies speak for it.
func (p *Principal) hasAccount() bool {
	switch p.Type {
	case User, AssumedRole, FederatedUser, Root:
		return true
	}
	return false
}

// grant is the set of ways in which a Principal element reaches a caller. They differ in what else can still
// limit the caller.
type grant uint8

const (
	grantDirect  grant = 1 << iota // to exactly this caller or to everyone: nothing else is needed
	grantRole                      // to the session's role: boundary and session policies limit it
	grantUser                      // to the user behind a federated session: limited in the same way
	grantAccount                   // to the account: its identity policies must allow too
)

type principalKind uint8

const (
	everyone principalKind = iota
	accountPrincipal
	entityPrincipal  // user or role by ARN
	sessionPrincipal // assumed-role or federated-user session
	uniqueIDPrincipal
	servicePrincipal
	federatedPrincipal
	canonicalPrincipal
	nobody // a form that names no one
)

// principalPattern is one compiled principal.
type principalPattern struct {
	kind      principalKind
	value     string // the ARN, account, ID or name
	partition string // of an account given as ARN
}

// principalElement is a compiled Principal or NotPrincipal element.
type principalElement struct {
	negated  bool
	patterns []principalPattern
}

// compilePrincipal compiles one entry of a Principal map; class is the name of the map's member.
func compilePrincipal(class, value string) principalPattern {
	switch class {
	case "Service":
		return principalPattern{kind: servicePrincipal, value: value}
	case "Federated":
		return principalPattern{kind: federatedPrincipal, value: value}
	case "CanonicalUser":
		return principalPattern{kind: canonicalPrincipal, value: value}
	}
	switch {
	case value == "*":
		return principalPattern{kind: everyone}
	case isAccountID(value):
		return principalPattern{kind: accountPrincipal, value: value}
	case isUniqueID(value):
		return principalPattern{kind: uniqueIDPrincipal, value: value}
	}
	f, ok := splitRequestARN(value)
	if !ok || f[3] != "" || !isAccountID(f[4]) || strings.ContainsAny(value, "*?") {
		return principalPattern{kind: nobody}
	}
	typ, name, _ := strings.Cut(f[5], "/")
	switch {
	case f[2] == "iam" && f[5] == "root":
		return principalPattern{kind: accountPrincipal, value: f[4], partition: f[1]}
	case name == "":
	case f[2] == "iam" && (typ == "user" || typ == "role"):
		return principalPattern{kind: entityPrincipal, value: value}
	case f[2] == "sts" && typ == "assumed-role" && strings.Count(name, "/") == 1:
		return principalPattern{kind: sessionPrincipal, value: value}
	case f[2] == "sts" && typ == "federated-user":
		return principalPattern{kind: sessionPrincipal, value: value}
	}
	return principalPattern{kind: nobody}
}

func isAccountID(s string) bool {
	if len(s) != 12 {
		return false
	}
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

// isUniqueID recognises IAM's identifiers of users (AIDA...) and roles (AROA...).
func isUniqueID(s string) bool {
	if len(s) < 16 || len(s) > 128 || (!strings.HasPrefix(s, "AIDA") && !strings.HasPrefix(s, "AROA")) {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isDigit(c) && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// reaches says in which way the pattern names the caller; 0 when it does not.
func (pp *principalPattern) reaches(p *Principal) grant {
	switch pp.kind {
	case everyone:
		return grantDirect
	case accountPrincipal:
		if !p.hasAccount() || p.Account != pp.value || !samePartition(pp.partition, p.ARN) {
			return 0
		}
		if p.Type == Root {
			return grantDirect
		}
		return grantAccount
	case entityPrincipal:
		switch {
		case p.Type == User && p.ARN == pp.value:
			return grantDirect
		case p.Type == AssumedRole && p.RoleARN == pp.value:
			return grantRole
		case p.Type == FederatedUser && p.UserARN == pp.value:
			return grantUser
		}
	case uniqueIDPrincipal:
		switch {
		case p.UniqueID != pp.value:
		case p.Type == User:
			return grantDirect
		case p.Type == AssumedRole:
			return grantRole
		}
	case sessionPrincipal:
		if (p.Type == AssumedRole || p.Type == FederatedUser) && p.ARN == pp.value {
			return grantDirect
		}
	case servicePrincipal:
		if p.Type == Service && p.ARN == pp.value {
			return grantDirect
		}
	case federatedPrincipal:
		if (p.Type == SAMLProvider || p.Type == WebIdentity) && p.ARN == pp.value {
			return grantDirect
		}
	case canonicalPrincipal:
		if p.hasAccount() && pp.value != "" && p.CanonicalUser == pp.value {
			return grantAccount
		}
	}
	return 0
}

// samePartition compares the partition of an account's ARN, if it was given as one, with the caller's.
func samePartition(partition, callerARN string) bool {
	if partition == "" {
		return true
	}
	rest, ok := strings.CutPrefix(callerARN, "arn:")
	got, _, _ := strings.Cut(rest, ":")
	return ok && got == partition
}

// reaches says in which ways the element names the caller.
func (e *principalElement) reaches(p *Principal) grant {
	var g grant
	for i := range e.patterns {
		g |= e.patterns[i].reaches(p)
	}
	return g
}

// excludes reports whether a NotPrincipal element spares the caller from a Deny. Everything the caller acts
// as must be listed: a user with the account, a session with its role and the account.
func (e *principalElement) excludes(p *Principal) bool {
	g := e.reaches(p)
	if g == 0 {
		return false
	}
	for i := range e.patterns {
		if e.patterns[i].kind == everyone {
			return true
		}
	}
	switch p.Type {
	case User, FederatedUser:
		return g&grantDirect != 0 && g&grantAccount != 0
	case AssumedRole:
		return g&grantDirect != 0 && g&grantRole != 0 && g&grantAccount != 0
	}
	return true
}
