-- +goose Up
create table follow (
  person_id bigint not null references person (id) on delete cascade,
  subject text not null check (subject in ('space', 'thread', 'person')),
  subject_id bigint not null,
  level text check (level in ('watch', 'track', 'mute')),
  part_seq bigint,
  changed_at timestamptz not null,
  primary key (person_id, subject, subject_id)
);
comment on table follow is 'What each person wants to hear of a space, a thread or somebody. A null level is no choice: the default holds.';
comment on column follow.part_seq is 'Of a thread: the first event by which the person takes part in it; what came before is no news to them.';
create index follow_subject on follow (subject, subject_id);

create table attention (
  person_id bigint primary key references person (id) on delete cascade,
  rhythm text not null default 'once' check (rhythm in ('once', 'daily', 'weekly', 'fortnightly', 'never')),
  budget int not null default 5 check (budget between 1 and 50),
  quiet_from int check (quiet_from between 0 and 23),
  quiet_until int check (quiet_until between 0 and 23),
  due_at timestamptz,
  check ((quiet_from is null) = (quiet_until is null))
);
comment on table attention is 'How, and when, each person is written to of what they follow. The row is locked while something is decided for the person.';
comment on column attention.budget is 'Mails at once in a day; what is followed beyond that waits for the next digest.';
comment on column attention.quiet_from is 'Hour of the platform''s clock from which nothing leaves, until quiet_until.';
comment on column attention.due_at is 'When the next digest leaves; null while nothing waits for one.';
create index attention_due on attention (due_at) where due_at is not null;

alter table notification
  add column delivery text check (delivery in ('waiting', 'mail', 'digest', 'page', 'seen', 'gone')),
  add column letter text,
  add column thread_id bigint,
  add column post_id bigint;
comment on column notification.delivery is 'How what is followed reaches its reader: it waits for a digest, went by a mail or a digest, is told in the pages only, was seen there first, or was gone before. Null for what isn''t followed.';
comment on column notification.letter is 'The key of the mail that carries it.';
create index notification_waiting on notification (person_id) where delivery = 'waiting';
create index notification_letter on notification (letter) where letter is not null;
create index notification_thread on notification (person_id, thread_id) where thread_id is not null;
update notification set thread_id = (data->>'thread_id')::bigint, post_id = (data->>'post_id')::bigint, delivery = 'page'
  where kind in ('thread_replied', 'post_answered');

alter table mail drop constraint mail_state_check;
alter table mail add constraint mail_state_check check (state in ('queued', 'sent', 'written', 'failed', 'dropped'));
create index mail_person on mail (person_id, created_at);

-- Who wrote in a thread before today takes part in it; who wanted no mail of replies wants none of what is followed.
insert into follow (person_id, subject, subject_id, part_seq, changed_at)
  select author_id, 'thread', thread_id, 0, min(created_at) from post where author_id is not null group by author_id, thread_id;
insert into attention (person_id, rhythm) select person_id, 'never' from mail_choice where topic = 'replies' and not mailed;

-- +goose Down
drop index mail_person;
update mail set state = 'failed' where state = 'dropped';
alter table mail drop constraint mail_state_check;
alter table mail add constraint mail_state_check check (state in ('queued', 'sent', 'written', 'failed'));
drop index notification_thread, notification_letter, notification_waiting;
alter table notification drop column delivery, drop column letter, drop column thread_id, drop column post_id;
drop table attention, follow;
