-- +goose Up
alter table profile
  add column seeking text not null default '',
  add column seeking_key text not null default '',
  add column seeking_for text not null default 'nobody' check (seeking_for in ('nobody', 'spaces', 'members')),
  add column reachable_for text not null default 'members' check (reachable_for in ('nobody', 'spaces', 'members'));
comment on column profile.seeking is 'What the person would like others to help with, in a line.';
comment on column profile.reachable_for is 'Who may ask for an introduction, among those who see the name.';

create table introduction (
  id bigint generated always as identity primary key,
  from_id bigint not null references person (id) on delete cascade,
  to_id bigint not null references person (id) on delete cascade check (to_id <> from_id),
  message text not null,
  state text not null default 'asked' check (state in ('asked', 'accepted', 'declined', 'withdrawn', 'lapsed')),
  asked_at timestamptz not null,
  answer text not null default '',
  answered_at timestamptz,
  reminded_at timestamptz,
  from_outcome text not null default '' check (from_outcome in ('', 'met', 'later', 'no')),
  to_outcome text not null default '' check (to_outcome in ('', 'met', 'later', 'no')),
  check ((state = 'asked') = (answered_at is null))
);
comment on table introduction is 'One person asks another, through the platform, to get to know each other. Addresses are shown to both once it is accepted, never before.';
comment on column introduction.answered_at is 'When it stopped waiting: answered, withdrawn, or lapsed.';
comment on column introduction.reminded_at is 'When both were asked how it went.';
create unique index introduction_waiting on introduction (least(from_id, to_id), greatest(from_id, to_id)) where state = 'asked';
create index introduction_from on introduction (from_id, asked_at desc);
create index introduction_to on introduction (to_id, asked_at desc);
create index introduction_due on introduction (asked_at) where state = 'asked';
create index introduction_unfollowed on introduction (answered_at) where state = 'accepted' and reminded_at is null;
