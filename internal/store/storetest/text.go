package storetest

import (
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func textCases() []testCase {
	return []testCase{
		{"lists are ordered byte by byte", testCollation},
		{"wildcards and quotes are plain characters", testWildcards},
		{"odd text is kept", testOddText},
		{"NUL and broken UTF-8 are refused", testBadText},
	}
}

// testCollation pages one by one through ids that collations order differently.
func testCollation(h *harness) {
	ids := []string{"10", "9", "A", "B", "Z", "_", "a", "a b", "a-b", "aB", "a_b", "ab", "ä", "é", "ﬁ", "𝔘"} // in the order of bytes
	h.update(func(tx store.Tx) error {
		for i := range ids {
			if err := tx.PutPermissionSet(&idc.PermissionSet{ID: ids[len(ids)-1-i], Name: ids[i]}); err != nil {
				return err
			}
		}
		return nil
	})
	var seen []string
	for after := ""; len(seen) <= len(ids); {
		var page []*idc.PermissionSet
		h.view(func(r store.Reader) (err error) {
			page, err = r.ListPermissionSets(store.Page{After: after, Limit: 1})
			return err
		})
		if len(page) == 0 {
			break
		}
		after = page[0].ID
		seen = append(seen, after)
	}
	h.wantEqual("ids", seen, ids)
}

func testWildcards(h *harness) {
	names := []string{"%", "_", "a%c", "a_c", "abc", `a\c`, "'; drop table users; --", `"`, "$1", "?"}
	for _, name := range names {
		h.putUsers(user("id of "+name, name, ""))
	}
	h.view(func(r store.Reader) error {
		for _, name := range names {
			u, err := r.UserByName(storeID, name)
			wantFound(h, name, u, err, userID, "id of "+name)
		}
		return nil
	})
}

func testOddText(h *harness) {
	texts := []string{"", " ", "\t\n\r", "\\u0000 \\ufffd", `\`, "\ufffd", "\u2028", "<&>", "𝔘 e\u0301 é", "\x01\x7f", strings.Repeat("long ", 20000)}
	for _, text := range texts {
		want := &idc.Role{AccountID: "1", Name: "r", ID: "AROA", Description: text, Path: text, TrustPolicy: text,
			AttachedPolicies: []string{text}, InlinePolicies: map[string]string{"name" + text: text}}
		if len(text) > 1000 {
			want.AttachedPolicies, want.Path = nil, "" // in the index of a database these may be too long
		}
		h.update(func(tx store.Tx) error { return tx.PutRole(want) })
		h.view(func(r store.Reader) error {
			got, err := r.Role("1", "r")
			h.wantEqual("role", got, want)
			return err
		})
	}
}

func testBadText(h *harness) {
	for _, bad := range []string{"a\x00b", "\xff", "a\xc3"} {
		for where, write := range map[string]func(tx store.Tx) error{
			"a key":      func(tx store.Tx) error { return tx.PutUser(user(bad, "a", "")) },
			"a name":     func(tx store.Tx) error { return tx.PutUser(user("u1", bad, "")) },
			"an e-mail":  func(tx store.Tx) error { return tx.PutUser(user("u1", "a", bad)) },
			"a nickname": func(tx store.Tx) error { return tx.PutUser(&idc.User{ID: "u1", UserName: "a", NickName: bad}) },
			"a deep text": func(tx store.Tx) error {
				return tx.PutUser(&idc.User{ID: "u1", UserName: "a", Addresses: []idc.Address{{Country: bad}}})
			},
			"a list": func(tx store.Tx) error { return tx.PutToken(&idc.Token{ID: "t", Scopes: []string{"fine", bad}}) },
			"a map": func(tx store.Tx) error {
				return tx.PutRole(&idc.Role{AccountID: "1", Name: "r", InlinePolicies: map[string]string{bad: "{}"}})
			},
			"a record": func(tx store.Tx) error { return tx.AppendEvents([]*idc.AuditEvent{{ID: "e", Record: bad}}) },
			"a lookup": func(tx store.Tx) error {
				_, err := tx.User(bad)
				return err
			},
		} {
			err := h.try(write)
			if idc.KindOf(err) != idc.Invalid || !strings.Contains(idc.PublicMessage(err), "UTF-8") {
				h.Errorf("%q in %s: got %v, want Invalid with a message", bad, where, err)
			}
		}
	}
}
