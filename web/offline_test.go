package web

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"halqa/migrations/testdb"
	"halqa/web/static"
)

func TestTheServiceWorkerAndTheManifest(t *testing.T) {
	v := arrive(t, Deps{})
	a := v.get("/sw.js")
	if a.StatusCode != 200 || !strings.Contains(a.Header.Get("Content-Type"), "javascript") || a.Header.Get("Cache-Control") != "no-cache" ||
		!strings.Contains(a.Header.Get("Content-Security-Policy"), "connect-src 'self'") {
		t.Errorf("status %d, headers %v", a.StatusCode, a.Header)
	}
	files, err := static.Load()
	mustDo(t, err)
	for _, name := range []string{"halqa.css", "player.css", "halqa.js", "kept.js", "player.js"} {
		if !strings.Contains(string(files.Worker().Body), files.URL(name)) {
			t.Errorf("the worker doesn't carry %s", name)
		}
	}
	var manifest struct {
		Name, Lang, Dir, Display string
		StartURL                 string `json:"start_url"`
		Icons                    []struct{ Src, Sizes, Purpose string }
	}
	a = v.get("/manifest.webmanifest")
	mustDo(t, json.Unmarshal([]byte(a.body), &manifest))
	if manifest.Display != "standalone" || manifest.StartURL != "/home" || manifest.Name == "" || len(manifest.Icons) != 4 {
		t.Errorf("manifest %+v", manifest)
	}
	for _, icon := range manifest.Icons {
		if a := v.get(icon.Src); a.StatusCode != 200 || !strings.HasPrefix(a.Header.Get("Content-Type"), "image/") {
			t.Errorf("icon %s: status %d", icon.Src, a.StatusCode)
		}
	}
}

// TestTheOfflinePageIsNobodys asks for the page that phones keep, in somebody's name: nothing of them is in it.
func TestTheOfflinePageIsNobodys(t *testing.T) {
	s := newSchool(t, testdb.Tx(t), shortVideo(), nil)
	v := s.amelArrives(t)
	for lang, want := range map[string]string{"fr": "Sur ce téléphone", "ar": "على هذا الهاتف", "en": "On this phone"} {
		a := v.get("/saved?as=" + lang + "&theme=dark")
		if a.StatusCode != 200 || !strings.Contains(a.body, want) || !strings.Contains(a.body, `data-theme="dark"`) || strings.Contains(a.body, "<form") ||
			strings.Contains(a.body, "Amel") || strings.Contains(a.body, "data-person") {
			t.Errorf("%s: status %d: %s", lang, a.StatusCode, a.body)
		}
	}
	if a := v.get("/saved"); !strings.Contains(a.body, "Amel") || !strings.Contains(a.body, fmt.Sprintf(`data-person="%d"`, s.amel.PersonID)) {
		t.Error("the page isn't Amel's own")
	}
}

func TestThePackOfAModule(t *testing.T) {
	s := newSchool(t, testdb.Tx(t), shortVideo(), nil)
	v := s.amelArrives(t)
	var p pack
	mustDo(t, json.Unmarshal([]byte(v.get(fmt.Sprintf("/modules/%d/pack?mode=audio", s.video.ModuleID)).body), &p))
	want := pack{Person: fmt.Sprint(s.amel.PersonID), Module: fmt.Sprint(s.video.ModuleID), Title: "Monter un budget", Space: "Financement", Lang: "fr", Audio: true,
		Pages: []string{fmt.Sprintf("/modules/%d", s.video.ModuleID), fmt.Sprintf("/lessons/%d?lang=fr&mode=audio", s.video.ID), fmt.Sprintf("/lessons/%d", s.quiz.ID)},
		Files: []packFile{{"/media/f.m4a", 438_508}}, Bytes: 438_508}
	if fmt.Sprint(p) != fmt.Sprint(want) {
		t.Errorf("pack %+v, want %+v", p, want)
	}
	var who me
	mustDo(t, json.Unmarshal([]byte(v.get("/me").body), &who))
	if who.Person != s.amel.PersonID || who.Token == "" {
		t.Errorf("me %+v", who)
	}
	a := v.beacon(s.video.ID, who.Token, `not json`)
	if a.StatusCode != 422 {
		t.Errorf("with the token of /me: status %d", a.StatusCode)
	}
}
