package session

import (
	"context"
	"slices"
	"sync"

	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// cacheSize bounds the cache of verified access tokens.
const cacheSize = 20_000

// Follow lets Authenticate answer from memory, kept right by the store's events until ctx ends. Without it
// every check reads the database. Call it once, before serving.
func (s *Service) Follow(ctx context.Context) {
	s.cache = newTokenCache(cacheSize)
	go s.cache.follow(s.Store.Watch(ctx))
}

// Authenticate returns who presents an access token of the portal API. Errors: Unauthenticated ("Session token
// not found or invalid"); Denied for a token without a scope that opens the portal.
func (s *Service) Authenticate(ctx context.Context, accessToken string) (idc.Caller, error) {
	hash, now := authn.HashToken(accessToken), s.now()
	caller, seen, ok := s.cache.get(hash)
	if ok {
		if !now.Before(caller.ExpiresAt) {
			return idc.Caller{}, signInAgain()
		}
		return caller, nil
	}
	var ofApplication bool
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		caller, ofApplication, err = s.bearer(r, hash)
		return err
	})
	if err != nil {
		return idc.Caller{}, err
	}
	if !ofApplication { // such a token depends on more than the cache hears of
		s.cache.put(hash, caller, seen)
	}
	return caller, nil
}

// bearer reads who a token stands for, and whether it is one of an application.
func (s *Service) bearer(r store.Reader, hash string) (caller idc.Caller, ofApplication bool, err error) {
	token, err := r.TokenByHash(hash)
	if idc.IsNotFound(err) {
		return idc.Caller{}, false, signInAgain()
	}
	if err != nil {
		return idc.Caller{}, false, err
	}
	if token.Class != idc.TokenAccess || !token.ActiveAt(s.now()) {
		return idc.Caller{}, false, signInAgain()
	}
	if !opensPortal(token.Scopes) {
		return idc.Caller{}, false, idc.Errorf(idc.Denied, "The token has no scope for the access portal.")
	}
	if isApplication(token.ClientID) {
		caller, err = s.applicationBearer(r, token)
		return caller, true, err
	}
	caller, err = s.clientBearer(r, token)
	return caller, false, err
}

// clientBearer reads for whom a program acts that a person approved.
func (s *Service) clientBearer(r store.Reader, token *idc.Token) (idc.Caller, error) {
	session, err := s.standing(r, token.SessionID)
	if err != nil {
		return idc.Caller{}, err
	}
	user, err := s.owner(r, session)
	if err != nil {
		return idc.Caller{}, err
	}
	caller, err := callerOf(r, session, user)
	caller.CredentialID, caller.IssuedAt = token.ID, token.IssuedAt
	if token.ExpiresAt.Before(caller.ExpiresAt) {
		caller.ExpiresAt = token.ExpiresAt
	}
	return caller, err
}

// opensPortal: legacy clients register without scopes and mean the portal.
func opensPortal(scopes []string) bool {
	return len(scopes) == 0 || slices.Contains(scopes, ScopeAccountAccess) || slices.Contains(scopes, ScopePortal)
}

// Caller returns the caller a signed-in browser is, for what the portal does in the person's name.
func (s *Service) Caller(ctx context.Context, in *SignedIn) (idc.Caller, error) {
	var caller idc.Caller
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		caller, err = callerOf(r, in.Session, in.User)
		return err
	})
	return caller, err
}

func callerOf(r store.InstanceReader, session *idc.PortalSession, user *idc.User) (idc.Caller, error) {
	instance, err := r.Instance()
	if err != nil {
		return idc.Caller{}, err
	}
	return idc.Caller{
		Type: idc.CallerIdentityCenterUser, AccountID: instance.OwnerAccountID, UserID: user.ID,
		SessionName: user.UserName, CredentialID: session.ID, SessionID: session.ID,
		MFA: session.MFA, MFAAt: session.AuthTime, IssuedAt: session.CreatedAt, ExpiresAt: session.ExpiresAt,
	}, nil
}

// Logout ends the portal session of an access token (Logout, Portal API Reference).
func (s *Service) Logout(ctx context.Context, change idc.ChangeSet, caller idc.Caller) error {
	if caller.SessionID == "" { // of an application, where nobody signed in
		return s.Store.Update(ctx, change, func(tx store.Tx) error {
			token, err := tx.Token(caller.CredentialID)
			if err != nil {
				return err
			}
			return s.revokeFamily(tx, token.FamilyID)
		})
	}
	return s.SignOut(ctx, change, caller.SessionID)
}

// tokenCache remembers the callers of access tokens by the token's hash. A nil cache remembers nothing.
//
// An event that comes while a value is being read makes the value useless: put takes the count of events that
// get saw, and drops what was read before one came in.
type tokenCache struct {
	mu      sync.Mutex
	size    int
	over    bool   // the events have ended, and with them the cache
	seen    uint64 // relevant events so far
	byHash  map[string]idc.Caller
	byToken map[string]string // token id to hash
}

func newTokenCache(size int) *tokenCache {
	c := &tokenCache{size: size}
	c.clear()
	return c
}

func (c *tokenCache) clear() {
	c.byHash, c.byToken = map[string]idc.Caller{}, map[string]string{}
}

// follow handles events until there are no more.
func (c *tokenCache) follow(events <-chan store.Event) {
	for event := range events {
		c.handle(event)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
	c.clear()
}

func (c *tokenCache) get(hash string) (caller idc.Caller, seen uint64, ok bool) {
	if c == nil {
		return idc.Caller{}, 0, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	caller, ok = c.byHash[hash]
	return caller, c.seen, ok
}

func (c *tokenCache) put(hash string, caller idc.Caller, seen uint64) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over || c.seen != seen {
		return
	}
	for old := range c.byHash {
		if len(c.byHash) < c.size {
			break
		}
		c.forget(old)
	}
	c.byHash[hash], c.byToken[caller.CredentialID] = caller, hash
}

func (c *tokenCache) handle(event store.Event) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch event.Noun {
	case store.NounToken:
		c.seen++
		if hash, ok := c.byToken[event.ID]; ok {
			c.forget(hash)
		}
	case store.NounPortalSession:
		c.forgetWhere(func(caller idc.Caller) bool { return caller.SessionID == event.ID })
	case store.NounUser:
		c.forgetWhere(func(caller idc.Caller) bool { return caller.UserID == event.ID })
	case store.NounLost, store.NounInstance:
		c.seen++
		c.clear()
	}
}

func (c *tokenCache) forgetWhere(is func(idc.Caller) bool) {
	c.seen++
	for hash, caller := range c.byHash {
		if is(caller) {
			c.forget(hash)
		}
	}
}

func (c *tokenCache) forget(hash string) {
	delete(c.byToken, c.byHash[hash].CredentialID)
	delete(c.byHash, hash)
}
