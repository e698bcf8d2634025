-- Instances: the organization's, and those of accounts. "one" is 1 in the organization's, null in others.
create table instances (
	id                text collate "C" not null primary key,
	one               bigint,
	identity_store_id text collate "C" not null,
	owner_account_id  text collate "C" not null,
	created_at        bigint,
	body              text collate "C" not null
);
create unique index instances_one on instances (one);
create unique index instances_identity_store on instances (identity_store_id);
create unique index instances_owner on instances (owner_account_id);
insert into instances (id, one, identity_store_id, owner_account_id, created_at, body)
	select id, one, coalesce((body::json ->> 'IdentityStoreID'), ''), coalesce((body::json ->> 'OwnerAccountID'), ''), created_at, body from instance;
drop table instance;

create table access_control_configurations (
	id          text collate "C" not null,
	body        text collate "C" not null,
	recorded_at bigint not null,
	retired_at  bigint,
	change_set  text collate "C" not null,
	primary key (id, recorded_at)
);
create unique index access_control_configurations_id on access_control_configurations (id) where retired_at is null;

-- Directory: every object belongs to an identity store. What exists belongs to the organization's.

alter table users add column identity_store_id text collate "C" not null default '';
alter table groups add column identity_store_id text collate "C" not null default '';
alter table external_ids add column identity_store_id text collate "C" not null default '';
alter table tombstones add column identity_store_id text collate "C" not null default '';
update users set identity_store_id = coalesce((select identity_store_id from instances where one = 1), '');
update groups set identity_store_id = coalesce((select identity_store_id from instances where one = 1), '');
update external_ids set identity_store_id = coalesce((select identity_store_id from instances where one = 1), '');
update tombstones set identity_store_id = coalesce((select identity_store_id from instances where one = 1), '');
drop index users_user_name;
drop index users_email;
drop index users_email_any;
drop index groups_display_name;
drop index external_ids_id;
drop index external_ids_history;
drop index tombstones_name;
create index users_store on users (identity_store_id, id) where retired_at is null;
create unique index users_user_name on users (identity_store_id, user_name_fold) where retired_at is null;
create unique index users_email on users (identity_store_id, primary_email_fold) where retired_at is null;
create index users_email_any on users (identity_store_id, email_fold, id) where retired_at is null;
create index groups_store on groups (identity_store_id, id) where retired_at is null;
create unique index groups_display_name on groups (identity_store_id, display_name_fold) where retired_at is null;
create unique index external_ids_id on external_ids (identity_store_id, noun, issuer, external_id) where retired_at is null;
create index external_ids_history on external_ids (identity_store_id, noun, issuer, external_id, recorded_at);
create index tombstones_name on tombstones (identity_store_id, noun, name, owner, deleted_at);

-- Organization. "one" is 1: there is one current row.

create table organizations (
	id          text collate "C" not null,
	one         bigint not null,
	body        text collate "C" not null,
	recorded_at bigint not null,
	retired_at  bigint,
	change_set  text collate "C" not null,
	primary key (id, recorded_at)
);
create unique index organizations_id on organizations (id) where retired_at is null;
create unique index organizations_one on organizations (one) where retired_at is null;
-- The organization of before had these two types enabled, without saying so.
insert into change_sets (id, at, actor, user_id, why, door, request_id)
	select '00000000-0000-4000-8000-000000000003', created_at, 'gatehouse', '', 'upgrade of the database', 'migration', '' from instances where one = 1;
insert into organizations (id, one, body, recorded_at, change_set)
	select (body::json ->> 'OrganizationID'), 1, '{"FeatureSet":"ALL","PolicyTypes":["SERVICE_CONTROL_POLICY","RESOURCE_CONTROL_POLICY"]}',
		coalesce(created_at, 1), '00000000-0000-4000-8000-000000000003' from instances where one = 1 and (body::json ->> 'OrganizationID') is not null;
insert into change_records (change_set, at, noun, entity_id, action)
	select change_set, recorded_at, 'organization', id, 'create' from organizations;

create table organization_resource_policies (
	id          text collate "C" not null,
	one         bigint not null,
	body        text collate "C" not null,
	recorded_at bigint not null,
	retired_at  bigint,
	change_set  text collate "C" not null,
	primary key (id, recorded_at)
);
create unique index organization_resource_policies_id on organization_resource_policies (id) where retired_at is null;
create unique index organization_resource_policies_one on organization_resource_policies (one) where retired_at is null;

create table delegated_administrators (
	id                text collate "C" not null,
	account_id        text collate "C" not null,
	service_principal text collate "C" not null,
	enabled_at        bigint,
	recorded_at       bigint not null,
	retired_at        bigint,
	change_set        text collate "C" not null,
	primary key (id, recorded_at)
);
create unique index delegated_administrators_id on delegated_administrators (id) where retired_at is null;
create index delegated_administrators_account on delegated_administrators (account_id, id) where retired_at is null;
create index delegated_administrators_service on delegated_administrators (service_principal, id) where retired_at is null;

create table service_access (
	id          text collate "C" not null,
	enabled_at  bigint,
	recorded_at bigint not null,
	retired_at  bigint,
	change_set  text collate "C" not null,
	primary key (id, recorded_at)
);
create unique index service_access_id on service_access (id) where retired_at is null;

create table handshakes (
	id           text collate "C" not null primary key,
	action       text collate "C" not null,
	state        text collate "C" not null,
	account_id   text collate "C" not null,
	parent_id    text collate "C" not null,
	requested_at bigint,
	expires_at   bigint,
	ended_at     bigint,
	over_at      bigint not null,
	body         text collate "C" not null
);
create index handshakes_account on handshakes (account_id, id);
create index handshakes_parent on handshakes (parent_id, id);
create index handshakes_action on handshakes (action, id);
create index handshakes_over on handshakes (over_at);

-- Accounts: aliases are unique; those without a parent stand outside the organization.
alter table accounts add column alias text collate "C";
update accounts set alias = (body::json ->> 'Alias') where (body::json ->> 'Alias') <> '';
create unique index accounts_alias on accounts (alias) where retired_at is null;
create index accounts_state on accounts (state, id) where retired_at is null;
create index organizational_units_parent on organizational_units (parent_id, id) where retired_at is null;

alter table organization_policies add column name_fold text collate "C" not null default '';
update organization_policies set name_fold = lower(name);
drop index organization_policies_name;
create unique index organization_policies_name on organization_policies (type, name_fold) where retired_at is null;
create index organization_policies_type on organization_policies (type, id) where retired_at is null;
drop index policy_attachments_policy;
drop index policy_attachments_target;
create index policy_attachments_policy on policy_attachments (policy_id, id) where retired_at is null;
create index policy_attachments_target on policy_attachments (target_id, id) where retired_at is null;

-- Access.

create index assignments_permission_set on assignments (permission_set_id, id) where retired_at is null;
create index assignments_permission_set_account on assignments (permission_set_id, scope_account, id) where retired_at is null;

create table applications (
	id               text collate "C" not null,
	instance_id      text collate "C" not null,
	owner_account_id text collate "C" not null,
	provider_arn     text collate "C" not null,
	name             text collate "C" not null,
	created_at       bigint,
	body             text collate "C" not null,
	recorded_at      bigint not null,
	retired_at       bigint,
	change_set       text collate "C" not null,
	primary key (id, recorded_at)
);
create unique index applications_id on applications (id) where retired_at is null;
create index applications_instance on applications (instance_id, id) where retired_at is null;
create index applications_owner on applications (instance_id, owner_account_id, id) where retired_at is null;
create index applications_provider on applications (instance_id, provider_arn, id) where retired_at is null;

create table application_assignments (
	id             text collate "C" not null,
	application_id text collate "C" not null,
	principal_type text collate "C" not null,
	principal_id   text collate "C" not null,
	starts_at      bigint,
	ends_at        bigint,
	recorded_at    bigint not null,
	retired_at     bigint,
	change_set     text collate "C" not null,
	primary key (id, recorded_at)
);
create unique index application_assignments_id on application_assignments (id) where retired_at is null;
create index application_assignments_application on application_assignments (application_id, id) where retired_at is null;
create index application_assignments_kind on application_assignments (application_id, principal_type) where retired_at is null;
create index application_assignments_principal on application_assignments (principal_id, principal_type, id) where retired_at is null;
create index application_assignments_principal_history on application_assignments (principal_id, recorded_at);
create index application_assignments_ending on application_assignments (ends_at, id) where retired_at is null and ends_at is not null;

create table trusted_token_issuers (
	id          text collate "C" not null,
	instance_id text collate "C" not null,
	name        text collate "C" not null,
	created_at  bigint,
	body        text collate "C" not null,
	recorded_at bigint not null,
	retired_at  bigint,
	change_set  text collate "C" not null,
	primary key (id, recorded_at)
);
create unique index trusted_token_issuers_id on trusted_token_issuers (id) where retired_at is null;
create index trusted_token_issuers_instance on trusted_token_issuers (instance_id, id) where retired_at is null;

create table account_access_applications (
	id          text collate "C" not null,
	instance_id text collate "C" not null,
	created_at  bigint,
	body        text collate "C" not null,
	recorded_at bigint not null,
	retired_at  bigint,
	change_set  text collate "C" not null,
	primary key (id, recorded_at)
);
create unique index account_access_applications_id on account_access_applications (id) where retired_at is null;
create unique index account_access_applications_instance on account_access_applications (instance_id) where retired_at is null;

create table entitlements (
	id             text collate "C" not null,
	application_id text collate "C" not null,
	principal_type text collate "C" not null,
	principal_id   text collate "C" not null,
	role_arn       text collate "C" not null,
	starts_at      bigint,
	ends_at        bigint,
	created_at     bigint,
	recorded_at    bigint not null,
	retired_at     bigint,
	change_set     text collate "C" not null,
	primary key (id, recorded_at)
);
create unique index entitlements_id on entitlements (id) where retired_at is null;
create unique index entitlements_edge on entitlements (application_id, principal_type, principal_id, role_arn) where retired_at is null;
create index entitlements_application on entitlements (application_id, id) where retired_at is null;
create index entitlements_principal on entitlements (principal_id, principal_type, id) where retired_at is null;
create index entitlements_principal_history on entitlements (principal_id, recorded_at);
create index entitlements_role on entitlements (role_arn, id) where retired_at is null;
create index entitlements_ending on entitlements (ends_at, id) where retired_at is null and ends_at is not null;

-- Native accounts.

-- How a role uses a managed policy.
alter table role_policies add column attached boolean not null default true;
alter table role_policies add column boundary boolean not null default false;
update role_policies set
	attached = exists (select 1 from roles r cross join lateral json_array_elements_text(r.body::json -> 'AttachedPolicies') as p(value)
		where r.account_id = role_policies.account_id and r.name_fold = role_policies.name_fold and p.value = role_policies.policy_arn),
	boundary = exists (select 1 from roles r
		where r.account_id = role_policies.account_id and r.name_fold = role_policies.name_fold and (r.body::json ->> 'PermissionsBoundary') = role_policies.policy_arn);

create table oidc_providers (
	arn        text collate "C" not null primary key,
	account_id text collate "C" not null,
	url        text collate "C" not null,
	created_at bigint,
	body       text collate "C" not null
);
create index oidc_providers_account on oidc_providers (account_id, url);

create table role_uses (
	account_id text collate "C" not null,
	role_id    text collate "C" not null,
	service    text collate "C" not null,
	action     text collate "C" not null,
	used_at    bigint not null,
	region     text collate "C" not null,
	primary key (account_id, role_id, service, action)
);
create index role_uses_service on role_uses (account_id, service, role_id, action);
create index role_uses_age on role_uses (used_at);

create table access_reports (
	id           text collate "C" not null primary key,
	account_id   text collate "C" not null,
	status       text collate "C" not null,
	created_at   bigint,
	completed_at bigint,
	expires_at   bigint,
	body         text collate "C" not null
);
create index access_reports_expiry on access_reports (expires_at);

-- Work.

create table client_tokens (
	scope      text collate "C" not null,
	token      text collate "C" not null,
	digest     text collate "C" not null,
	result_id  text collate "C" not null,
	expires_at bigint,
	primary key (scope, token)
);
create index client_tokens_expiry on client_tokens (expires_at);

create table signing_keys (
	purpose    text collate "C" not null,
	id         text collate "C" not null,
	algorithm  text collate "C" not null,
	private    bytea not null,
	public     bytea not null,
	created_at bigint not null,
	retired_at bigint,
	primary key (purpose, id)
);

-- The trail as files.

create table trails (
	arn        text collate "C" not null primary key,
	account_id text collate "C" not null,
	name       text collate "C" not null,
	created_at bigint,
	body       text collate "C" not null
);
create index trails_account on trails (account_id, arn);

create table trail_statuses (
	arn                 text collate "C" not null primary key,
	logging             boolean not null,
	logging_started_at  bigint,
	logging_stopped_at  bigint,
	position            bigint not null,
	last_delivery_at    bigint,
	last_attempt_at     bigint,
	last_delivery_error text collate "C" not null,
	last_digest_at      bigint,
	last_digest_error   text collate "C" not null,
	last_digest         text collate "C" not null
);
create index trail_statuses_logging on trail_statuses (logging, arn);
