-- +goose Up
-- Organisations were found without an address: the server makes their documents anew when it starts.
delete from search_document where kind = 'organisation';
