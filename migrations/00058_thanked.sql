-- +goose Up
create table thanked (
  post_id bigint not null,
  person_id bigint not null references person (id) on delete cascade,
  seq bigint not null,
  primary key (post_id, person_id)
);
comment on table thanked is 'The last that was heard of each person''s thanks for each post: what comes after it, though announced before, is no news.';

create index notification_thanks on notification (person_id, ((data->>'post_id')::bigint)) where kind = 'post_thanked';

alter table attention add column unthanked boolean not null default false;
comment on column attention.unthanked is 'They aren''t told who thanks them.';

-- +goose Down
alter table attention drop column unthanked;
delete from notification where kind = 'post_thanked';
drop index notification_thanks;
drop table thanked;
