-- +goose Up
create extension if not exists pg_trgm;

create table search_document (
  kind text not null,
  id bigint not null,
  language text not null check (language in ('', 'fr', 'ar', 'en')),
  shelf text not null,
  space_id bigint references space (id) on delete cascade,
  path text not null,
  title text not null,
  summary text not null,
  body text not null,
  folded_title text not null,
  words tsvector not null,
  primary key (kind, id, language)
);
comment on table search_document is 'What can be found, one row per language: a projection of what other packages announce, rebuilt by halqa search reindex.';
comment on column search_document.language is 'Empty for names, which are of every language.';
comment on column search_document.shelf is 'Who may find it: space:12 for readers of that space, list:12 for those who may know of it, members for everybody signed in.';
comment on column search_document.words is 'Stems of the row''s language and the words themselves, both folded by search.Fold: title A, summary B, body D.';
create index search_document_words on search_document using gin (words);
create index search_document_title on search_document using gin (folded_title gin_trgm_ops);
create index search_document_space on search_document (space_id);

create table search_outbound (
  seq bigint generated always as identity primary key,
  kind text not null,
  id bigint not null
);
comment on table search_outbound is 'Documents to carry to an engine outside the database, as they are when carried; kind '''' empties that engine first.';
