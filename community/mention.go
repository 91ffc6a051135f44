package community

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// MaxMentions is how many people, and how many organisations, a post tells that it names them. It may name more.
const MaxMentions = 10

// mentionPattern is how a text names somebody: a link to their page in the directory that begins with @.
var mentionPattern = regexp.MustCompile(`\[@[^\]\n]{1,120}\]\(/(people|organisations)/(\d{1,18})\)`)

// MentionOf is the text that names a person or an organisation.
func MentionOf(kind, name string, id int64) string {
	return fmt.Sprintf("[@%s](/%s/%d)", name, kind, id)
}

// mentionsIn are the people and the organisations that a text names, each once.
func mentionsIn(body string) (people, organisations []int64) {
	for _, m := range mentionPattern.FindAllStringSubmatch(body, -1) {
		list := &people
		if m[1] == "organisations" {
			list = &organisations
		}
		id, err := strconv.ParseInt(m[2], 10, 64)
		if err == nil && !slices.Contains(*list, id) && len(*list) < MaxMentions {
			*list = append(*list, id)
		}
	}
	return people, organisations
}

// nameMentions puts into what is announced of a post whom it names: people who show themselves to its author, and validated
// organisations. Whether they may read it is asked when they are told.
func nameMentions(ctx context.Context, tx bun.Tx, actor account.Actor, body string, p *events.Contributed) error {
	people, organisations := mentionsIn(body)
	if len(people)+len(organisations) == 0 {
		return nil
	}
	accounts := account.New(tx, account.Options{})
	for _, id := range people {
		_, err := accounts.Acquaintance(ctx, actor, id)
		switch {
		case err == nil && !actor.Is(id):
			p.Mentions = append(p.Mentions, id)
		case err != nil && !errors.Is(err, account.ErrNotFound):
			return err
		}
	}
	known, err := accounts.OrganisationsByID(ctx, organisations...)
	for _, id := range organisations {
		if _, ok := known[id]; ok {
			p.Organisations = append(p.Organisations, id)
		}
	}
	return err
}

// nameAnew puts into what is announced of a change whom the post names that it didn't name before.
func nameAnew(ctx context.Context, tx bun.Tx, actor account.Actor, c change, p *events.ContributionEdited) error {
	var named events.Contributed
	if err := nameMentions(ctx, tx, actor, c.now.Body, &named); err != nil {
		return err
	}
	people, organisations := mentionsIn(c.was.Body)
	p.Mentions = slices.DeleteFunc(named.Mentions, func(id int64) bool { return slices.Contains(people, id) })
	p.Organisations = slices.DeleteFunc(named.Organisations, func(id int64) bool { return slices.Contains(organisations, id) })
	return nil
}
