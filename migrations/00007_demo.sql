-- +goose Up
create table demo (
  started_at timestamptz not null,
  finished_at timestamptz
);
comment on table demo is 'When the demonstration was loaded; one that was interrupted is emptied and loaded again.';
