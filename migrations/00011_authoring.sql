-- +goose Up
alter table module add column version int not null default 1;
comment on column module.version is 'Grows with each edit of the texts: who saves over another version is told so.';

alter table lesson
  add column state text not null default 'shown' check (state in ('draft', 'shown', 'retired')),
  add column version int not null default 1,
  add column body jsonb not null default '{}';
alter table lesson drop constraint lesson_kind_check;
alter table lesson add constraint lesson_kind_check check (kind in ('video', 'quiz', 'reading'));
comment on column lesson.state is 'A draft was added to a published module and learners do not see it yet; a retired one counts no more, what people did in it stays.';
comment on column lesson.version is 'Grows with each edit by hand: who saves over another version is told so.';
comment on column lesson.body is 'Of a reading: Markdown by language.';

alter table track add column retired_at timestamptz;
alter table track drop constraint track_lesson_id_language_key;
create unique index track_current on track (lesson_id, language) where retired_at is null;
create index track_lesson on track (lesson_id);
comment on column track.retired_at is 'Another recording replaced it. What was played of it still counts for the lesson.';

create table reading_done (
  person_id bigint not null references person (id) on delete cascade,
  lesson_id bigint not null references lesson (id),
  at timestamptz not null,
  primary key (person_id, lesson_id)
);
comment on table reading_done is 'A person confirmed that they read a lesson. Written once, never withdrawn.';

create table uploaded (
  name text primary key,
  at timestamptz not null
);
comment on table uploaded is 'Blobs that came by a form, whether or not a track uses them: what no track uses is swept after a day.';
