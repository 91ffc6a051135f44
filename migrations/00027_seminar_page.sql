-- +goose Up
alter table seminar
  add column languages text[] not null default '{}',
  add column covered text[] not null default '{}' check (covered <@ array['travel', 'meals', 'lodging']),
  add column costs jsonb not null default '{}',
  add column directions jsonb not null default '{}',
  add column latitude double precision check (latitude between -90 and 90),
  add column longitude double precision check (longitude between -180 and 180),
  add constraint seminar_point check ((latitude is null) = (longitude is null));
comment on column seminar.languages is 'Those spoken there; empty when nobody said.';
comment on column seminar.covered is 'The costs that the office covers; costs says for whom and how to ask.';
comment on column seminar.latitude is 'Of the venue, in degrees of WGS 84, as longitude.';

create table seminar_trainer (
  id bigint generated always as identity primary key,
  seminar_id bigint not null references seminar (id) on delete cascade,
  position int not null,
  person_id bigint references person (id) on delete set null,
  name text not null,
  about text not null default ''
);
comment on table seminar_trainer is 'Who trains: people of the platform, who then see who comes and take attendance, and others, who are only named.';
create unique index seminar_trainer_person on seminar_trainer (seminar_id, person_id);
create index seminar_trainer_of on seminar_trainer (person_id) where person_id is not null;

create table seminar_question (
  id bigint generated always as identity primary key,
  seminar_id bigint not null references seminar (id) on delete cascade,
  position int not null,
  kind text not null check (kind in ('line', 'text', 'one', 'many', 'yes_no')),
  required boolean not null,
  label jsonb not null,
  options jsonb not null default '[]',
  retired_at timestamptz
);
comment on table seminar_question is 'What is asked of people who register. One that was answered is retired and never deleted: its answers stay with those who run the seminar.';
comment on column seminar_question.options is 'The choices, as texts; answers name them by their place, so they are only reworded and added to.';
create index seminar_question_seminar on seminar_question (seminar_id, position);

create table registration_answer (
  registration_id bigint not null references registration (id) on delete cascade,
  question_id bigint not null references seminar_question (id) on delete cascade,
  value jsonb not null,
  answered_at timestamptz not null,
  primary key (registration_id, question_id)
);
comment on column registration_answer.value is 'A list of texts: what was typed; "yes" or "no"; or the places of the choices.';
create index registration_answer_question on registration_answer (question_id);

-- +goose Down
drop table registration_answer, seminar_question, seminar_trainer;
alter table seminar drop column languages, drop column covered, drop column costs, drop column directions, drop column latitude, drop column longitude;
