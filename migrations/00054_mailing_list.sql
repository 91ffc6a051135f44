-- +goose Up
alter table follow drop constraint follow_level_check;
alter table follow add constraint follow_level_check check (level in ('watch', 'track', 'mute') or level = 'list' and subject = 'space');
comment on column follow.level is 'Null is no choice: the default holds. list, of a space: every post of it, each by a mail of its own.';

-- +goose Down
update follow set level = 'watch' where level = 'list';
alter table follow drop constraint follow_level_check;
alter table follow add constraint follow_level_check check (level in ('watch', 'track', 'mute'));
