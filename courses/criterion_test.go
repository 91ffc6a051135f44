package courses

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"halqa/community/account"
)

func TestCheck(t *testing.T) {
	played, quiz := Item{Kind: ByPlaying, Percent: 80}, Item{Kind: ByQuiz, LessonID: 9, Percent: 60}
	at := func(credit int64, score int) Standing {
		return Standing{{LessonID: 1, Kind: Video, WeightMS: 1000, CreditMS: credit}, {LessonID: 9, Kind: Quiz, Score: score}}
	}
	for _, test := range []struct {
		name string
		c    Criterion
		s    Standing
		want bool
	}{
		{"all, both", Criterion{Mode: All, Items: []Item{played, quiz}}, at(800, 60), true},
		{"all, a millisecond short", Criterion{Mode: All, Items: []Item{played, quiz}}, at(799, 60), false},
		{"all, quiz short", Criterion{Mode: All, Items: []Item{played, quiz}}, at(1000, 59), false},
		{"any, quiz alone", Criterion{Mode: Any, Items: []Item{played, quiz}}, at(0, 60), true},
		{"any, none", Criterion{Mode: Any, Items: []Item{played, quiz}}, at(10, 10), false},
		{"at least 2 of 3", Criterion{Mode: AtLeast, K: 2, Items: []Item{played, quiz, {Kind: ByPlaying, Percent: 50}}}, at(850, 0), true},
		{"at least 2 of 3, one", Criterion{Mode: AtLeast, K: 2, Items: []Item{played, quiz, {Kind: ByPlaying, Percent: 50}}}, at(600, 0), false},
		{"two contributions", Criterion{Mode: All, Items: []Item{{Kind: ByContribution, Percent: 100, Count: 2}}}, nil, true},
		{"one contribution short", Criterion{Mode: All, Items: []Item{{Kind: ByContribution, Percent: 100, Count: 3}}}, nil, false},
		{"no items", Criterion{Mode: All}, at(1000, 100), false},
		{"no criterion", Criterion{}, at(1000, 100), false},
		{"unknown lesson", Criterion{Mode: All, Items: []Item{{Kind: ByQuiz, LessonID: 7, Percent: 1}}}, at(1000, 100), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.c.Check(test.s, 2); got.Met != test.want {
				t.Errorf("Met = %v: %+v", got.Met, got)
			}
		})
	}
}

func TestModulePercentWeighsByLength(t *testing.T) {
	var long, short LessonStanding
	long.hear(300_000, 300_000, 150_000)
	short.hear(100_000, 90_000, 90_000) // wholly played on its shorter track
	s := Standing{long, short, {Kind: Quiz, Score: 100}}
	if got := s.Percent(); got != 62 { // 250 000 of 400 000, rounded down
		t.Errorf("Percent = %d, want 62", got)
	}
	if got := (Standing{{Kind: Quiz, Score: 50}, {Kind: Quiz, Score: 100}}).Percent(); got != 75 {
		t.Errorf("percent of two quizzes = %d, want 75", got)
	}
}

func TestPercentIsExactAndNeverFalls(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		duration := rapid.Int64Range(1, MaxMS).Draw(t, "duration")
		weight := rapid.Int64Range(duration, MaxMS).Draw(t, "weight")
		covered := rapid.Int64Range(0, duration).Draw(t, "covered")
		var l LessonStanding
		l.hear(weight, duration, covered)
		before := l.Percent()
		if weight == duration && before != int(100*covered/duration) {
			t.Fatalf("percent %d of %d in %d", before, covered, duration)
		}
		if covered == duration && before != 100 || covered < duration && before == 100 && weight == duration {
			t.Fatalf("percent %d of %d in %d", before, covered, duration)
		}
		l.hear(weight, rapid.Int64Range(1, weight).Draw(t, "other"), 0)
		if l.Percent() != before {
			t.Fatal("hearing of a track never played changed the percent")
		}
	})
}

func TestCriterionIsValidated(t *testing.T) {
	played := Item{Kind: ByPlaying, Percent: 80}
	for name, c := range map[string]Criterion{
		"no items":      {Mode: All},
		"no mode":       {Items: []Item{played}},
		"k too large":   {Mode: AtLeast, K: 2, Items: []Item{played}},
		"percent 0":     {Mode: All, Items: []Item{{Kind: ByPlaying}}},
		"percent 101":   {Mode: All, Items: []Item{{Kind: ByPlaying, Percent: 101}}},
		"quiz not here": {Mode: All, Items: []Item{{Kind: ByQuiz, LessonID: 3, Percent: 60}}},
		"not a reading": {Mode: All, Items: []Item{{Kind: ByReading, LessonID: 9, Percent: 100}}},
		"no count":      {Mode: All, Items: []Item{{Kind: ByContribution, Percent: 100}}},
		"unknown kind":  {Mode: All, Items: []Item{{Kind: "luck", Percent: 60}}},
	} {
		var invalid account.Invalids
		if err := c.validate(map[int64]LessonKind{8: Video, 9: Quiz, 7: Reading}); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := (Criterion{Mode: All, Items: []Item{played, {Kind: ByQuiz, LessonID: 9, Percent: 60}, {Kind: ByReading, LessonID: 7, Percent: 100}}}).validate(map[int64]LessonKind{8: Video, 9: Quiz, 7: Reading}); err != nil {
		t.Error(err)
	}
}

func TestAnswers(t *testing.T) {
	options := []Option{{Key: "a", Right: true}, {Key: "b"}, {Key: "c", Right: true}}
	questions := []Question{
		{ID: 1, Kind: Multiple, Options: options},
		{ID: 2, Kind: Single, Options: options[:2]},
		{ID: 3, Kind: Single, Options: options[:2]},
	}
	for _, test := range []struct {
		name  string
		given Answers
		wrong []string
		score int
	}{
		{"all right", Answers{1: {"c", "a"}, 2: {"a"}, 3: {"a"}}, nil, 100},
		{"one of three", Answers{1: {"a"}, 2: {"b"}, 3: {"a"}}, nil, 33},
		{"too much chosen is wrong", Answers{1: {"a", "b", "c"}, 2: {"a"}, 3: {"a"}}, nil, 66},
		{"missing", Answers{1: {"a"}, 3: {"a"}}, []string{"q2"}, 0},
		{"two of a single", Answers{1: {"a"}, 2: {"a", "b"}, 3: {"a"}}, []string{"q2"}, 0},
		{"unknown and repeated", Answers{1: {"a", "a"}, 2: {"z"}, 3: {"a"}}, []string{"q1", "q2"}, 0},
		{"none", nil, []string{"q1", "q2", "q3"}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			invalid, _ := account.InvalidsOf(test.given.Validate(questions))
			if len(invalid) != len(test.wrong) {
				t.Fatalf("refused %v, want %v", invalid, test.wrong)
			}
			for n, i := range invalid {
				if i.Field != test.wrong[n] {
					t.Errorf("refused %s, want %s", i.Field, test.wrong[n])
				}
			}
			if len(invalid) == 0 && test.given.Score(questions) != test.score {
				t.Errorf("score %d, want %d", test.given.Score(questions), test.score)
			}
		})
	}
}
