-- +goose Up
alter table thread
  add column seminar_id bigint,
  add column office_id bigint references office (id),
  add column titles jsonb,
  add constraint thread_circle check ((seminar_id is null) = (office_id is null) and (seminar_id is null) = (titles is null));
comment on column thread.seminar_id is 'Of a circle: the seminar whose participants, staff and trainers it is for, and nobody else. Such a thread is of no forum, whatever its space.';
comment on column thread.office_id is 'Of a circle: the office that runs the seminar, whose people moderate it.';
comment on column thread.titles is 'Of a circle: the seminar''s title in its languages; title is one of them.';
create unique index thread_seminar on thread (seminar_id) where seminar_id is not null;

alter table registration add column left_from text not null default '';
comment on column registration.left_from is 'Of a cancelled one: the state that it left. Those who held a seat when the whole seminar was called off go on talking to each other.';

-- +goose Down
alter table registration drop column left_from;
drop index thread_seminar;
alter table thread drop constraint thread_circle, drop column titles, drop column office_id, drop column seminar_id;
