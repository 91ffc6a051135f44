package enrolment

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

const (
	maxPapers    = 50   // of one seminar
	maxPaperLink = 2000 // bytes of an address
)

// MaxPaperTitle is the most letters of a paper's title.
const MaxPaperTitle = 160

// File is a stored file: what it is called in the store, and for whoever takes it.
type File struct {
	Blob, Name string
	Bytes      int64
}

// Files is a store of files that are known by their content.
type Files struct {
	// Keep stores a file that its sender called name. It returns account.Invalids (field file) for one that isn't accepted.
	Keep func(name string, file io.Reader) (File, error)
	// Find says where a file is, and its media type.
	Find func(blob string) (path, mime string, err error)
}

// Paper is a document of a seminar, a file or a link, for those who hold a seat there and its staff.
type Paper struct {
	bun.BaseModel `bun:"table:seminar_paper,alias:paper"`

	ID        int64 `bun:",pk,autoincrement"`
	SeminarID int64
	Title     string // in whatever language it was written
	URL       string // "" for a file
	Blob      string // "" for a link
	Name      string // of the file
	Bytes     int64
	AddedBy   int64 `bun:",nullzero"` // 0 when their account is gone
	AddedAt   time.Time
}

// HasFile tells whether a seminar has a paper that is this file.
func (s *Service) HasFile(ctx context.Context, blob string) (bool, error) {
	has, err := s.db.NewSelect().Model((*Paper)(nil)).Where("blob = ?", blob).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("papers of file %s: %w", blob, err)
	}
	return has, nil
}

// Extension is the true type of a file, such as "pdf"; "" for a link.
func (p Paper) Extension() string {
	_, ext, _ := strings.Cut(p.Blob, ".")
	return ext
}

// Host is where a link leads, to be said beside it; "" for a file.
func (p Paper) Host() string {
	u, err := url.Parse(p.URL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// MayShare tells whether the actor adds papers to the seminar: those who run it, keep its door or train there.
func (s Seminar) MayShare(actor account.Actor) bool { return onStaff(actor, s) }

// addPapers reads the papers, when the actor may see them: staff always, others while they hold a seat.
func (v *View) addPapers(ctx context.Context, db bun.IDB, actor account.Actor) error {
	v.Shares = v.MayShare(actor)
	if !v.Shares && (v.Mine == nil || !v.Mine.HoldsSeat()) {
		return nil
	}
	if err := db.NewSelect().Model(&v.Papers).Where("seminar_id = ?", v.ID).Order("added_at", "id").Scan(ctx); err != nil {
		return fmt.Errorf("papers of seminar %d: %w", v.ID, err)
	}
	return nil
}

// OpenPaper finds a file for somebody who may have it now, with its path and media type. Whoever holds no seat and isn't of
// the staff is told account.ErrNotFound, as of what isn't there.
func (s *Service) OpenPaper(ctx context.Context, actor account.Actor, seminarID, paperID int64) (p Paper, path, mime string, err error) {
	if !actor.SignedIn() {
		return p, "", "", account.ErrSignInRequired
	}
	v, err := s.Seminar(ctx, actor, seminarID)
	if err != nil {
		return p, "", "", err
	}
	i := slices.IndexFunc(v.Papers, func(p Paper) bool { return p.ID == paperID && p.Blob != "" })
	if i < 0 {
		return p, "", "", fmt.Errorf("paper %d: %w", paperID, account.ErrNotFound)
	}
	path, mime, err = s.Files.Find(v.Papers[i].Blob)
	return v.Papers[i], path, mime, err
}

// AddFile adds a file to a seminar's papers and announces it to those who hold a seat. name is what it is called on its
// sender's machine, and its title when none is given. It returns account.Invalids (fields title, file), ErrCancelled, and
// account.ErrForbidden for those who aren't of the staff, before anything is read.
func (s *Service) AddFile(ctx context.Context, actor account.Actor, seminarID int64, title, name string, file io.Reader) (Paper, error) {
	v, err := s.DeskSeminar(ctx, actor, seminarID)
	if err != nil {
		return Paper{}, err
	}
	if v.State == Cancelled {
		return Paper{}, ErrCancelled
	}
	kept, err := s.Files.Keep(name, file)
	if err != nil {
		return Paper{}, err
	}
	p := Paper{SeminarID: seminarID, Title: oneLine(title), Blob: kept.Blob, Name: kept.Name, Bytes: kept.Bytes}
	if p.Title == "" {
		p.Title = strings.TrimSuffix(kept.Name, "."+p.Extension())
	}
	return p, s.addPaper(ctx, actor, &p, "file")
}

// AddLink adds the address of a page, or of a file elsewhere, as AddFile does (fields title, url).
func (s *Service) AddLink(ctx context.Context, actor account.Actor, seminarID int64, title, address string) (Paper, error) {
	p := Paper{SeminarID: seminarID, Title: oneLine(title), URL: strings.TrimSpace(address)}
	return p, s.addPaper(ctx, actor, &p, "url")
}

// check returns all that is wrong with what was typed.
func (p Paper) check() account.Invalids {
	var wrong account.Invalids
	if p.Title == "" {
		wrong.Add("title", "training.error_paper_title")
	} else if utf8.RuneCountInString(p.Title) > MaxPaperTitle {
		wrong.Add("title", "desk.error_too_long", "Max", MaxPaperTitle)
	}
	if p.Blob != "" {
		return wrong
	}
	u, err := url.Parse(p.URL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || len(p.URL) > maxPaperLink ||
		strings.ContainsFunc(p.URL, hidden) {
		wrong.Add("url", "training.error_paper_url")
	}
	return wrong
}

// hidden are the characters that make an address look like another one.
func hidden(r rune) bool {
	return r <= ' ' || r == 0x7f || r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// addPaper writes a paper, which is there once under whatever title; field is that of the file or the link.
func (s *Service) addPaper(ctx context.Context, actor account.Actor, p *Paper, field string) error {
	return s.inTx(ctx, "add paper", func(ctx context.Context, tx bun.Tx) error {
		sem, err := lockForStaff(ctx, tx, actor, p.SeminarID)
		if err != nil {
			return err
		}
		if sem.State == Cancelled {
			return ErrCancelled
		}
		wrong := p.check()
		var all []Paper
		if err := tx.NewSelect().Model(&all).Where("seminar_id = ?", sem.ID).Scan(ctx); err != nil {
			return err
		}
		if slices.ContainsFunc(all, func(o Paper) bool { return o.Blob == p.Blob && o.URL == p.URL }) {
			wrong.Add(field, "training.error_paper_twice")
		}
		if len(all) >= maxPapers {
			wrong.Add(field, "training.error_papers", "Max", maxPapers)
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		p.AddedBy, p.AddedAt = actor.PersonID, s.now()
		if _, err := tx.NewInsert().Model(p).ExcludeColumn("id").Returning("id").Exec(ctx); err != nil {
			return err
		}
		return announcePaper(ctx, tx, sem, *p)
	})
}

// announcePaper says who may see a paper from now on: those who hold a seat, but for who added it.
func announcePaper(ctx context.Context, tx bun.Tx, sem Seminar, p Paper) error {
	holders := []int64{}
	err := tx.NewRaw(`select person_id from registration where seminar_id = ? and person_id <> ?
		and state in ('confirmed', 'conditional', 'offered', 'attended', 'absent') order by person_id`, sem.ID, p.AddedBy).Scan(ctx, &holders)
	if err != nil {
		return fmt.Errorf("holders of a seat: %w", err)
	}
	return events.Publish(ctx, tx, events.PaperAdded{SeminarID: sem.ID, PaperID: p.ID, Title: sem.Title, StartsAt: sem.StartsAt,
		PersonIDs: holders, By: p.AddedBy})
}

// RemovePaper takes a document away from everybody. Removing it twice does nothing. It returns account.ErrForbidden for those
// who aren't of the seminar's staff.
func (s *Service) RemovePaper(ctx context.Context, actor account.Actor, seminarID, paperID int64) error {
	return s.inTx(ctx, "remove paper", func(ctx context.Context, tx bun.Tx) error {
		if _, err := lockForStaff(ctx, tx, actor, seminarID); err != nil {
			return err
		}
		gone, err := tx.NewRaw(`delete from seminar_paper where id = ? and seminar_id = ?`, paperID, seminarID).Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := gone.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return events.Publish(ctx, tx, events.PaperRemoved{SeminarID: seminarID, PaperID: paperID, By: actor.PersonID})
	})
}

// lockForStaff locks a seminar that the actor runs, whose door they keep or at which they train.
func lockForStaff(ctx context.Context, tx bun.Tx, actor account.Actor, id int64) (Seminar, error) {
	if !actor.SignedIn() {
		return Seminar{}, account.ErrSignInRequired
	}
	sem, err := findSeminar(ctx, tx, id, seminarLock)
	if err == nil && !onStaff(actor, sem) {
		err = refusal(ctx, tx, actor, sem)
	}
	return sem, err
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
