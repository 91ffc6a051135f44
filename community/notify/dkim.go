package notify

import (
	"bytes"
	"crypto"
	"fmt"

	"github.com/emersion/go-msgauth/dkim"
)

// DKIM is with what mails are signed in the name of the domain they come from (RFC 6376).
type DKIM struct {
	Domain   string // of the address that mails come from
	Selector string // the public key is at <Selector>._domainkey.<Domain>
	Key      crypto.Signer
}

// signedHeaders are what a signature vouches for: all that a reader or a mail program acts on. From, Subject and what names
// the mail are there once; To and the list's headers can't be added either, since each is signed once more than it occurs.
var signedHeaders = []string{"From", "From", "Reply-To", "Reply-To", "Subject", "Subject", "Date", "Message-ID", "To", "To", "Cc",
	"In-Reply-To", "References", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Content-Language", "Auto-Submitted", "List-Id", "List-Post",
	"List-Unsubscribe", "List-Unsubscribe-Post"}

// sign returns a message with its signature before it. A nil DKIM signs nothing.
func (d *DKIM) sign(raw []byte) ([]byte, error) {
	if d == nil {
		return raw, nil
	}
	var signed bytes.Buffer
	err := dkim.Sign(&signed, bytes.NewReader(raw), &dkim.SignOptions{Domain: d.Domain, Selector: d.Selector, Signer: d.Key,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed, HeaderKeys: signedHeaders})
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return signed.Bytes(), nil
}
