-- +goose Up
create table beginning (
  kind text not null check (kind in ('office', 'space', 'organisation')),
  place_id bigint not null,
  at timestamptz not null,
  primary key (kind, place_id)
);
comment on table beginning is 'Places that were opened since those who look after them are shown their first steps: what was there before is no beginner.';

create table step_skipped (
  person_id bigint not null references person (id) on delete cascade,
  kind text not null,
  place_id bigint not null,
  step text not null,
  at timestamptz not null,
  primary key (person_id, kind, place_id, step),
  foreign key (kind, place_id) references beginning (kind, place_id) on delete cascade
);
comment on table step_skipped is 'First steps that a person doesn''t want to see any more, each for themselves; the empty step is all of them.';

-- +goose Down
drop table step_skipped, beginning;
