-- +goose Up
create table draft (
  id bigint generated always as identity primary key,
  person_id bigint not null references person (id) on delete cascade,
  kind text not null check (kind in ('reply', 'thread', 'experience', 'edit')),
  subject_id bigint not null,
  device text not null,
  fields jsonb not null,
  attached bigint[] not null default '{}',
  version int not null default 1,
  saved_at timestamptz not null,
  unique (person_id, kind, subject_id, device)
);
comment on table draft is 'What people write and haven''t posted. Each device has its own of each place, so that none overwrites another''s; one that goes on from another''s takes its place. Nobody but its writer sees it, and nothing is announced of it.';
comment on column draft.subject_id is 'The thread of a reply, the space of a thread or an experience, the post of an edit.';
comment on column draft.attached is 'Files that wait to go with it: they are kept as long as it is.';
create index draft_saved on draft (saved_at);

-- +goose Down
drop table draft;
