-- +goose Up
-- Organisations were found without an address: the server makes their documents anew when it starts.
delete from search_document where kind = 'organisation';

create table module_retirement (
  module_id bigint primary key,
  retired_at timestamptz,
  opened_at timestamptz
);
comment on table module_retirement is 'When each module was last retired and last published, as announced: the later of the two decides whether a gate may ask for it.';
