-- +goose Up
create table moderation_case (
  id bigint generated always as identity primary key,
  post_id bigint not null references post (id) on delete cascade,
  opened_at timestamptz not null,
  assigned_to bigint references person (id) on delete set null,
  assigned_at timestamptz,
  remind_at timestamptz,
  closed_at timestamptz
);
comment on table moderation_case is 'A reported post that waits for a decision, from its first report on, and who looks after it.';
comment on column moderation_case.remind_at is 'When its moderators are reminded of it; null once they were, or when it is closed. Whichever node is up then claims the row.';
create unique index moderation_case_open on moderation_case (post_id) where closed_at is null;
create index moderation_case_assigned on moderation_case (assigned_to) where closed_at is null;
create index moderation_case_remind on moderation_case (remind_at) where remind_at is not null;
insert into moderation_case (post_id, opened_at, remind_at)
  select post_id, min(at), min(at) + interval '48 hours' from post_report where decided_at is null group by post_id;

create table moderation_batch (
  id bigint generated always as identity primary key,
  person_id bigint not null references person (id) on delete cascade,
  act text not null check (act in ('hide', 'keep', 'take')),
  note text not null default '',
  created_at timestamptz not null,
  done_at timestamptz
);
comment on table moderation_batch is 'One act of a moderator on many reported posts, done one by one with the rights the moderator has at that time.';
create index moderation_batch_waiting on moderation_batch (id) where done_at is null;

create table moderation_batch_item (
  batch_id bigint not null references moderation_batch (id) on delete cascade,
  post_id bigint not null references post (id) on delete cascade,
  result text check (result in ('done', 'decided', 'refused', 'gone', 'failed')),
  at timestamptz,
  primary key (batch_id, post_id)
);
comment on column moderation_batch_item.result is 'What became of it: done, decided by somebody else before, refused for lack of right, gone meanwhile, or failed. Null while it waits.';

-- +goose Down
drop table moderation_batch_item, moderation_batch, moderation_case;
