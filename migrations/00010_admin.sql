-- +goose Up
-- +goose StatementBegin
create function folded(name text) returns text language sql immutable strict parallel safe as $$
  select trim(translate(lower(regexp_replace(normalize(name, NFKD), '[\u0300-\u036f\u064b-\u065f\u0670\u0640]', '', 'g')),
    'ىةٱ!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~’', 'يها' || repeat(' ', 33)))
$$;
-- +goose StatementEnd
comment on function folded(text) is 'A name as people type it when they look for it: what account.Fold does, near enough to be compared with it word by word.';

alter table person add column folded_name text generated always as (folded(name)) stored;
comment on column person.folded_name is 'The name without case, accents or harakat, for finding people.';

create index role_grant_given on role_grant (given_at desc, id desc);
create index membership_person on membership (person_id);
create index outbox_at on outbox (at desc, seq desc);
create index outbox_seminar on outbox (key) where type = 'enrolment.seminar_changed';
