package notify

import (
	"testing"

	"pgregory.net/rapid"
)

// TestAddressesComeBackAsTheyWentOut: whatever an address of ours stands for is read from it, in capitals too; a letter changed,
// and it is nobody's.
func TestAddressesComeBackAsTheyWentOut(t *testing.T) {
	secret, _ := secretOfTests()
	in := Inbound{Domain: "halqa.example"}.signedBy(secret)
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.Int64Range(1, 1<<62)
		want := Back{PersonID: id.Draw(t, "person"), ThreadID: id.Draw(t, "thread")}
		address := in.answers(want.PersonID, want.ThreadID)
		if rapid.Bool().Draw(t, "bounce") {
			want = Back{MailID: id.Draw(t, "mail")}
			address = in.sender(want.MailID, "")
		}
		if got, ok := in.Read(address); !ok || got != want || len(address) > 64+len("@halqa.example") {
			t.Fatalf("%s is %+v, want %+v", address, got, want)
		}
		if got, ok := in.Read(upper(address)); !ok || got != want {
			t.Fatalf("in capitals %s is %+v", address, got)
		}
		i := rapid.IntRange(0, len(address)-1).Draw(t, "at")
		c := rapid.SampledFrom([]byte("abr-234567.@")).Draw(t, "letter")
		if spoilt := address[:i] + string(c) + address[i+1:]; spoilt != address {
			if got, ok := in.Read(spoilt); ok {
				t.Fatalf("%s is taken for %s: %+v", spoilt, address, got)
			}
		}
	})
	other := Inbound{Domain: "halqa.example"}.signedBy([]byte("another secret"))
	if _, ok := other.Read(in.sender(1, "")); ok {
		t.Error("an address of another platform is taken")
	}
	if (Inbound{}).sender(1, "noreply@halqa.example") != "noreply@halqa.example" || (Inbound{}).answers(1, 2) != "" {
		t.Error("without a way in, mails can be answered")
	}
}

func upper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - 32
		}
	}
	return string(b)
}
