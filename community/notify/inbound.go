package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strings"
)

// Inbound is where answers and bounces come back to. The zero Inbound is nowhere: mails then can't be answered.
type Inbound struct {
	Domain string // whose mail reaches this program

	secret []byte
}

func (in Inbound) signedBy(secret []byte) Inbound {
	in.secret = secret
	return in
}

func (in Inbound) open() bool { return in.Domain != "" && len(in.secret) > 0 }

// Back is what an address of ours stands for: the answers of a person in a thread, the threads that they begin in a space, or the
// bounces of a mail.
type Back struct {
	PersonID, ThreadID int64 // of answers
	SpaceID            int64 // of threads, with PersonID
	MailID             int64 // of bounces
}

// The kinds of address, by their first letters.
const (
	answersTo  = "r-"
	opensIn    = "s-"
	bouncesTo  = "b-"
	macBytes   = 10  // 80 bits: each guess costs a conversation with the server
	maxAddress = 254 // of RFC 5321
)

// inLocal spells bytes with what every server keeps as it is, in capitals or not.
var inLocal = base32.StdEncoding.WithPadding(base32.NoPadding)

// answers is the address at which a person answers in a thread, or "".
func (in Inbound) answers(personID, threadID int64) string {
	if !in.open() || personID == 0 || threadID == 0 {
		return ""
	}
	return in.address(answersTo, personID, threadID)
}

// opens is the address at which a person begins a thread in a space, or "".
func (in Inbound) opens(personID, spaceID int64) string {
	if !in.open() || personID == 0 || spaceID == 0 {
		return ""
	}
	return in.address(opensIn, personID, spaceID)
}

// sender is the envelope sender of a mail, which bounces go to: one of its own (VERP), or otherwise.
func (in Inbound) sender(mailID int64, otherwise string) string {
	if !in.open() {
		return otherwise
	}
	return in.address(bouncesTo, mailID)
}

func (in Inbound) address(kind string, ids ...int64) string {
	var b []byte
	for _, id := range ids {
		b = binary.AppendUvarint(b, uint64(id))
	}
	mac := hmac.New(sha256.New, in.secret)
	mac.Write(append([]byte("mail address\x00"+kind), b...))
	return kind + strings.ToLower(inLocal.EncodeToString(append(mac.Sum(nil)[:macBytes], b...))) + "@" + in.Domain
}

// Read tells what an address stands for; ok is false for one that this platform didn't make.
func (in Inbound) Read(address string) (back Back, ok bool) {
	address = strings.ToLower(strings.TrimSpace(address))
	at := strings.LastIndexByte(address, '@')
	if !in.open() || len(address) > maxAddress || at < len(answersTo) {
		return Back{}, false
	}
	kind := address[:len(answersTo)]
	raw, err := inLocal.DecodeString(strings.ToUpper(address[len(kind):at]))
	if err != nil || len(raw) <= macBytes {
		return Back{}, false
	}
	var ids []int64
	for rest := raw[macBytes:]; len(rest) > 0; {
		id, n := binary.Uvarint(rest)
		if n <= 0 || len(ids) == 2 {
			return Back{}, false
		}
		ids, rest = append(ids, int64(id)), rest[n:]
	}
	switch {
	case kind == answersTo && len(ids) == 2:
		back = Back{PersonID: ids[0], ThreadID: ids[1]}
	case kind == opensIn && len(ids) == 2:
		back = Back{PersonID: ids[0], SpaceID: ids[1]}
	case kind == bouncesTo && len(ids) == 1:
		back = Back{MailID: ids[0]}
	default:
		return Back{}, false
	}
	// The whole is compared, in constant time: no second spelling of an address is one.
	return back, hmac.Equal([]byte(address), []byte(strings.ToLower(in.address(kind, ids...))))
}

// Answers is the address at which a person answers in a thread, signed with the platform's secret.
func (in Inbound) Answers(secret []byte, personID, threadID int64) string {
	return in.signedBy(secret).answers(personID, threadID)
}
