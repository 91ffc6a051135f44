-- +goose Up
alter table seminar
  add column opens_at timestamptz,
  add column approval text not null default 'none' check (approval in ('none', 'office', 'both')),
  add column offer_hours int not null default 0 check (offer_hours between 0 and 720),
  add column per_organisation int not null default 0 check (per_organisation >= 0),
  add column reserved_until timestamptz,
  add column attend_by timestamptz,
  add column bounds_version int not null default 1;
comment on column seminar.bounds_version is 'Counts the changes of quotas and of per_organisation.';
comment on column seminar.per_organisation is 'The most seats for people of one organisation; 0 for no bound.';
comment on column seminar.reserved_until is 'When the seats that quotas keep are given to anybody; null: at the end of registration.';
comment on column seminar.attend_by is 'Until when a conditional seat may meet what attending asks; null: the start.';

create table seminar_quota (
  id bigint generated always as identity primary key,
  seminar_id bigint not null references seminar (id) on delete cascade,
  position int not null,
  trait text not null check (trait in ('gender', 'organisation', 'governorate', 'age')),
  values text[] not null,
  min int not null check (min >= 0),
  max int not null check (max = 0 or max >= min),
  check (min > 0 or max > 0)
);
comment on table seminar_quota is 'Bounds on the seats of a category of people: at least min kept for it until the release, at most max (0: no bound).';
create index seminar_quota_seminar on seminar_quota (seminar_id, position);

alter table registration drop constraint registration_state_check;
alter table registration
  add constraint registration_state_check check (state in ('requested', 'pending', 'confirmed', 'conditional', 'offered',
    'waitlisted', 'cancelled', 'attended', 'absent')),
  add column traits jsonb not null default '{}',
  add column organisation_id bigint references organisation (id) on delete set null,
  add column offer_until timestamptz check ((state = 'offered') = (offer_until is not null)),
  add column bounds_version int not null default 0,
  add column asked_by bigint references person (id) on delete set null;
comment on column registration.state is 'requested waits for the organisation, pending for the office, waitlisted for a seat; confirmed, conditional and offered hold one.';
comment on column registration.traits is 'What quotas ask of the person, as it was when they registered.';
comment on column registration.bounds_version is 'The bounds under which it took its seat: who came before could not have had it under these.';
comment on column registration.asked_by is 'Who asked, when it wasn''t the person: an administrator of their organisation.';
update registration r set organisation_id = (select m.organisation_id from membership m
    join organisation o on o.id = m.organisation_id and o.state = 'validated'
    where m.person_id = r.person_id and m.state = 'active' order by m.asked_at, o.id limit 1);
update registration r set traits = jsonb_strip_nulls(jsonb_build_object('gender', p.gender, 'governorate', coalesce(p.governorate, o.governorate),
    'organisation', o.id, 'kind', o.kind, 'age', extract(year from s.starts_at)::int - p.birth_year))
  from registration q join seminar s on s.id = q.seminar_id join person p on p.id = q.person_id
    left join organisation o on o.id = q.organisation_id
  where q.id = r.id;
create index registration_organisation on registration (organisation_id, state);

create table due_work (
  id bigint generated always as identity primary key,
  key text not null unique,
  kind text not null check (kind in ('open', 'settle', 'remind')),
  seminar_id bigint not null references seminar (id) on delete cascade,
  due_at timestamptz not null,
  next_at timestamptz not null,
  tries int not null default 0,
  done_at timestamptz
);
comment on table due_work is 'What is to be done at a time, whichever node is up then. A row is claimed and done in one transaction; what it finds to do it judges from the seminar as it is then. A key is planned once; next_at is when to try, after due_at when it failed.';
create index due_work_due on due_work (next_at, id) where done_at is null;

create table absence_policy (
  office_id bigint primary key references office (id) on delete cascade,
  absences int not null check (absences between 1 and 20),
  months int not null check (months between 1 and 60),
  changed_by bigint references person (id) on delete set null,
  changed_at timestamptz not null
);
comment on table absence_policy is 'After this many absences without cancelling, in this many months, registering at the office''s seminars waits for its approval.';
