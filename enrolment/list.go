package enrolment

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// Card is a seminar as lists show it, with the names of its places and what it means for one person.
type Card struct {
	Seminar `bun:",extend"`

	OfficeName      events.Text `bun:"type:jsonb"`
	GovernorateName events.Text `bun:"type:jsonb"` // nil without a governorate
	SpaceKey        string
	SpaceName       events.Text `bun:"type:jsonb"`
	SpaceHue        int
	Held            int // seats taken
	Waiting         int // people on the waiting list

	Mine      *Registration `bun:"-"` // the person's registration that isn't withdrawn, with its place
	Decision  Decision      `bun:"-"` // of the gate to register, for the person
	ToAttend  Decision      `bun:"-"` // of the gate to attend, for the person
	Wait      Wait          `bun:"-"` // what would keep a seat from the person if they registered now
	Conflicts []Conflict    `bun:"-"` // the person's other seats at the same time
	Circle    bool          `bun:"-"` // the person is in its circle, in MySeats and on its page
}

// Left is the number of seats that the person would choose from if they registered now: none when they would wait.
func (c Card) Left() int {
	if c.Wait.Reason != NoReason {
		return 0
	}
	return max(0, c.Capacity-c.Held)
}

// Conflict is another seminar that a person is registered at and that takes place at the same time.
type Conflict struct {
	SeminarID int64
	Title     events.Text `bun:"type:jsonb"`
	State     Standing    // of the person's registration there
	StartsAt  time.Time
}

// Filter narrows a list of seminars; zero fields don't.
type Filter struct {
	OfficeID    int64
	SpaceID     int64
	Governorate string // ISO 3166-2 code
	Language    string // in which they are announced: "fr", "ar" or "en"
	Show        Show   // of Calendar alone
	Page        int    // of Calendar alone, from 0
	Limit       int    // of Upcoming alone: at most so many; 100 when 0
}

const cards = `select seminar.*, office.name as office_name, governorate.name as governorate_name,
		space.key as space_key, space.name as space_name, space.hue as space_hue,
		coalesce(r.held, 0) as held, coalesce(r.waiting, 0) as waiting
	from seminar
	join office on office.id = seminar.office_id
	join space on space.id = seminar.space_id
	left join governorate on governorate.code = seminar.governorate
	left join lateral (select count(*) filter (where registration.state in ` + heldStates + `) as held,
			count(*) filter (where registration.state = 'waitlisted') as waiting
		from registration where seminar_id = seminar.id and registration.state <> 'cancelled') r on true `

// Upcoming lists published seminars that haven't ended, the soonest first, in spaces that the actor may read: with the
// actor's registration and the decision of each gate.
func (s *Service) Upcoming(ctx context.Context, actor account.Actor, f Filter) ([]Card, error) {
	if f.Limit == 0 {
		f.Limit = 100
	}
	everywhere, offices, spaces := reach(actor)
	var all []Card
	err := s.db.NewRaw(cards+`where seminar.state = 'published' and ends_at > ?
		and (? = 0 or seminar.office_id = ?) and (? = 0 or seminar.space_id = ?) and (? = '' or seminar.governorate = ?)
		and (space.visibility = 'open' or ? or space.office_id = any(?::bigint[]) or space.id = any(?::bigint[]))
		order by starts_at, seminar.id limit ?`,
		s.now(), f.OfficeID, f.OfficeID, f.SpaceID, f.SpaceID, f.Governorate, f.Governorate,
		everywhere, pgdialect.Array(offices), pgdialect.Array(spaces), f.Limit).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("upcoming seminars: %w", err)
	}
	return all, s.personalise(ctx, actor, all)
}

// reach is account's Space.ReadableBy for a query: everything, or what is in these offices and spaces.
func reach(actor account.Actor) (everywhere bool, offices, spaces []int64) {
	offices, spaces = []int64{}, append([]int64{}, actor.Spaces...)
	for _, g := range actor.Grants {
		switch g.Kind {
		case account.OverPlatform:
			everywhere = true
		case account.OverOffice:
			offices = append(offices, g.ScopeID)
		case account.OverSpace:
			spaces = append(spaces, g.ScopeID)
		}
	}
	return everywhere, offices, spaces
}

// MySeats lists the seminars at which the actor has a registration that isn't withdrawn, and those called off while they
// had one, the soonest first and the past ones last. It returns account.ErrSignInRequired.
func (s *Service) MySeats(ctx context.Context, actor account.Actor) ([]Card, error) {
	if !actor.SignedIn() {
		return nil, account.ErrSignInRequired
	}
	now := s.now()
	var all []Card
	err := s.db.NewRaw(cards+`where seminar.id in (select seminar_id from registration
			where person_id = ? and (registration.state <> 'cancelled' or seminar.state = 'cancelled'
				and registration.changed_at >= seminar.cancelled_at))
		order by ends_at < ?, case when ends_at < ? then -extract(epoch from starts_at) else extract(epoch from starts_at) end, seminar.id`,
		actor.PersonID, now, now).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("seats of person %d: %w", actor.PersonID, err)
	}
	if err := s.personalise(ctx, actor, all); err != nil {
		return nil, err
	}
	return all, addCircles(ctx, s.db, actor, all)
}

// personalise adds sessions, gates, registrations and decisions to cards, in a fixed number of queries.
func (s *Service) personalise(ctx context.Context, actor account.Actor, all []Card) error {
	if len(all) == 0 {
		return nil
	}
	byID, ids := index(all)
	if err := addSessions(ctx, s.db, byID, ids); err != nil {
		return err
	}
	if err := addGates(ctx, s.db, byID, ids); err != nil {
		return err
	}
	var subjects []Subject
	for _, c := range all {
		subjects = append(append(subjects, c.Gate.Subjects()...), c.Attend.Subjects()...)
	}
	facts, _, err := factsAbout(ctx, s.db, actor.PersonID, subjects, time.Time{})
	if err != nil {
		return err
	}
	for i := range all {
		all[i].Decision, all[i].ToAttend = Decide(all[i].Gate, facts), Decide(all[i].Attend, facts)
	}
	if err := s.addWaits(ctx, byID, ids, actor.PersonID); err != nil || actor.PersonID == 0 {
		return err
	}
	if err := s.addMine(ctx, byID, ids, actor.PersonID); err != nil {
		return err
	}
	return addConflicts(ctx, s.db, byID, ids, actor.PersonID)
}

// index finds cards by their seminar.
func index(all []Card) (byID map[int64]*Card, ids []int64) {
	byID, ids = map[int64]*Card{}, []int64{0}
	for i := range all {
		byID[all[i].ID], ids = &all[i], append(ids, all[i].ID)
	}
	return byID, ids
}

func addSessions(ctx context.Context, db bun.IDB, byID map[int64]*Card, ids []int64) error {
	var sessions []Session
	if err := db.NewSelect().Model(&sessions).Where("seminar_id in (?)", bun.List(ids)).Order("starts_at", "id").Scan(ctx); err != nil {
		return fmt.Errorf("sessions: %w", err)
	}
	for _, p := range sessions {
		byID[p.SeminarID].Sessions = append(byID[p.SeminarID].Sessions, p)
	}
	return nil
}

func addGates(ctx context.Context, db bun.IDB, byID map[int64]*Card, ids []int64) error {
	var gates []struct {
		SeminarID int64
		Use       Use
		Rule      Rule `bun:"type:jsonb"`
	}
	err := db.NewRaw(`select seminar_id, use, rule from gate_version g join seminar on seminar.id = seminar_id
		where g.version = case use when 'register' then seminar.gate_version else seminar.attend_version end
			and seminar_id in (?)`, bun.List(ids)).Scan(ctx, &gates)
	if err != nil {
		return fmt.Errorf("gates: %w", err)
	}
	for _, g := range gates {
		if g.Use == ToAttend {
			byID[g.SeminarID].Attend = g.Rule
		} else {
			byID[g.SeminarID].Gate = g.Rule
		}
	}
	return nil
}

// addWaits says of each seminar what would keep a seat from the person. Where seats go to anybody counting is enough.
func (s *Service) addWaits(ctx context.Context, byID map[int64]*Card, ids []int64, personID int64) error {
	var quotas []Quota
	if err := s.db.NewSelect().Model(&quotas).Where("seminar_id in (?)", bun.List(ids)).Order("seminar_id", "position").Scan(ctx); err != nil {
		return fmt.Errorf("quotas: %w", err)
	}
	for _, q := range quotas {
		byID[q.SeminarID].Quotas = append(byID[q.SeminarID].Quotas, q)
	}
	for _, c := range byID {
		if len(c.Quotas) == 0 && c.PerOrganisation == 0 {
			if c.Held >= c.Capacity || c.Waiting > 0 {
				c.Wait.Reason = WaitFull
			}
			continue
		}
		taken, err := holders(ctx, s.db, c.ID)
		if err != nil {
			return err
		}
		claim := Claim{}
		if personID != 0 {
			if claim.Traits, err = traitsOf(ctx, s.db, personID, 0, c.Seminar); err != nil {
				return err
			}
		}
		c.Wait = newLedger(c.Plan(s.now()), taken).wait(claim)
	}
	return nil
}

func (s *Service) addMine(ctx context.Context, byID map[int64]*Card, ids []int64, personID int64) error {
	var mine []Registration
	err := s.db.NewSelect().Model(&mine).Where("person_id = ? and seminar_id in (?) and state <> 'cancelled'", personID, bun.List(ids)).Scan(ctx)
	if err != nil {
		return fmt.Errorf("registrations of person %d: %w", personID, err)
	}
	for i := range mine {
		c := byID[mine[i].SeminarID]
		if err := s.explain(ctx, s.db, c.Seminar, &mine[i]); err != nil {
			return err
		}
		c.Mine = &mine[i]
	}
	return nil
}

func addConflicts(ctx context.Context, db bun.IDB, byID map[int64]*Card, ids []int64, personID int64) error {
	var all []struct {
		With int64
		Conflict
	}
	err := db.NewRaw(`select distinct a.seminar_id as with, other.id as seminar_id, other.title, r.state, other.starts_at
		from seminar_session a
		join seminar_session b on b.starts_at < a.ends_at and a.starts_at < b.ends_at and b.seminar_id <> a.seminar_id
		join registration r on r.seminar_id = b.seminar_id and r.person_id = ? and r.state not in ('cancelled', 'absent')
		join seminar other on other.id = b.seminar_id and other.state = 'published'
		join seminar one on one.id = a.seminar_id
		where a.seminar_id in (?) and (one.twins is null or one.twins is distinct from other.twins) order by other.starts_at, other.id`, personID, bun.List(ids)).Scan(ctx, &all)
	if err != nil {
		return fmt.Errorf("seats of person %d at the same time: %w", personID, err)
	}
	for _, c := range all {
		byID[c.With].Conflicts = append(byID[c.With].Conflicts, c.Conflict)
	}
	return nil
}

// View is a seminar's page for one person.
type View struct {
	Card

	Runs  bool          // the actor may edit it
	Doors bool          // the actor may take its attendance
	Names Names         // of what the gates speak of
	Last  *Registration // the person's latest withdrawn registration, when Mine is nil

	Questions []Question // that are asked
	Answers   Answers    // of the person

	Organisations []Choice // that the person may come for
	Absences      Absences // of the person at the office's seminars

	Papers []Paper // for those who hold a seat, and staff
	Shares bool    // the actor may add papers

	Others []Card // its twins, by place
}

// Seminar reads a seminar for the actor. It returns account.ErrNotFound for a draft of another office, and for a space
// that the actor may not read.
func (s *Service) Seminar(ctx context.Context, actor account.Actor, id int64) (View, error) {
	var one []Card
	if err := s.db.NewRaw(cards+"where seminar.id = ?", id).Scan(ctx, &one); err != nil {
		return View{}, fmt.Errorf("seminar %d: %w", id, err)
	}
	if len(one) == 0 {
		return View{}, fmt.Errorf("seminar %d: %w", id, account.ErrNotFound)
	}
	space, err := account.FindSpace(ctx, s.db, one[0].SpaceID)
	if err != nil {
		return View{}, err
	}
	byID, ids := index(one)
	if err := addTrainers(ctx, s.db, byID, ids); err != nil {
		return View{}, err
	}
	v := View{Runs: actor.Can(account.RunSeminars, one[0].Scope()), Doors: one[0].keepsDoor(actor)}
	if !one[0].visible(actor, space) {
		return View{}, fmt.Errorf("seminar %d: %w", id, one[0].unseen(actor, space))
	}
	if err := s.personalise(ctx, actor, one); err != nil {
		return View{}, err
	}
	if err := addCircles(ctx, s.db, actor, one); err != nil {
		return View{}, err
	}
	v.Card = one[0]
	if err := v.addAnswers(ctx, s.db); err != nil {
		return v, err
	}
	if err := v.addPapers(ctx, s.db, actor); err != nil {
		return v, err
	}
	if err := v.addTwins(ctx, s, actor); err != nil {
		return v, err
	}
	if v.Names, err = namesIn(ctx, s.db, v.Gate, v.Attend); err != nil || v.Mine != nil || !actor.SignedIn() {
		return v, err
	}
	if v.Organisations, err = organisationsOf(ctx, s.db, actor.PersonID); err != nil {
		return v, err
	}
	if v.Absences, err = absencesOf(ctx, s.db, v.OfficeID, actor.PersonID, s.now()); err != nil {
		return v, err
	}
	v.Last, err = lastWithdrawn(ctx, s.db, id, actor.PersonID)
	return v, err
}

func lastWithdrawn(ctx context.Context, db bun.IDB, seminarID, personID int64) (*Registration, error) {
	var all []Registration
	err := db.NewSelect().Model(&all).Where("seminar_id = ? and person_id = ? and state = 'cancelled'", seminarID, personID).
		Order("changed_at desc").Limit(1).Scan(ctx)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}
