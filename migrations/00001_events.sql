-- +goose Up
create table outbox (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  type text not null,
  key text not null,
  data jsonb not null,
  at timestamptz not null default clock_timestamp(),
  published_at timestamptz
);
comment on table outbox is 'Every event ever announced, in order; rows without published_at wait for the relay.';
create index outbox_unpublished on outbox (seq) where published_at is null;
create index outbox_type on outbox (type, seq);

create table consumed (
  consumer text not null,
  event_id uuid not null,
  at timestamptz not null default clock_timestamp(),
  primary key (consumer, event_id)
);
comment on table consumed is 'The mark each consumer leaves in the transaction that does the work: a redelivery does nothing.';

create table consumer (
  name text primary key,
  types text[] not null,
  replayable boolean not null,
  settled bigint not null default 0,
  seen_at timestamptz not null default clock_timestamp(),
  replay_asked_at timestamptz,
  replay_until bigint not null default 0
);
comment on table consumer is 'The consumers that ever ran, so that a subcommand needs only the database.';
comment on column consumer.settled is 'Every event up to this seq has its mark or is a dead letter: what lacks a mark is sought above it.';
comment on column consumer.replay_until is 'A replay is under way as long as this is above settled.';

create table failure (
  id bigint generated always as identity primary key,
  consumer text not null,
  event_id uuid not null references outbox (id),
  attempts integer not null,
  error text not null,
  at timestamptz not null default clock_timestamp(),
  dead_at timestamptz,
  replayed_at timestamptz,
  unique (consumer, event_id)
);
comment on table failure is 'Events that a consumer could not handle yet; a row with dead_at is a dead letter. Handling the event removes it.';
comment on column failure.replayed_at is 'When an administrator last sent the dead letter again.';
create index failure_event on failure (event_id);
