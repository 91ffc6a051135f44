-- +goose Up
alter table space add column pseudonyms boolean not null default false;
comment on column space.pseudonyms is 'People may write in its forum under a pseudonym.';

alter table person alter column email drop not null;
alter table person add column mask_of bigint references person (id) on delete cascade;
alter table person add column mask_in bigint references space (id) on delete cascade;
alter table person add constraint person_reached check (email is not null or mask_of is not null);
alter table person add constraint person_mask check ((mask_of is null) = (mask_in is null)
  and (mask_of is null or email is null and password_hash is null and email_confirmed_at is null));
create unique index person_mask_of on person (mask_of, mask_in) where mask_of is not null;
create unique index person_mask_name on person (mask_in, name) where mask_of is not null;
comment on column person.mask_of is 'Whose pseudonym it is. What is written under it carries this row alone; nothing else of it leads to them.';
comment on column person.mask_in is 'The space of the pseudonym: each person has one in each space at most.';

create table pseudonym_look (
  id bigint generated always as identity primary key,
  mask_id bigint not null references person (id) on delete cascade,
  by_id bigint references person (id) on delete set null,
  cause text not null check (cause in ('danger', 'law', 'abuse', 'other')),
  words text not null check (words <> ''),
  at timestamptz not null
);
comment on table pseudonym_look is 'Each time that somebody was told who is behind a pseudonym, and why.';
create index pseudonym_look_mask on pseudonym_look (mask_id, id);
create index pseudonym_look_at on pseudonym_look (at);

-- +goose Down
drop table pseudonym_look;
delete from person where mask_of is not null;
alter table person drop column mask_in;
alter table person drop column mask_of;
alter table person alter column email set not null;
alter table space drop column pseudonyms;
