package locale

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nicksnyder/go-i18n/v2/i18n"
)

// built are the beginnings of keys that code puts together at run time; whatever starts so counts as used.
var built = []string{
	"monitoring.",                                                                                      // by the columns and tables of the sheets; a test of web exports them in every language
	"notify.told_", "notify.mail_", "notify.topic_", "notify.refused_", "notify.file_", "notify.stop_", // by the kinds of notifications and mails, and what they are about
	"notify.rhythm_", "notify.follow_", "notify.following_", "notify.followed_", // by how much of what is followed, and how it is told
	"common.language_", // by languageIn
	"errors.",          // by the table of problems: errors.<key>_title and errors.<key>_text
	"writing.kind_",    // by the kinds of draft
	"search.kind_", "search.one_",
	"account.kind_", "account.state_", "account.link_used_", "account.link_expired_",
	"introduction.state_", "introduction.outcome_", "introduction.reachable_", "people.field_", "people.to_", "people.language_", "people.lead_", "library.kind_", "library.state_",
	"measure.act_", "measure.own_", "measure.over_", "measure.in_", "measure.state_", "measure.decision_", "measure.decided_", "notify.cause_", "pseudonym.cause_",
	"guard.kind_", "guard.lead_", "guard.own_", "guard.state_", "guard.why_",
	"moderation.batch_", "moderation.bulk_", "moderation.result_", "moderation.who_",
	"forum.kind_", "forum.show_", "forum.none_", "forum.reason_", "forum.decided_", "forum.part_", "poll.later_", "poll.shown_",
	"gates.error_", "gates.kind_", "gates.as_", "gates.title_", "gates.lead_", "gates.of_", "gates.edit_", "gates.open_", "gates.root_",
	"desk.error_quota_",
	"seats.wait_", "seats.quota_", "seats.rule_approval_", "seats.badge_", "seats.standing_", "seats.now_", "seats.requested_", "seats.pending_",
	"seats.conditional_", "seats.offered_", "seats.not_open_",
	"desk.in_", "desk.standing_", "training.language_", "training.cost_", "training.door_", "training.kind_", "training.common_", "training.answer_", "seminars.badge_", "seminars.over_", "seminars.started_", "seminars.closed_",
	"admin.role_", "admin.about_", "admin.error_place_", "admin.said_", "admin.audit_kind_", "admin.first_step_", "admin.visibility_", "admin.people", "admin.roles",
	"begin.title_", "begin.space_", "begin.office_", "begin.organisation_",
	"admin.organisations", "admin.offices", "admin.axes", "admin.spaces", "admin.audit", "admin.events", "admin.system", // of the overview
}

var placeholder = regexp.MustCompile(`\{\{\s*\.(\w+)\s*\}\}`)

// TestCatalogues checks that the languages say the same things: keys, plural forms, placeholders.
func TestCatalogues(t *testing.T) {
	for _, key := range allKeys() {
		var want []string
		plural := false
		for i, lang := range Languages {
			c := For(lang).catalogue
			m := c.messages[key]
			if m == nil {
				t.Errorf("%s lacks %s", lang, key)
				continue
			}
			if i == 0 {
				plural = c.plural[key]
			}
			if c.plural[key] != plural {
				t.Errorf("%s has plural forms in one language and not in %s", key, lang)
				continue
			}
			checkForms(t, lang, key, m, plural)
			got := placeholders(m)
			if want == nil {
				want = got
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s mentions %v in %s and %v in %s", key, want, Languages[0], got, lang)
			}
		}
	}
}

func checkForms(t *testing.T, lang, key string, m *i18n.Message, plural bool) {
	t.Helper()
	texts := map[string]string{"zero": m.Zero, "one": m.One, "two": m.Two, "few": m.Few, "many": m.Many, "other": m.Other}
	needed := []string{"other"}
	if plural {
		needed = Forms[lang]
	}
	for _, form := range needed {
		if strings.TrimSpace(texts[form]) == "" {
			t.Errorf("%s: %s is empty for %q", lang, key, form)
		}
	}
}

// placeholders are the names that a message mentions in its general form, Count aside: some forms say it in words.
func placeholders(m *i18n.Message) []string {
	names := []string{}
	for _, match := range placeholder.FindAllStringSubmatch(m.Other, -1) {
		if match[1] != "Count" && !slices.Contains(names, match[1]) {
			names = append(names, match[1])
		}
	}
	slices.Sort(names)
	return names
}

func allKeys() []string {
	var keys []string
	for _, lang := range Languages {
		keys = append(keys, Keys(lang)...)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// TestUses checks that every key written in the program exists and that every key of the catalogues is used.
func TestUses(t *testing.T) {
	used, literals := uses(t)
	for key, file := range used {
		if !For("fr").Has(key) {
			t.Errorf("%s uses %s, which no catalogue has", file, key)
		}
	}
	for _, key := range Keys("fr") {
		dynamic := slices.ContainsFunc(built, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
		if !literals[key] && !dynamic {
			t.Errorf("nothing uses %s", key)
		}
	}
}

var (
	call    = regexp.MustCompile(`\.[TN]\(\s*"([a-z]+\.[a-z0-9_]*[a-z0-9])"`) // not the beginning of a key, "area.kind_"
	literal = regexp.MustCompile(`"([a-z]+\.[a-z0-9_]+)"`)
)

// uses reads the sources: the keys given to T and N, with one file of each, and every literal that may be a key.
func uses(t *testing.T) (used map[string]string, literals map[string]bool) {
	t.Helper()
	used, literals = map[string]string{}, map[string]bool{}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if err == nil && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && d.Name() != ".." && path != root) {
				return fs.SkipDir
			}
			return err
		}
		if strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") ||
			filepath.Ext(path) != ".go" && filepath.Ext(path) != ".templ" {
			return nil
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range call.FindAllStringSubmatch(string(raw), -1) {
			used[m[1]] = path
		}
		for _, m := range literal.FindAllStringSubmatch(string(raw), -1) {
			literals[m[1]] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return used, literals
}
