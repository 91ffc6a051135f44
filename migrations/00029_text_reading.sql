-- +goose Up
create table text_reading (
  person_id bigint not null references person (id) on delete cascade,
  lesson_id bigint not null references lesson (id),
  opened_at timestamptz not null,
  need_ms bigint not null,
  primary key (person_id, lesson_id)
);
comment on table text_reading is 'A person opened the text of a video: from then on it can be read.';
comment on column text_reading.need_ms is 'The least time that reading it takes, from its length as it was then.';

create table text_try (
  person_id bigint not null references person (id) on delete cascade,
  lesson_id bigint not null references lesson (id),
  nonce uuid not null,
  at timestamptz not null,
  primary key (person_id, lesson_id, nonce)
);
comment on table text_try is 'Answers about a text that were not all right, once for each showing of its questions: a limit a day is counted from them.';
