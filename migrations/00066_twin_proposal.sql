-- +goose Up
create table twin_proposal (
  id bigint generated always as identity primary key,
  seminar_id bigint not null references seminar (id) on delete cascade,
  other_id bigint not null references seminar (id) on delete cascade check (other_id <> seminar_id),
  state text not null default 'open' check (state in ('open', 'accepted', 'declined', 'withdrawn')),
  words text not null default '',
  proposed_by bigint references person (id) on delete set null,
  proposed_at timestamptz not null,
  decided_by bigint references person (id) on delete set null,
  decided_at timestamptz,
  check ((state = 'open') = (decided_at is null))
);
comment on table twin_proposal is 'Those who run seminar_id propose to those who run other_id that both be twins.';
comment on column twin_proposal.words is 'What whoever declined it said, or nothing.';
create unique index twin_proposal_open on twin_proposal (least(seminar_id, other_id), greatest(seminar_id, other_id)) where state = 'open';
create index twin_proposal_seminar on twin_proposal (seminar_id);
create index twin_proposal_other on twin_proposal (other_id);

-- +goose Down
drop table twin_proposal;
