-- +goose Up
-- Monitoring's own projection of what was announced. Every row can be rebuilt from the events, in any order: numbers only
-- grow, first dates only go back, and where the last word counts, "seq" (the event's place in the outbox) says which it is.
create table journey_seminar (
  seminar_id bigint primary key,
  office_id bigint not null,
  space_id bigint not null,
  title jsonb not null,
  state text not null check (state in ('published', 'cancelled')),
  capacity int not null,
  sessions jsonb not null, -- [{id, starts_at, ends_at}]
  first_session_at timestamptz,
  modules bigint[] not null,
  seq bigint not null
);
comment on table journey_seminar is 'The last announced state of each seminar, with the modules its gate speaks of.';
create index journey_seminar_office on journey_seminar (office_id, first_session_at);

create table journey_module (
  module_id bigint primary key,
  title jsonb not null,
  seq bigint not null
);
comment on table journey_module is 'The last announced title of each module.';

create table journey_progress (
  person_id bigint not null,
  module_id bigint not null,
  percent int not null default 0 check (percent between 0 and 100),
  first_at timestamptz not null,
  completed_at timestamptz,
  primary key (person_id, module_id)
);
comment on table journey_progress is 'How far each person came in each module: the highest percent, the first announcement, the completion.';
create index journey_progress_module on journey_progress (module_id);

create table journey_unlock (
  person_id bigint not null,
  seminar_id bigint not null,
  at timestamptz not null,
  primary key (person_id, seminar_id)
);
comment on table journey_unlock is 'When each seminar opened its registration to each person.';
create index journey_unlock_seminar on journey_unlock (seminar_id);

create table journey_registration (
  registration_id bigint primary key,
  seminar_id bigint not null,
  person_id bigint not null,
  state text not null,
  reason text not null,
  requested_at timestamptz not null,
  confirmed_at timestamptz,
  changed_at timestamptz not null,
  seq bigint not null
);
comment on table journey_registration is 'The last announced state of each registration; a person who cancelled and came back has several.';
create index journey_registration_seminar on journey_registration (seminar_id, person_id);

create table journey_attendance (
  person_id bigint not null,
  session_id bigint not null,
  seminar_id bigint not null,
  present boolean not null,
  seq bigint not null,
  primary key (person_id, session_id)
);
comment on table journey_attendance is 'The last mark of each person at each session.';
create index journey_attendance_seminar on journey_attendance (seminar_id, person_id);
