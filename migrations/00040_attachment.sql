-- +goose Up
create table attachment (
  id bigint generated always as identity primary key,
  person_id bigint references person (id) on delete set null,
  space_id bigint references space (id) on delete set null,
  post_id bigint references post (id) on delete set null,
  position int not null default 0,
  blob text not null unique,
  ext text not null default '',
  name text not null default '',
  alt text not null default '',
  bytes bigint not null default 0,
  width int not null default 0,
  height int not null default 0,
  light_width int not null default 0,
  light_height int not null default 0,
  light_bytes bigint not null default 0,
  created_at timestamptz not null,
  ready boolean not null default false,
  dropped_at timestamptz
);
comment on table attachment is 'The files that people add to what they write. Without a post it waits for its writer, who alone sees it, and is swept after a day; with one, whoever may read the post may read it.';
comment on column attachment.space_id is 'Where it was brought to: what its writer may do there was asked.';
comment on column attachment.blob is 'Its name in the store, drawn before the file came: a row stands for every file, also of an upload that was cut.';
comment on column attachment.width is 'Of a picture, in pixels; 0 of other files. The light rendition is the same file when it is as large.';
comment on column attachment.ready is 'The file came whole and was accepted.';
comment on column attachment.dropped_at is 'Since when nobody may have it: its post is gone, or goes without it. The file is removed, then the row.';
create index attachment_post on attachment (post_id, position) where post_id is not null;
create index attachment_loose on attachment (created_at) where post_id is null;
create index attachment_person on attachment (person_id, created_at);

-- +goose Down
drop table attachment;
