-- +goose Up
create table space_guard (
  space_id bigint primary key references space (id) on delete cascade,
  first_posts int not null default 0 check (first_posts between 0 and 20),
  slow_minutes int not null default 0 check (slow_minutes between 0 and 1440),
  words text not null default '',
  suspect boolean not null default true,
  version int not null default 1
);
comment on table space_guard is 'What of a space''s forum waits for a moderator before anybody sees it, and how often one may write there. A space without a row has the defaults.';
comment on column space_guard.first_posts is 'How many posts of somebody must have been let through here before the next appear at once; 0: none wait for that.';
comment on column space_guard.words is 'Words and phrases, one a line: what says one of them waits.';

alter table thread add column slow_minutes int not null default 0 check (slow_minutes between 0 and 1440);
comment on column thread.slow_minutes is 'How long one waits between two posts of one''s own in it; 0: no longer than elsewhere in its space.';

create table held_post (
  id bigint generated always as identity primary key,
  space_id bigint not null references space (id) on delete cascade,
  thread_id bigint references thread (id) on delete cascade,
  post_id bigint references post (id) on delete cascade,
  author_id bigint not null references person (id) on delete cascade,
  kind text not null check (kind in ('thread', 'reply', 'edit')),
  title text not null,
  body text not null,
  content jsonb not null,
  why text[] not null,
  nonce uuid,
  sent_at timestamptz not null,
  remind_at timestamptz,
  state text not null default 'waiting' check (state in ('waiting', 'approved', 'refused', 'withdrawn', 'gone')),
  reason text not null default '',
  note text not null default '',
  decided_by bigint references person (id) on delete set null,
  decided_at timestamptz,
  made_id bigint references post (id) on delete set null,
  check ((kind = 'thread') = (thread_id is null)),
  check ((kind = 'edit') = (post_id is not null))
);
comment on table held_post is 'What somebody wrote and a moderator must see first: a thread, a reply, or the change of a post. It is no post, so that nothing that lists, counts, finds or announces posts can show it; once approved it is written as if it were sent then.';
comment on column held_post.content is 'All that was sent, to write it by. Empty once it is decided; title and body stay, for its author.';
comment on column held_post.remind_at is 'When its moderators are reminded of it; null once they were, or when it is decided. Whichever node is up then claims the row.';
create unique index held_post_nonce on held_post (author_id, nonce) where nonce is not null;
create index held_post_author on held_post (author_id, sent_at);
create index held_post_space on held_post (space_id, sent_at) where state = 'waiting';
create index held_post_thread on held_post (thread_id) where state = 'waiting';
create index held_post_remind on held_post (remind_at) where remind_at is not null;

-- +goose Down
drop table held_post;
alter table thread drop column slow_minutes;
drop table space_guard;
