package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"halqa/community/account"
	"halqa/events"
)

// Unsubscription is what the link under a mail may do: switch off the mails of one topic for the person it was sent to.
type Unsubscription struct {
	Topic    Topic
	Language string      // of the person
	Address  string      // of the person, mostly hidden: who opens the link may be somebody else
	Mailed   bool        // whether they still get these mails
	Space    events.Text // of a mailing list; else nil

	personID int64
}

// UnsubscribePath is where the links under mails lead, before their token.
const UnsubscribePath = "/unsubscribe/"

// maxToken is more than any token has.
const maxToken = 200

// unsubscribeToken names a person and a topic, and proves that the platform wrote it. It never expires: a mail is read
// years later, and all it can do is to have fewer mails sent.
func unsubscribeToken(secret []byte, personID int64, t Topic) string {
	text := strconv.FormatInt(personID, 10) + "." + string(t)
	return base64.RawURLEncoding.EncodeToString([]byte(text)) + "." + base64.RawURLEncoding.EncodeToString(signature(secret, text))
}

func signature(secret []byte, text string) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("unsubscribe\x00" + text))
	return mac.Sum(nil)
}

// readToken is the inverse of unsubscribeToken; ok is false for what the platform didn't write.
func readToken(secret []byte, token string) (personID int64, t Topic, ok bool) {
	head, _, _ := strings.Cut(token, ".")
	if len(secret) == 0 || len(token) > maxToken {
		return 0, "", false
	}
	text, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		return 0, "", false
	}
	id, topic, _ := strings.Cut(string(text), ".")
	if personID, err = strconv.ParseInt(id, 10, 64); err != nil || !Topic(topic).known() {
		return 0, "", false
	}
	// The whole is compared, in constant time: no second spelling of a token is one.
	return personID, Topic(topic), hmac.Equal([]byte(token), []byte(unsubscribeToken(secret, personID, Topic(topic))))
}

// Unsubscription reads the token of a link. It returns account.ErrNotFound for one that the platform didn't write, and
// for somebody whose account is gone.
func (s *Service) Unsubscription(ctx context.Context, token string) (Unsubscription, error) {
	secret, err := s.secret()
	if err != nil {
		return Unsubscription{}, err
	}
	personID, t, ok := readToken(secret, token)
	if !ok {
		return Unsubscription{}, fmt.Errorf("link to unsubscribe: %w", account.ErrNotFound)
	}
	var people []struct {
		Email, Language string
		Mailed          bool
	}
	err = s.db.NewRaw(`select email, language, case when ?0 = ?1
			then not exists (select from attention where person_id = person.id and rhythm = 'never')
			else coalesce((select mailed from mail_choice where person_id = person.id and topic = ?0), ?2) end as mailed
		from person where id = ?3`, t, AboutReplies, t.byDefault(), personID).Scan(ctx, &people)
	if err != nil {
		return Unsubscription{}, fmt.Errorf("who unsubscribes: %w", err)
	}
	if len(people) == 0 {
		return Unsubscription{}, fmt.Errorf("who unsubscribes: %w", account.ErrNotFound)
	}
	p := people[0]
	u := Unsubscription{Topic: t, Language: p.Language, Address: masked(p.Email), Mailed: p.Mailed, personID: personID}
	if t.List() != 0 {
		u.Space, u.Mailed, err = s.unlisted(ctx, personID, t)
	}
	return u, err
}

// Unsubscribe switches off what a link names, whoever follows it; twice is the same as once. Errors as Unsubscription.
func (s *Service) Unsubscribe(ctx context.Context, token string) (Unsubscription, error) {
	u, err := s.Unsubscription(ctx, token)
	if err != nil {
		return u, err
	}
	u.Mailed = false
	if list := u.Topic.List(); list != 0 {
		_, err := s.db.ExecContext(ctx, `update follow set level = null, changed_at = ? where person_id = ? and subject = 'space' and subject_id = ?
			and level = 'list'`, s.now(), u.personID, list)
		return u, err
	}
	return u, s.choose(ctx, u.personID, u.Topic, false)
}

// masked shows enough of an address for its owner to know it: "a…@example.org".
func masked(address string) string {
	name, host, _ := strings.Cut(address, "@")
	for _, first := range name {
		return string(first) + "…@" + host
	}
	return "…@" + host
}
