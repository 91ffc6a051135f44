-- +goose Up
alter table axis add column retired_at timestamptz;
comment on column axis.retired_at is 'Since when nobody can newly choose it; it is still shown where it was chosen.';
