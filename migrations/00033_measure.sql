-- +goose Up
create table measure (
  id bigint generated always as identity primary key,
  person_id bigint not null references person (id) on delete cascade,
  act text not null check (act in ('warn', 'suspend', 'ban')),
  kind text not null check (kind in ('platform', 'office', 'space')),
  office_id bigint references office (id),
  space_id bigint references space (id) on delete cascade,
  post_id bigint references post (id) on delete set null,
  cause text not null,
  words text not null,
  at timestamptz not null,
  until timestamptz,
  by_id bigint references person (id) on delete set null,
  appeal text not null default '',
  appealed_at timestamptz,
  appeal_hash bytea unique,
  decision text not null default '' check (decision in ('', 'upheld', 'lifted')),
  answer text not null default '',
  decided_by bigint references person (id) on delete set null,
  decided_at timestamptz,
  constraint measure_scope check ((kind = 'office') = (office_id is not null) and (kind = 'space') = (space_id is not null)),
  check ((act = 'suspend') = (until is not null))
);
comment on table measure is 'What moderators did about a person: a warning, a suspension or a ban from writing, over a space, the spaces of an office, or the platform.';
comment on column measure.until is 'When a suspension ends, by itself: nothing needs to run.';
comment on column measure.appeal_hash is 'SHA-256 of the secret with which somebody banned from the platform, who can''t sign in, reads why and appeals.';
create index measure_person on measure (person_id, id desc);
create index measure_space on measure (space_id) where space_id is not null;
create index measure_office on measure (office_id) where office_id is not null;
create index measure_appeal on measure (appealed_at) where decision = '' and appealed_at is not null;

-- +goose Down
drop table measure;
