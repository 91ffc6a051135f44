-- +goose Up
create table mail_choice (
  person_id bigint not null references person (id) on delete cascade,
  topic text not null,
  mailed boolean not null,
  changed_at timestamptz not null,
  primary key (person_id, topic)
);
comment on table mail_choice is 'What each person chose to get, or not to get, by mail too. Without a row the topic''s own default holds.';

create table calendar_link (
  person_id bigint primary key references person (id) on delete cascade,
  renewed int not null default 0,
  changed_at timestamptz not null
);
comment on table calendar_link is 'How often each person renewed the secret address of their calendar; the address is signed over this number, so that older ones stop.';
