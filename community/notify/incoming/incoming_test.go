package incoming

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// TestRepliesAreTrimmed reads what common programs make of an answer, composed after their formats: testdata/replies/<what>.eml
// with what must be left of it in <what>.want.
func TestRepliesAreTrimmed(t *testing.T) {
	files, err := filepath.Glob("testdata/replies/*.eml")
	if err != nil || len(files) < 60 {
		t.Fatalf("%d replies, error %v", len(files), err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".eml"), func(t *testing.T) {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(name, ".eml") + ".want")
			if err != nil {
				t.Fatal(err)
			}
			m, err := Read(raw)
			if err != nil {
				t.Fatal(err)
			}
			if got := m.Text; got != strings.TrimSpace(string(want)) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			if m.From != "amel@example.org" || m.Automatic || m.Failing || m.Parents[0] != "post.34.7@halqa.example" {
				t.Errorf("%+v", m)
			}
			files, err := os.ReadFile(strings.TrimSuffix(name, ".eml") + ".files") // the names of what is kept of what came with it
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
			if got := strings.Join(namesOf(m), "\n"); got != strings.TrimSpace(string(files)) {
				t.Errorf("files\n%s\nwant\n%s", got, files)
			}
		})
	}
}

func namesOf(m Message) (names []string) {
	for _, f := range m.Files {
		if f.Data == nil {
			f.Name += " (unread)"
		}
		names = append(names, f.Name)
	}
	return names
}

func mailOf(lines ...string) []byte { return []byte(strings.Join(lines, "\r\n")) }

func TestMachinesAreKnown(t *testing.T) {
	for header, want := range map[string]bool{
		"Auto-Submitted: auto-replied": true, "Auto-Submitted: no": false, "Precedence: bulk": true, "List-Id: <x.example>": true,
		"X-Autoreply: yes": true, "Return-Path: <>": true, "X-Auto-Response-Suppress: All": true,
		"Subject: Automatic reply: budget": true, "Subject: =?utf-8?q?R=C3=A9ponse_automatique_=3A_budget?=": true,
		"Subject: =?utf-8?b?2LHYryDYqtmE2YLYp9im2Yo6INmF2YrYstin2YbZitip?=": true, "Subject: Re: out of the box": false,
		"Content-Type: multipart/report; boundary=x": true, "Precedence: first-class": false,
		strings.TrimSuffix(strings.Repeat("Received: from a by b\r\n", 31), "\r\n"): true,
	} {
		m, _ := Read(mailOf("From: a@example.org", header, "", "Merci"))
		if m.Automatic != want {
			t.Errorf("%.60s: automatic %v", header, m.Automatic)
		}
	}
}

func TestForgedSendersAreKnown(t *testing.T) {
	for header, want := range map[string]bool{
		"Authentication-Results: mx.example; dkim=pass; dmarc=fail (p=none)": true,
		"Authentication-Results: mx.example; dmarc=pass":                     false,
		"Received-SPF: Fail (mx.example: domain of a@b denies)":              true,
		"X: y": false,
	} {
		m, err := Read(mailOf("From: a@example.org", header, "", "Merci"))
		if err != nil || m.Failing != want {
			t.Errorf("%s: failing %v, error %v", header, m.Failing, err)
		}
	}
	for _, from := range []string{"From: a@example.org, b@example.org", "From: a@example.org\r\nFrom: b@example.org", "From: nobody", "X: y"} {
		if m, _ := Read(mailOf(from, "", "Merci")); m.From != "" {
			t.Errorf("%s: from %q", from, m.From)
		}
	}
}

func TestReports(t *testing.T) {
	report := func(fields ...string) []byte {
		return mailOf(append(append([]string{"From: MAILER-DAEMON@mx.example", "Subject: Undelivered", "MIME-Version: 1.0",
			`Content-Type: multipart/report; report-type=delivery-status; boundary="x"`, "", "--x", "Content-Type: text/plain", "", "Sorry.", "--x",
			"Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.example", ""}, fields...), "", "--x",
			"Content-Type: text/rfc822-headers", "", "Subject: Re: Budget", "--x--", "")...)
	}
	for name, c := range map[string]struct {
		raw  []byte
		want *Report
	}{
		"gone": {report("Final-Recipient: rfc822; a@example.org", "Action: failed", "Status: 5.1.1", "Diagnostic-Code: smtp; 550 5.1.1 no such user"),
			&Report{true, "5.1.1", "550 5.1.1 no such user"}},
		"only said by the other": {report("Action: failed", "Status: 5.0.0", "Diagnostic-Code: smtp; 552-5.2.2 full"), &Report{true, "5.2.2", "552-5.2.2 full"}},
		"delayed":                {report("Action: delayed", "Status: 4.4.1"), &Report{false, "4.4.1", ""}},
		"the second failed":      {report("Action: delivered", "Status: 2.0.0", "", "Action: failed", "Status: 5.2.1"), &Report{true, "5.2.1", ""}},
		"without status":         {report("Action: failed"), &Report{true, "5.0.0", ""}},
		"no report":              {mailOf("From: a@example.org", "", "Action: failed"), nil},
	} {
		m, err := Read(c.raw)
		if err != nil || !reflect.DeepEqual(m.Report, c.want) || m.Automatic != (c.want != nil) {
			t.Errorf("%s: %+v, error %v", name, m.Report, err)
		}
	}
}

// hostile are mails made to break a reader: each is refused, or read as something harmless.
func hostile() map[string][]byte {
	nested, end := []string{"From: a@example.org", "MIME-Version: 1.0"}, []string{}
	for i := range 200 {
		b := strings.Repeat("b", i+1)
		nested = append(nested, "Content-Type: multipart/mixed; boundary="+b, "", "--"+b)
		end = append(end, "--"+b+"--")
	}
	many := []string{"From: a@example.org", "Content-Type: multipart/mixed; boundary=x", ""}
	for range 5000 {
		many = append(many, "--x", "Content-Disposition: attachment; filename=a.pdf", "", "x")
	}
	html := func(body string) []byte {
		return mailOf("From: a@example.org", "Content-Type: text/html; charset=utf-8", "", body)
	}
	return map[string][]byte{
		"nested":          mailOf(append(append(nested, "Content-Type: text/plain", "", "deep"), end...)...),
		"many parts":      mailOf(many...),
		"endless header":  append([]byte("From: a@example.org\r\nSubject: "), make([]byte, 1<<20)...),
		"utf-7":           mailOf("From: a@example.org", "Content-Type: text/plain; charset=utf-7", "", "+ADw-script+AD4-"),
		"unknown charset": mailOf("From: a@example.org", "Content-Type: text/plain; charset=x-evil", "", "x"),
		"bad encoding":    mailOf("From: a@example.org", "Content-Transfer-Encoding: uuencode", "", "begin 644 x"),
		"bad base64":      mailOf("From: a@example.org", "Content-Type: text/plain", "Content-Transfer-Encoding: base64", "", "%%%%"),
		"no boundary":     mailOf("From: a@example.org", "Content-Type: multipart/mixed", "", "--x", "", "a"),
		"script":          html("<script>alert(1)</script><style>p{}</style><img src=x onerror=alert(1)>"),
		"deep html":       html(strings.Repeat("<blockquote>", 20000) + "x"),
		"wide html":       html(strings.Repeat("<a href=https://e.example>x</a>", 15000)),
		"long line":       mailOf("From: a@example.org", "", strings.Repeat("On a wrote ", 40000)),
		"many quotes":     mailOf("From: a@example.org", "", strings.Repeat("> a\r\nb\r\n", 40000)),
		"empty":           nil,
		"only a header":   []byte("From: a@example.org"),
		"zeros":           make([]byte, 4096),
	}
}

func TestHostileMails(t *testing.T) {
	for name, raw := range hostile() {
		m, err := Read(raw)
		if err != nil && !errors.Is(err, ErrUnreadable) {
			t.Errorf("%s: %v", name, err)
		}
		if len(m.Text) > 2*maxText || len(m.Files) > maxFiles || strings.ContainsAny(m.Text, "\x00\x01") {
			t.Errorf("%s: %d bytes of text, %d files", name, len(m.Text), len(m.Files))
		}
	}
	for _, name := range []string{"utf-7", "unknown charset", "nested", "deep html", "no boundary"} {
		if m, err := Read(hostile()[name]); !errors.Is(err, ErrUnreadable) {
			t.Errorf("%s is read: %.60q, error %v", name, m.Text, err)
		}
	}
	if m, _ := Read(hostile()["script"]); strings.Contains(m.Text, "alert") {
		t.Errorf("a script is said: %q", m.Text)
	}
}

func TestNamesOfFiles(t *testing.T) {
	for name, want := range map[string]string{
		`C:\Users\x\budget.pdf`: "budget.pdf", "../../etc/passwd": "passwd", "a\u202efdp.exe": "afdp.exe", "=?utf-8?b?2YXZitiy2KfZhtmK2Kk=?=": "ميزانية",
		"a\r\nb": "ab", strings.Repeat("é", 200): strings.Repeat("é", maxNameLen) + "…",
	} {
		if got := cleanName(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, raw := range hostile() {
		if len(raw) < 4096 {
			f.Add(raw)
		}
	}
	files, _ := filepath.Glob("testdata/replies/*.eml")
	for _, name := range files {
		if raw, err := os.ReadFile(name); err == nil {
			f.Add(raw)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := Read(raw)
		if err != nil && !errors.Is(err, ErrUnreadable) {
			t.Fatal(err)
		}
		if len(m.Text) > 2*maxText+8*len(raw) || strings.ContainsAny(m.Text, "\x00\x01") {
			t.Fatalf("%d bytes make %q", len(raw), m.Text)
		}
	})
}
