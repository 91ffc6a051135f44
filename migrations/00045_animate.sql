-- +goose Up
create table welcome (
  space_id bigint not null references space (id) on delete cascade,
  person_id bigint not null references person (id) on delete cascade,
  by_id bigint references person (id) on delete set null,
  at timestamptz not null,
  primary key (space_id, person_id)
);
comment on table welcome is 'Newcomers whom a moderator of the space welcomed, each once.';
create index space_member_since on space_member (space_id, since desc);
create index thread_unanswered on thread (space_id, created_at) where kind = 'question' and replies = 0 and deleted_at is null and not hidden and archived_at is null;

-- +goose Down
drop index thread_unanswered, space_member_since;
drop table welcome;
