-- +goose Up
create table newsletter (
  id bigint generated always as identity primary key,
  space_id bigint not null references space (id) on delete cascade,
  from_at timestamptz not null,
  until_at timestamptz not null,
  state text not null check (state in ('draft', 'sent', 'empty')),
  subject jsonb not null,
  body jsonb not null,
  version int not null default 1,
  sent_at timestamptz,
  sent_by bigint references person (id) on delete set null,
  check ((state = 'sent') = (sent_at is not null))
);
comment on table newsletter is 'What happened in a space from a moment to another, by language, in Markdown: composed as a draft, edited and sent by its moderators. Where nothing happened a row says so, and nothing is sent.';
create unique index newsletter_draft on newsletter (space_id) where state = 'draft';
create index newsletter_space on newsletter (space_id, until_at desc);

create table mail_round (
  event_id uuid primary key,
  at timestamptz not null,
  newsletter_id bigint not null,
  space_id bigint not null references space (id) on delete cascade,
  subject jsonb not null,
  after bigint not null default 0,
  done_at timestamptz
);
comment on table mail_round is 'A newsletter on its way to the members of its space, some at a time: whichever node is up claims the row and goes on after the person it says.';
create index mail_round_waiting on mail_round (at) where done_at is null;

-- +goose Down
drop table mail_round, newsletter;
