-- +goose Up
create table playing_session (
  person_id bigint not null,
  module_id bigint not null,
  opened_at timestamptz not null,
  nonce bigint not null,
  claims jsonb not null default '{}',
  claimed_ms bigint not null default 0,
  heard_at timestamptz not null,
  primary key (person_id, opened_at, nonce, module_id),
  foreign key (person_id, module_id) references module_progress on delete cascade
);
comment on table playing_session is 'What was claimed under each time that the server opened a module to a person: the session itself is a signed token, the row appears with its first report.';
comment on column playing_session.claims is 'By track, the intervals that reports named: [[from, to], …] in milliseconds, half-open.';
comment on column playing_session.nonce is 'Drawn with the token; 0 for reports of players that knew no sessions yet.';
create index playing_session_heard on playing_session (heard_at);
-- It refers to module_progress and not to module: an edit locks the module's row, then the progress rows.

create table contribution (
  post_id bigint primary key,
  person_id bigint not null references person (id) on delete cascade,
  space_id bigint not null,
  visible boolean not null,
  since timestamptz not null
);
comment on table contribution is 'What people wrote in spaces, as events told last, whatever the order in which they arrived.';
create index contribution_person on contribution (person_id, space_id);

create table text_followed (
  person_id bigint not null references person (id) on delete cascade,
  lesson_id bigint not null references lesson (id),
  answers jsonb not null,
  at timestamptz not null,
  primary key (person_id, lesson_id)
);
comment on table text_followed is 'A person followed a video by its transcript and answered its three questions: it counts as the video played whole, and stays told apart from playing.';

alter table module add column by_text boolean not null default false;
comment on column module.by_text is 'Its author lets videos be followed by their transcript and three questions, which costs hardly any data.';

create table attesting_space (
  space_id bigint primary key references space (id) on delete cascade,
  by_id bigint references person (id) on delete set null,
  at timestamptz not null
);
comment on table attesting_space is 'Spaces whose modules give an attestation to whoever completed them.';

create table attestation (
  code text primary key,
  person_id bigint not null references person (id) on delete cascade,
  module_id bigint not null references module (id),
  issued_at timestamptz not null,
  unique (person_id, module_id)
);
comment on table attestation is 'An attestation that its person asked for. Whoever has the code can verify it.';

create table progress_sharing (
  person_id bigint not null references person (id) on delete cascade,
  organisation_id bigint not null references organisation (id) on delete cascade,
  agreed boolean not null,
  at timestamptz not null,
  primary key (person_id, organisation_id)
);
comment on table progress_sharing is 'Whether a member lets the administrators of an organisation see their progress: the last answer. Nobody is asked again.';
