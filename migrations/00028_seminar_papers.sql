-- +goose Up
create table seminar_paper (
  id bigint generated always as identity primary key,
  seminar_id bigint not null references seminar (id) on delete cascade,
  title text not null,
  url text not null default '',
  blob text not null default '',
  name text not null default '',
  bytes bigint not null default 0,
  added_by bigint references person (id) on delete set null,
  added_at timestamptz not null,
  check ((url = '') <> (blob = ''))
);
comment on table seminar_paper is 'Documents of a seminar, each a file or a link, for those who hold a seat there and its staff alone.';
comment on column seminar_paper.blob is 'Of a file: its name in the store of the library. name is what whoever takes it sees.';
create unique index seminar_paper_once on seminar_paper (seminar_id, blob, url);

-- +goose Down
drop table seminar_paper;
