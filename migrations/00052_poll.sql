-- +goose Up
alter table thread drop constraint thread_kind_check;
alter table thread add constraint thread_kind_check check (kind in ('discussion', 'question', 'announcement', 'experience', 'poll'));
alter table draft drop constraint draft_kind_check;
alter table draft add constraint draft_kind_check check (kind in ('reply', 'thread', 'experience', 'poll', 'edit'));

create table poll (
  post_id bigint primary key references post (id) on delete cascade,
  question text not null,
  text text not null,
  choices int not null check (choices between 1 and 10),
  open boolean not null,
  shown text not null check (shown in ('always', 'voted', 'closed')),
  closes_at timestamptz,
  closed_at timestamptz,
  closed_by bigint references person (id) on delete set null
);
comment on table poll is 'What a post asks, and among what people choose. It belongs to the post, not to its thread: it goes where the post goes. The body of the post carries the text and the options one after the other, for finding, quoting and reporting; these rows go when the post is deleted.';
comment on column poll.question is 'The title of the thread that it was asked in: the post may be in another since.';
comment on column poll.choices is 'How many options a person may choose at most.';
comment on column poll.open is 'Whether others are told who chose what. Said once, when it is asked, and never changed: people vote on that word.';
comment on column poll.shown is 'When others are told the result: always, to those who voted, or once it is closed.';

create table poll_option (
  id bigint generated always as identity primary key,
  post_id bigint not null references poll (post_id) on delete cascade,
  position int not null,
  label text not null check (label <> '' and char_length(label) <= 120),
  unique (post_id, position),
  unique (id, post_id)
);

create table poll_vote (
  post_id bigint not null,
  person_id bigint not null references person (id) on delete cascade,
  option_id bigint not null,
  at timestamptz not null,
  primary key (post_id, person_id, option_id),
  foreign key (option_id, post_id) references poll_option (id, post_id) on delete cascade
);
comment on table poll_vote is 'Who chose what. The log of events never says so, and an erased person takes theirs away.';
create index poll_vote_option on poll_vote (option_id);
create index poll_vote_person on poll_vote (person_id);

-- +goose Down
drop table poll_vote, poll_option, poll;
delete from draft where kind = 'poll';
alter table draft drop constraint draft_kind_check;
alter table draft add constraint draft_kind_check check (kind in ('reply', 'thread', 'experience', 'edit'));
update thread set kind = 'discussion' where kind = 'poll';
alter table thread drop constraint thread_kind_check;
alter table thread add constraint thread_kind_check check (kind in ('discussion', 'question', 'announcement', 'experience'));
