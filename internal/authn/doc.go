// Package authn proves who a person is: password, second factor, and the persisted flow between them.
//
// # The flow
//
// A sign-in exists from the moment the password was right. It is a row (idc.SigninFlow) bound to one browser,
// and every step is one transaction that looks at the row, decides and writes the next step, so that a
// restart, a second tab or a form sent twice finds one truth:
//
//	password right, or one-time link used
//	      |
//	      +-- authenticator registered --> factor --+-- password must change --> new-password --+
//	      |                                         |                                           |
//	      |                                         +-------------------------------------------+--> done
//	      |                                                                                     |
//	      +-- none yet --[password must change --> new-password]--> enrol ----------------------+
//
// A done flow becomes a portal session by session.SignIn. Service.place knows this order, and nothing else does:
// every step asks it again inside its transaction, so that an authenticator registered in another tab counts at once.
// A flow ends with the password it was begun with: a new one makes all others start again.
//
// There is no way past the second factor: who has none can do nothing but register one.
//
// # What an attacker learns
//
// A wrong user name, a wrong password, a disabled user and a locked one get the same answer in the same
// time: every attempt costs one Argon2id computation (RFC 9106), of a dummy where there is nothing to
// compare, and is counted before it is judged, so that guesses in parallel gain nothing. Counters live in the
// database: they survive restarts and are shared by all nodes. Too many failures lock softly, longer each time;
// nobody has to be called to open an account again. The strict counter of a user name is that of one network (a
// /24, or a /64 of IPv6), so that a stranger elsewhere cannot keep its owner out; a looser one counts all networks
// together, and another all failures of one address.
//
// A hash needs 19 MiB; Hasher lets a few run at once, a bounded number wait, and refuses the rest (Throttled),
// so that a flood of sign-ins cannot take the memory or the processors from everybody else. Whom it refuses is not
// judged, and nothing is counted.
//
// # Proofs
//
//   - Passwords: "Password requirements" of the IAM Identity Center User Guide; stored as PHC strings.
//   - Codes: TOTP, RFC 6238, SHA-1, six digits, thirty seconds, one step of drift, and each code once
//     (section 5.2). Secrets are sealed to their row.
//   - One-time links: 256 random bits, stored hashed, good for one password.
//
// Every step reports audit.Signin events with the names and fields of CloudTrail ("Understanding IAM Identity Center
// sign-in events").
package authn
