-- +goose Up
alter table thread add column lesson_id bigint, add column second int check (second between 0 and 86400),
  add check ((lesson_id is null) = (second is null));
comment on column thread.lesson_id is 'The lesson whose film it is about, as plain data: lessons belong to courses. Null for most threads.';
comment on column thread.second is 'The second of that film, from 0.';
create index thread_moment on thread (lesson_id, second) where lesson_id is not null;

-- +goose Down
alter table thread drop column second, drop column lesson_id;
