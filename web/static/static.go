// Package static holds Halqa's stylesheet, scripts and pictures. They are bundled inside the process from their embedded
// sources, once, and served under names that carry a hash of their content, so that browsers may keep them for ever.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/evanw/esbuild/pkg/api"
)

//go:embed css js img
var sources embed.FS

// File is one asset, ready to be sent. Its bytes must not be changed.
type File struct {
	Name string // with the hash: "halqa.1a2b3c4d.css"
	Type string // its media type
	Body []byte

	pack       sync.Once
	brot, gzip []byte
}

// Files are all the assets.
type Files struct {
	byName map[string]*File  // by name with hash
	urls   map[string]string // by plain name ("halqa.css"): "/static/halqa.1a2b3c4d.css"
	worker *File
}

// carried are the assets that the service worker keeps from the start: what a page needs without network.
var carried = []string{"halqa.css", "player.css", "halqa.js", "kept.js", "player.js", "favicon.svg"}

// Load bundles the assets at the first call and returns the same ones ever after.
var Load = sync.OnceValues(build)

// URL is the address of an asset by its plain name, such as "halqa.css" or "player.js". It is "" for an unknown one.
func (f *Files) URL(name string) string { return f.urls[name] }

// Worker is the service worker's script. It has one name for ever, and carries the names of the assets it keeps.
func (f *Files) Worker() *File { return f.worker }

// Find returns the asset with that name and hash, or nil.
func (f *Files) Find(name string) *File { return f.byName[name] }

// Names returns the plain names of all the assets.
func (f *Files) Names() []string {
	names := make([]string, 0, len(f.urls))
	for name := range f.urls {
		names = append(names, name)
	}
	return names
}

// Encoded returns the body in the best encoding that an Accept-Encoding header allows, and that encoding's name; "" when
// the body is sent as it is. Each encoding is made once, when first asked for.
func (f *File) Encoded(accept string) (body []byte, encoding string) {
	f.pack.Do(f.compress)
	switch {
	case f.brot != nil && strings.Contains(accept, "br"):
		return f.brot, "br"
	case f.gzip != nil && strings.Contains(accept, "gzip"):
		return f.gzip, "gzip"
	}
	return f.Body, ""
}

func (f *File) compress() {
	if strings.HasPrefix(f.Type, "image/") && f.Type != "image/svg+xml" {
		return
	}
	var b, g bytes.Buffer
	w := brotli.NewWriterLevel(&b, brotli.BestCompression)
	_, errB := w.Write(f.Body)
	z, _ := gzip.NewWriterLevel(&g, gzip.BestCompression)
	_, errG := z.Write(f.Body)
	if errB == nil && w.Close() == nil && b.Len() < len(f.Body) {
		f.brot = b.Bytes()
	}
	if errG == nil && z.Close() == nil && g.Len() < len(f.Body) {
		f.gzip = g.Bytes()
	}
}

var types = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
	".png": "image/png", ".webp": "image/webp", ".ico": "image/x-icon", ".vtt": "text/vtt; charset=utf-8",
}

// build bundles css/halqa.css (with all it imports), the sheets of single pages, the service worker and every script directly in js/ (each is an entry;
// shared parts lie in js/parts/), and takes the pictures as they are.
func build() (*Files, error) {
	f := &Files{byName: map[string]*File{}, urls: map[string]string{}}
	entries, err := fs.Glob(sources, "js/*.js")
	if err != nil {
		return nil, err
	}
	result := api.Build(api.BuildOptions{
		EntryPoints: append(entries, "js/worker/worker.js", "css/halqa.css", "css/player.css", "css/indicators.css", "css/design.css", "css/writing.css"), Outdir: "/", Outbase: "/", EntryNames: "[name]",
		Bundle: true, Write: false, Format: api.FormatESModule, Target: api.ES2020, Charset: api.CharsetUTF8,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, LegalComments: api.LegalCommentsNone,
		LogLevel: api.LogLevelSilent, Plugins: []api.Plugin{embedded},
	})
	if len(result.Errors) > 0 {
		e := result.Errors[0]
		if e.Location != nil {
			return nil, fmt.Errorf("bundle assets: %s:%d: %s", e.Location.File, e.Location.Line, e.Text)
		}
		return nil, fmt.Errorf("bundle assets: %s", e.Text)
	}
	var worker []byte
	for _, out := range result.OutputFiles {
		if path.Base(out.Path) == "worker.js" {
			worker = out.Contents
			continue
		}
		f.add(path.Base(out.Path), out.Contents)
	}
	if err := f.addPictures(); err != nil {
		return nil, err
	}
	return f, f.addWorker(worker)
}

// addWorker tells the worker what to keep. Any other asset makes it another worker, which browsers then take.
func (f *Files) addWorker(script []byte) error {
	var urls []string
	for _, name := range carried {
		urls = append(urls, f.urls[name])
	}
	list, err := json.Marshal(urls)
	f.worker = &File{Name: "sw.js", Type: types[".js"], Body: fmt.Appendf(nil, "self.carried=%s;%s", list, script)}
	return err
}

func (f *Files) addPictures() error {
	return fs.WalkDir(sources, "img", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := sources.ReadFile(name)
		if err == nil {
			f.add(path.Base(name), body)
		}
		return err
	})
}

func (f *Files) add(name string, body []byte) {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:5]) + ext
	f.byName[hashed] = &File{Name: hashed, Type: types[ext], Body: body}
	f.urls[name] = "/static/" + hashed
}

// embedded lets the bundler read the embedded sources instead of a disk.
var embedded = api.Plugin{Name: "embedded", Setup: func(b api.PluginBuild) {
	b.OnResolve(api.OnResolveOptions{Filter: ".*"}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
		if strings.HasPrefix(a.Path, "data:") {
			return api.OnResolveResult{}, nil
		}
		name := path.Clean(a.Path)
		if a.Importer != "" {
			name = path.Join(path.Dir(a.Importer), a.Path)
		}
		return api.OnResolveResult{Path: name, Namespace: "embedded"}, nil
	})
	b.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: "embedded"}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
		raw, err := sources.ReadFile(a.Path)
		if err != nil {
			return api.OnLoadResult{}, err
		}
		text, loader := string(raw), api.LoaderJS
		if path.Ext(a.Path) == ".css" {
			loader = api.LoaderCSS
		}
		return api.OnLoadResult{Contents: &text, Loader: loader}, nil
	})
}}
