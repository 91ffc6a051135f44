-- +goose Up
alter table mail_choice add column pushed boolean;
comment on column mail_choice.pushed is 'Whether their devices show the topic instead of a mail, for whom has some; null while they said nothing of it.';

-- +goose Down
alter table mail_choice drop column pushed;
