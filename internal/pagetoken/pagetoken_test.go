package pagetoken_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/pagetoken"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
)

var scope = pagetoken.Scope{
	Operation: "sso-admin:ListAccountAssignments",
	Caller:    "111111111111",
	Filters:   []string{"ssoins-1234567890abcdef", "222222222222"},
}

func TestRoundTrip(t *testing.T) {
	codec := pagetoken.Codec{Ring: sealed.NewEphemeral()}
	wire := regexp.MustCompile(`^[-a-zA-Z0-9+=/_]+$`)
	for _, cursor := range []string{"", "a", "émile\x00u-1", strings.Repeat("c", pagetoken.MaxCursor)} {
		token := codec.Encode(scope, cursor)
		if !wire.MatchString(token) || len(token) > 2048 {
			t.Errorf("token of %d characters does not fit the model's pattern: %.80s", len(token), token)
		}
		if got, err := codec.Decode(scope, token); err != nil || got != cursor {
			t.Errorf("Decode = %q, %v; want %q", got, err, cursor)
		}
		if len(cursor) > 1 && strings.Contains(token, cursor) {
			t.Errorf("the token shows its cursor %q", cursor)
		}
	}
}

func TestATokenIsGoodForItsScopeAlone(t *testing.T) {
	codec := pagetoken.Codec{Ring: sealed.NewEphemeral()}
	token := codec.Encode(scope, "cursor")
	for name, change := range map[string]func(*pagetoken.Scope){
		"operation":        func(s *pagetoken.Scope) { s.Operation = "sso-admin:ListPermissionSets" },
		"caller":           func(s *pagetoken.Scope) { s.Caller = "222222222222" },
		"a filter":         func(s *pagetoken.Scope) { s.Filters = []string{"ssoins-1234567890abcdef", "333333333333"} },
		"fewer filters":    func(s *pagetoken.Scope) { s.Filters = s.Filters[:1] },
		"more filters":     func(s *pagetoken.Scope) { s.Filters = append(s.Filters[:2:2], "") },
		"filter order":     func(s *pagetoken.Scope) { s.Filters = []string{s.Filters[1], s.Filters[0]} },
		"shifted boundary": func(s *pagetoken.Scope) { s.Operation, s.Caller = s.Operation+"1", s.Caller[1:] },
		"filter as caller": func(s *pagetoken.Scope) { s.Caller, s.Filters = s.Filters[0], s.Filters[1:] },
	} {
		other := scope
		change(&other)
		if cursor, err := codec.Decode(other, token); !errors.Is(err, pagetoken.ErrInvalid) {
			t.Errorf("with another %s: %q, %v; want ErrInvalid", name, cursor, err)
		}
	}
}

func TestForeignTokensAreRefused(t *testing.T) {
	ring := sealed.NewEphemeral()
	codec := pagetoken.Codec{Ring: ring}
	good := codec.Encode(scope, "cursor")
	for name, token := range map[string]string{
		"empty":           "",
		"not a token":     "AAAAbbbb",
		"cut":             good[:len(good)-2],
		"padded":          good + "==",
		"another ring":    pagetoken.Codec{Ring: sealed.NewEphemeral()}.Encode(scope, "cursor"),
		"another purpose": ring.SealString([]byte("cursor"), sealed.Token("page")),
	} {
		if cursor, err := codec.Decode(scope, token); !errors.Is(err, pagetoken.ErrInvalid) {
			t.Errorf("%s: %q, %v; want ErrInvalid", name, cursor, err)
		}
	}
}

// FuzzDecode offers made-up tokens, and takes each input as a cursor for the way round as well.
func FuzzDecode(f *testing.F) {
	codec := pagetoken.Codec{Ring: sealed.NewEphemeral()}
	foreign := pagetoken.Codec{Ring: sealed.NewEphemeral()}
	f.Add("", "op", "acct", "")
	f.Add("AQAAAAE", "sso-admin:ListInstances", "111111111111", "x")
	f.Add(foreign.Encode(scope, "cursor"), scope.Operation, scope.Caller, "222222222222")
	f.Fuzz(func(t *testing.T, input, operation, caller, filter string) {
		s := pagetoken.Scope{Operation: operation, Caller: caller, Filters: []string{filter}}
		if cursor, err := codec.Decode(s, input); !errors.Is(err, pagetoken.ErrInvalid) {
			t.Fatalf("made-up token gave %q, %v", cursor, err)
		}
		token := codec.Encode(s, input)
		if cursor, err := codec.Decode(s, token); err != nil || cursor != input {
			t.Fatalf("round trip of %q gave %q, %v", input, cursor, err)
		}
		s.Filters = append(s.Filters, filter)
		if _, err := codec.Decode(s, token); err == nil {
			t.Fatal("token opened for another scope")
		}
	})
}
