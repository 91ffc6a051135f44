package courses

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"halqa/community/account"
)

// TextQuestions is how many questions show that a transcript was read.
const TextQuestions = 3

// ByText is the way through a video that costs hardly any data: its transcript, then three questions of the module's
// quizzes, all to be answered rightly. It counts as the video played whole, and is told apart from playing.
type ByText struct {
	Visit     Visit
	Track     Track      // whose transcript is read
	Questions []Question // drawn by the nonce of the form
	Followed  bool       // the person went this way already
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
// and ErrNotFound where that way isn't offered.
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
	return b, nil
}

// FollowText takes the answers to the questions that the nonce drew. When all are right the lesson counts as followed, once
// and for ever; when not, right is false and nothing is written. It returns account.Invalids naming the questions to
// answer, and the errors of ByText.
func (s *Service) FollowText(ctx context.Context, actor account.Actor, lessonID int64, nonce uuid.UUID, answers Answers) (out Outcome, right bool, err error) {
	b, err := s.ByText(ctx, actor, lessonID, actor.Language, nonce)
	if err != nil {
		return Outcome{}, false, err
	}
	if err := answers.Validate(b.Questions); err != nil {
		return Outcome{}, false, err
	}
	if answers.Score(b.Questions) < 100 {
		return Outcome{}, false, nil
	}
	m := b.Visit.Outline.Module
	p := &progress{personID: actor.PersonID, moduleID: m.ID, spaceID: m.SpaceID, lessonID: lessonID, at: s.now()}
	out, err = s.settleOne(ctx, p, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(`insert into text_followed (person_id, lesson_id, answers, at) values (?, ?, ?, ?) on conflict do nothing`,
			actor.PersonID, lessonID, asJSON(answers), p.at).Exec(ctx)
		return err
	})
	if err != nil {
		return Outcome{}, false, fmt.Errorf("text of lesson %d: %w", lessonID, err)
	}
	return out, true, nil
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
