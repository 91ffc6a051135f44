package account_test

import (
	"testing"

	"halqa/community/account"
	"halqa/community/account/accounttest"
)

// Who may help is found by what they show to who looks, and by nothing else.
func TestExpertsAreFoundByWhatTheyShow(t *testing.T) {
	s := newStage(t)
	space := accounttest.Space(t, s.db, "puits", 0)
	find := func(a account.Actor, asked account.Asked) []account.Expert {
		t.Helper()
		asked.SpaceID, asked.Limit = space.ID, 5
		list, err := s.Experts(ctx, a, asked)
		must(t, err)
		return list
	}
	axis, words := account.Asked{Axis: "water"}, account.Asked{Words: "Qui connaît zzexpertise ?"}
	answers := account.Asked{Answers: map[int64]int{s.zz.PersonID: 2}}
	for name, c := range map[string]struct {
		to             account.Audience
		mate, stranger int
	}{"nobody": {account.ToNobody, 0, 0}, "those who share a space": {account.ToSpaces, 1, 0}, "everybody": {account.ToMembers, 1, 1}} {
		s.show(t, map[account.CardField]account.Audience{account.CardExpertise: c.to})
		for what, asked := range map[string]account.Asked{"axis": axis, "words": words} {
			if got := find(s.mate, asked); len(got) != c.mate {
				t.Errorf("to %s, by %s: who shares a space finds %d", name, what, len(got))
			}
			if got := find(s.stranger, asked); len(got) != c.stranger {
				t.Errorf("to %s, by %s: another finds %d", name, what, len(got))
			}
		}
		if got := find(s.stranger, answers); len(got) != 1 || got[0].Answers != 2 || c.stranger == 0 && got[0].Expertise != "" {
			t.Errorf("to %s: by answers: %+v", name, got)
		}
	}
	s.show(t, map[account.CardField]account.Audience{account.CardName: account.ToNobody, account.CardExpertise: account.ToMembers})
	for _, asked := range []account.Asked{axis, words, answers} {
		if got := find(s.stranger, asked); len(got) != 0 {
			t.Errorf("who doesn't show their name is found: %+v", got)
		}
	}
	s.show(t, map[account.CardField]account.Audience{account.CardExpertise: account.ToMembers})
	if got := find(s.zz, axis); len(got) != 0 {
		t.Error("one is invited by oneself")
	}
	s.exec(t, "insert into space_member (space_id, person_id) values (?, ?)", space.ID, s.zz.PersonID)
	if got := find(s.stranger, axis); len(got) != 0 {
		t.Error("a member is invited")
	}
	if _, err := s.Experts(ctx, account.Actor{}, axis); err != account.ErrSignInRequired {
		t.Errorf("a visitor: %v", err)
	}
}
