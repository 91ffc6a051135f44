-- +goose Up
create table push_device (
  id bigint generated always as identity primary key,
  person_id bigint not null references person (id) on delete cascade,
  endpoint text not null unique,
  p256dh text not null,
  auth text not null,
  agent text not null,
  created_at timestamptz not null
);
comment on table push_device is 'Browsers that show what their person follows even when no page is open: where the push service of their maker takes messages, and with which keys they are encrypted.';
create index push_device_person on push_device (person_id);

create table push (
  notification_id bigint primary key references notification (id) on delete cascade,
  attempts int not null default 0,
  next_at timestamptz not null
);
comment on table push is 'Notifications on their way to the devices of their person: claimed by whichever node is up, gone once a device has them or they go another way.';
create index push_due on push (next_at);

alter table attention drop constraint attention_rhythm_check;
alter table attention add constraint attention_rhythm_check check (rhythm in ('once', 'push', 'daily', 'weekly', 'fortnightly', 'never'));
alter table notification drop constraint notification_delivery_check;
alter table notification add constraint notification_delivery_check check (delivery in ('waiting', 'mail', 'push', 'digest', 'page', 'seen', 'gone'));

-- +goose Down
update notification set delivery = 'page' where delivery = 'push';
alter table notification drop constraint notification_delivery_check;
alter table notification add constraint notification_delivery_check check (delivery in ('waiting', 'mail', 'digest', 'page', 'seen', 'gone'));
update attention set rhythm = 'once' where rhythm = 'push';
alter table attention drop constraint attention_rhythm_check;
alter table attention add constraint attention_rhythm_check check (rhythm in ('once', 'daily', 'weekly', 'fortnightly', 'never'));
drop table push, push_device;
