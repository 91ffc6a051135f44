package enrolment

import (
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun/dialect/pgdialect"
)

// compiled is one or several rules as SQL over the table fact: the sets of people who meet each leaf, to be joined to
// person, and a condition over those joins for each rule. It means what Decide means; a test holds the two together.
type compiled struct {
	at    time.Time // zero: now
	joins strings.Builder
	args  []any // of the joins, in order
	sets  int
	names map[string]string // a set that several leaves ask for is joined once
}

// compile begins the SQL of rules judged by what is true now, or at a time.
func compile(at time.Time) *compiled { return &compiled{at: at, names: map[string]string{}} }

// condition is true of the people who meet the rule. It refers to the joins, which are complete when every rule has its
// condition.
func (c *compiled) condition(r Rule) string {
	switch {
	case r.Open():
		return "true"
	case r.leaf():
		return c.leaf(r)
	}
	parts := make([]string, len(r.Of))
	for i, branch := range r.Of {
		parts[i] = c.condition(branch)
	}
	switch r.Mode {
	case All:
		return "(" + strings.Join(parts, " and ") + ")"
	case Any:
		return "(" + strings.Join(parts, " or ") + ")"
	}
	for i := range parts {
		parts[i] += "::int"
	}
	return fmt.Sprintf("(%s >= %d)", strings.Join(parts, " + "), r.K)
}

func (c *compiled) leaf(r Rule) string {
	text, args := c.set(r)
	key := fmt.Sprint(text, args)
	name, seen := c.names[key]
	if !seen {
		c.sets++
		name = fmt.Sprintf("s%d", c.sets)
		c.names[key] = name
		fmt.Fprintf(&c.joins, " left join (%s) %s on %s.person_id = person.id", text, name, name)
		c.args = append(c.args, args...)
	}
	if r.Kind == NeverAttended {
		return "(" + name + ".person_id is null)"
	}
	return "(" + name + ".person_id is not null)"
}

// set is the query of the people who meet a leaf, each once; for NeverAttended, of those who don't.
func (c *compiled) set(r Rule) (string, []any) {
	now, times := alive("fact", c.at)
	with := func(args ...any) []any { return append(args, times...) }
	switch r.Kind {
	case Contributed:
		return c.contributors(r, now, with)
	case Attended, NeverAttended:
		return `select distinct person_id from fact join seminar_session p on p.id = fact.subject_id
			where fact.kind = 'attended' and value = 1 and p.seminar_id = ? and ` + now, with(r.SeminarID)
	case Belongs:
		return c.members(r)
	case MembersCompleted:
		return c.colleagues(r)
	}
	sub := r.subject()
	return `select distinct person_id from fact where kind = ? and subject_id = ? and value >= ? and person_id is not null and ` + now,
		with(sub.Kind, sub.ID, r.needed())
}

func (c *compiled) contributors(r Rule, now string, with func(...any) []any) (string, []any) {
	kinds, enough := []string{string(StartedThread), string(Replied)}, "count(*)"
	switch r.As {
	case Threads:
		kinds = kinds[:1]
	case Replies:
		kinds = kinds[1:]
	case OneOfEach:
		enough = "count(distinct kind)"
	}
	args := with(r.SpaceID, pgdialect.Array(kinds))
	return `select person_id from fact where space_id = ? and kind = any(?::text[]) and value = 1 and ` + now + `
		group by person_id having ` + enough + ` >= ?`, append(args, r.needed())
}

// members are the people of the organisations that a leaf wants.
func (c *compiled) members(r Rule) (string, []any) {
	now, args := alive("fact", c.at)
	text := `select distinct person_id from fact where kind = 'member' and value = 1 and person_id is not null and ` + now
	is := func(kind Kind, words []string) {
		said, times := alive("f", c.at)
		text += fmt.Sprintf(` and exists (select from fact f where f.kind = '%s' and f.subject_id = fact.subject_id
			and f.person_id is null and f.value = 1 and %s`, kind, said)
		args = append(args, times...)
		if words != nil {
			text += " and f.word = any(?::text[])"
			args = append(args, pgdialect.Array(words))
		}
		text += ")"
	}
	is(Validated, nil)
	if len(r.Kinds) > 0 {
		is(OrganisationKind, r.Kinds)
	}
	if len(r.Governorates) > 0 {
		is(OrganisationPlace, r.Governorates)
	}
	return text, args
}

// colleagues are the people of the organisations of which enough members completed a module.
func (c *compiled) colleagues(r Rule) (string, []any) {
	now, args := alive("fact", c.at)
	member, more := alive("m", c.at)
	args = append(args, more...)
	done, more := alive("d", c.at)
	args = append(append(args, more...), r.ModuleID, r.Count)
	return `select distinct person_id from fact where kind = 'member' and value = 1 and person_id is not null and ` + now + `
		and subject_id in (select m.subject_id from fact m join fact d on d.person_id = m.person_id and d.kind = 'completed'
			where m.kind = 'member' and m.value = 1 and ` + member + ` and ` + done + ` and d.subject_id = ?
			group by m.subject_id having count(distinct m.person_id) >= ?)`, args
}
