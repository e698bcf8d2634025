-- Times are microseconds since 1970 in UTC; a zero time is null, or 0 in columns that lists are
-- ordered by. "body" holds, as JSON, what no query looks at. Names ending in _fold are lower case.
-- Versioned tables keep every version: a row is current while retired_at is null.

create table change_sets (
	id         text not null primary key,
	at         integer,
	actor      text not null,
	user_id    text not null,
	why        text not null,
	door       text not null,
	request_id text not null
) strict;

create table change_records (
	seq        integer not null primary key autoincrement,
	change_set text not null references change_sets (id),
	at         integer not null,
	noun       text not null,
	entity_id  text not null,
	action     text not null
) strict;
create index change_records_set on change_records (change_set, seq);
create index change_records_entity on change_records (noun, entity_id, seq);

create table instance (
	one        integer not null primary key check (one = 1),
	id         text not null,
	created_at integer,
	body       text not null
) strict;

-- Directory.

create table users (
	id             text not null,
	user_name      text not null,
	user_name_fold text not null,
	email_fold     text,
	status         text not null,
	owner          text not null,
	created_at     integer,
	updated_at     integer,
	body           text not null,
	recorded_at    integer not null,
	retired_at     integer,
	change_set     text not null,
	primary key (id, recorded_at)
) strict;
create unique index users_id on users (id) where retired_at is null;
create unique index users_user_name on users (user_name_fold) where retired_at is null;
create unique index users_email on users (email_fold) where retired_at is null;

create table groups (
	id                text not null,
	display_name      text not null,
	display_name_fold text not null,
	owner             text not null,
	created_at        integer,
	updated_at        integer,
	body              text not null,
	recorded_at       integer not null,
	retired_at        integer,
	change_set        text not null,
	primary key (id, recorded_at)
) strict;
create unique index groups_id on groups (id) where retired_at is null;
create unique index groups_display_name on groups (display_name_fold) where retired_at is null;

-- External identifiers of users and groups, one row per identifier and version.
create table external_ids (
	noun        text not null,
	entity_id   text not null,
	issuer      text not null,
	external_id text not null,
	recorded_at integer not null,
	retired_at  integer
) strict;
create unique index external_ids_id on external_ids (noun, issuer, external_id) where retired_at is null;
create index external_ids_entity on external_ids (noun, entity_id) where retired_at is null;
create index external_ids_history on external_ids (noun, issuer, external_id, recorded_at);

create table memberships (
	id          text not null,
	group_id    text not null,
	user_id     text not null,
	starts_at   integer,
	ends_at     integer,
	owner       text not null,
	recorded_at integer not null,
	retired_at  integer,
	change_set  text not null,
	primary key (id, recorded_at)
) strict;
create unique index memberships_id on memberships (id) where retired_at is null;
create unique index memberships_edge on memberships (group_id, user_id) where retired_at is null;
create index memberships_group on memberships (group_id, id) where retired_at is null;
create index memberships_user on memberships (user_id, id) where retired_at is null;
create index memberships_user_history on memberships (user_id, recorded_at);
create index memberships_ending on memberships (ends_at, id) where retired_at is null and ends_at is not null;

create table tombstones (
	id         text not null primary key,
	noun       text not null,
	name       text not null,
	owner      text not null,
	deleted_at integer not null,
	expires_at integer
) strict;
create index tombstones_name on tombstones (noun, name, owner, deleted_at);

-- Organization.

create table accounts (
	id          text not null,
	name        text not null,
	email_fold  text,
	parent_id   text not null,
	state       text not null,
	joined_at   integer,
	body        text not null,
	recorded_at integer not null,
	retired_at  integer,
	change_set  text not null,
	primary key (id, recorded_at)
) strict;
create unique index accounts_id on accounts (id) where retired_at is null;
create unique index accounts_email on accounts (email_fold) where retired_at is null;
create index accounts_parent on accounts (parent_id, id) where retired_at is null;

create table organizational_units (
	id          text not null,
	name        text not null,
	parent_id   text not null,
	body        text not null,
	recorded_at integer not null,
	retired_at  integer,
	change_set  text not null,
	primary key (id, recorded_at)
) strict;
create unique index organizational_units_id on organizational_units (id) where retired_at is null;
create unique index organizational_units_name on organizational_units (parent_id, name) where retired_at is null;

create table organization_policies (
	id          text not null,
	type        text not null,
	name        text not null,
	body        text not null,
	recorded_at integer not null,
	retired_at  integer,
	change_set  text not null,
	primary key (id, recorded_at)
) strict;
create unique index organization_policies_id on organization_policies (id) where retired_at is null;
create unique index organization_policies_name on organization_policies (type, name) where retired_at is null;

create table policy_attachments (
	id          text not null,
	policy_id   text not null,
	target_id   text not null,
	recorded_at integer not null,
	retired_at  integer,
	change_set  text not null,
	primary key (id, recorded_at)
) strict;
create unique index policy_attachments_id on policy_attachments (id) where retired_at is null;
create index policy_attachments_policy on policy_attachments (policy_id, target_id) where retired_at is null;
create index policy_attachments_target on policy_attachments (target_id, policy_id) where retired_at is null;

-- Access.

create table permission_sets (
	id          text not null,
	name        text not null,
	created_at  integer,
	revision    integer not null,
	body        text not null,
	recorded_at integer not null,
	retired_at  integer,
	change_set  text not null,
	primary key (id, recorded_at)
) strict;
create unique index permission_sets_id on permission_sets (id) where retired_at is null;
create unique index permission_sets_name on permission_sets (name) where retired_at is null;

-- scope_key is the canonical form of the whole scope; scope_account is null unless the scope is one account.
create table assignments (
	id                text not null,
	permission_set_id text not null,
	principal_type    text not null,
	principal_id      text not null,
	scope_key         text not null,
	scope_account     text,
	starts_at         integer,
	ends_at           integer,
	owner             text not null,
	body              text not null,
	recorded_at       integer not null,
	retired_at        integer,
	change_set        text not null,
	primary key (id, recorded_at)
) strict;
create unique index assignments_id on assignments (id) where retired_at is null;
create unique index assignments_edge on assignments (permission_set_id, principal_type, principal_id, scope_key) where retired_at is null;
create index assignments_principal on assignments (principal_id, id) where retired_at is null;
create index assignments_principal_history on assignments (principal_id, recorded_at);
create index assignments_account on assignments (scope_account, id) where retired_at is null;
create index assignments_ending on assignments (ends_at, id) where retired_at is null and ends_at is not null;

create table eligibilities (
	id                text not null,
	permission_set_id text not null,
	principal_type    text not null,
	principal_id      text not null,
	starts_at         integer,
	ends_at           integer,
	body              text not null,
	recorded_at       integer not null,
	retired_at        integer,
	change_set        text not null,
	primary key (id, recorded_at)
) strict;
create unique index eligibilities_id on eligibilities (id) where retired_at is null;

create table leases (
	id                text not null,
	eligibility_id    text not null,
	user_id           text not null,
	account_id        text not null,
	permission_set_id text not null,
	starts_at         integer,
	ends_at           integer,
	status            text not null,
	recorded_at       integer not null,
	retired_at        integer,
	change_set        text not null,
	primary key (id, recorded_at)
) strict;
create unique index leases_id on leases (id) where retired_at is null;
create index leases_user on leases (user_id, id) where retired_at is null;

-- Native accounts.

create table roles (
	account_id        text not null,
	name_fold         text not null,
	name              text not null,
	path              text not null,
	id                text not null,
	permission_set_id text not null,
	created_at        integer,
	body              text not null,
	primary key (account_id, name_fold)
) strict;
create unique index roles_id on roles (id);

-- The managed policies a role has attached, or has as its boundary.
create table role_policies (
	account_id text not null,
	name_fold  text not null,
	policy_arn text not null,
	primary key (account_id, policy_arn, name_fold)
) strict, without rowid;
create index role_policies_role on role_policies (account_id, name_fold);

create table managed_policies (
	arn        text not null primary key,
	account_id text not null,
	name_fold  text not null,
	name       text not null,
	path       text not null,
	created_at integer,
	updated_at integer,
	body       text not null
) strict;
create unique index managed_policies_name on managed_policies (account_id, name_fold);

create table saml_providers (
	arn         text not null primary key,
	account_id  text not null,
	name        text not null,
	valid_until integer,
	created_at  integer,
	body        text not null
) strict;
create index saml_providers_account on saml_providers (account_id, name);

-- Work.

create table operations (
	kind         text not null,
	id           text not null,
	status       text not null,
	created_at   integer not null,
	completed_at integer,
	body         text not null,
	primary key (kind, id)
) strict;
create index operations_newest on operations (kind, created_at, id);
create index operations_status on operations (kind, status, created_at, id);

create table provisionings (
	account_id        text not null,
	permission_set_id text not null,
	role_arn          text not null,
	role_name         text not null,
	revision          integer not null,
	observed_at       integer,
	primary key (account_id, permission_set_id)
) strict;
create index provisionings_permission_set on provisionings (permission_set_id, account_id);

create table jobs (
	id           integer not null primary key autoincrement,
	kind         text not null,
	lane         text not null,
	payload      text not null,
	run_at       integer not null,
	attempts     integer not null,
	locked_until integer not null,
	last_error   text not null,
	created_at   integer
) strict;
create index jobs_due on jobs (run_at, id);
create index jobs_lane on jobs (lane, run_at, id);

-- Proofs of identity and keys.

create table passwords (
	user_id     text not null primary key,
	phc         text not null,
	previous    text not null,
	must_change integer not null,
	changed_at  integer
) strict;

create table totp_devices (
	id         text not null primary key,
	user_id    text not null,
	name       text not null,
	secret     text not null,
	last_step  integer not null,
	created_at integer
) strict;
create index totp_devices_user on totp_devices (user_id, id);

create table throttles (
	throttle_key text not null primary key,
	failures     integer not null,
	window_start integer,
	locked_until integer
) strict;

create table data_keys (
	purpose    text not null,
	id         integer not null,
	wrapped    blob not null,
	created_at integer,
	primary key (purpose, id)
) strict;

-- Sessions and grants.

create table portal_sessions (
	id         text not null primary key,
	token_hash text not null,
	user_id    text not null,
	mfa        integer not null,
	auth_time  integer,
	client_ip  text not null,
	user_agent text not null,
	created_at integer not null,
	expires_at integer,
	revoked_at integer
) strict;
create unique index portal_sessions_hash on portal_sessions (token_hash);
create index portal_sessions_user on portal_sessions (user_id, created_at, id);
create index portal_sessions_expiry on portal_sessions (expires_at);

create table clients (
	id         text not null primary key,
	created_at integer,
	expires_at integer,
	body       text not null
) strict;
create index clients_expiry on clients (expires_at);

create table device_authorizations (
	id               text not null primary key,
	device_code_hash text not null,
	user_code        text not null,
	client_id        text not null,
	client_ip        text not null,
	user_agent       text not null,
	state            text not null,
	user_id          text not null,
	session_id       text not null,
	created_at       integer,
	expires_at       integer,
	last_polled_at   integer,
	poll_interval    integer not null
) strict;
create unique index device_authorizations_hash on device_authorizations (device_code_hash);
create unique index device_authorizations_user_code on device_authorizations (user_code);
create index device_authorizations_expiry on device_authorizations (expires_at);

create table authorization_requests (
	id         text not null primary key,
	code_hash  text,
	client_id  text not null,
	state      text not null,
	created_at integer,
	expires_at integer,
	body       text not null
) strict;
create unique index authorization_requests_code on authorization_requests (code_hash);
create index authorization_requests_expiry on authorization_requests (expires_at);

create table tokens (
	id         text not null primary key,
	hash       text not null,
	class      text not null,
	family_id  text not null,
	client_id  text not null,
	user_id    text not null,
	session_id text not null,
	scopes     text not null,
	issued_at  integer not null,
	expires_at integer,
	used_at    integer,
	revoked_at integer
) strict;
create unique index tokens_hash on tokens (hash);
create index tokens_family on tokens (family_id, issued_at, id);
create index tokens_session on tokens (session_id, issued_at, id);
create index tokens_user on tokens (user_id, issued_at, id);
create index tokens_expiry on tokens (expires_at);

create table signin_flows (
	id          text not null primary key,
	step        text not null,
	user_id     text not null,
	password_at integer,
	factor_at   integer,
	created_at  integer,
	expires_at  integer,
	body        text not null
) strict;
create index signin_flows_expiry on signin_flows (expires_at);

create table one_time_links (
	token_hash text not null primary key,
	user_id    text not null,
	purpose    text not null,
	created_at integer,
	expires_at integer,
	used_at    integer
) strict;

create table fences (
	kind          text not null,
	id            text not null,
	issued_before integer,
	expires_at    integer,
	reason        text not null,
	primary key (kind, id)
) strict;

-- The trail.

create table audit_events (
	seq           integer not null primary key autoincrement,
	id            text not null,
	time          integer not null,
	name          text,
	source        text,
	read_only     integer not null,
	account_id    text not null,
	user_name     text,
	access_key_id text,
	error_code    text not null,
	request_id    text not null,
	resources     text not null,
	record        text not null
) strict;
create unique index audit_events_id on audit_events (id);
create index audit_events_time on audit_events (time, seq);
create index audit_events_name on audit_events (name, time, seq);
create index audit_events_source on audit_events (source, time, seq);
create index audit_events_user on audit_events (user_name, time, seq) where user_name is not null;
create index audit_events_access_key on audit_events (access_key_id, time, seq) where access_key_id is not null;

create table audit_resources (
	seq  integer not null,
	name text not null,
	type text not null,
	primary key (name, type, seq)
) strict, without rowid;
create index audit_resources_event on audit_resources (seq, type);
