-- +goose Up
create table notification (
  id bigint generated always as identity primary key,
  person_id bigint not null references person (id) on delete cascade,
  event_id uuid not null,
  kind text not null,
  data jsonb not null,
  at timestamptz not null,
  read_at timestamptz,
  unique (person_id, event_id)
);
comment on table notification is 'What each person is told in the pages. The words are chosen when it is read, from kind and data, in the reader''s language.';
create index notification_recent on notification (person_id, at desc, id desc);
create index notification_unread on notification (person_id) where read_at is null;

create table mail (
  id bigint generated always as identity primary key,
  key text not null unique,
  address text not null,
  person_id bigint references person (id) on delete cascade,
  language text not null check (language in ('fr', 'ar', 'en')),
  kind text not null,
  data jsonb not null,
  state text not null default 'queued' check (state in ('queued', 'sent', 'written', 'failed')),
  attempts int not null default 0,
  next_at timestamptz not null,
  created_at timestamptz not null,
  done_at timestamptz,
  error text not null default ''
);
comment on table mail is 'The queue of letters: written in the transaction that caused them, taken by a sender. The key makes a letter unique.';
comment on column mail.next_at is 'When a sender may take it; pushed forward while one has it, so that a sender that died loses only time.';
create index mail_queued on mail (next_at) where state = 'queued';
