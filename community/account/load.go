package account

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
)

// Places are a country's offices and governorates, as their JSON file gives them.
type Places struct {
	Offices []struct {
		Key          string      `json:"key"`
		Name         events.Text `json:"name"`
		Governorates []string    `json:"governorates"` // ISO 3166-2 codes; the first office to list one serves it
	} `json:"offices"`
	Governorates []struct {
		Code string `json:"code"`
		names
	} `json:"governorates"`
}

// Axes are the themes of work, as their JSON file gives them.
type Axes []struct {
	Key string `json:"key"`
	names
}

// names are a name's languages, side by side in JSON.
type names struct {
	FR string `json:"fr"`
	AR string `json:"ar"`
	EN string `json:"en"`
}

// text leaves absent languages absent, so that the fallback shows.
func (n names) text() events.Text {
	t := events.Text{}
	for lang, s := range map[string]string{"fr": n.FR, "ar": n.AR, "en": n.EN} {
		if s != "" {
			t[lang] = s
		}
	}
	return t
}

// LoadPlaces stores offices and governorates, or updates those with the same key or code. Nothing is removed. It fails
// when a governorate has no office.
func LoadPlaces(ctx context.Context, tx bun.Tx, p Places) error {
	serves := map[string]int64{}
	for _, o := range p.Offices {
		office := Office{Key: o.Key, Name: o.Name}
		_, err := tx.NewInsert().Model(&office).On("conflict (key) do update").Set("name = excluded.name").Returning("id").Exec(ctx)
		if err != nil {
			return fmt.Errorf("load office %s: %w", o.Key, err)
		}
		if err := beginUnkept(ctx, tx, office.ID); err != nil {
			return err
		}
		for _, code := range o.Governorates {
			if serves[code] == 0 {
				serves[code] = office.ID
			}
		}
	}
	for i, g := range p.Governorates {
		if serves[g.Code] == 0 {
			return fmt.Errorf("load governorate %s: no office serves it", g.Code)
		}
		row := Governorate{Code: g.Code, OfficeID: serves[g.Code], Name: g.text(), Position: i + 1}
		_, err := tx.NewInsert().Model(&row).On("conflict (code) do update").Set("office_id = excluded.office_id").
			Set("name = excluded.name").Set("position = excluded.position").Exec(ctx)
		if err != nil {
			return fmt.Errorf("load governorate %s: %w", g.Code, err)
		}
	}
	return nil
}

// beginUnkept has an office begin that nobody ever looked after: one that is loaded again isn't new.
func beginUnkept(ctx context.Context, tx bun.Tx, id int64) error {
	kept, err := tx.NewSelect().Table("role_grant").Where("office_id = ?", id).Exists(ctx)
	if err != nil || kept {
		return err
	}
	return begin(ctx, tx, OverOffice, id, time.Now())
}

// LoadAxes stores axes, or updates those with the same key.
func LoadAxes(ctx context.Context, tx bun.Tx, axes Axes) error {
	for i, a := range axes {
		row := Axis{Key: a.Key, Name: a.text(), Position: i + 1}
		_, err := tx.NewInsert().Model(&row).On("conflict (key) do update").
			Set("name = excluded.name").Set("position = excluded.position").Exec(ctx)
		if err != nil {
			return fmt.Errorf("load axis %s: %w", a.Key, err)
		}
	}
	return nil
}

// LoadSpace stores a space, or updates the one with the same key, and sets sp.ID.
func LoadSpace(ctx context.Context, tx bun.Tx, sp *Space) error {
	if sp.Description == nil {
		sp.Description = events.Text{}
	}
	q := tx.NewInsert().Model(sp).On("conflict (key) do update").Returning("id")
	for _, column := range []string{"office_id", "axis", "name", "description", "visibility", "hue", "pseudonyms", "position"} {
		q = q.Set("? = excluded.?", bun.Ident(column), bun.Ident(column))
	}
	if _, err := q.Exec(ctx); err != nil {
		return fmt.Errorf("load space %s: %w", sp.Key, err)
	}
	return nil
}
