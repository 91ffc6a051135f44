package notify

import (
	"context"
	"crypto/ecdh"
	"encoding/base64"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
)

// maxDevices is how many devices a person has; the one added first gives way to another.
const maxDevices = 10

// Device is a browser that shows what its person follows even when no page is open (RFC 8030, RFC 8291).
type Device struct {
	ID        int64
	Endpoint  string // where messages to it are taken, at the push service of its maker
	P256dh    string // its public key, as base64 for addresses
	Auth      string // what it shares with those who may write to it, likewise
	Agent     string // what it says it is
	CreatedAt time.Time
}

// check refuses what no browser says of itself, and addresses that aren't of the public Internet by their looks; where a name leads
// is asked as a message leaves.
func (d Device) check() error {
	u, err := url.Parse(d.Endpoint)
	wrong := err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Port() != "" && u.Port() != "443" || len(d.Endpoint) > 1000
	if !wrong {
		ip, err := netip.ParseAddr(u.Hostname())
		wrong = err == nil && !public(ip) || err != nil && !strings.Contains(u.Hostname(), ".")
	}
	key, err := unpadded(d.P256dh)
	if _, invalid := ecdh.P256().NewPublicKey(key); err != nil || invalid != nil {
		wrong = true
	}
	if auth, err := unpadded(d.Auth); err != nil || len(auth) != 16 {
		wrong = true
	}
	if wrong {
		return account.Invalid{Field: "device", Key: "notify.device_invalid"}
	}
	return nil
}

func unpadded(s string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
}

// PushKey is by which a browser knows the platform, or "" when it pushes nothing.
func (s *Service) PushKey() (string, error) {
	keys, err := s.keys()
	return keys.Public, err
}

// Devices lists the devices of the actor, the latest first.
func (s *Service) Devices(ctx context.Context, actor account.Actor) ([]Device, error) {
	if !actor.SignedIn() {
		return nil, account.ErrSignInRequired
	}
	var list []Device
	err := s.db.NewRaw(`select id, endpoint, p256dh, auth, agent, created_at from push_device where person_id = ? order by id desc`, actor.PersonID).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("devices of person %d: %w", actor.PersonID, err)
	}
	return list, nil
}

// AddDevice has what the actor follows shown by a device from now on, instead of being mailed at once. A device that somebody else
// used shows it to the actor alone. old is where the same device was reached before, or "": a device of the actor there gives way to
// it, and then their rhythm stays. It returns account.Invalid (field device) for what is none.
func (s *Service) AddDevice(ctx context.Context, actor account.Actor, d Device, old string) error {
	if !actor.SignedIn() {
		return account.ErrSignInRequired
	}
	if err := d.check(); err != nil {
		return err
	}
	agent := []rune(oneLine(strings.ToValidUTF8(d.Agent, "")))
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := makeAttention(ctx, tx, []int64{actor.PersonID}); err != nil {
			return err
		}
		gone, err := tx.ExecContext(ctx, `delete from push_device where person_id = ? and endpoint = ? and endpoint <> ?`, actor.PersonID, old, d.Endpoint)
		if err != nil {
			return fmt.Errorf("device of person %d: %w", actor.PersonID, err)
		}
		_, err = tx.ExecContext(ctx, `insert into push_device (person_id, endpoint, p256dh, auth, agent, created_at) values (?, ?, ?, ?, ?, ?)
			on conflict (endpoint) do update set person_id = excluded.person_id, p256dh = excluded.p256dh, auth = excluded.auth, agent = excluded.agent`,
			actor.PersonID, d.Endpoint, d.P256dh, d.Auth, string(agent[:min(len(agent), 300)]), s.now())
		if err == nil {
			_, err = tx.ExecContext(ctx, `delete from push_device where id in (select id from push_device where person_id = ? order by id desc offset ?)`,
				actor.PersonID, maxDevices)
		}
		if err != nil {
			return fmt.Errorf("device of person %d: %w", actor.PersonID, err)
		}
		if n, err := gone.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return s.turn(ctx, tx, actor.PersonID, AtOnce, Pushed)
	})
}

// RemoveDevice has a device of the actor show nothing any more. Without any, what was pushed is mailed again. One that isn't theirs,
// or isn't there any more, is no error.
func (s *Service) RemoveDevice(ctx context.Context, actor account.Actor, id int64) error {
	return s.removeDevices(ctx, actor, "id = ?", id)
}

// RemoveDevices does it to all devices of the actor, who signs out of all of them.
func (s *Service) RemoveDevices(ctx context.Context, actor account.Actor) error {
	return s.removeDevices(ctx, actor, "true")
}

func (s *Service) removeDevices(ctx context.Context, actor account.Actor, which string, of ...any) error {
	if !actor.SignedIn() {
		return account.ErrSignInRequired
	}
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := makeAttention(ctx, tx, []int64{actor.PersonID}); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `delete from push_device where `+which+` and person_id = ?`, append(of, actor.PersonID)...)
		if err != nil {
			return fmt.Errorf("devices of person %d: %w", actor.PersonID, err)
		}
		left, err := tx.NewSelect().Table("push_device").Where("person_id = ?", actor.PersonID).Exists(ctx)
		if err != nil || left {
			return err
		}
		return s.turn(ctx, tx, actor.PersonID, Pushed, AtOnce)
	})
}

// turn changes a person's rhythm from one to another; who has a third keeps it.
func (s *Service) turn(ctx context.Context, tx bun.Tx, personID int64, from, to Rhythm) error {
	var rows []attentionRow
	err := tx.NewRaw("select "+attentionOf+" from attention a where person_id = ?", personID).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 || rows[0].Rhythm != from {
		return err
	}
	a := rows[0].attention()
	a.Rhythm = to
	return s.attend(ctx, tx, personID, a)
}
