package main

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// mayImport says which packages of this module each part may import besides its own; the first pattern that fits a
// package is its part. "x/..." is x and what is under it.
var mayImport = []struct {
	part    string
	imports []string
}{
	{"cmd/...", []string{"..."}},
	{"web/...", []string{"courses/...", "community/...", "enrolment/...", "search/...", "events"}},
	{"courses/...", []string{"community/account", "events"}},
	{"community/account/...", []string{"events"}},
	{"community/notify/...", []string{"community/account", "events"}},
	{"community/...", []string{"community/account", "events"}},
	{"enrolment/lottery/...", nil},
	{"enrolment/monitoring/...", []string{"community/account", "events"}},
	{"enrolment/...", []string{"enrolment/lottery", "community/account", "events"}},
	{"search/...", []string{"community/account", "events"}},
	{"events/natsd/...", nil},
	{"events/...", nil},
	{"migrations/cluster/...", nil},
	{"migrations/dump", []string{"migrations"}},
	{"migrations/testdb", []string{"migrations", "migrations/cluster"}},
	{"migrations", nil},
}

// onlyIn says which parts may use a library at all, tests apart.
var onlyIn = map[string][]string{
	"github.com/gofiber/":       {"web/...", "cmd/..."},
	"github.com/a-h/templ":      {"web/..."},
	"github.com/nats-io/":       {"events/...", "cmd/..."},
	"github.com/xuri/excelize/": {"enrolment/monitoring/...", "cmd/halqa/demo/..."},
	"github.com/pressly/goose/": {"migrations"},
	"github.com/prometheus/":    {"cmd/..."},
	"github.com/meilisearch/":   {"search/..."},
	"github.com/arran4/":        {"enrolment/ical"},
	"github.com/wneessen/":      {"community/notify"},
	"github.com/emersion/":      {"community/notify/..."},
}

// listed is a package of this module as `go list` tells.
type listed struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

func fits(pattern, name string) bool {
	under, all := strings.CutSuffix(pattern, "...")
	return name == strings.TrimSuffix(under, "/") || all && strings.HasPrefix(name, under)
}

// isTestSupport tells whether a package exists for tests and measures: testdb, eventstest and the like.
func isTestSupport(name string) bool {
	return name == "migrations/testdb" || name == "cmd/bench" || strings.HasSuffix(path.Base(name), "test")
}

func list(t *testing.T, tags string) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-tags", tags, "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestImportDirections(t *testing.T) {
	for _, tags := range []string{"", "soak,nolock"} {
		packages := list(t, tags)
		if len(packages) < 10 {
			t.Fatalf("go list found only %d packages", len(packages))
		}
		for _, p := range packages {
			for _, imported := range p.Imports {
				check(t, p.ImportPath, imported, false)
			}
			for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
				check(t, p.ImportPath, imported, true)
			}
		}
	}
}

func check(t *testing.T, importer, imported string, inTest bool) {
	t.Helper()
	importer = strings.TrimPrefix(importer, "halqa/")
	name, ours := strings.CutPrefix(imported, "halqa/")
	inTest = inTest || isTestSupport(importer)
	switch {
	case !ours && !inTest:
		for library, parts := range onlyIn {
			if strings.HasPrefix(imported, library) && !slices.ContainsFunc(parts, func(p string) bool { return fits(p, importer) }) {
				t.Errorf("%s imports %s, which only %v may", importer, imported, parts)
			}
		}
	case !ours:
	case isTestSupport(name):
		if !inTest {
			t.Errorf("%s imports %s outside its tests", importer, name)
		}
	case inTest && (fits("migrations/...", name) || fits("events/...", name)): // real services under any test
	case !allowed(importer, name):
		t.Errorf("%s imports %s: the directions are in mayImport of imports_test.go", importer, name)
	}
}

func allowed(importer, imported string) bool {
	for _, rule := range mayImport {
		if fits(rule.part, importer) {
			return partOf(imported) == rule.part || slices.ContainsFunc(rule.imports, func(p string) bool { return fits(p, imported) })
		}
	}
	return false // no rule: see TestPlacesOfCode
}

func partOf(name string) string {
	for _, rule := range mayImport {
		if fits(rule.part, name) {
			return rule.part
		}
	}
	return ""
}

func TestRulesThemselves(t *testing.T) {
	for _, test := range []struct {
		importer, imported string
		want               bool
	}{
		{"cmd/halqa", "web", true},
		{"cmd/halqa", "cmd/halqa/demo", true},
		{"web", "enrolment/monitoring", true},
		{"web/views", "events", true},
		{"web", "migrations", false},
		{"web", "cmd/halqa", false},
		{"courses", "courses/media", true},
		{"courses", "community/account", true},
		{"courses", "enrolment", false},
		{"courses", "web/locale", false},
		{"enrolment", "enrolment/lottery", true},
		{"enrolment", "enrolment/monitoring", false},
		{"enrolment/monitoring", "enrolment", false},
		{"community/notify", "community", false},
		{"community/account", "community/notify", false},
		{"community/account", "events", true},
		{"events", "community/account", false},
		{"events", "events/natsd", false},
		{"utils", "events", false},
	} {
		if got := allowed(test.importer, test.imported); got != test.want {
			t.Errorf("allowed(%s, %s) = %v", test.importer, test.imported, got)
		}
	}
}

// Go code is in the known parts only, and no package is a heap of leftovers.
func TestPlacesOfCode(t *testing.T) {
	heaps := []string{"utils", "util", "common", "helpers", "models", "services", "misc", "internal"}
	walkGo(t, func(file string) {
		dir := path.Dir(file)
		if partOf(dir) == "" {
			t.Errorf("%s: no part of the program is in %s", file, dir)
		}
		for _, element := range strings.Split(dir, "/") {
			if slices.Contains(heaps, element) {
				t.Errorf("%s: no package is called %s", file, element)
			}
		}
	})
}

// Only cmd reads the environment; tests may.
func TestOnlyCmdReadsTheEnvironment(t *testing.T) {
	readers := []string{"Getenv", "LookupEnv", "Environ", "ExpandEnv"}
	walkGo(t, func(file string) {
		dir := path.Dir(file)
		if strings.HasSuffix(file, "_test.go") || fits("cmd/...", dir) || isTestSupport(dir) {
			return
		}
		tree, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Error(err)
			return
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && slices.Contains(readers, s.Sel.Name) {
				if p, ok := s.X.(*ast.Ident); ok && (p.Name == "os" || p.Name == "syscall") {
					t.Errorf("%s calls %s.%s: only cmd reads the environment", file, p.Name, s.Sel.Name)
				}
			}
			return true
		})
	})
}

// walkGo calls do with each Go file of the module, by its path from the root.
func walkGo(t *testing.T, do func(file string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := strings.HasPrefix(entry.Name(), ".") && file != root
		if entry.IsDir() && (hidden || slices.Contains([]string{"node_modules", "data", "bin"}, entry.Name())) {
			return filepath.SkipDir
		}
		if !entry.IsDir() && strings.HasSuffix(file, ".go") {
			file, err := filepath.Rel(root, file)
			if err != nil {
				return err
			}
			do(filepath.ToSlash(file))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
