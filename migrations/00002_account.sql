-- +goose Up
create table office (
  id bigint generated always as identity primary key,
  key text not null unique,
  name jsonb not null
);
comment on table office is 'Regional offices: data, loaded by account.LoadPlaces.';

create table governorate (
  code text primary key,
  office_id bigint not null references office (id),
  name jsonb not null,
  position int not null default 0
);
comment on table governorate is 'Administrative regions by ISO 3166-2 code, each served by one office.';
create index governorate_office on governorate (office_id);

create table axis (
  key text primary key,
  name jsonb not null,
  position int not null default 0
);
comment on table axis is 'Themes of work, shared by organisations and spaces.';

create table person (
  id bigint generated always as identity primary key,
  name text not null check (name <> ''),
  email text not null unique,
  email_confirmed_at timestamptz,
  password_hash text,
  language text not null default 'fr' check (language in ('fr', 'ar', 'en')),
  governorate text references governorate (code),
  gender text check (gender in ('female', 'male')),
  birth_year int check (birth_year between 1900 and 2100),
  created_at timestamptz not null default now()
);
comment on column person.email is 'In the canonical form of account.CanonicalEmail: lower case, ASCII domain.';
comment on column person.password_hash is 'argon2id in PHC form; null for somebody who only signs in by magic link.';
comment on column person.gender is 'Private: only for aggregates and for quotas the person can see.';

create table organisation (
  id bigint generated always as identity primary key,
  name text not null check (name <> ''),
  name_key text not null default '',
  kind text not null check (kind in ('association', 'network', 'public_actor', 'social_enterprise', 'media', 'donor', 'other')),
  governorate text not null references governorate (code),
  office_id bigint not null references office (id),
  axes text[] not null default '{}',
  description text not null default '',
  state text not null default 'requested' check (state in ('requested', 'validated', 'refused')),
  asked_by bigint references person (id) on delete set null,
  asked_at timestamptz not null default now(),
  decided_by bigint references person (id) on delete set null,
  decided_at timestamptz,
  reason text not null default ''
);
comment on column organisation.name_key is 'The name folded by account.Fold, for finding it without accents or case.';
create index organisation_office_state on organisation (office_id, state);

create table membership (
  person_id bigint not null references person (id) on delete cascade,
  organisation_id bigint not null references organisation (id) on delete cascade,
  state text not null check (state in ('requested', 'active', 'ended')),
  asked_at timestamptz not null default now(),
  decided_by bigint references person (id) on delete set null,
  decided_at timestamptz,
  reason text not null default '',
  primary key (person_id, organisation_id)
);
comment on table membership is 'One row per person and organisation; a refused request is ended, with its reason.';
create index membership_organisation on membership (organisation_id, state);

create table space (
  id bigint generated always as identity primary key,
  key text not null unique,
  office_id bigint references office (id),
  axis text references axis (key),
  name jsonb not null,
  description jsonb not null default '{}',
  visibility text not null default 'open' check (visibility in ('open', 'request', 'invitation')),
  hue int not null default 210 check (hue between 0 and 359),
  position int not null default 0
);
comment on table space is 'Learning spaces as scopes; a national space has no office.';
create index space_office on space (office_id);

create table space_member (
  space_id bigint not null references space (id) on delete cascade,
  person_id bigint not null references person (id) on delete cascade,
  since timestamptz not null default now(),
  primary key (space_id, person_id)
);
create index space_member_person on space_member (person_id);

create table space_request (
  space_id bigint not null references space (id) on delete cascade,
  person_id bigint not null references person (id) on delete cascade,
  at timestamptz not null default now(),
  primary key (space_id, person_id)
);
comment on table space_request is 'People who asked to enter a space by request and wait for an answer.';

create table role_grant (
  id bigint generated always as identity primary key,
  person_id bigint not null references person (id) on delete cascade,
  role text not null check (role in ('administrator', 'programme_manager', 'office_moderator', 'space_moderator',
    'trainer', 'organisation_administrator')),
  kind text not null check (kind in ('platform', 'office', 'space', 'organisation')),
  office_id bigint references office (id),
  space_id bigint references space (id) on delete cascade,
  organisation_id bigint references organisation (id) on delete cascade,
  given_by bigint references person (id) on delete set null,
  given_at timestamptz not null default now(),
  revoked_by bigint references person (id) on delete set null,
  revoked_at timestamptz,
  constraint role_grant_scope check (num_nonnulls(office_id, space_id, organisation_id) = (kind <> 'platform')::int
    and (kind <> 'office' or office_id is not null)
    and (kind <> 'space' or space_id is not null)
    and (kind <> 'organisation' or organisation_id is not null))
);
comment on table role_grant is 'Who holds which role over what. A revoked grant stays, for the record.';
create unique index role_grant_held on role_grant (person_id, role, kind, coalesce(office_id, space_id, organisation_id, 0))
  where revoked_at is null;

create table session (
  id bigint generated always as identity primary key,
  token_hash bytea not null unique,
  person_id bigint not null references person (id) on delete cascade,
  agent text not null default '',
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  expires_at timestamptz not null
);
comment on table session is 'Signed-in browsers. Only the SHA-256 of the token is kept; seen_at moves at most hourly.';
create index session_person on session (person_id);
create index session_expiry on session (expires_at);

create table token (
  hash bytea primary key,
  kind text not null check (kind in ('confirm', 'magic', 'reset')),
  email text not null,
  person_id bigint references person (id) on delete cascade,
  data jsonb not null default '{}',
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  check ((kind = 'confirm') = (person_id is null))
);
comment on table token is 'Single-use links sent by mail. A confirm token holds the whole sign-up: nobody exists before proving their address.';
create index token_email on token (email, kind);
create index token_expiry on token (expires_at);

create table attempt (
  id bigint generated always as identity primary key,
  key text not null,
  at timestamptz not null
);
comment on table attempt is 'Recent failures and mail requests by account and by address, shared by every node; swept after an hour.';
create index attempt_key on attempt (key, at);
create index attempt_at on attempt (at);
