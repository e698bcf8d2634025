// Package idc is the vocabulary of Gatehouse: one file per noun, plain structs
// with their local rules, and the closed set of error kinds. Every floor of the
// program speaks these words and no others.
//
// Glossary
//
//   - Instance: an Identity Center with its identity store: the organization's, of
//     which an installation has one, or that of a member account.
//   - User, Group, Membership: people and how they are grouped, in one identity
//     store. Owner names the source that may change an object; a Tombstone keeps a
//     deleted object's id.
//   - Organization: its feature set and the policy types that count in it.
//     Account, OrganizationalUnit, OrganizationPolicy: its tree. Handshake: an
//     account asked to join or to agree. DelegatedAdministrator, ServiceAccess: who
//     acts for the whole of it; OrganizationResourcePolicy: whom it lets manage it.
//   - PermissionSet: the template of a role.
//   - Assignment: principal x permission set x Scope, with a Validity.
//   - Grant: one line of effective access, computed, never stored.
//   - AccessControlConfiguration: the attributes of people that become session tags.
//   - Application, ApplicationAssignment: what people sign in to, and who may.
//     TrustedTokenIssuer: whose tokens applications may exchange.
//   - AccountAccessApplication, Entitlement: principals x existing roles.
//   - Role, ManagedPolicy, SAMLProvider, OIDCProvider: what lives inside a native
//     account. RoleUse: what a role was last used for; AccessReport: a summary of it.
//   - Operation: the record behind an asynchronous AWS status. Job: the durable
//     work behind it. Provisioning: what was observed in an account. ClientToken:
//     what an idempotent call did already.
//   - PortalSession, Client, DeviceAuthorization, AuthorizationRequest, Token:
//     signing in and staying signed in. SigninFlow: a sign-in in progress.
//   - Password, TOTPDevice, Throttle: proofs of who a person is.
//   - Credentials: temporary AWS credentials. Fence: what stops them early.
//     DataKey, SigningKey: what seals and what signs.
//   - Caller: an authenticated principal. AuditEvent: what it did. Trail,
//     TrailStatus: events as files, and how far their delivery is.
//   - ChangeSet, ChangeRecord, Version: who changed what, kept for ever.
//
// The package is pure: no context, no I/O, no encoding tags. It may be imported
// by every floor above the ground.
package idc
