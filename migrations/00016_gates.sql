-- +goose Up
-- A seminar has two gates: to register, and to attend. What was written before is to register.
alter table gate_version drop constraint gate_version_use_check;
alter table gate_version add constraint gate_version_use_check check (use in ('register', 'attend'));
alter table decision drop constraint decision_use_check;
alter table decision add constraint decision_use_check check (use in ('register', 'attend'));

alter table seminar add column attend_version int not null default 0;
comment on column seminar.gate_version is 'The version of the gate to register that counts.';
comment on column seminar.attend_version is 'The version of the gate to attend that counts; 0 while none was ever set, which asks for nothing.';

alter table gate_subject add column use text not null default 'register' check (use in ('register', 'attend'));
alter table gate_subject drop constraint gate_subject_pkey;
alter table gate_subject add primary key (kind, subject_id, seminar_id, use);

alter table eligibility add column use text not null default 'register' check (use in ('register', 'attend'));
alter table eligibility drop constraint eligibility_pkey;
alter table eligibility add primary key (person_id, seminar_id, use);

-- Organisations are facts too, with their kind and governorate: one event may announce several facts.
alter table fact add column word text not null default '';
comment on column fact.word is 'What it is, for facts whose value is a word: the kind of an organisation, its governorate.';
alter table fact drop constraint fact_pkey;
alter table fact add primary key (event_id, kind);
create index fact_space on fact (space_id, kind, person_id) where space_id is not null;

insert into fact (event_id, kind, subject_id, word, value, since, until)
select id, kind, subject_id, word, 1, at, lead(at) over (partition by kind, subject_id order by at, id)
from (
  select outbox.id, kind, (data->>'organisation_id')::bigint as subject_id, word, at
  from outbox, lateral (values ('organisation_kind', data->>'kind'), ('organisation_place', data->>'governorate')) as told (kind, word)
  where type in ('account.organisation_decided', 'account.organisation_changed') and word <> ''
) as told;

alter table decision add column facts jsonb;
comment on column decision.facts is 'What was known, by subject: with the rule of that version it gives the same decision for ever, even when an event''s person is erased. Null before facts were kept: the evidence tells.';
