package notify

import (
	"context"
	"fmt"
	"slices"

	"halqa/community/account"
)

// Subject is what can be followed.
type Subject string

// The subjects.
const (
	OfSpace  Subject = "space"
	OfThread Subject = "thread"
	OfPerson Subject = "person"
)

// Level is how much of a subject a person wants to hear. "notify.follow_<subject>_<level>" says it.
type Level string

// The levels. The default, Track, is what holds without a choice; choosing it again forgets the choice.
const (
	Watch Level = "watch" // every new post
	Track Level = "track" // posts in the threads they started or wrote in; in a thread, the answers to them
	Mute  Level = "mute"  // nothing

	Listed Level = "list" // of a space: every new post, each by a mail of its own
)

// LevelsOf lists the levels of a subject in the order of the pages.
func LevelsOf(s Subject) []Level {
	if s == OfSpace {
		return []Level{Listed, Watch, Track, Mute}
	}
	return []Level{Watch, Track, Mute}
}

// Followed is the choice of a person about a subject.
type Followed struct {
	Subject Subject
	ID      int64
	Level   Level
}

// Following returns what the actor hears of a subject. Of a thread they take part in that is every new post, unless they
// chose otherwise. It returns Track for a visitor.
func (s *Service) Following(ctx context.Context, actor account.Actor, subject Subject, id int64) (Level, error) {
	return s.following(ctx, actor, subject, id, Track)
}

// FollowingCircle is Following of a thread whose posts the actor is all told of, unless they chose otherwise.
func (s *Service) FollowingCircle(ctx context.Context, actor account.Actor, threadID int64) (Level, error) {
	return s.following(ctx, actor, OfThread, threadID, Watch)
}

func (s *Service) following(ctx context.Context, actor account.Actor, subject Subject, id int64, unsaid Level) (Level, error) {
	var rows []struct {
		Level Level
		Part  bool
	}
	err := s.db.NewRaw(`select coalesce(level, '') as level, part_seq is not null as part from follow
		where person_id = ? and subject = ? and subject_id = ?`, actor.PersonID, subject, id).Scan(ctx, &rows)
	switch {
	case err != nil:
		return "", fmt.Errorf("what is followed of %s %d: %w", subject, id, err)
	case len(rows) == 0:
		return unsaid, nil
	case rows[0].Level != "":
		return rows[0].Level, nil
	case subject == OfThread && rows[0].Part:
		return Watch, nil
	}
	return unsaid, nil
}

// Follow keeps how much the actor wants to hear of a subject; what they were told already stays. It returns
// account.ErrSignInRequired for a visitor and account.ErrNotFound for no such level or subject. Whether they may read what
// they follow is asked each time there is something to tell.
func (s *Service) Follow(ctx context.Context, actor account.Actor, f Followed) error {
	if !actor.SignedIn() {
		return account.ErrSignInRequired
	}
	if f.Subject != OfSpace && f.Subject != OfThread && f.Subject != OfPerson || !slices.Contains(LevelsOf(f.Subject), f.Level) {
		return fmt.Errorf("follow %s at %s: %w", f.Subject, f.Level, account.ErrNotFound)
	}
	var level any = f.Level
	if f.Level == Track && f.Subject != OfThread { // the default: who takes part in a thread may want less than theirs
		level = nil
	}
	_, err := s.db.ExecContext(ctx, `insert into follow (person_id, subject, subject_id, level, changed_at) values (?, ?, ?, ?, ?)
		on conflict (person_id, subject, subject_id) do update set level = excluded.level, changed_at = excluded.changed_at`,
		actor.PersonID, f.Subject, f.ID, level, s.now())
	if err != nil {
		return fmt.Errorf("follow %s %d: %w", f.Subject, f.ID, err)
	}
	return nil
}

// Choosing lists what the actor chose about spaces, people and threads, the latest first, a hundred at most.
func (s *Service) Choosing(ctx context.Context, actor account.Actor) ([]Followed, error) {
	if !actor.SignedIn() {
		return nil, account.ErrSignInRequired
	}
	var list []Followed
	err := s.db.NewRaw(`select subject, subject_id as id, level from follow where person_id = ? and level is not null
		order by changed_at desc, subject, subject_id limit 100`, actor.PersonID).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("what is followed: %w", err)
	}
	return list, nil
}
