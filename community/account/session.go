package account

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/events"
)

const (
	sessionLife  = 30 * 24 * time.Hour // since it was last seen
	sessionTouch = time.Hour           // how coarsely "last seen" is kept: not a write on every request
)

// Client is the browser that asks.
type Client struct {
	Address string // network address, for limits; "" when there is none
	Agent   string // what it says it is, shown to the person in the list of their sessions
	Session string // the session token it already has, which signing in replaces
}

// Session is a signed-in browser.
type Session struct {
	ID        int64
	Agent     string
	CreatedAt time.Time
	SeenAt    time.Time // to the hour
	ExpiresAt time.Time
}

const actorColumns = `p.id, p.name, p.language, coalesce(p.governorate, ''),
	coalesce((select json_agg(json_build_object('Role', role, 'Kind', kind,
		'ScopeID', coalesce(office_id, space_id, organisation_id, 0)) order by id)
		from role_grant where person_id = p.id and revoked_at is null), '[]'),
	array(select space_id from space_member where person_id = p.id order by 1),
	array(select organisation_id from membership where person_id = p.id and state = 'active' order by 1),
	array(select m.id from person m where m.mask_of = p.id order by 1), coalesce(p.mask_of, 0)`

// Actor returns who holds a session, with everything their permissions depend on, and moves the session's expiry.
// It returns ErrSignInRequired when the token is of no living session.
func (s *Service) Actor(ctx context.Context, token string) (Actor, Session, error) {
	if token == "" {
		return Actor{}, Session{}, ErrSignInRequired
	}
	l := &lookup{hash: hashOf(token), err: errors.New("the session wasn't looked up")}
	s.lookups.Do(ctx, l)
	if l.err != nil {
		return Actor{}, Session{}, l.err
	}
	return l.actor, l.own, s.touch(ctx, l.own)
}

// lookup is a session being looked for. Every request does that first, so those that come together ask together.
type lookup struct {
	hash  []byte
	actor Actor
	own   Session
	err   error
}

// lookupTime bounds the question for one batch of sessions.
const lookupTime = 5 * time.Second

func (s *Service) lookUp(ctx context.Context, batch []*lookup) { s.find(ctx, batch, s.findSessions) }

func (s *Service) lookUpHolders(ctx context.Context, batch []*lookup) {
	s.find(ctx, batch, s.findHolders)
}

func (s *Service) find(ctx context.Context, batch []*lookup, ask func(context.Context, []*lookup) error) {
	ctx, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	err := ask(ctx, batch)
	for _, l := range batch {
		switch {
		case err != nil:
			l.err = fmt.Errorf("actor: %w", err)
		case l.own.ID == 0:
			l.err = ErrSignInRequired
		default:
			l.err = nil
		}
	}
}

func (s *Service) findSessions(ctx context.Context, batch []*lookup) error {
	hashes, of := byHash(batch)
	type row struct {
		lookup
		grants []byte
	}
	rows, err := events.Prepared(ctx, s.db, func(r *row) []any {
		return append([]any{&r.hash, &r.own.ID, &r.own.Agent, &r.own.CreatedAt, &r.own.SeenAt, &r.own.ExpiresAt}, r.actor.fields(&r.grants)...)
	}, `select s.token_hash, s.id, s.agent, s.created_at, s.seen_at, s.expires_at, `+actorColumns+`
		from session s join person p on p.id = s.person_id
		where s.token_hash = any ($1::bytea[]) and s.expires_at > $2`, hashes, s.now())
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := json.Unmarshal(r.grants, &r.actor.Grants); err != nil {
			return fmt.Errorf("grants of person %d: %w", r.actor.PersonID, err)
		}
		for _, asked := range of[string(r.hash)] {
			asked.actor, asked.own = r.actor, r.own
		}
	}
	return nil
}

func (s *Service) findHolders(ctx context.Context, batch []*lookup) error {
	hashes, of := byHash(batch)
	rows, err := events.Prepared(ctx, s.db, func(l *lookup) []any {
		return []any{&l.hash, &l.own.ID, &l.own.SeenAt, &l.actor.PersonID, &l.actor.Language}
	}, `select s.token_hash, s.id, s.seen_at, p.id, p.language from session s join person p on p.id = s.person_id
		where s.token_hash = any ($1::bytea[]) and s.expires_at > $2`, hashes, s.now())
	for _, r := range rows {
		for _, asked := range of[string(r.hash)] {
			asked.actor, asked.own = r.actor, r.own
		}
	}
	return err
}

func byHash(batch []*lookup) (hashes [][]byte, of map[string][]*lookup) {
	hashes, of = make([][]byte, len(batch)), map[string][]*lookup{}
	for n, l := range batch {
		hashes[n] = l.hash
		of[string(l.hash)] = append(of[string(l.hash)], l)
	}
	return hashes, of
}

// ActorOf returns a person as an actor, for commands, imports and tests. It returns ErrNotFound when there is none.
func (s *Service) ActorOf(ctx context.Context, personID int64) (Actor, error) {
	var a Actor
	var grants []byte
	err := s.db.QueryRowContext(ctx, `select `+actorColumns+` from person p where p.id = ?`, personID).Scan(a.fields(&grants)...)
	if errors.Is(err, sql.ErrNoRows) {
		return Actor{}, fmt.Errorf("person %d: %w", personID, ErrNotFound)
	}
	if err != nil {
		return Actor{}, fmt.Errorf("person %d: %w", personID, err)
	}
	if err := json.Unmarshal(grants, &a.Grants); err != nil {
		return Actor{}, fmt.Errorf("grants of person %d: %w", personID, err)
	}
	return a, nil
}

// ActorsOf returns people as actors, by id, those there are.
func ActorsOf(ctx context.Context, db bun.IDB, people []int64) (map[int64]Actor, error) {
	type row struct {
		Actor
		grants []byte
	}
	rows, err := events.Prepared(ctx, db, func(r *row) []any { return r.fields(&r.grants) },
		`select `+actorColumns+` from person p where p.id = any ($1::bigint[])`, people)
	if err != nil {
		return nil, fmt.Errorf("actors: %w", err)
	}
	all := map[int64]Actor{}
	for _, r := range rows {
		if err := json.Unmarshal(r.grants, &r.Grants); err != nil {
			return nil, fmt.Errorf("grants of person %d: %w", r.PersonID, err)
		}
		all[r.PersonID] = r.Actor
	}
	return all, nil
}

// fields are where actorColumns go.
func (a *Actor) fields(grants *[]byte) []any {
	return []any{&a.PersonID, &a.Name, &a.Language, &a.Governorate, grants,
		pgdialect.Array(&a.Spaces), pgdialect.Array(&a.Organisations), pgdialect.Array(&a.Masks), &a.Behind}
}

func (s *Service) touch(ctx context.Context, own Session) error {
	now := s.now()
	if now.Sub(own.SeenAt) < sessionTouch {
		return nil
	}
	_, err := s.db.ExecContext(ctx, `update session set seen_at = ?, expires_at = ? where id = ? and seen_at = ?`,
		now, now.Add(sessionLife), own.ID, own.SeenAt)
	if err != nil {
		return fmt.Errorf("touch session: %w", err)
	}
	return nil
}

// open starts a session for a person in place of the one the client had, and returns its token. It returns a Banned, which
// callers complete by offerAppeal once their transaction is over.
func (s *Service) open(ctx context.Context, tx bun.Tx, personID int64, from Client) (token string, err error) {
	if err := banned(ctx, tx, personID); err != nil {
		return "", err
	}
	if err := s.end(ctx, tx, from.Session); err != nil {
		return "", err
	}
	token, hash := secret()
	now := s.now()
	_, err = tx.ExecContext(ctx, `insert into session (token_hash, person_id, agent, created_at, seen_at, expires_at)
		values (?, ?, ?, ?, ?, ?)`, hash, personID, clip(line(from.Agent), 300), now, now, now.Add(sessionLife))
	if err != nil {
		return "", fmt.Errorf("open session: %w", err)
	}
	return token, nil
}

func (s *Service) end(ctx context.Context, db bun.IDB, token string) error {
	if token == "" {
		return nil
	}
	defer s.holding.forget()
	if _, err := db.ExecContext(ctx, `delete from session where token_hash = ?`, hashOf(token)); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

func (s *Service) endAll(ctx context.Context, tx bun.Tx, personID int64) error {
	defer s.holding.forget()
	if _, err := tx.ExecContext(ctx, `delete from session where person_id = ?`, personID); err != nil {
		return fmt.Errorf("end sessions of person %d: %w", personID, err)
	}
	return nil
}

// SignOut ends the session of a token. An unknown token is no error.
func (s *Service) SignOut(ctx context.Context, token string) error { return s.end(ctx, s.db, token) }

// Sessions lists the actor's sessions, the last seen first.
func (s *Service) Sessions(ctx context.Context, actor Actor) ([]Session, error) {
	if !actor.SignedIn() {
		return nil, ErrSignInRequired
	}
	var all []Session
	err := s.db.NewRaw(`select id, agent, created_at, seen_at, expires_at from session
		where person_id = ? and expires_at > ? order by seen_at desc, id desc`, actor.PersonID, s.now()).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("sessions: %w", err)
	}
	return all, nil
}

// SignOutEverywhere ends every session of the actor, this one too.
func (s *Service) SignOutEverywhere(ctx context.Context, actor Actor) error {
	if !actor.SignedIn() {
		return ErrSignInRequired
	}
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return s.endAll(ctx, tx, actor.PersonID) })
}

func clip(s string, runes int) string {
	r := []rune(s)
	return string(r[:min(len(r), runes)])
}
