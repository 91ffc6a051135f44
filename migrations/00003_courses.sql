-- +goose Up
create table module (
  id bigint generated always as identity primary key,
  space_id bigint not null references space (id),
  position int not null,
  title jsonb not null,
  summary jsonb not null default '{}',
  state text not null default 'draft' check (state in ('draft', 'published', 'retired')),
  created_at timestamptz not null,
  published_at timestamptz,
  unique (space_id, position)
);
comment on table module is 'A course unit of a space: ordered lessons and a criterion.';

create table criterion (
  module_id bigint not null references module (id),
  version int not null check (version > 0),
  rule jsonb not null,
  made_by bigint references person (id) on delete set null,
  made_at timestamptz not null,
  primary key (module_id, version)
);
comment on table criterion is 'What completes a module. The highest version is in force; the others explain older completions.';

create table lesson (
  id bigint generated always as identity primary key,
  module_id bigint not null references module (id),
  position int not null,
  kind text not null check (kind in ('video', 'quiz')),
  title jsonb not null,
  summary jsonb not null default '{}',
  unique (module_id, position)
);

create table track (
  id bigint generated always as identity primary key,
  lesson_id bigint not null references lesson (id),
  language text not null,
  duration_ms int not null check (duration_ms between 1 and 86400000),
  synthetic boolean not null default false,
  files jsonb not null,
  chapters jsonb not null default '[]',
  transcript jsonb not null default '[]',
  unique (lesson_id, language)
);
comment on table track is 'A video lesson in one language. Watching any one track is watching the lesson.';
comment on column track.synthetic is 'The voice is synthesised, which the page says.';

create table question (
  id bigint generated always as identity primary key,
  lesson_id bigint not null references lesson (id),
  position int not null,
  kind text not null check (kind in ('single', 'multiple')),
  prompt jsonb not null,
  options jsonb not null,
  explanation jsonb not null default '{}',
  unique (lesson_id, position)
);

create table module_progress (
  person_id bigint not null references person (id) on delete cascade,
  module_id bigint not null references module (id),
  percent int not null default 0 check (percent between 0 and 100),
  last_lesson_id bigint references lesson (id),
  opened_at timestamptz not null,
  touched_at timestamptz not null,
  primary key (person_id, module_id)
);
comment on table module_progress is 'One row per person and module: the lock that everything this person does in this module takes first.';
create index module_progress_module on module_progress (module_id);
create index module_progress_touched on module_progress (person_id, touched_at desc);

create table played (
  person_id bigint not null references person (id) on delete cascade,
  track_id bigint not null references track (id),
  played int4multirange not null default '{}',
  position_ms int not null default 0,
  opened_at timestamptz not null,
  touched_at timestamptz not null,
  primary key (person_id, track_id)
);
comment on column played.played is 'The milliseconds of the track really played, half-open, within [0, duration).';
comment on column played.position_ms is 'Where the person stopped: only for resuming, it counts for nothing.';
comment on column played.opened_at is 'When the server first heard of this person playing this track.';

create table quiz_attempt (
  id bigint generated always as identity primary key,
  person_id bigint not null references person (id) on delete cascade,
  lesson_id bigint not null references lesson (id),
  nonce uuid not null,
  answers jsonb not null,
  score int not null check (score between 0 and 100),
  at timestamptz not null,
  unique (person_id, lesson_id, nonce)
);
comment on column quiz_attempt.nonce is 'Drawn when the form was shown: a form sent twice is one attempt.';

create table progress_step (
  person_id bigint not null,
  module_id bigint not null,
  step int not null check (step between 5 and 100 and step % 5 = 0),
  at timestamptz not null,
  primary key (person_id, module_id, step),
  foreign key (person_id, module_id) references module_progress on delete cascade
);
comment on table progress_step is 'The multiples of 5 % already announced: each once, whatever happens to the module later.';

create table completion (
  person_id bigint not null,
  module_id bigint not null,
  criterion_version int not null,
  at timestamptz not null,
  primary key (person_id, module_id),
  foreign key (person_id, module_id) references module_progress on delete cascade,
  foreign key (module_id, criterion_version) references criterion (module_id, version)
);
comment on table completion is 'A person met a module''s criterion. Written once, never changed, never deleted by an edit.';
-- Neither refers to module: an edit locks the module's row, then the progress rows, and these are written under the latter.

-- +goose StatementBegin
create function covered_ms(int4multirange) returns int language sql immutable parallel safe as
  'select coalesce(sum(upper(r) - lower(r)), 0)::int from unnest($1) r';
-- +goose StatementEnd
