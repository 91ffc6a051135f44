-- +goose Up
alter table person add column name_key text not null default '';
comment on column person.name_key is 'The name folded by account.Fold; empty until account.FoldNames, for people older than the column.';
create index person_directory on person (name_key, id) where email_confirmed_at is not null;

create table profile (
  person_id bigint primary key references person (id) on delete cascade,
  bio text not null default '',
  bio_key text not null default '',
  occupation text not null default '',
  occupation_key text not null default '',
  expertise text not null default '',
  expertise_key text not null default '',
  axes text[] not null default '{}',
  languages text[] not null default '{}',
  email text not null default '',
  phone text not null default '',
  name_for text not null default 'members' check (name_for in ('nobody', 'spaces', 'members')),
  bio_for text not null default 'nobody' check (bio_for in ('nobody', 'spaces', 'members')),
  occupation_for text not null default 'nobody' check (occupation_for in ('nobody', 'spaces', 'members')),
  governorate_for text not null default 'nobody' check (governorate_for in ('nobody', 'spaces', 'members')),
  organisation_for text not null default 'nobody' check (organisation_for in ('nobody', 'spaces', 'members')),
  expertise_for text not null default 'nobody' check (expertise_for in ('nobody', 'spaces', 'members')),
  languages_for text not null default 'nobody' check (languages_for in ('nobody', 'spaces', 'members')),
  email_for text not null default 'nobody' check (email_for in ('nobody', 'spaces', 'members')),
  phone_for text not null default 'nobody' check (phone_for in ('nobody', 'spaces', 'members'))
);
comment on table profile is 'What people say of themselves beyond their account, and to whom each field is shown: nobody, those who share a space with them, or everybody signed in. No row means the defaults.';
comment on column profile.email is 'A contact address the person chose to give, not the one they sign in with.';

create table document (
  id bigint generated always as identity primary key,
  space_id bigint not null references space (id),
  title jsonb not null,
  summary jsonb not null default '{}',
  words text not null default '',
  kind text not null check (kind in ('guide', 'template', 'report', 'law', 'other')),
  axes text[] not null default '{}',
  languages text[] not null,
  blob text not null,
  name text not null,
  bytes bigint not null check (bytes > 0),
  state text not null check (state in ('proposed', 'published', 'refused', 'withdrawn')),
  given_by bigint references person (id) on delete set null,
  given_at timestamptz not null,
  decided_by bigint references person (id) on delete set null,
  decided_at timestamptz,
  reason text not null default '',
  downloads bigint not null default 0
);
comment on table document is 'The library of each space. What a member gives waits as proposed; what a moderator gives is published at once.';
comment on column document.words is 'Titles and summaries folded by account.Fold, for finding them.';
comment on column document.blob is 'Name of the file in the library''s folder, made of its content.';
create index document_published on document (space_id, decided_at desc, id desc) where state = 'published';
create index document_waiting on document (space_id, given_at) where state = 'proposed';
create index document_given on document (given_by);
