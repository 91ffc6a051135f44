package incoming

import (
	"bufio"
	"bytes"
	"net/textproto"
	"regexp"
	"strings"
)

// Report is what a server says of a mail that it gave up, or keeps trying (RFC 3464), of the first recipient that failed.
type Report struct {
	Failed bool   // given up; else delayed, delivered or relayed
	Status string // of RFC 3463, such as 5.1.1
	Said   string // by the server that refused
}

var statusForm = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}`)

// readReport reads the fields of a delivery status: a group for the mail, then one for each recipient. nil when it is none.
func readReport(data []byte) *Report {
	var found *Report
	for group := range bytes.SplitSeq(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte("\n\n")) {
		if len(bytes.TrimSpace(group)) == 0 {
			continue
		}
		fields, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(append(bytes.TrimSpace(group), "\n\n"...)))).ReadMIMEHeader()
		if err != nil || fields.Get("Action") == "" {
			continue
		}
		r := Report{Failed: strings.EqualFold(strings.TrimSpace(fields.Get("Action")), "failed"),
			Status: statusForm.FindString(strings.TrimSpace(fields.Get("Status")))}
		_, said, isSaid := strings.Cut(fields.Get("Diagnostic-Code"), ";")
		if isSaid {
			r.Said = strings.TrimSpace(said)
		}
		if r.Status == "" {
			r.Status = "5.0.0"
		}
		// Some servers put the true status only into what the other server said.
		if exact := exactStatus.FindStringSubmatch(r.Said); exact != nil && strings.HasSuffix(r.Status, ".0.0") {
			r.Status = exact[1]
		}
		if r.Failed {
			return &r
		}
		if found == nil {
			found = &r
		}
	}
	return found
}

var exactStatus = regexp.MustCompile(`^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b`)
