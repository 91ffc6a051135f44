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
