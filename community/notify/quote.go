package notify

import (
	"context"
	"fmt"
	"html/template"
	"strings"

	"halqa/community/notify/incoming"
)

// Posts says the words of a post to a person, as plain text and as HTML that is safe; both are empty when they may not read
// it, or not any more.
type Posts func(ctx context.Context, personID, postID int64) (text, html string, err error)

// quote puts into the letter about a post what it says, and how to answer it from the mail; into a newsletter, what that says.
func (c composer) quote(ctx context.Context, l *Letter, m Mail) error {
	if !tellsPost(m) || c.posts == nil {
		return c.newsletter(ctx, l, m)
	}
	text, html, err := c.posts(ctx, m.PersonID, m.Data.PostID)
	if err != nil {
		return fmt.Errorf("words of post %d: %w", m.Data.PostID, err)
	}
	if text == "" {
		return nil
	}
	l.Words = strings.ReplaceAll(text, "](/", "]("+c.public+"/")
	l.WordsHTML = template.HTML(strings.ReplaceAll(html, `href="/`, `href="`+c.public+`/`)) // made safe by whoever wrote it
	if l.Reply = c.back.answers(m.PersonID, m.Data.ThreadID); l.Reply != "" {
		l.Above = incoming.Above + c.render(l.Language, "notify.mail_above") + aboveEnds
	}
	return nil
}

// aboveEnds ends the line above which an answer is written; incoming.Above begins it.
const aboveEnds = " --##"
