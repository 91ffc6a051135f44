-- +goose Up
create table thread (
  id bigint generated always as identity primary key,
  space_id bigint not null references space (id),
  kind text not null check (kind in ('discussion', 'question')),
  title text not null check (title <> '' and char_length(title) <= 150),
  author_id bigint references person (id) on delete set null,
  created_at timestamptz not null,
  pinned_at timestamptz,
  locked_at timestamptz,
  hidden boolean not null default false,
  deleted_at timestamptz,
  replies int not null default 0,
  last_post_id bigint,
  last_at timestamptz not null
);
comment on table thread is 'A discussion or a question in a space. Its first post opens it. hidden, replies, last_post_id and last_at are recounted from its posts at each change; deleted_at is set when its opening was deleted before anybody answered.';
create index thread_recent on thread (space_id, last_at desc, id desc) where deleted_at is null;

create table post (
  id bigint generated always as identity primary key,
  thread_id bigint not null references thread (id) on delete cascade,
  author_id bigint references person (id) on delete set null,
  opening boolean not null default false,
  reply_to bigint references post (id) on delete set null,
  body text not null check (char_length(body) <= 20000),
  nonce uuid,
  created_at timestamptz not null,
  edited_at timestamptz,
  deleted_at timestamptz,
  hidden_at timestamptz,
  hidden_by bigint references person (id) on delete set null,
  hidden_reason text not null default ''
);
comment on table post is 'What a person wrote in a thread, in Markdown. A deleted post loses its text and leaves a trace.';
comment on column post.nonce is 'Drawn with the form: sending it twice writes one post.';
create unique index post_nonce on post (author_id, nonce);
create unique index post_opening on post (thread_id) where opening;
create index post_thread on post (thread_id, id);
create index post_seen on post (thread_id, id) where hidden_at is null and deleted_at is null;
create index post_author on post (author_id, created_at);
create index post_reply_to on post (reply_to) where reply_to is not null;

create table post_report (
  id bigint generated always as identity primary key,
  post_id bigint not null references post (id) on delete cascade,
  person_id bigint references person (id) on delete set null,
  reason text not null check (reason in ('spam', 'insult', 'off_topic', 'private', 'false', 'other')),
  note text not null default '',
  body text not null,
  at timestamptz not null,
  decision text check (decision in ('hidden', 'kept')),
  decided_by bigint references person (id) on delete set null,
  decided_at timestamptz
);
comment on column post_report.body is 'What the post said when it was reported: its author may edit or delete it since.';
create unique index post_report_once on post_report (post_id, person_id) where decided_at is null;
create index post_report_open on post_report (post_id) where decided_at is null;
create index post_report_decided on post_report (decided_at desc) where decided_at is not null;

create table thread_read (
  person_id bigint not null references person (id) on delete cascade,
  thread_id bigint not null references thread (id) on delete cascade,
  post_id bigint not null,
  at timestamptz not null,
  primary key (person_id, thread_id)
);
comment on table thread_read is 'The last post that each person saw in each thread they opened.';
create index thread_read_thread on thread_read (thread_id);

alter table fact add column space_id bigint;
comment on column fact.space_id is 'The space a contribution was made in; null for the other kinds of fact.';
create index fact_contribution on fact (person_id, space_id, kind) where space_id is not null;

-- +goose Down
drop index fact_contribution;
alter table fact drop column space_id;
drop table thread_read, post_report, post, thread;
