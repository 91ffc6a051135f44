package enrolment

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// GateEffect is what another rule changes, among the people who may read the seminar's space.
type GateEffect struct {
	Same          bool // the rule is the one that counts already
	Before, After int  // people who meet the gate
	Lose, Gain    int  // people who no longer do, and who do now
	Losing        []Affected
	Gaining       []Affected // of either, those whose name the actor may see, MaxNamed at most
	Seats         []Affected // everybody registered who doesn't meet the new rule
}

// Affected is a person for whom a gate's answer changes.
type Affected struct {
	PersonID       int64
	Name           string
	RegistrationID int64 // 0 for somebody who isn't registered
	State          Standing
}

// MaxNamed bounds the names of an effect.
const MaxNamed = 50

// effect compares the rule that counts with the one of the edit, for everybody, in one query each.
func (s *Service) effect(ctx context.Context, tx bun.Tx, actor account.Actor, sem Seminar, e GateEdit) (GateEffect, error) {
	same, err := sameRule(sem.Rule(e.Use), e.Rule)
	if err != nil {
		return GateEffect{}, err
	}
	effect := GateEffect{Same: same}
	c := compile(time.Time{})
	before, after := c.condition(sem.Rule(e.Use)), c.condition(e.Rule)
	_, err = tx.NewRaw(`create temporary table gate_effect on commit drop as
		select person.id as person_id, verdict.before, verdict.after, r.id as registration_id, r.state
		from person join space on space.id = ?
		left join registration r on r.person_id = person.id and r.seminar_id = ? and r.state not in ('cancelled', 'attended', 'absent')`+
		c.joins.String()+` cross join lateral (select `+before+` as before, `+after+` as after) verdict
		where r.id is not null or person.email_confirmed_at is not null and (space.visibility = 'open'
			or exists (select from space_member m where m.space_id = space.id and m.person_id = person.id))`,
		append([]any{sem.SpaceID, sem.ID}, c.args...)...).Exec(ctx)
	if err != nil {
		return effect, fmt.Errorf("effect of a gate: %w", err)
	}
	err = tx.NewRaw(`select count(*) filter (where before), count(*) filter (where after),
		count(*) filter (where before and not after), count(*) filter (where after and not before) from gate_effect`).
		Scan(ctx, &effect.Before, &effect.After, &effect.Lose, &effect.Gain)
	if err != nil {
		return effect, err
	}
	if effect.Losing, err = affected(ctx, tx, actor, "before and not after"); err != nil {
		return effect, err
	}
	if effect.Gaining, err = affected(ctx, tx, actor, "after and not before"); err != nil {
		return effect, err
	}
	err = tx.NewRaw(`select e.person_id, person.name, e.registration_id, e.state from gate_effect e join person on person.id = e.person_id
		join registration r on r.id = e.registration_id where not after order by r.queue`).Scan(ctx, &effect.Seats)
	if err != nil {
		return effect, err
	}
	_, err = tx.NewRaw(`drop table gate_effect`).Exec(ctx) // another effect may be asked for in the same transaction
	return effect, err
}

// affected names the people of an effect for whom a condition holds: those registered, whom the office knows, and those
// about whom the actor may read.
func affected(ctx context.Context, tx bun.Tx, actor account.Actor, where string) (all []Affected, err error) {
	everybody, offices := actor.Offices(account.ReadPeople)
	err = tx.NewRaw(`select e.person_id, person.name, coalesce(e.registration_id, 0) as registration_id, coalesce(e.state, '') as state
		from gate_effect e join person on person.id = e.person_id
		left join governorate on governorate.code = person.governorate
		where `+where+` and (e.registration_id is not null or ? or governorate.office_id = any(?::bigint[]))
		order by e.registration_id is null, person.name, person.id limit ?`,
		everybody, pgdialect.Array(append([]int64{}, offices...)), MaxNamed).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("who is affected: %w", err)
	}
	return all, nil
}

func sameRule(a, b Rule) (bool, error) {
	x, err := jsonOf(a)
	if err != nil {
		return false, err
	}
	y, err := jsonOf(b)
	return x == y, err
}
