-- E-mail addresses are unique only where they are marked as primary. Rows that exist obeyed the
-- stricter rule; they keep it until they are written again.
alter table users add column primary_email_fold text;
update users set primary_email_fold = email_fold;
drop index users_email;
create unique index users_email on users (primary_email_fold) where retired_at is null;
create index users_email_any on users (email_fold) where retired_at is null;

-- Who made a membership, and when.
alter table memberships add column created_at integer;
alter table memberships add column created_by text;
