package courses

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// Sharing is whether a person lets the administrators of one of their organisations see their progress.
type Sharing struct {
	OrganisationID int64
	Name           string
	Answered       bool // they were asked and said yes or no; nobody is asked twice
	Agreed         bool
	At             time.Time // of the last answer
	Viewers        []string  `bun:",array"` // names of the administrators, who see it when Agreed
}

// Sharings returns the actor's organisations, those they are an active member of, with what they answered.
func (s *Service) Sharings(ctx context.Context, actor account.Actor) ([]Sharing, error) {
	if !actor.SignedIn() {
		return nil, account.ErrSignInRequired
	}
	var all []Sharing
	err := s.db.NewRaw(`
		select o.id as organisation_id, o.name, p.at is not null as answered, coalesce(p.agreed, false) as agreed,
		  coalesce(p.at, 'epoch') as at,
		  array(select a.name from role_grant g join person a on a.id = g.person_id
		    where g.organisation_id = o.id and g.role = ? and g.revoked_at is null and a.id <> m.person_id order by a.name) as viewers
		from membership m join organisation o on o.id = m.organisation_id
		left join progress_sharing p on p.person_id = m.person_id and p.organisation_id = o.id
		where m.person_id = ? and m.state = 'active' order by o.name`, account.OrganisationAdministrator, actor.PersonID).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("sharings: %w", err)
	}
	return all, nil
}

// Share keeps the actor's answer to whether the administrators of an organisation see their progress: it holds from now
// on, until they answer otherwise. It returns ErrNotFound for an organisation they aren't an active member of.
func (s *Service) Share(ctx context.Context, actor account.Actor, organisationID int64, agreed bool) error {
	if !actor.SignedIn() {
		return account.ErrSignInRequired
	}
	res, err := s.db.NewRaw(`
		insert into progress_sharing as p (person_id, organisation_id, agreed, at)
		select person_id, organisation_id, ?, ? from membership where person_id = ? and organisation_id = ? and state = 'active'
		on conflict (person_id, organisation_id) do update set agreed = excluded.agreed, at = excluded.at`,
		agreed, s.now(), actor.PersonID, organisationID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("share progress: %w", err)
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return fmt.Errorf("share progress with organisation %d: %w", organisationID, account.ErrNotFound)
	}
	return nil
}

// Shared is what an organisation's administrators see of one member.
type Shared struct {
	PersonID int64
	Name     string
	Modules  []SharedModule // those they began, what they touched last first
}

// SharedModule is how far a member is in a module.
type SharedModule struct {
	ModuleID    int64
	Title       events.Text
	Percent     int
	CompletedAt *time.Time
}

// SharedProgress returns the progress of the active members of an organisation who agreed to share it, and how many
// active members there are in all. Only the organisation's own administrators may ask: not even those who administer the
// platform, since that isn't what people agreed to.
func (s *Service) SharedProgress(ctx context.Context, actor account.Actor, organisationID int64) (shared []Shared, members int, err error) {
	if !AdministersOrganisation(actor, organisationID) {
		return nil, 0, fmt.Errorf("progress of organisation %d: %w", organisationID, account.ErrForbidden)
	}
	err = s.db.NewRaw(`select count(*) from membership where organisation_id = ? and state = 'active'`, organisationID).Scan(ctx, &members)
	if err != nil {
		return nil, 0, fmt.Errorf("shared progress: %w", err)
	}
	err = s.db.NewRaw(`
		select p.id as person_id, p.name from membership m join person p on p.id = m.person_id
		join progress_sharing a on a.person_id = m.person_id and a.organisation_id = m.organisation_id and a.agreed
		where m.organisation_id = ? and m.state = 'active' order by p.name, p.id`, organisationID).Scan(ctx, &shared)
	if err != nil {
		return nil, 0, fmt.Errorf("shared progress: %w", err)
	}
	return shared, members, s.addShared(ctx, shared)
}

// Answered is how many active members of an organisation said whether its administrators, of whom the actor must be one, see
// their progress: yes or no. It returns account.ErrForbidden to others.
func (s *Service) Answered(ctx context.Context, actor account.Actor, organisationID int64) (n int, err error) {
	if !AdministersOrganisation(actor, organisationID) {
		return 0, fmt.Errorf("answers of organisation %d: %w", organisationID, account.ErrForbidden)
	}
	err = s.db.NewRaw(`select count(*) from progress_sharing p join membership m using (person_id, organisation_id)
		where organisation_id = ? and m.state = 'active'`, organisationID).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("answers of organisation %d: %w", organisationID, err)
	}
	return n, nil
}

// AdministersOrganisation tells whether the actor is an administrator of the organisation itself.
func AdministersOrganisation(actor account.Actor, organisationID int64) bool {
	own := account.Grant{Role: account.OrganisationAdministrator, Kind: account.OverOrganisation, ScopeID: organisationID}
	return organisationID != 0 && slices.Contains(actor.Grants, own)
}

func (s *Service) addShared(ctx context.Context, shared []Shared) error {
	at := map[int64]int{}
	people := []int64{}
	for n, p := range shared {
		at[p.PersonID], people = n, append(people, p.PersonID)
	}
	var rows []struct {
		PersonID, ModuleID int64
		Title              events.Text `bun:"type:jsonb"`
		Percent            int
		CompletedAt        *time.Time
	}
	err := s.db.NewRaw(`
		select p.person_id, p.module_id, m.title, p.percent, c.at as completed_at
		from module_progress p join module m on m.id = p.module_id and m.state <> 'draft'
		join space sp on sp.id = m.space_id and sp.visibility <> 'invitation'
		left join completion c using (person_id, module_id)
		where p.person_id = any (?::bigint[]) order by p.touched_at desc`, pgdialect.Array(people)).Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("shared progress: %w", err)
	}
	for _, r := range rows {
		p := &shared[at[r.PersonID]]
		p.Modules = append(p.Modules, SharedModule{r.ModuleID, r.Title, r.Percent, r.CompletedAt})
	}
	return nil
}
