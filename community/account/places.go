package account

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
)

// Office is a regional office; it serves governorates.
type Office struct {
	bun.BaseModel `bun:"table:office,alias:office"`

	ID   int64 `bun:",pk,autoincrement"`
	Key  string
	Name events.Text `bun:"type:jsonb"`

	Version int `bun:",nullzero,default:1"` // counts edits
}

// Governorate is an administrative region, served by one office.
type Governorate struct {
	bun.BaseModel `bun:"table:governorate,alias:governorate"`

	Code     string `bun:",pk"` // ISO 3166-2, such as "TN-71"
	OfficeID int64
	Name     events.Text `bun:"type:jsonb"`
	Position int         // in lists
	Version  int         `bun:",nullzero,default:1"` // counts edits
}

// Axis is a theme of work.
type Axis struct {
	bun.BaseModel `bun:"table:axis,alias:axis"`

	Key       string      `bun:",pk"`
	Name      events.Text `bun:"type:jsonb"`
	Position  int         // in lists
	RetiredAt time.Time   `bun:",nullzero"`           // since when nobody can newly choose it
	Version   int         `bun:",nullzero,default:1"` // counts edits
}

// Offices lists every office, in the order their places were loaded.
func (s *Service) Offices(ctx context.Context) ([]Office, error) {
	var all []Office
	if err := s.db.NewSelect().Model(&all).Order("id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("offices: %w", err)
	}
	return all, nil
}

// Governorates lists every governorate, in the order they were loaded.
func (s *Service) Governorates(ctx context.Context) ([]Governorate, error) {
	var all []Governorate
	if err := s.db.NewSelect().Model(&all).Order("position", "code").Scan(ctx); err != nil {
		return nil, fmt.Errorf("governorates: %w", err)
	}
	return all, nil
}

// Axes lists every axis in order, also those that are retired: Choosable are the others.
func (s *Service) Axes(ctx context.Context) ([]Axis, error) {
	var all []Axis
	if err := s.db.NewSelect().Model(&all).Order("position", "key").Scan(ctx); err != nil {
		return nil, fmt.Errorf("axes: %w", err)
	}
	return all, nil
}
