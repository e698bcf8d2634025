-- Times are microseconds since 1970 in UTC; a zero time is null, or 0 in columns that lists are
-- ordered by. "body" holds, as JSON, what no query looks at. Names ending in _fold are lower case.
-- Versioned tables keep every version: a row is current while retired_at is null.

create table change_sets (
	id         text collate "C" not null primary key,
	at         bigint,
	actor      text collate "C" not null,
	user_id    text collate "C" not null,
	why        text collate "C" not null,
	door       text collate "C" not null,
	request_id text collate "C" not null
);

create table change_records (
	seq        bigint not null generated always as identity primary key,
	change_set text collate "C" not null references change_sets (id),
	at         bigint not null,
	noun       text collate "C" not null,
	entity_id  text collate "C" not null,
	action     text collate "C" not null
);
create index change_records_set on change_records (change_set, seq);
create index change_records_entity on change_records (noun, entity_id, seq);

create table instance (
	one        bigint not null primary key check (one = 1),
	id         text collate "C" not null,
	created_at bigint,
	body       text collate "C" not null
);

-- Directory.

create table users (
	id             text collate "C" not null,
	user_name      text collate "C" not null,
	user_name_fold text collate "C" not null,
	email_fold     text collate "C",
	status         text collate "C" not null,
	owner          text collate "C" not null,
	created_at     bigint,
	updated_at     bigint,
	body           text collate "C" not null,
	recorded_at    bigint not null,
	retired_at     bigint,
	change_set     text collate "C" not null,
	primary key (id, recorded_at)
);
create unique index users_id on users (id) where retired_at is null;
create unique index users_user_name on users (user_name_fold) where retired_at is null;
create unique index users_email on users (email_fold) where retired_at is null;

create table groups (
	id                text collate "C" not null,
	display_name      text collate "C" not null,
	display_name_fold text collate "C" not null,
	owner             text collate "C" not null,
	created_at        bigint,
	updated_at        bigint,
	body              text collate "C" not null,
	recorded_at       bigint not null,
	retired_at        bigint,
	change_set        text collate "C" not null,
	primary key (id, recorded_at)
);
create unique index groups_id on groups (id) where retired_at is null;
create unique index groups_display_name on groups (display_name_fold) where retired_at is null;

-- External identifiers of users and groups, one row per identifier and version.
create table external_ids (
	noun        text collate "C" not null,
	entity_id   text collate "C" not null,
	issuer      text collate "C" not null,
	external_id text collate "C" not null,
	recorded_at bigint not null,
	retired_at  bigint
);
create unique index external_ids_id on external_ids (noun, issuer, external_id) where retired_at is null;
create index external_ids_entity on external_ids (noun, entity_id) where retired_at is null;
create index external_ids_history on external_ids (noun, issuer, external_id, recorded_at);

create table memberships (
	id          text collate "C" not null,
	group_id    text collate "C" not null,
	user_id     text collate "C" not null,
	starts_at   bigint,
	ends_at     bigint,
	owner       text collate "C" not null,
	recorded_at bigint not null,
	retired_at  bigint,
	change_set  text collate "C" not null,
	primary key (id, recorded_at)
);
create unique index memberships_id on memberships (id) where retired_at is null;
create unique index memberships_edge on memberships (group_id, user_id) where retired_at is null;
create index memberships_group on memberships (group_id, id) where retired_at is null;
create index memberships_user on memberships (user_id, id) where retired_at is null;
create index memberships_user_history on memberships (user_id, recorded_at);
create index memberships_ending on memberships (ends_at, id) where retired_at is null and ends_at is not null;

create table tombstones (
	id         text collate "C" not null primary key,
	noun       text collate "C" not null,
	name       text collate "C" not null,
	owner      text collate "C" not null,
	deleted_at bigint not null,
	expires_at bigint
);
create index tombstones_name on tombstones (noun, name, owner, deleted_at);

-- Organization.

create table accounts (
	id          text collate "C" not null,
	name        text collate "C" not null,
	email_fold  text collate "C",
	parent_id   text collate "C" not null,
	state       text collate "C" not null,
	joined_at   bigint,
	body        text collate "C" not null,
	recorded_at bigint not null,
	retired_at  bigint,
	change_set  text collate "C" not null,
	primary key (id, recorded_at)
);
create unique index accounts_id on accounts (id) where retired_at is null;
create unique index accounts_email on accounts (email_fold) where retired_at is null;
create index accounts_parent on accounts (parent_id, id) where retired_at is null;

create table organizational_units (
	id          text collate "C" not null,
	name        text collate "C" not null,
	parent_id   text collate "C" not null,
	body        text collate "C" not null,
	recorded_at bigint not null,
	retired_at  bigint,
	change_set  text collate "C" not null,
	primary key (id, recorded_at)
);
create unique index organizational_units_id on organizational_units (id) where retired_at is null;
create unique index organizational_units_name on organizational_units (parent_id, name) where retired_at is null;

create table organization_policies (
	id          text collate "C" not null,
	type        text collate "C" not null,
	name        text collate "C" not null,
	body        text collate "C" not null,
	recorded_at bigint not null,
	retired_at  bigint,
	change_set  text collate "C" not null,
	primary key (id, recorded_at)
);
create unique index organization_policies_id on organization_policies (id) where retired_at is null;
create unique index organization_policies_name on organization_policies (type, name) where retired_at is null;

create table policy_attachments (
	id          text collate "C" not null,
	policy_id   text collate "C" not null,
	target_id   text collate "C" not null,
	recorded_at bigint not null,
	retired_at  bigint,
	change_set  text collate "C" not null,
	primary key (id, recorded_at)
);
create unique index policy_attachments_id on policy_attachments (id) where retired_at is null;
create index policy_attachments_policy on policy_attachments (policy_id, target_id) where retired_at is null;
create index policy_attachments_target on policy_attachments (target_id, policy_id) where retired_at is null;

-- Access.

create table permission_sets (
	id          text collate "C" not null,
	name        text collate "C" not null,
	created_at  bigint,
	revision    bigint not null,
	body        text collate "C" not null,
	recorded_at bigint not null,
	retired_at  bigint,
	change_set  text collate "C" not null,
	primary key (id, recorded_at)
);
create unique index permission_sets_id on permission_sets (id) where retired_at is null;
create unique index permission_sets_name on permission_sets (name) where retired_at is null;

-- scope_key is the canonical form of the whole scope; scope_account is null unless the scope is one account.
create table assignments (
	id                text collate "C" not null,
	permission_set_id text collate "C" not null,
	principal_type    text collate "C" not null,
	principal_id      text collate "C" not null,
	scope_key         text collate "C" not null,
	scope_account     text collate "C",
	starts_at         bigint,
	ends_at           bigint,
	owner             text collate "C" not null,
	body              text collate "C" not null,
	recorded_at       bigint not null,
	retired_at        bigint,
	change_set        text collate "C" not null,
	primary key (id, recorded_at)
);
create unique index assignments_id on assignments (id) where retired_at is null;
create unique index assignments_edge on assignments (permission_set_id, principal_type, principal_id, scope_key) where retired_at is null;
create index assignments_principal on assignments (principal_id, id) where retired_at is null;
create index assignments_principal_history on assignments (principal_id, recorded_at);
create index assignments_account on assignments (scope_account, id) where retired_at is null;
create index assignments_ending on assignments (ends_at, id) where retired_at is null and ends_at is not null;

create table eligibilities (
	id                text collate "C" not null,
	permission_set_id text collate "C" not null,
	principal_type    text collate "C" not null,
	principal_id      text collate "C" not null,
	starts_at         bigint,
	ends_at           bigint,
	body              text collate "C" not null,
	recorded_at       bigint not null,
	retired_at        bigint,
	change_set        text collate "C" not null,
	primary key (id, recorded_at)
);
create unique index eligibilities_id on eligibilities (id) where retired_at is null;

create table leases (
	id                text collate "C" not null,
	eligibility_id    text collate "C" not null,
	user_id           text collate "C" not null,
	account_id        text collate "C" not null,
	permission_set_id text collate "C" not null,
	starts_at         bigint,
	ends_at           bigint,
	status            text collate "C" not null,
	recorded_at       bigint not null,
	retired_at        bigint,
	change_set        text collate "C" not null,
	primary key (id, recorded_at)
);
create unique index leases_id on leases (id) where retired_at is null;
create index leases_user on leases (user_id, id) where retired_at is null;

-- Native accounts.

create table roles (
	account_id        text collate "C" not null,
	name_fold         text collate "C" not null,
	name              text collate "C" not null,
	path              text collate "C" not null,
	id                text collate "C" not null,
	permission_set_id text collate "C" not null,
	created_at        bigint,
	body              text collate "C" not null,
	primary key (account_id, name_fold)
);
create unique index roles_id on roles (id);

-- The managed policies a role has attached, or has as its boundary.
create table role_policies (
	account_id text collate "C" not null,
	name_fold  text collate "C" not null,
	policy_arn text collate "C" not null,
	primary key (account_id, policy_arn, name_fold)
);
create index role_policies_role on role_policies (account_id, name_fold);

create table managed_policies (
	arn        text collate "C" not null primary key,
	account_id text collate "C" not null,
	name_fold  text collate "C" not null,
	name       text collate "C" not null,
	path       text collate "C" not null,
	created_at bigint,
	updated_at bigint,
	body       text collate "C" not null
);
create unique index managed_policies_name on managed_policies (account_id, name_fold);

create table saml_providers (
	arn         text collate "C" not null primary key,
	account_id  text collate "C" not null,
	name        text collate "C" not null,
	valid_until bigint,
	created_at  bigint,
	body        text collate "C" not null
);
create index saml_providers_account on saml_providers (account_id, name);

-- Work.

create table operations (
	kind         text collate "C" not null,
	id           text collate "C" not null,
	status       text collate "C" not null,
	created_at   bigint not null,
	completed_at bigint,
	body         text collate "C" not null,
	primary key (kind, id)
);
create index operations_newest on operations (kind, created_at, id);
create index operations_status on operations (kind, status, created_at, id);

create table provisionings (
	account_id        text collate "C" not null,
	permission_set_id text collate "C" not null,
	role_arn          text collate "C" not null,
	role_name         text collate "C" not null,
	revision          bigint not null,
	observed_at       bigint,
	primary key (account_id, permission_set_id)
);
create index provisionings_permission_set on provisionings (permission_set_id, account_id);

create table jobs (
	id           bigint not null generated always as identity primary key,
	kind         text collate "C" not null,
	lane         text collate "C" not null,
	payload      text collate "C" not null,
	run_at       bigint not null,
	attempts     bigint not null,
	locked_until bigint not null,
	last_error   text collate "C" not null,
	created_at   bigint
);
create index jobs_due on jobs (run_at, id);
create index jobs_lane on jobs (lane, run_at, id);

-- Proofs of identity and keys.

create table passwords (
	user_id     text collate "C" not null primary key,
	phc         text collate "C" not null,
	previous    text collate "C" not null,
	must_change boolean not null,
	changed_at  bigint
);

create table totp_devices (
	id         text collate "C" not null primary key,
	user_id    text collate "C" not null,
	name       text collate "C" not null,
	secret     text collate "C" not null,
	last_step  bigint not null,
	created_at bigint
);
create index totp_devices_user on totp_devices (user_id, id);

create table throttles (
	throttle_key text collate "C" not null primary key,
	failures     bigint not null,
	window_start bigint,
	locked_until bigint
);

create table data_keys (
	purpose    text collate "C" not null,
	id         bigint not null,
	wrapped    bytea not null,
	created_at bigint,
	primary key (purpose, id)
);

-- Sessions and grants.

create table portal_sessions (
	id         text collate "C" not null primary key,
	token_hash text collate "C" not null,
	user_id    text collate "C" not null,
	mfa        boolean not null,
	auth_time  bigint,
	client_ip  text collate "C" not null,
	user_agent text collate "C" not null,
	created_at bigint not null,
	expires_at bigint,
	revoked_at bigint
);
create unique index portal_sessions_hash on portal_sessions (token_hash);
create index portal_sessions_user on portal_sessions (user_id, created_at, id);
create index portal_sessions_expiry on portal_sessions (expires_at);

create table clients (
	id         text collate "C" not null primary key,
	created_at bigint,
	expires_at bigint,
	body       text collate "C" not null
);
create index clients_expiry on clients (expires_at);

create table device_authorizations (
	id               text collate "C" not null primary key,
	device_code_hash text collate "C" not null,
	user_code        text collate "C" not null,
	client_id        text collate "C" not null,
	client_ip        text collate "C" not null,
	user_agent       text collate "C" not null,
	state            text collate "C" not null,
	user_id          text collate "C" not null,
	session_id       text collate "C" not null,
	created_at       bigint,
	expires_at       bigint,
	last_polled_at   bigint,
	poll_interval    bigint not null
);
create unique index device_authorizations_hash on device_authorizations (device_code_hash);
create unique index device_authorizations_user_code on device_authorizations (user_code);
create index device_authorizations_expiry on device_authorizations (expires_at);

create table authorization_requests (
	id         text collate "C" not null primary key,
	code_hash  text collate "C",
	client_id  text collate "C" not null,
	state      text collate "C" not null,
	created_at bigint,
	expires_at bigint,
	body       text collate "C" not null
);
create unique index authorization_requests_code on authorization_requests (code_hash);
create index authorization_requests_expiry on authorization_requests (expires_at);

create table tokens (
	id         text collate "C" not null primary key,
	hash       text collate "C" not null,
	class      text collate "C" not null,
	family_id  text collate "C" not null,
	client_id  text collate "C" not null,
	user_id    text collate "C" not null,
	session_id text collate "C" not null,
	scopes     text collate "C" not null,
	issued_at  bigint not null,
	expires_at bigint,
	used_at    bigint,
	revoked_at bigint
);
create unique index tokens_hash on tokens (hash);
create index tokens_family on tokens (family_id, issued_at, id);
create index tokens_session on tokens (session_id, issued_at, id);
create index tokens_user on tokens (user_id, issued_at, id);
create index tokens_expiry on tokens (expires_at);

create table signin_flows (
	id          text collate "C" not null primary key,
	step        text collate "C" not null,
	user_id     text collate "C" not null,
	password_at bigint,
	factor_at   bigint,
	created_at  bigint,
	expires_at  bigint,
	body        text collate "C" not null
);
create index signin_flows_expiry on signin_flows (expires_at);

create table one_time_links (
	token_hash text collate "C" not null primary key,
	user_id    text collate "C" not null,
	purpose    text collate "C" not null,
	created_at bigint,
	expires_at bigint,
	used_at    bigint
);

create table fences (
	kind          text collate "C" not null,
	id            text collate "C" not null,
	issued_before bigint,
	expires_at    bigint,
	reason        text collate "C" not null,
	primary key (kind, id)
);

-- The trail.

create table audit_events (
	seq           bigint not null generated always as identity primary key,
	id            text collate "C" not null,
	time          bigint not null,
	name          text collate "C",
	source        text collate "C",
	read_only     boolean not null,
	account_id    text collate "C" not null,
	user_name     text collate "C",
	access_key_id text collate "C",
	error_code    text collate "C" not null,
	request_id    text collate "C" not null,
	resources     text collate "C" not null,
	record        text collate "C" not null
);
create unique index audit_events_id on audit_events (id);
create index audit_events_time on audit_events (time, seq);
create index audit_events_name on audit_events (name, time, seq);
create index audit_events_source on audit_events (source, time, seq);
create index audit_events_user on audit_events (user_name, time, seq) where user_name is not null;
create index audit_events_access_key on audit_events (access_key_id, time, seq) where access_key_id is not null;

create table audit_resources (
	seq  bigint not null,
	name text collate "C" not null,
	type text collate "C" not null,
	primary key (name, type, seq)
);
create index audit_resources_event on audit_resources (seq, type);
