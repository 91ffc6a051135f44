package courses

import (
	"context"
	"fmt"

	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// Path is the way of a person through one space: its modules in order.
type Path struct {
	Space   account.Space
	Modules []Outline
	Attests bool // its completed modules give an attestation
}

// Left is what is left of the path: video to play, and about its weight in 240p, in a language.
func (p Path) Left(lang string) (ms, bytes int64) {
	for _, o := range p.Modules {
		r := o.Remaining(lang)
		ms, bytes = ms+r.MS, bytes+r.Bytes
	}
	return ms, bytes
}

// Completed counts the modules that the person completed.
func (p Path) Completed() (n int) {
	for _, o := range p.Modules {
		if o.CompletedAt != nil {
			n++
		}
	}
	return n
}

// Paths returns the published modules of the actor's spaces, those they are a member of or began something in, each with
// how far they are. A space that is closed to them by now is left out, and so is one without modules.
func (s *Service) Paths(ctx context.Context, actor account.Actor) ([]Path, error) {
	if !actor.SignedIn() {
		return nil, account.ErrSignInRequired
	}
	var ids []int64
	err := s.db.NewRaw(`
		select m.space_id from module m
		where m.state = 'published' and (m.space_id = any (?::bigint[])
		  or exists (select 1 from module_progress p where p.module_id = m.id and p.person_id = ?))
		group by m.space_id order by m.space_id`, pgdialect.Array(orEmpty(actor.Spaces)), actor.PersonID).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("paths: %w", err)
	}
	attesting, err := s.attesting(ctx, ids)
	if err != nil {
		return nil, err
	}
	var paths []Path
	for _, id := range ids {
		modules, err := s.Modules(ctx, actor, id)
		if isRefusal(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		paths = append(paths, Path{Space: modules[0].Space, Modules: modules, Attests: attesting[id]})
	}
	return paths, nil
}
