package demo

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"halqa/cmd/halqa/demo/documents"
	"halqa/community"
	"halqa/community/account"
	"halqa/community/notify"
)

// atFirst is what a post said before its author thought better of it.
func (p said) atFirst(text string) string {
	if p.first[0] == "" {
		return text
	}
	return strings.Replace(text, p.first[1], p.first[0], 1)
}

func (p said) sheetAtFirst() community.Sheet {
	h := p.sheet
	h.Result = p.atFirst(h.Result)
	return h
}

// bring has somebody bring the file that comes with their post, if one does.
func (s *stage) bring(ctx context.Context, a account.Actor, t talk, p said) ([]community.Attached, error) {
	if p.file == "" {
		return nil, nil
	}
	list, err := documents.All()
	if err != nil {
		return nil, err
	}
	for _, d := range list {
		if d.File == p.file {
			data, err := d.Bytes()
			if err != nil {
				return nil, err
			}
			brought, err := s.community.Attach(ctx, a, s.spaces[t.space].ID, d.File, bytes.NewReader(data))
			return []community.Attached{{ID: brought.ID}}, err
		}
	}
	return nil, fmt.Errorf("no document is called %q", p.file)
}

// anybody is an author as the use cases see them, or a visitor.
func (s *stage) anybody(ctx context.Context, p *player) account.Actor {
	actor, err := s.account.ActorOf(ctx, p.id)
	if err != nil {
		return account.Actor{}
	}
	return actor
}

// planEcho has a post edited by its author, chosen as the answer, found useful, and its thread followed.
func (s *stage) planEcho(t talk, p said, hour int, thread func() int64, post func(context.Context) (int64, error)) {
	to := func(who string, after int, do func(context.Context, account.Actor, int64) error) {
		s.plan(t.day, hour+after, func(ctx context.Context) error {
			return s.as(ctx, s.byEmail[email(who)], func(a account.Actor) error {
				id, err := post(ctx)
				if err != nil {
					return err
				}
				return do(ctx, a, id)
			})
		})
	}
	if p.first[0] != "" {
		to(p.by, 1, func(ctx context.Context, a account.Actor, id int64) error {
			_, err := s.community.EditPost(ctx, a, id, community.Edit{Title: t.title, Body: p.text, Sheet: p.sheet})
			return err
		})
	}
	if p.accepts != "" {
		to(p.accepts, 26, func(ctx context.Context, a account.Actor, id int64) error {
			return s.community.Accept(ctx, a, id, true)
		})
	}
	for i, who := range p.thanks {
		to(who, 3+5*i, func(ctx context.Context, a account.Actor, id int64) error { return s.community.Thank(ctx, a, id, true) })
	}
	for _, who := range p.follows {
		to(who, 2, func(ctx context.Context, a account.Actor, _ int64) error {
			return s.notify.Follow(ctx, a, notify.Followed{Subject: notify.OfThread, ID: thread(), Level: notify.Watch})
		})
	}
}

// follower is what somebody of the cast follows, and how they are written to of it.
type follower struct {
	who    string
	rhythm notify.Rhythm
	spaces map[string]notify.Level // by key
	person string                  // whom they follow too, or ""
}

var followers = []follower{
	{"amel", notify.Daily, map[string]notify.Level{"funding": notify.Watch}, "animateur"},
	{"president", notify.Weekly, map[string]notify.Level{"funding": notify.Watch, "local-democracy": notify.Watch, "projects": notify.Track}, ""},
	{"animateur", notify.Daily, map[string]notify.Level{"projects": notify.Watch, "digital": notify.Watch}, ""},
	{"gafsa", notify.AtOnce, map[string]notify.Level{"funding": notify.Track, "offices": notify.Watch}, "tozeur"},
	{"programme", notify.Fortnightly, map[string]notify.Level{"offices": notify.Watch}, ""},
}

// planFollowing has the cast choose what they hear of.
func (s *stage) planFollowing() {
	for _, f := range followers {
		for _, sp := range s.spaceTexts { // of the others they are members, by what they wrote there
			if f.spaces[sp.Key] != "" && s.spaces[sp.Key].Visibility == account.Open {
				s.planEntry(s.byEmail[email(f.who)], -6, sp.Key)
			}
		}
		s.plan(-6, 12, func(ctx context.Context) error {
			return s.as(ctx, s.byEmail[email(f.who)], func(a account.Actor) error { return s.choose(ctx, a, f) })
		})
	}
}

func (s *stage) choose(ctx context.Context, a account.Actor, f follower) error {
	if err := s.notify.Attend(ctx, a, notify.Attention{Rhythm: f.rhythm, Budget: 5, Hushed: true, Quiet: notify.Quiet{From: 21, Until: 7}}); err != nil {
		return err
	}
	for _, sp := range s.spaceTexts { // in an order that is the same each time
		if level := f.spaces[sp.Key]; level != "" {
			if err := s.notify.Follow(ctx, a, notify.Followed{Subject: notify.OfSpace, ID: s.spaces[sp.Key].ID, Level: level}); err != nil {
				return err
			}
		}
	}
	if f.person == "" {
		return nil
	}
	return s.notify.Follow(ctx, a, notify.Followed{Subject: notify.OfPerson, ID: s.byEmail[email(f.person)].id, Level: notify.Watch})
}
