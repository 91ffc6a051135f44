-- +goose Up
alter table person add column erased_at timestamptz;
comment on column person.erased_at is 'Since when the account is erased: nobody can sign in to it, and the row says nothing of its person any more. The row itself goes once all that hung on it was seen to.';

alter table token drop constraint token_kind_check;
alter table token add constraint token_kind_check check (kind in ('confirm', 'magic', 'reset', 'erase'));

create table erasure (
  person_id bigint primary key,
  texts boolean not null,
  was jsonb,
  by_id bigint references person (id) on delete set null,
  reason text not null default '',
  asked_at timestamptz not null,
  next_at timestamptz not null,
  tries int not null default 0,
  done_at timestamptz,
  check ((was is null) = (done_at is not null))
);
comment on table erasure is 'Accounts that were erased, by numbers that lead to nobody. What is left to do is done by whichever node is up: it claims the row until next_at, and doing a part again does nothing.';
comment on column erasure.texts is 'What they wrote in forums goes too.';
comment on column erasure.was is 'Name and address as they were, to take them out of what others were sent; null once all is done.';
comment on column erasure.by_id is 'The administrator who did it on the person''s request; null when they did it themselves.';
create index erasure_due on erasure (next_at) where done_at is null;

-- +goose Down
drop table erasure;
delete from token where kind = 'erase';
alter table token drop constraint token_kind_check;
alter table token add constraint token_kind_check check (kind in ('confirm', 'magic', 'reset'));
alter table person drop column erased_at;
