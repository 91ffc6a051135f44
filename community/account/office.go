package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"halqa/events"
)

// checkText tidies a text by language and wants at least one language, under fields named field_fr and so on. What is
// left empty stays absent, so that the fallback shows.
func checkText(wrong *Invalids, field string, t events.Text, longest int, tidy func(string) string, needed string) events.Text {
	kept := events.Text{}
	for _, lang := range events.Languages {
		s := tidy(t[lang])
		if utf8.RuneCountInString(s) > longest {
			wrong.Add(field+"_"+lang, "account.error_long", "Max", longest)
		}
		if s != "" {
			kept[lang] = s
		}
	}
	if len(kept) == 0 && needed != "" {
		wrong.Add(field+"_"+events.Languages[0], needed)
	}
	return kept
}

var notInKey = regexp.MustCompile(`[^a-z0-9]+`)

// keyFrom makes a name into a key for addresses: its French or English words in ASCII, or fallback when it has none.
func keyFrom(name events.Text, fallback string) string {
	for _, lang := range []string{"fr", "en", "ar"} {
		if key := strings.Trim(notInKey.ReplaceAllString(Fold(name[lang]), "-"), "-"); key != "" {
			return strings.Trim(clip(key, 60), "-")
		}
	}
	return fallback
}

// freeKey is key, or key with the first number that no row of table has. The table is locked against others who do the
// same.
func freeKey(ctx context.Context, tx bun.Tx, table, key string) (string, error) {
	if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock(4, hashtext(?))`, table); err != nil {
		return "", fmt.Errorf("key of a new %s: %w", table, err)
	}
	for n := 1; ; n++ {
		try := key
		if n > 1 {
			try = fmt.Sprintf("%s-%d", key, n)
		}
		taken, err := tx.NewSelect().Table(table).Where("key = ?", try).Exists(ctx)
		if err != nil {
			return "", fmt.Errorf("key of a new %s: %w", table, err)
		}
		if !taken {
			return try, nil
		}
	}
}

// CreateOffice adds a regional office, which serves no governorate yet. It needs AdministerPlatform everywhere and
// returns Invalids (fields name_…).
func (s *Service) CreateOffice(ctx context.Context, actor Actor, name events.Text) (Office, error) {
	if err := permit(actor, AdministerPlatform, Scope{}); err != nil {
		return Office{}, err
	}
	var wrong Invalids
	o := Office{Name: checkText(&wrong, "name", name, MaxName, line, "account.error_name")}
	if err := wrong.Err(); err != nil {
		return Office{}, err
	}
	return o, s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) (err error) {
		if o.Key, err = freeKey(ctx, tx, "office", keyFrom(o.Name, "office")); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&o).Exec(ctx); err != nil {
			return fmt.Errorf("create office: %w", err)
		}
		if err := begin(ctx, tx, OverOffice, o.ID, s.now()); err != nil {
			return err
		}
		return announceOffice(ctx, tx, o.ID, true, actor)
	})
}

// RenameOffice changes an office's name. It needs AdministerPlatform over it and returns Invalids (fields name_…).
func (s *Service) RenameOffice(ctx context.Context, actor Actor, id int64, version int, name events.Text) error {
	if err := permit(actor, AdministerPlatform, Scope{OfficeID: id}); err != nil {
		return err
	}
	var wrong Invalids
	name = checkText(&wrong, "name", name, MaxName, line, "account.error_name")
	if err := wrong.Err(); err != nil {
		return err
	}
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		o := Office{ID: id}
		if err := tx.NewSelect().Model(&o).WherePK().For("update").Scan(ctx); errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("office %d: %w", id, ErrNotFound)
		} else if err != nil {
			return fmt.Errorf("office %d: %w", id, err)
		}
		if o.Version != version {
			return fmt.Errorf("office %d: %w", id, ErrStale)
		}
		o.Name, o.Version = name, version+1
		if _, err := tx.NewUpdate().Model(&o).Column("name", "version").WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("rename office %d: %w", id, err)
		}
		return announceOffice(ctx, tx, id, false, actor)
	})
}

var governorateCode = regexp.MustCompile(`^[A-Z]{2}-[A-Z0-9]{1,3}$`)

// SetGovernorate adds a governorate or renames it, and says which office serves it: always one. With a governorate go
// its organisations. It needs AdministerPlatform everywhere and returns Invalids (fields code, name_…, office), and ErrStale
// unless g has the last version: 0 of a new one.
func (s *Service) SetGovernorate(ctx context.Context, actor Actor, g Governorate) error {
	if err := permit(actor, AdministerPlatform, Scope{}); err != nil {
		return err
	}
	var wrong Invalids
	g.Code = strings.ToUpper(strings.TrimSpace(g.Code))
	if !governorateCode.MatchString(g.Code) {
		wrong.Add("code", "account.error_code")
	}
	g.Name = checkText(&wrong, "name", g.Name, MaxName, line, "account.error_name")
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		before, err := s.lockGovernorate(ctx, tx, g)
		if err != nil {
			return err
		}
		found, err := tx.NewSelect().Table("office").Where("id = ?", g.OfficeID).Exists(ctx)
		if err != nil {
			return fmt.Errorf("governorate %s: %w", g.Code, err)
		}
		if !found {
			wrong.Add("office", "account.error_choice")
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		return s.saveGovernorate(ctx, tx, actor, g, before)
	})
}

// lockGovernorate returns which office serves a governorate until now, or 0 for a new one.
func (s *Service) lockGovernorate(ctx context.Context, tx bun.Tx, g Governorate) (office int64, err error) {
	if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock(4, hashtext('governorate'))`); err != nil {
		return 0, fmt.Errorf("governorate %q: %w", g.Code, err)
	}
	saved := Governorate{Code: g.Code}
	err = tx.NewSelect().Model(&saved).WherePK().For("update").Scan(ctx)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("governorate %q: %w", g.Code, err)
	}
	if saved.Version != g.Version {
		return 0, fmt.Errorf("governorate %q: %w", g.Code, ErrStale)
	}
	return saved.OfficeID, nil
}

func (s *Service) saveGovernorate(ctx context.Context, tx bun.Tx, actor Actor, g Governorate, before int64) error {
	_, err := tx.NewRaw(`insert into governorate (code, office_id, name, position)
		values (?, ?, ?, (select coalesce(max(position), 0) + 1 from governorate))
		on conflict (code) do update set office_id = excluded.office_id, name = excluded.name, version = governorate.version + 1`,
		g.Code, g.OfficeID, g.Name).Exec(ctx)
	if err != nil {
		return fmt.Errorf("governorate %s: %w", g.Code, err)
	}
	if _, err := tx.ExecContext(ctx, `update organisation set office_id = ? where governorate = ?`, g.OfficeID, g.Code); err != nil {
		return fmt.Errorf("organisations of governorate %s: %w", g.Code, err)
	}
	if before != 0 && before != g.OfficeID {
		if err := announceOffice(ctx, tx, before, false, actor); err != nil {
			return err
		}
	}
	return announceOffice(ctx, tx, g.OfficeID, false, actor)
}

// announceOffice says what an office is now, with all it serves.
func announceOffice(ctx context.Context, tx bun.Tx, id int64, created bool, actor Actor) error {
	p := events.OfficeChanged{OfficeID: id, Created: created, Governorates: []string{}, By: actor.PersonID}
	var o Office
	if err := tx.NewSelect().Model(&o).Where("id = ?", id).Scan(ctx); err != nil {
		return fmt.Errorf("office %d: %w", id, err)
	}
	p.Name = o.Name
	err := tx.NewSelect().Table("governorate").Column("code").Where("office_id = ?", id).Order("code").Scan(ctx, &p.Governorates)
	if err != nil {
		return fmt.Errorf("governorates of office %d: %w", id, err)
	}
	return events.Publish(ctx, tx, p)
}
