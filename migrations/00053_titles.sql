-- +goose Up
create index search_document_path on search_document (path);

-- +goose Down
drop index search_document_path;
