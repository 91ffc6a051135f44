-- +goose Up
alter table seminar add column twins bigint;
comment on column seminar.twins is 'Seminars with the same number take place at once in several places: a person registers at one of them. It is the id of one of them when they were put together; null for a seminar alone.';
create index seminar_twins on seminar (twins) where twins is not null;

-- +goose Down
drop index seminar_twins;
alter table seminar drop column twins;
