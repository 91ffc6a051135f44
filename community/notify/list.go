package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// The kinds of mail of those who have a space as a mailing list.
const (
	ListOpened  = "list_opened"  // a thread
	ListReplied = "list_replied" // any other post
)

// listKind is the kind of mail by which a mailing list tells of a post.
func listKind(d Data) string {
	if d.Opening {
		return ListOpened
	}
	return ListReplied
}

// listed is what the mails of a list say of a post: its space beside all else, when one of those who are told has it as a list.
func (s *Service) listed(ctx context.Context, tx bun.Tx, d Data, list []told) (Data, error) {
	if !slices.ContainsFunc(list, func(t told) bool { return t.Listed }) {
		return d, nil
	}
	sp, err := account.FindSpace(ctx, tx, d.SpaceID)
	if err != nil && !errors.Is(err, account.ErrNotFound) {
		return d, fmt.Errorf("list of post %d: %w", d.PostID, err)
	}
	d.Title, d.SpaceKey = sp.Name, sp.Key
	return d, nil
}

// listTopic is what the link under the mail of a list switches off: that list alone.
func listTopic(spaceID int64) Topic { return Topic("list-" + strconv.FormatInt(spaceID, 10)) }

// List is the space that a topic is the mailing list of, or 0.
func (t Topic) List() int64 {
	id, err := strconv.ParseInt(strings.TrimPrefix(string(t), "list-"), 10, 64)
	if err != nil || id <= 0 || listTopic(id) != t {
		return 0
	}
	return id
}

// topicOf is what the link under a mail switches off, or "".
func topicOf(m Mail) Topic {
	if m.Kind == ListOpened || m.Kind == ListReplied {
		return listTopic(m.Data.SpaceID)
	}
	return TopicOf(m.Kind)
}

// PostAddress is the address at which the actor begins a thread in a space by mail, or "" where mail doesn't come in.
func (s *Service) PostAddress(actor account.Actor, spaceID int64) (string, error) {
	secret, err := s.secret()
	if err != nil {
		return "", err
	}
	return s.inbound.signedBy(secret).opens(actor.PersonID, spaceID), nil
}

// Listed counts those who have a space as a mailing list. It needs Moderate over the space.
func (s *Service) Listed(ctx context.Context, actor account.Actor, sp account.Space) (n int, err error) {
	if !actor.Can(account.Moderate, sp.Scope()) {
		return 0, account.ErrForbidden
	}
	err = s.db.NewRaw(`select count(*) from follow where subject = 'space' and subject_id = ? and level = 'list'`, sp.ID).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("who has space %d as a list: %w", sp.ID, err)
	}
	return n, nil
}

// unlisted says whose list a link ends.
func (s *Service) unlisted(ctx context.Context, personID int64, t Topic) (space events.Text, mailed bool, err error) {
	sp, err := account.FindSpace(ctx, s.db, t.List())
	if err != nil {
		return nil, false, err
	}
	level, err := s.Following(ctx, account.Actor{PersonID: personID}, OfSpace, t.List())
	return sp.Name, level == Listed, err
}
