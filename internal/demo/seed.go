package demo

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/permissionset"
	"github.com/gatehouse-idc/gatehouse/internal/server"
)

// User is a person of the demo with the proofs to sign in.
type User struct {
	Username   string   `json:"username"`
	Password   string   `json:"password"`
	TOTPSecret string   `json:"totp_secret"` // base32
	Groups     []string `json:"groups"`
}

// seeder builds SecureCart through the services.
type seeder struct {
	*server.Services
	ctx context.Context
}

// Seed builds SecureCart in an empty instance and returns its people.
func Seed(ctx context.Context, services *server.Services) ([]User, error) {
	s := seeder{Services: services, ctx: ctx}
	if err := s.organization(); err != nil {
		return nil, fmt.Errorf("demo organization: %w", err)
	}
	groups, users, err := s.directory()
	if err != nil {
		return nil, fmt.Errorf("demo directory: %w", err)
	}
	if err := s.access(groups); err != nil {
		return nil, fmt.Errorf("demo access: %w", err)
	}
	return users, nil
}

// change begins a change set of its own for one step of the story.
func (s seeder) change(why string) idc.ChangeSet {
	return idc.ChangeSet{ID: s.IDs.UUID(), At: s.Clock.Now(), Actor: "gatehouse", Door: "demo", Why: why}
}

// organization makes the OUs and places the accounts, whose ids the story fixes.
func (s seeder) organization() error {
	ous := map[string]string{}
	for _, name := range units() {
		ou, err := s.Accounts.CreateOU(s.ctx, s.change("organizational unit of the tutorial"), s.Instance.RootID, name, nil)
		if err != nil {
			return err
		}
		ous[name] = ou.ID
	}
	for _, a := range accounts() {
		_, err := s.Accounts.Add(s.ctx, s.change("account of the tutorial"), idc.Account{
			ID: a.id, Name: a.name, Email: a.email, ParentID: ous[a.unit], State: idc.AccountActive,
			JoinedMethod: "CREATED", JoinedAt: s.Clock.Now(), Target: account.TargetNative,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s seeder) directory() (groups map[string]string, users []User, err error) {
	groups = map[string]string{}
	for _, p := range people() {
		group, err := s.Directory.CreateGroup(s.ctx, s.change("group of the tutorial"), s.Instance.IdentityStoreID, idc.Group{DisplayName: p.group, Owner: idc.OwnerBuiltIn})
		if err != nil {
			return nil, nil, err
		}
		groups[p.group] = group.ID
		user, err := s.person(p, group.ID)
		if err != nil {
			return nil, nil, err
		}
		users = append(users, user)
	}
	return groups, users, nil
}

func (s seeder) person(p person, groupID string) (User, error) {
	created, err := s.Directory.CreateUser(s.ctx, s.change("person of the tutorial"), s.Instance.IdentityStoreID, idc.User{
		UserName: p.userName, DisplayName: p.given + " " + p.family, Owner: idc.OwnerBuiltIn,
		Name:   idc.PersonName{GivenName: p.given, FamilyName: p.family},
		Emails: []idc.Email{{Value: p.userName + "@securecart.example", Type: "work", Primary: new(true)}},
	})
	if err != nil {
		return User{}, err
	}
	if _, err := s.Directory.AddMember(s.ctx, s.change("member of the tutorial"), s.Instance.IdentityStoreID, idc.OwnerBuiltIn, groupID, created.ID, idc.Validity{}); err != nil {
		return User{}, err
	}
	user := User{Username: p.userName, Password: password(), TOTPSecret: totpSecret(), Groups: []string{p.group}}
	if err := s.Authn.SetPassword(s.ctx, s.change("password of the tutorial"), created.ID, user.Password, false); err != nil {
		return User{}, err
	}
	return user, s.Authn.RegisterTOTP(s.ctx, s.change("authenticator of the tutorial"), created.ID, "Demo authenticator", user.TOTPSecret)
}

func (s seeder) access(groups map[string]string) error {
	sets := map[string]string{}
	for _, d := range permissionSets() {
		ps, err := s.PermissionSets.Create(s.ctx, s.change("permission set of the tutorial"), permissionset.Definition{
			Name: d.name, Description: d.description, SessionDuration: d.duration,
		})
		if err != nil {
			return err
		}
		sets[d.name] = ps.ID
		if err := s.PermissionSets.AttachManaged(s.ctx, s.change("policy of the tutorial"), ps.ID, d.policy); err != nil {
			return err
		}
	}
	for _, a := range entitlements() {
		stored := idc.Assignment{
			PermissionSetID: sets[a.permissionSet], PrincipalType: idc.PrincipalGroup, PrincipalID: groups[a.group], Scope: a.scope,
		}
		if a.lasts > 0 {
			stored.Validity.EndsAt = s.Clock.Now().Add(a.lasts)
		}
		if _, err := s.Assignments.Put(s.ctx, s.change("assignment of the tutorial"), stored); err != nil {
			return err
		}
	}
	return nil
}

// password draws a password that the policy accepts and a person can type.
func password() string {
	const letters = "abcdefghjkmnpqrstuvwxyz"
	const digits = "23456789"
	draw := func(alphabet string, n int) string {
		out := make([]byte, 0, n)
		for len(out) < n {
			var b [1]byte
			rand.Read(b[:])
			if int(b[0]) < 256/len(alphabet)*len(alphabet) { // no bias
				out = append(out, alphabet[int(b[0])%len(alphabet)])
			}
		}
		return string(out)
	}
	return "Cart-" + draw(letters, 5) + "-" + draw(letters, 5) + "-" + draw(digits, 3)
}

// totpSecret draws the 160 bits that RFC 4226 recommends.
func totpSecret() string {
	var b [20]byte
	rand.Read(b[:])
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:])
}

// provisionedWithin bounds the wait for the roles of a fresh demo.
const provisionedWithin = 30 * time.Second
