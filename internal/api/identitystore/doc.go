// Package identitystore is the front door of the Identity Store API (Identity Store API Reference,
// 2020-06-15): users, groups, memberships. It translates between the wire and package directory, where the
// rules are.
//
// Everything written here belongs to the built-in source. One file per noun: user.go, group.go,
// membership.go; store.go has the stores themselves; door.go has what they share: which identity store is
// meant, who may come in and from where, page tokens, and the ARNs that policies speak of ("Actions,
// resources, and condition keys for AWS Identity Store", Service Authorization Reference).
package identitystore
