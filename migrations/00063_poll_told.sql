-- +goose Up
alter table poll add column told_at timestamptz;
comment on column poll.told_at is 'When its end was announced, by hand or because its date came: once, by whichever node.';
update poll set told_at = coalesce(closed_at, closes_at) where closed_at is not null or closes_at <= now();
create index poll_due on poll (closes_at) where told_at is null;

-- +goose Down
alter table poll drop column told_at;
