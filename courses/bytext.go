package courses

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"halqa/community/account"
)

// TextQuestions is how many questions show that a transcript was read; TextTries is how often a day they may be answered
// wrongly.
const (
	TextQuestions = 3
	TextTries     = 3
	textDay       = 24 * time.Hour
)

// ByText is the way through a video that costs hardly any data: its transcript, then three questions of the module's
// quizzes, all to be answered rightly. It counts as the video played whole, and is told apart from playing.
type ByText struct {
	Visit     Visit
	Track     Track         // whose transcript is read
	Questions []Question    // drawn by the nonce of the form
	Followed  bool          // the person went this way already
	Least     time.Duration // that reading the text takes
	ReadFrom  time.Time     // when it can have been read
	TriesLeft int           // today
	TryAgain  time.Time     // when there will be one more, if none is left
}

// SetByText lets the videos of a module be followed by their text, or no longer: who did keeps it. The actor needs
// EditModules over the space.
func (s *Service) SetByText(ctx context.Context, actor account.Actor, moduleID int64, on bool) error {
	err := s.edit(ctx, actor, moduleID, func(ctx context.Context, tx bun.Tx, m Module) error {
		_, err := tx.NewRaw(`update module set by_text = ? where id = ?`, on, m.ID).Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("set text way of module %d: %w", moduleID, err)
	}
	return nil
}

// OffersText tells whether a lesson can be followed by its text: its module allows it, it has a transcript, and the
// module's quizzes have three questions.
func (s *Service) OffersText(ctx context.Context, v Visit) (bool, error) {
	if _, ok := transcribed(v.Lesson, ""); !ok || !v.Outline.ByText {
		return false, nil
	}
	questions, err := s.moduleQuestions(ctx, v.Outline.ID)
	return len(questions) >= TextQuestions, err
}

// ByText returns the way through a lesson by its text, in a language or the one it has. It returns the errors of Lesson,
// and ErrNotFound where that way isn't offered. The time for reading begins when it is called first.
func (s *Service) ByText(ctx context.Context, actor account.Actor, lessonID int64, language string, nonce uuid.UUID) (ByText, error) {
	v, err := s.Lesson(ctx, actor, lessonID)
	if err != nil {
		return ByText{}, err
	}
	b := ByText{Visit: v, Followed: v.Outline.Standing.Lesson(lessonID).ByText}
	track, ok := transcribed(v.Lesson, language)
	all, err := s.moduleQuestions(ctx, v.Outline.ID)
	if err != nil {
		return ByText{}, err
	}
	if !ok || !v.Outline.ByText || len(all) < TextQuestions {
		return ByText{}, fmt.Errorf("text of lesson %d: %w", lessonID, account.ErrNotFound)
	}
	b.Track = track
	for _, n := range draw(nonce, len(all))[:TextQuestions] {
		b.Questions = append(b.Questions, all[n])
	}
	if b.Followed {
		return b, nil
	}
	_, err = s.db.NewRaw(`insert into text_reading (person_id, lesson_id, opened_at, need_ms) values (?, ?, ?, ?) on conflict do nothing`,
		actor.PersonID, lessonID, s.now(), track.readingTime().Milliseconds()).Exec(ctx)
	if err == nil {
		err = s.allow(ctx, s.db, actor.PersonID, lessonID, &b)
	}
	if err != nil {
		return ByText{}, fmt.Errorf("text of lesson %d: %w", lessonID, err)
	}
	return b, nil
}

// allow reads when a person may answer the questions about a text.
func (s *Service) allow(ctx context.Context, db bun.IDB, personID, lessonID int64, b *ByText) error {
	var all []reading
	err := db.NewRaw(`
		select r.lesson_id, r.opened_at, r.need_ms, f.lesson_id is not null as followed
		from text_reading r left join text_followed f using (person_id, lesson_id) where r.person_id = ?`, personID).Scan(ctx, &all)
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.LessonID == lessonID {
			b.Least, b.ReadFrom = r.need(), r.readFrom(all)
		}
	}
	var tries []time.Time
	err = db.NewRaw(`select at from text_try where person_id = ? and lesson_id = ? and at > ? order by at desc limit ?`,
		personID, lessonID, s.now().Add(-textDay), TextTries).Scan(ctx, &tries)
	if err != nil {
		return err
	}
	if b.TriesLeft = TextTries - len(tries); b.TriesLeft == 0 {
		b.TryAgain = tries[TextTries-1].Add(textDay)
	}
	return nil
}

// FollowText takes the answers to the questions that the nonce drew. When all are right the lesson counts as followed, once
// and for ever; when not, right is false, and one of the day's tries is used, once for each nonce. It returns
// account.Invalids naming the questions to answer, TooEarly for a text that can't have been read by now, an
// account.TooMany when no try is left, and the errors of ByText; none of these uses a try.
func (s *Service) FollowText(ctx context.Context, actor account.Actor, lessonID int64, nonce uuid.UUID, answers Answers) (out Outcome, right bool, err error) {
	b, err := s.ByText(ctx, actor, lessonID, actor.Language, nonce)
	if err != nil {
		return Outcome{}, false, err
	}
	if err := answers.Validate(b.Questions); err != nil {
		return Outcome{}, false, err
	}
	m := b.Visit.Outline.Module
	p := &progress{personID: actor.PersonID, moduleID: m.ID, spaceID: m.SpaceID, lessonID: lessonID, at: s.now()}
	out, err = s.settleOne(ctx, p, func(ctx context.Context, tx bun.Tx) error {
		right, err = s.judgeText(ctx, tx, p, b, nonce, answers)
		return err
	})
	if err != nil {
		return Outcome{}, false, fmt.Errorf("text of lesson %d: %w", lessonID, err)
	}
	return out, right, nil
}

// judgeText notes answers about a text: that it was followed, or a try. A person's texts are judged one at a time.
func (s *Service) judgeText(ctx context.Context, tx bun.Tx, p *progress, b ByText, nonce uuid.UUID, answers Answers) (right bool, err error) {
	_, err = tx.NewRaw(`select from text_reading where person_id = ? order by lesson_id for update`, p.personID).Exec(ctx)
	if err != nil {
		return false, err
	}
	var before struct{ Followed, Tried bool }
	err = tx.NewRaw(`select exists (select from text_followed where person_id = ? and lesson_id = ?) as followed,
		exists (select from text_try where person_id = ? and lesson_id = ? and nonce = ?) as tried`,
		p.personID, p.lessonID, p.personID, p.lessonID, nonce).Scan(ctx, &before)
	if err != nil || before.Followed || before.Tried {
		return before.Followed, err
	}
	if err := s.allow(ctx, tx, p.personID, p.lessonID, &b); err != nil {
		return false, err
	}
	switch {
	case b.TriesLeft == 0:
		return false, account.TooMany{RetryAfter: b.TryAgain.Sub(p.at)}
	case b.ReadFrom.After(p.at):
		return false, TooEarly{Until: b.ReadFrom}
	case answers.Score(b.Questions) < 100:
		_, err = tx.NewRaw(`insert into text_try (person_id, lesson_id, nonce, at) values (?, ?, ?, ?)`, p.personID, p.lessonID, nonce, p.at).Exec(ctx)
		return false, err
	}
	_, err = tx.NewRaw(`insert into text_followed (person_id, lesson_id, answers, at) values (?, ?, ?, ?)`,
		p.personID, p.lessonID, asJSON(answers), p.at).Exec(ctx)
	return err == nil, err
}

// transcribed is the track whose transcript is read in a language, or else the first that has one.
func transcribed(l Lesson, language string) (Track, bool) {
	if t, ok := l.Track(language); ok && len(t.Transcript) > 0 {
		return t, true
	}
	for _, t := range l.Tracks {
		if len(t.Transcript) > 0 {
			return t, true
		}
	}
	return Track{}, false
}

// draw is an order of n things that a nonce always gives.
func draw(nonce uuid.UUID, n int) []int {
	h := fnv.New64a()
	_, _ = h.Write(nonce[:]) // never fails
	return rand.New(rand.NewPCG(h.Sum64(), uint64(n))).Perm(n)
}

func (s *Service) moduleQuestions(ctx context.Context, moduleID int64) ([]Question, error) {
	var all []Question
	err := s.db.NewRaw(`
		select q.id, q.lesson_id, q.position, q.kind, q.prompt, q.options, q.explanation from question q join lesson l on l.id = q.lesson_id
		where l.module_id = ? and l.state = 'shown' order by l.position, q.position`, moduleID).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("questions of module %d: %w", moduleID, err)
	}
	return all, nil
}
