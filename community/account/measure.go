package account

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"halqa/events"
)

// Act is what moderators do about a person.
type Act string

// The acts. A warning takes nothing away; a suspension ends by itself; a ban lasts until it is lifted.
const (
	Warn    Act = "warn"
	Suspend Act = "suspend"
	Ban     Act = "ban"
)

// Acts lists the acts, the mildest first; Causes why they may be done; Terms how long suspensions may be, in days.
var (
	Acts   = []Act{Warn, Suspend, Ban}
	Causes = []string{"spam", "insult", "off_topic", "private", "false", "other"}
	Terms  = []int{1, 3, 7, 14, 30, 90}
)

// MaxMeasureWords is the longest text of a measure, an appeal or its answer, in characters.
const MaxMeasureWords = 1000

// Measure is what was done about a person, and what became of it. Names are "" when the account is gone.
type Measure struct {
	ID         int64
	PersonID   int64
	Person     string
	Act        Act
	Kind       ScopeKind // OverSpace, OverOffice or OverPlatform
	OfficeID   int64
	SpaceID    int64
	Place      events.Text // name of the office or of the space; nil for the platform
	PostID     int64       // what it is about, or 0
	Cause      string      // one of Causes
	Words      string      // of who decided
	At         time.Time
	Until      time.Time // of a suspension, else zero
	ByID       int64
	By         string
	Appeal     string // the person's words
	AppealedAt time.Time
	Decision   string // upheld, lifted, or ""
	Answer     string // the words of who upheld or lifted it
	DecidedBy  int64
	Decider    string
	DecidedAt  time.Time
	SpaceIn    int64 // the office of its space, or 0
}

// Live tells whether the measure keeps the person from something.
func (m Measure) Live(now time.Time) bool {
	return m.Act != Warn && m.Decision != "lifted" && (m.Until.IsZero() || m.Until.After(now))
}

// Appealable tells whether the person may ask others to look at it again: once, and not after it has ended.
func (m Measure) Appealable(now time.Time) bool {
	return m.AppealedAt.IsZero() && m.Decision == "" && (m.Act == Warn || m.Live(now))
}

// Waits tells whether an appeal waits for its answer.
func (m Measure) Waits() bool { return !m.AppealedAt.IsZero() && m.Decision == "" }

func (m Measure) scope() Scope {
	if m.Kind == OverSpace {
		return Scope{OfficeID: m.SpaceIn, SpaceID: m.SpaceID}
	}
	return Scope{OfficeID: m.OfficeID}
}

// MayLift tells whether somebody may lift a measure: who decides over its scope, never the person themselves.
func (m Measure) MayLift(a Actor) bool {
	if !a.SignedIn() || a.Is(m.PersonID) {
		return false
	}
	if m.Kind == OverPlatform {
		return a.Can(AdministerPlatform, Scope{})
	}
	return a.Can(Moderate, m.scope())
}

// MayUphold tells whether somebody may turn an appeal down: those who may lift the measure, but for who took it.
func (m Measure) MayUphold(a Actor) bool { return m.MayLift(a) && m.ByID != a.PersonID }

// rank orders people by the widest role they hold; 0 is everybody without one that leads others. judging counts only the
// roles that moderate.
func rank(a Actor, judging bool) int {
	best := 0
	for _, g := range a.Grants {
		if judging && !g.Role.allows(Moderate) || g.Role == Trainer || g.Role == OrganisationAdministrator {
			continue
		}
		n := 2 * (len(Roles) - slices.Index(Roles, g.Role))
		if g.Kind == OverPlatform {
			n++
		}
		best = max(best, n)
	}
	return best
}

// Outranks tells whether somebody's role that moderates is higher than any role of another: nobody takes measures against an
// equal, a superior or themselves.
func Outranks(a, other Actor) bool {
	return !a.Is(other.PersonID) && rank(a, true) > rank(other, false)
}

// MeasureScopes are the scopes over which somebody may take measures about what was written in a space: the space, its
// office's spaces, the platform. region is the office of the author's governorate, which decides in spaces of no office.
func MeasureScopes(a Actor, sp Space, region int64) []ScopeKind {
	var kinds []ScopeKind
	if a.Can(Moderate, sp.Scope()) || sp.OfficeID == 0 && region != 0 && sp.ReadableBy(a) && a.Can(Moderate, Scope{OfficeID: region}) {
		kinds = append(kinds, OverSpace)
	}
	if sp.OfficeID != 0 && a.Can(Moderate, Scope{OfficeID: sp.OfficeID}) {
		kinds = append(kinds, OverOffice)
	}
	if a.Can(AdministerPlatform, Scope{}) {
		kinds = append(kinds, OverPlatform)
	}
	return kinds
}

// NewMeasure is what somebody decides about a person, for what they wrote in a space.
type NewMeasure struct {
	PersonID int64
	PostID   int64
	SpaceID  int64
	Kind     ScopeKind // of the space: itself, its office's spaces, or the platform
	Act      Act
	Days     int // of a suspension: one of Terms
	Cause    string
	Words    string
	Seen     int64 // the last measure about the person that who decides has seen, or 0
}

func (n *NewMeasure) check() error {
	var wrong Invalids
	if !slices.Contains(Acts, n.Act) {
		wrong.Add("act", "measure.error_act")
	}
	if n.Act == Suspend && !slices.Contains(Terms, n.Days) {
		wrong.Add("days", "measure.error_days")
	}
	if !slices.Contains(Causes, n.Cause) {
		wrong.Add("cause", "measure.error_cause")
	}
	n.Words = measureWords(&wrong, "words", n.Words)
	return wrong.Err()
}

// measureWords checks words that are owed to somebody.
func measureWords(wrong *Invalids, field, words string) string {
	words = paragraph(words)
	switch {
	case words == "":
		wrong.Add(field, "measure.error_words")
	case utf8.RuneCountInString(words) > MaxMeasureWords:
		wrong.Add(field, "forum.error_long", "Max", MaxMeasureWords)
	}
	return words
}

// Measure decides about a person, who is told why. It needs the right to moderate the scope and a role above all of theirs:
// ErrForbidden. It returns Invalids, and ErrStale when somebody else decided about them since Seen. A ban from the platform
// ends their sessions and refuses new ones.
func (s *Service) Measure(ctx context.Context, actor Actor, n NewMeasure) (Measure, error) {
	var m Measure
	err := s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := lockPerson(ctx, tx, n.PersonID); err != nil {
			return err
		}
		sp, err := s.mayMeasure(ctx, tx, actor, n)
		if err != nil {
			return err
		}
		if err := n.check(); err != nil {
			return err
		}
		var last int64
		if err := tx.NewRaw(`select coalesce(max(id), 0) from measure where person_id = ?`, n.PersonID).Scan(ctx, &last); err != nil {
			return err
		}
		if last != n.Seen {
			return ErrStale
		}
		m, err = s.measure(ctx, tx, actor, sp, n)
		return err
	})
	return m, wrapped("measure", err)
}

func (s *Service) mayMeasure(ctx context.Context, tx bun.Tx, actor Actor, n NewMeasure) (Space, error) {
	sp, err := FindSpace(ctx, tx, n.SpaceID)
	if err != nil {
		return sp, err
	}
	var region int64
	err = tx.NewRaw(`select coalesce((select g.office_id from person p join governorate g on g.code = p.governorate where p.id = ?), 0)`,
		n.PersonID).Scan(ctx, &region)
	if err != nil {
		return sp, err
	}
	person, err := New(tx, Options{}).ActorOf(ctx, n.PersonID)
	if err == nil && (!Outranks(actor, person) || !slices.Contains(MeasureScopes(actor, sp, region), n.Kind)) {
		err = refuse(actor)
	}
	return sp, err
}

func (s *Service) measure(ctx context.Context, tx bun.Tx, actor Actor, sp Space, n NewMeasure) (Measure, error) {
	m := Measure{PersonID: n.PersonID, Act: n.Act, Kind: n.Kind, At: s.now(), ByID: actor.PersonID}
	switch n.Kind {
	case OverSpace:
		m.SpaceID = sp.ID
	case OverOffice:
		m.OfficeID = sp.OfficeID
	}
	if n.Act == Suspend {
		m.Until = m.At.AddDate(0, 0, n.Days)
	}
	err := tx.NewRaw(`insert into measure (person_id, act, kind, office_id, space_id, post_id, cause, words, at, until, by_id)
		values (?, ?, ?, nullif(?, 0), nullif(?, 0), nullif(?, 0), ?, ?, ?, ?, ?) returning id`, m.PersonID, m.Act, m.Kind, m.OfficeID,
		m.SpaceID, n.PostID, n.Cause, n.Words, m.At, bun.NullTime{Time: m.Until}, m.ByID).Scan(ctx, &m.ID)
	if err != nil {
		return m, err
	}
	if m.Act == Ban && m.Kind == OverPlatform {
		if err := s.endMasked(ctx, tx, m.PersonID); err != nil {
			return m, err
		}
	}
	return m, events.Publish(ctx, tx, events.MeasureTaken{MeasureID: m.ID, PersonID: m.PersonID, State: string(m.Act), Kind: string(m.Kind),
		ScopeID: m.OfficeID + m.SpaceID, OfficeID: m.officeOf(sp), SpaceID: m.SpaceID, PostID: n.PostID, By: actor.PersonID})
}

// endMasked ends the sessions of a person, or of who is behind a pseudonym.
func (s *Service) endMasked(ctx context.Context, tx bun.Tx, personID int64) error {
	var id int64
	if err := tx.NewRaw(`select coalesce(mask_of, id) from person where id = ?`, personID).Scan(ctx, &id); err != nil {
		return err
	}
	return s.endAll(ctx, tx, id)
}

// officeOf is the office whose audit tells of the measure.
func (m Measure) officeOf(sp Space) int64 {
	if m.Kind == OverSpace {
		return sp.OfficeID
	}
	return m.OfficeID
}
