package demo

import (
	"context"

	"halqa/community"
	"halqa/community/account"
)

// amongThem is what the participants of a seminar say to one another, the office first.
var amongThem = []string{
	"Bienvenue à toutes et à tous ! Les repas sont prévus et la salle ouvre une demi-heure avant. Dites ici si vous cherchez un trajet, ou si vous en proposez un.",
	"Je pars de la ville la veille au soir, il me reste deux places dans la voiture.",
	"هل يمكن إحضار ميزانية جمعيتي للعمل عليها معكم؟",
	"نعم، أحضروها على ورق أو على الحاسوب: سنعمل على أمثلتكم.",
	"Merci pour la voiture ! Je vous appelle ce soir.",
}

// planCircle has those who take part in a seminar, and its office, talk in their thread in the days before.
func (s *stage) planCircle(sem seminar, published int, id *int64) {
	day := min(max(published+3, sem.Days[0]-4), -1)
	if sem.End == "cancelled" {
		return
	}
	for n, words := range amongThem {
		s.plan(day, 12+2*n, func(ctx context.Context) error {
			who, err := s.participant(ctx, sem, *id, n)
			if err != nil || who == nil {
				return err
			}
			return s.as(ctx, who, func(a account.Actor) error {
				circle, err := s.community.CircleOf(ctx, a, *id)
				if err != nil {
					return err
				}
				_, err = s.community.Reply(ctx, a, community.NewReply{ThreadID: circle.ID, Body: words})
				return err
			})
		})
	}
}

// participant is who says the nth thing: the office, or one of those who hold a seat; nil while too few do.
func (s *stage) participant(ctx context.Context, sem seminar, id int64, n int) (*player, error) {
	moderator := s.byEmail[email(sem.Office)]
	actor, err := s.account.ActorOf(ctx, moderator.id)
	if err != nil {
		return nil, err
	}
	view, err := s.enrolment.DeskSeminar(ctx, actor, id)
	switch {
	case err != nil || len(view.Holders) < 3:
		return nil, err
	case n == 0 || n == 3:
		return moderator, nil
	}
	for _, p := range s.people {
		if p.id == view.Holders[n%3].PersonID && p != s.byEmail[email("57")] { // who may not write in some spaces any more
			return p, nil
		}
	}
	return nil, nil
}

// planGuard has moderators say what of a forum waits for them, and somebody write such a thing.
func (s *stage) planGuard() {
	moderator := s.byEmail[s.moderator("digital")]
	s.plan(-4, 9, func(ctx context.Context) error {
		return s.as(ctx, moderator, func(a account.Actor) error {
			return s.community.SetGuard(ctx, a, s.spaces["digital"].ID, community.Guard{Words: "gagnez\ncryptomonnaie\nربح سريع", Suspect: true})
		})
	})
	s.plan(-1, 20, func(ctx context.Context) error {
		return s.as(ctx, s.byEmail[email("57")], func(a account.Actor) error {
			_, err := s.community.StartThread(ctx, a, community.NewThread{SpaceID: s.spaces["digital"].ID, Kind: community.Discussion,
				Title: "Une caisse en cryptomonnaie pour nos associations ?",
				Body:  "Gagnez du temps et de l’argent : plus de banque, plus de frais. J’ai une application qui fait tout, écrivez-moi."})
			return err
		})
	})
}
