package community

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// PostsSize is the number of posts on a page of a thread.
const PostsSize = 50

// Line is a post as one person sees it. What they may not read has no body.
type Line struct {
	Post
	Author   string // "" when the account is gone
	Masked   bool   // that is a pseudonym
	Fresh    bool   // they hadn't seen it before
	Veiled   bool   // hidden from them
	Mine     bool
	Answered string // who wrote the post it answers, or ""
	Thanks   int    // people it was useful to
	Thanked  bool   // the reader is one of them
	Files    []Attachment
	Poll     *Poll // what it asks, or nil
}

// Page is a part of a thread.
type Page struct {
	Thread
	Space     account.Space
	Moderates bool  // the actor may hide, pin and lock
	Accepts   bool  // the actor may choose the answer
	Answer    *Line // the accepted one, or nil
	Tags      []Tag
	From      *Parted  // the thread it was split off, or nil
	Parts     []Parted // those that were split off it
	Tagger    bool     // the actor may mark it otherwise
	Sheet     Sheet    // of an Experience
	Lines     []Line
	Before    int64 // the first post of the page before, or 0
	After     int64 // the first post of the page after, or 0
	Unread    int   // posts of others not seen before, 100 at most
}

// Last is the last post of the page, or 0.
func (p Page) Last() int64 {
	if len(p.Lines) == 0 {
		return 0
	}
	return p.Lines[len(p.Lines)-1].ID
}

// Writable tells whether a reply would be taken from somebody signed in.
func (p Page) Writable() bool { return !p.Locked() && !p.Hidden }

// Thread returns a thread and PostsSize of its posts, from the given one on (0 for the first). It marks nothing as read.
func (s *Service) Thread(ctx context.Context, actor account.Actor, id, from int64) (Page, error) {
	t, err := findThread(ctx, s.db, id)
	if err != nil {
		return Page{}, err
	}
	page := Page{Thread: t}
	if page.Space, err = s.see(ctx, s.db, actor, t); err != nil {
		return Page{}, fmt.Errorf("thread %d: %w", id, err)
	}
	page.Moderates = actor.Can(account.Moderate, t.under(page.Space))
	page.Accepts = MayAccept(actor, t, page.Moderates)
	page.Tagger = !t.InCircle() && MayTag(actor, t, page.Moderates)
	if page.Tags, err = TagsOf(ctx, s.db, id); err != nil {
		return Page{}, err
	}
	if page.From, page.Parts, err = s.parts(ctx, actor, t); err != nil {
		return Page{}, fmt.Errorf("parts of thread %d: %w", id, err)
	}
	if page.Answer, err = s.answer(ctx, t); err != nil {
		return Page{}, err
	}
	if t.Kind == Experience {
		all, err := sheets(ctx, s.db, actor, id)
		if err != nil {
			return Page{}, err
		}
		page.Sheet = all[id]
	}
	if err := s.fill(ctx, actor, &page, from); err != nil {
		return Page{}, fmt.Errorf("thread %d: %w", id, err)
	}
	return page, nil
}

func (s *Service) fill(ctx context.Context, actor account.Actor, page *Page, from int64) error {
	err := s.db.NewRaw(`select p.id, p.thread_id, coalesce(p.author_id, 0) as author_id, p.opening, coalesce(p.reply_to, 0) as reply_to,
			p.body, p.created_at, p.edited_at, p.deleted_at, p.hidden_at, coalesce(p.hidden_by, 0) as hidden_by, p.hidden_reason,
			coalesce(a.name, '') as author, a.mask_of is not null as masked, coalesce(qa.name, '') as answered,
			p.id > coalesce(r.post_id, 0) and (r.post_id is not null or ? or p.created_at > m.since) and not (p.opening and p.author_id is null) as fresh
		from post p left join person a on a.id = p.author_id
		left join post q on q.id = p.reply_to left join person qa on qa.id = q.author_id
		left join thread_read r on r.thread_id = p.thread_id and r.person_id = ?
		left join space_member m on m.space_id = ? and m.person_id = ?
		where p.thread_id = ? and p.id >= ? order by p.id limit ?`,
		page.InCircle(), actor.PersonID, page.SpaceID, actor.PersonID, page.ID, from, PostsSize+1).Scan(ctx, &page.Lines)
	if err != nil {
		return err
	}
	if len(page.Lines) > PostsSize {
		page.After = page.Lines[PostsSize].ID
		page.Lines = page.Lines[:PostsSize]
	}
	for i := range page.Lines {
		page.Lines[i].seeAs(actor, page.Moderates)
	}
	if err := s.countThanks(ctx, actor, page.Lines); err != nil {
		return err
	}
	if err := addFiles(ctx, s.db, page.Lines); err != nil {
		return err
	}
	if err := s.addPolls(ctx, actor, page); err != nil {
		return err
	}
	if page.Before, err = s.before(ctx, page.ID, from); err != nil {
		return err
	}
	page.Unread, err = s.unread(ctx, actor, page.Thread)
	return err
}

// seeAs takes away what the actor may not read.
func (l *Line) seeAs(actor account.Actor, moderates bool) {
	l.Mine = actor.Is(l.AuthorID)
	l.Fresh = l.Fresh && !l.Mine
	if l.Hidden() && !l.Mine && !moderates {
		l.Veiled, l.Body, l.HiddenReason, l.HiddenBy = true, "", "", 0
	}
}

// before is the first post of the page that ends where from begins.
func (s *Service) before(ctx context.Context, threadID, from int64) (int64, error) {
	if from <= 0 {
		return 0, nil
	}
	var ids []int64
	err := s.db.NewRaw(`select id from post where thread_id = ? and id < ? order by id desc limit ?`, threadID, from, PostsSize).Scan(ctx, &ids)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return slices.Min(ids), nil
}

func (s *Service) unread(ctx context.Context, actor account.Actor, t Thread) (int, error) {
	if !actor.SignedIn() {
		return 0, nil
	}
	var rows []Row
	err := s.listed(actor).Where("t.id = ?", t.ID).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].Unread, nil
}

// FirstUnread is the first post of others that the actor hasn't seen in a thread; 0 when they have seen them all.
func (s *Service) FirstUnread(ctx context.Context, actor account.Actor, threadID int64) (int64, error) {
	t, err := findThread(ctx, s.db, threadID)
	if err != nil {
		return 0, err
	}
	if _, err := s.see(ctx, s.db, actor, t); err != nil {
		return 0, fmt.Errorf("thread %d: %w", threadID, err)
	}
	var id int64
	err = s.db.NewRaw(`select coalesce(min(p.id), 0) from post p
		left join thread_read r on r.thread_id = p.thread_id and r.person_id = ?
		left join space_member m on m.space_id = ? and m.person_id = ?
		where p.thread_id = ? and p.hidden_at is null and p.deleted_at is null and p.id > coalesce(r.post_id, 0)
			and (r.post_id is not null or ? or p.created_at > m.since) and not (p.opening and ?) and coalesce(p.author_id, 0) <> all(?)`,
		actor.PersonID, t.SpaceID, actor.PersonID, t.ID, t.InCircle(), t.InCircle(), pgdialect.Array(actor.Selves())).Scan(ctx, &id)
	if err != nil {
		return 0, fmt.Errorf("first unread of thread %d: %w", threadID, err)
	}
	return id, nil
}

// Seen notes that the actor saw a thread up to a post. It never goes back. A visitor's reading isn't noted.
func (s *Service) Seen(ctx context.Context, actor account.Actor, threadID, postID int64) error {
	if !actor.SignedIn() {
		return nil
	}
	t, err := findThread(ctx, s.db, threadID)
	if err != nil {
		return err
	}
	if _, err := s.see(ctx, s.db, actor, t); err != nil {
		return fmt.Errorf("thread %d: %w", threadID, err)
	}
	return s.markRead(ctx, s.db, actor.PersonID, threadID, postID)
}

// markRead moves a mark forward to a post of the thread.
func (s *Service) markRead(ctx context.Context, db bun.IDB, personID, threadID, postID int64) error {
	_, err := db.ExecContext(ctx, `insert into thread_read as r (person_id, thread_id, post_id, at)
		select ?, ?, coalesce(max(id), 0), ? from post where thread_id = ? and id <= ?
		on conflict (person_id, thread_id) do update set post_id = excluded.post_id, at = excluded.at
		where r.post_id < excluded.post_id`, personID, threadID, s.now(), threadID, postID)
	if err != nil {
		return fmt.Errorf("mark thread %d as read: %w", threadID, err)
	}
	return nil
}

// Post returns one post with its thread, for somebody who may read it. One that is hidden from them isn't found, and
// neither is a deleted one.
func (s *Service) Post(ctx context.Context, actor account.Actor, id int64) (Line, Page, error) {
	p, err := findPost(ctx, s.db, id)
	if err != nil {
		return Line{}, Page{}, err
	}
	page, err := s.Thread(ctx, actor, p.ThreadID, id)
	if err != nil {
		return Line{}, page, err
	}
	line := page.Lines[0]
	if line.ID != id || line.Veiled || line.Deleted() {
		return line, page, fmt.Errorf("post %d: %w", id, account.ErrNotFound)
	}
	return line, page, nil
}

// Place is where a post is: in which thread, and the post that begins its page. It shows where even a trace is.
func (s *Service) Place(ctx context.Context, actor account.Actor, id int64) (threadID, from int64, err error) {
	p, err := findPost(ctx, s.db, id)
	if err != nil {
		return 0, 0, err
	}
	t, err := findThread(ctx, s.db, p.ThreadID)
	if err != nil {
		return 0, 0, err
	}
	if _, err := s.see(ctx, s.db, actor, t); err != nil {
		return 0, 0, fmt.Errorf("post %d: %w", id, err)
	}
	// A page begins where reading from the start would turn it. Posts come and go between, so the number isn't kept: it is
	// counted in the index alone.
	var before int
	if err := s.db.NewRaw(`select count(*) from post where thread_id = ? and id < ?`, t.ID, id).Scan(ctx, &before); err != nil {
		return 0, 0, fmt.Errorf("post %d: %w", id, err)
	}
	if before < PostsSize {
		return t.ID, 0, nil
	}
	err = s.db.NewRaw(`select min(id) from (select id from post where thread_id = ? and id <= ? order by id desc limit ?) page`,
		t.ID, id, before%PostsSize+1).Scan(ctx, &from)
	if err != nil {
		return 0, 0, fmt.Errorf("post %d: %w", id, err)
	}
	return t.ID, from, nil
}

// Heard is what may be told to a person of a post: the title of its thread. It returns account.ErrNotFound or
// account.ErrForbidden when they may not read it, or not any more.
func (s *Service) Heard(ctx context.Context, actor account.Actor, postID int64) (title string, err error) {
	t, _, err := s.told(ctx, actor, postID)
	return t.In(actor.Language), err
}

// Words are what a post says, with the files that came with it, to somebody who may be told of it; errors as Heard.
func (s *Service) Words(ctx context.Context, actor account.Actor, postID int64) (body string, files []Attachment, err error) {
	_, p, err := s.told(ctx, actor, postID)
	if err != nil {
		return "", nil, err
	}
	all, err := filesOf(ctx, s.db, []int64{postID})
	return p.Body, all[postID], err
}

func (s *Service) told(ctx context.Context, actor account.Actor, postID int64) (Thread, Post, error) {
	p, err := findPost(ctx, s.db, postID)
	if err != nil {
		return Thread{}, Post{}, err
	}
	t, err := findThread(ctx, s.db, p.ThreadID)
	if err != nil {
		return Thread{}, Post{}, err
	}
	sp, err := s.see(ctx, s.db, actor, t)
	if err != nil {
		return Thread{}, Post{}, err
	}
	l := Line{Post: p}
	if l.seeAs(actor, actor.Can(account.Moderate, t.under(sp))); l.Veiled || l.Deleted() {
		return Thread{}, Post{}, account.ErrNotFound
	}
	return t, p, nil
}
