-- +goose Up
alter table thread drop constraint thread_kind_check;
alter table thread add constraint thread_kind_check check (kind in ('discussion', 'question', 'announcement', 'experience'));
alter table thread add column accepted_id bigint references post (id) on delete set null;
alter table thread add column solved boolean not null default false;
comment on column thread.accepted_id is 'The reply that its asker or a moderator chose as the answer.';
comment on column thread.solved is 'Whether that reply is in the thread for everybody to see; recounted with the others.';
create index thread_accepted on thread (accepted_id) where accepted_id is not null;

create table experience (
  thread_id bigint primary key references thread (id) on delete cascade,
  context text not null,
  action text not null,
  result text not null,
  lesson text not null,
  contact text not null default ''
);
comment on table experience is 'The parts of an experience sheet. The post that opens its thread carries their words one after the other, the contact left out, for finding, quoting and reporting; these rows go when that post is deleted.';

create table post_version (
  id bigint generated always as identity primary key,
  post_id bigint not null references post (id) on delete cascade,
  at timestamptz not null,
  title text not null,
  body text not null
);
comment on table post_version is 'What edited posts said before, and since when. Versions go when their post is deleted.';
create index post_version_post on post_version (post_id, id);

create table post_thank (
  post_id bigint not null references post (id) on delete cascade,
  person_id bigint not null references person (id) on delete cascade,
  at timestamptz not null,
  primary key (post_id, person_id)
);
comment on table post_thank is 'Whom a post was useful to, each once.';
create index post_thank_person on post_thank (person_id);

-- +goose Down
drop table post_thank;
drop table post_version;
drop table experience;
alter table thread drop column solved, drop column accepted_id;
delete from thread where kind in ('announcement', 'experience');
alter table thread drop constraint thread_kind_check;
alter table thread add constraint thread_kind_check check (kind in ('discussion', 'question'));
