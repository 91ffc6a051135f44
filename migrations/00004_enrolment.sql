-- +goose Up
create table seminar (
  id bigint generated always as identity primary key,
  office_id bigint not null references office (id),
  space_id bigint not null references space (id),
  state text not null default 'draft' check (state in ('draft', 'published', 'cancelled')),
  title jsonb not null,
  description jsonb not null,
  venue text not null,
  address text not null,
  governorate text references governorate (code),
  zone text not null,
  capacity int not null check (capacity > 0),
  closes_at timestamptz,
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  version int not null default 1,
  gate_version int not null default 1,
  created_by bigint references person (id) on delete set null,
  created_at timestamptz not null default now(),
  published_at timestamptz,
  cancelled_at timestamptz,
  cancel_reason text not null default ''
);
comment on table seminar is 'An in-person event run by an office; starts_at and ends_at span its sessions; version counts edits, gate_version its gates.';
create index seminar_upcoming on seminar (starts_at) where state = 'published';
create index seminar_office on seminar (office_id, starts_at);
create index seminar_space on seminar (space_id, starts_at);

create table seminar_session (
  id bigint generated always as identity primary key,
  seminar_id bigint not null references seminar (id) on delete cascade,
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at)
);
create index seminar_session_seminar on seminar_session (seminar_id, starts_at);

create table gate_version (
  seminar_id bigint not null references seminar (id) on delete cascade,
  use text not null check (use in ('register')),
  version int not null,
  rule jsonb not null,
  created_by bigint references person (id) on delete set null,
  created_at timestamptz not null,
  primary key (seminar_id, use, version)
);
comment on table gate_version is 'Every rule a seminar ever had, so that any past decision can be taken again.';

create table gate_subject (
  kind text not null,
  subject_id bigint not null,
  seminar_id bigint not null references seminar (id) on delete cascade,
  primary key (kind, subject_id, seminar_id)
);
comment on table gate_subject is 'What the current gates speak of: finds the seminars that a fact concerns.';
create index gate_subject_seminar on gate_subject (seminar_id);

create table fact (
  event_id uuid primary key,
  person_id bigint references person (id) on delete cascade,
  kind text not null,
  subject_id bigint not null,
  value int not null,
  since timestamptz not null,
  until timestamptz
);
comment on table fact is 'Every announced fact, whether or not a gate uses it; person_id is null for facts about an organisation. A state (a membership, a presence) ends when the next one of the same subject begins.';
create index fact_person on fact (person_id, kind, subject_id);
create index fact_subject on fact (kind, subject_id, person_id);

create table module_title (
  module_id bigint primary key,
  space_id bigint not null,
  title jsonb not null,
  at timestamptz not null
);
comment on table module_title is 'Titles of modules as last announced, for gates and their builder.';
create index module_title_space on module_title (space_id);

create table eligibility (
  person_id bigint not null references person (id) on delete cascade,
  seminar_id bigint not null references seminar (id) on delete cascade,
  eligible boolean not null,
  gate_version int not null,
  decided_at timestamptz not null,
  primary key (person_id, seminar_id)
);
comment on table eligibility is 'The last decision of the gate for each person it concerns; rebuilt from facts.';
create index eligibility_seminar on eligibility (seminar_id);

create table unlock (
  person_id bigint not null references person (id) on delete cascade,
  seminar_id bigint not null references seminar (id) on delete cascade,
  gate_version int not null,
  at timestamptz not null,
  primary key (person_id, seminar_id)
);
comment on table unlock is 'That a person was told a seminar is open to them: once, and kept when eligibility is rebuilt.';
create index unlock_seminar on unlock (seminar_id);

create table decision (
  id bigint generated always as identity primary key,
  person_id bigint not null references person (id) on delete cascade,
  seminar_id bigint not null references seminar (id) on delete cascade,
  use text not null check (use in ('register')),
  gate_version int not null,
  evidence uuid[] not null,
  at timestamptz not null
);
comment on table decision is 'Each favourable decision a registration rests on: the version of the gate and the facts (by event) that were known.';
create index decision_person on decision (seminar_id, person_id, at);

create sequence registration_queue;
create table registration (
  id bigint generated always as identity primary key,
  seminar_id bigint not null references seminar (id) on delete cascade,
  person_id bigint not null references person (id) on delete cascade,
  state text not null check (state in ('confirmed', 'waitlisted', 'cancelled', 'attended', 'absent')),
  queue bigint not null default nextval('registration_queue'),
  decision_id bigint not null references decision (id),
  created_at timestamptz not null,
  changed_at timestamptz not null,
  cancelled_by bigint references person (id) on delete set null,
  cancel_reason text not null default ''
);
comment on column registration.queue is 'Order of arrival, taken under the lock of the seminar: seats go in this order.';
create unique index registration_active on registration (seminar_id, person_id) where state <> 'cancelled';
create index registration_queue_order on registration (seminar_id, queue) where state <> 'cancelled';
create index registration_person on registration (person_id);

create table attendance (
  session_id bigint not null references seminar_session (id),
  registration_id bigint not null references registration (id) on delete cascade,
  present boolean not null,
  recorded_by bigint references person (id) on delete set null,
  recorded_at timestamptz not null,
  primary key (session_id, registration_id)
);
create index attendance_registration on attendance (registration_id);

-- +goose Down
drop table attendance, registration, decision, unlock, eligibility, module_title, fact, gate_subject, gate_version, seminar_session, seminar;
drop sequence registration_queue;
