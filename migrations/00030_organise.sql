-- +goose Up
create table tag (
  id bigint generated always as identity primary key,
  space_id bigint not null references space (id) on delete cascade,
  name text not null check (name <> '' and char_length(name) <= 30),
  folded text not null,
  listed boolean not null,
  unique (space_id, folded)
);
comment on table tag is 'What a thread may be marked with in a space. Listed ones are of the space''s own list, offered to everybody; moderators add others freely, which go unseen once no thread has them.';
comment on column tag.folded is 'The name without case or accents: what is written alike is one tag.';

create table thread_tag (
  thread_id bigint not null references thread (id) on delete cascade,
  tag_id bigint not null references tag (id) on delete cascade,
  primary key (thread_id, tag_id)
);
create index thread_tag_tag on thread_tag (tag_id);

alter table thread add column archived_at timestamptz,
  add column merged_into bigint references thread (id) on delete set null,
  add column split_from bigint references thread (id) on delete set null;
comment on column thread.archived_at is 'Since when it is out of the lists; it is read and found still.';
comment on column thread.merged_into is 'The thread that has its posts now, to which its address leads. Such a thread has a deleted_at.';
comment on column thread.split_from is 'The thread that its first posts were written in.';
create index thread_merged on thread (merged_into) where merged_into is not null;
create index thread_split on thread (split_from) where split_from is not null;

alter table post add column written_in bigint references space (id) on delete set null,
  add column written_as text check (written_as in ('thread', 'reply'));
comment on column post.written_in is 'The space it was written in, when a moderator moved it since: what was contributed there counts there. Null: where its thread is.';
comment on column post.written_as is 'What it was when it was written, when it became another since: what counted as a thread counts as one. Null: what it is.';

-- +goose Down
alter table post drop column written_as, drop column written_in;
drop index thread_split, thread_merged;
alter table thread drop column split_from, drop column merged_into, drop column archived_at;
drop table thread_tag, tag;
