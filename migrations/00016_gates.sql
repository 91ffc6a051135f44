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
