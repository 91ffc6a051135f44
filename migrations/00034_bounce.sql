-- +goose Up
create table bounce (
  mail_id bigint primary key references mail (id) on delete cascade,
  hard boolean not null,
  status text not null,
  said text not null,
  at timestamptz not null
);
comment on table bounce is 'Mails that came back, or that their server refused to take: for good, or for now. The worst word on each counts.';
create index bounce_recent on bounce (at);

create table mail_stop (
  address text primary key,
  person_id bigint not null references person (id) on delete cascade,
  hard boolean not null,
  status text not null,
  said text not null,
  since timestamptz not null,
  lifted_at timestamptz
);
comment on table mail_stop is 'Addresses that mail doesn''t reach: what can wait for its reader in the pages isn''t sent there any more. lifted_at is set when the person had it tried again.';
create index mail_stop_person on mail_stop (person_id);

-- +goose Down
drop table mail_stop, bounce;
