package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func getenvOf(env map[string]string) func(string) string {
	return func(name string) string { return env[name] }
}

func TestDefaults(t *testing.T) {
	c, err := readConfig(getenvOf(nil))
	if err != nil {
		t.Fatal(err)
	}
	if c.Addr != "127.0.0.1:8080" || c.PublicURL.String() != "http://localhost:8080" || c.TimeZone.String() != "Africa/Tunis" ||
		!filepath.IsAbs(c.Data) || c.Demo || c.LogFormat != "text" || c.DatabaseURL != "" {
		t.Errorf("defaults: %+v", c)
	}
}

func TestPublicURL(t *testing.T) {
	for _, test := range []struct{ addr, public, want string }{
		{":9000", "", "http://localhost:9000"},
		{"0.0.0.0:9000", "", "http://localhost:9000"},
		{"[::1]:9000", "", "http://localhost:9000"},
		{"192.0.2.7:9000", "", "http://192.0.2.7:9000"},
		{":9000", "https://halqa.example.org/", "https://halqa.example.org"},
		{":9000", "https://halqa.example.org:8443", "https://halqa.example.org:8443"},
	} {
		c, err := readConfig(getenvOf(map[string]string{"ADDR": test.addr, "PUBLIC_URL": test.public}))
		if err != nil || c.PublicURL.String() != test.want {
			t.Errorf("ADDR %q, PUBLIC_URL %q: %v, %v; want %s", test.addr, test.public, c.PublicURL, err, test.want)
		}
	}
}

func TestTrustedProxies(t *testing.T) {
	c, err := readConfig(getenvOf(map[string]string{"TRUSTED_PROXIES": "10.1.2.3/8, ::1"}))
	if err != nil || len(c.TrustedProxies) != 2 || c.TrustedProxies[0].String() != "10.0.0.0/8" || c.TrustedProxies[1].String() != "::1/128" {
		t.Errorf("proxies: %v, %v", c.TrustedProxies, err)
	}
}

func TestEachWrongValueIsNamed(t *testing.T) {
	wrong := map[string]string{
		"ADDR":            "8080",
		"PUBLIC_URL":      "halqa.example.org",
		"TRUSTED_PROXIES": "proxy",
		"DATABASE_URL":    "postgres://u:hunter2@host:port/db",
		"NATS_URL":        "nats://u:hunter2@a,http://b",
		"SMTP_URL":        "host:hunter2",
		"MAIL_FROM":       "nobody",
		"INBOUND_ADDR":    "127.0.0.1:25",
		"TIME_ZONE":       "Tunis",
		"SECRET":          "hunter2",
		"DEMO":            "perhaps",
		"MEILI_URL":       "meili:hunter2",
		"METRICS_TOKEN":   "hunter2",
		"LOG_FORMAT":      "xml",
		"LOG_LEVEL":       "loud",
	}
	for name, value := range wrong {
		_, err := readConfig(getenvOf(map[string]string{name: value}))
		if err == nil || !strings.Contains(err.Error(), "\n  "+name+": ") || strings.Count(err.Error(), "\n") != 1 && name != "SMTP_URL" {
			t.Errorf("%s=%s: %v; want one problem with its name", name, value, err)
		}
	}
	_, err := readConfig(getenvOf(wrong))
	for name := range wrong {
		if err == nil || !strings.Contains(err.Error(), "\n  "+name+": ") {
			t.Errorf("all wrong: %v; want %s among them", err, name)
		}
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error shows a password: %v", err)
	}
}

func TestOtherWrongValues(t *testing.T) {
	for _, env := range []map[string]string{
		{"ADDR": ":0"},
		{"ADDR": ":http"},
		{"INBOUND_TLS_CERT": "cert.pem"},
		{"INBOUND_TLS_KEY": "key.pem"},
		{"PUBLIC_URL": "https://halqa.example.org/learn"},
		{"PUBLIC_URL": "ftp://halqa.example.org"},
		{"SMTP_URL": "smtp://mail.example.org:587"}, // no MAIL_FROM, and PUBLIC_URL is on localhost
	} {
		if c, err := readConfig(getenvOf(env)); err == nil {
			t.Errorf("%v is accepted: %+v", env, c)
		}
	}
}

func TestEveryVariableIsExplained(t *testing.T) {
	read := map[string]bool{}
	if _, err := readConfig(func(name string) string { read[name] = true; return "" }); err != nil {
		t.Fatal(err)
	}
	explained := map[string]bool{}
	for line := range strings.Lines(environmentHelp) {
		explained[strings.Fields(line)[0]] = true
	}
	if !maps.Equal(read, explained) {
		t.Errorf("variables read: %v\nexplained: %v", read, explained)
	}
}

func TestSecretIsMadeOnce(t *testing.T) {
	c, err := readConfig(getenvOf(map[string]string{"DATA": filepath.Join(t.TempDir(), "data")}))
	if err != nil {
		t.Fatal(err)
	}
	secrets := make([][]byte, 8)
	var all sync.WaitGroup
	for i := range secrets {
		all.Go(func() {
			var err error
			if secrets[i], err = c.Secret(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, s := range secrets {
		if len(s) < minSecret || !bytes.Equal(s, secrets[0]) {
			t.Fatalf("secrets differ: %q", secrets)
		}
	}
	path := filepath.Join(c.Data, "secret")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the secret's file: %v, %v; want mode 0600", info, err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Secret(); err == nil {
		t.Error("an empty secret is accepted")
	}
}

func TestSecretFromEnvironment(t *testing.T) {
	want := strings.Repeat("k", minSecret)
	c, err := readConfig(getenvOf(map[string]string{"SECRET": want, "DATA": t.TempDir()}))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := c.Secret(); err != nil || string(got) != want {
		t.Errorf("Secret() = %q, %v", got, err)
	}
}
