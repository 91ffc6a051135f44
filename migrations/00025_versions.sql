-- +goose Up
alter table document add column version int not null default 1;
alter table space add column version int not null default 1;
alter table organisation add column version int not null default 1;
alter table office add column version int not null default 1;
alter table governorate add column version int not null default 1;
alter table axis add column version int not null default 1;
comment on column document.version is 'Counts edits: one that was begun from another version is refused. So in space, organisation, office, governorate and axis.';

-- What ranks documents is kept apart from their whole text, which is long and unpacked at a cost.
alter table search_document add column head tsvector generated always as (ts_filter(words, '{a,b}')) stored;
comment on column search_document.head is 'The words of title and summary alone, by which everything found is ranked.';

-- +goose Down
alter table search_document drop column head;
alter table axis drop column version;
alter table governorate drop column version;
alter table office drop column version;
alter table organisation drop column version;
alter table space drop column version;
alter table document drop column version;
