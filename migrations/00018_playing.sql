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
