package community

import (
	"fmt"
	"strings"
	"testing"

	"halqa/events"
	"halqa/migrations/testdb"
)

func TestWhomATextNames(t *testing.T) {
	for text, want := range map[string]string{
		"Bonjour [@Amel](/people/3), [@سامي](/people/4) et [@Amel](/people/3)":      "[3 4] []",
		"[@Eau pour tous](/organisations/7) [@Eau](/organisations/x)":               "[] [7]",
		"[Amel](/people/3) @Amel [@Amel](https://elsewhere.example/people/3)":       "[] []",
		"[@\n](/people/3) [@" + strings.Repeat("a", 121) + "](/people/3)":           "[] []",
		"[@Loin](/people/99999999999999999999) [@Zéro](/people/999999999999999999)": "[999999999999999999] []",
	} {
		people, organisations := mentionsIn(text)
		if got := fmt.Sprint(people, " ", organisations); got != want {
			t.Errorf("%q names %s, want %s", text, got, want)
		}
	}
	people, _ := mentionsIn(strings.Repeat("[@a](/people/1)", 3) + func() (s string) {
		for i := range 30 {
			s += MentionOf("people", "b", int64(10+i))
		}
		return s
	}())
	if len(people) != MaxMentions {
		t.Errorf("%d people are told", len(people))
	}
}

func TestMentioning(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	shy := w.member("Shy", w.open)
	_, err := w.db.ExecContext(ctx, `insert into profile (person_id, name_for) values (?, 'nobody')`, shy.PersonID)
	w.must(err)
	thread := w.thread(w.amel, w.open)
	w.reply(w.sami, thread, MentionOf("people", "Amel", w.amel.PersonID)+MentionOf("people", "Shy", shy.PersonID)+
		MentionOf("people", "Sami", w.sami.PersonID)+MentionOf("people", "Nobody", 1<<40)+MentionOf("organisations", "None", 1<<40))
	all := announced[events.Contributed](w)
	if last := all[len(all)-1]; fmt.Sprint(last.Mentions, last.Organisations) != fmt.Sprint([]int64{w.amel.PersonID}, []int64(nil)) {
		t.Errorf("announced: %+v", last)
	}
}

func TestMentioningByAnEdit(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	thread := w.thread(w.amel, w.open)
	amel, admin := MentionOf("people", "Amel", w.amel.PersonID), MentionOf("people", "Admin", w.admin.PersonID)
	p := w.reply(w.sami, thread, "Demandez à "+amel)
	for _, body := range []string{"Demandez à " + amel + " ou " + admin, "Demandez à " + admin + "."} {
		w.later()
		_, err := w.EditPost(ctx, w.sami, p.ID, Edit{Body: body})
		w.must(err)
	}
	all := announced[events.ContributionEdited](w)
	if len(all) != 2 || fmt.Sprint(all[0].Mentions) != fmt.Sprint([]int64{w.admin.PersonID}) || len(all[1].Mentions) != 0 {
		t.Errorf("announced: %+v", all)
	}
}
