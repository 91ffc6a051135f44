-- +goose Up
alter table attachment add column held_id bigint references held_post (id) on delete set null;
comment on column attachment.held_id is 'What it waits with until a moderator has seen that: it isn''t swept meanwhile.';
create index attachment_held on attachment (held_id) where held_id is not null;

-- +goose Down
alter table attachment drop column held_id;
