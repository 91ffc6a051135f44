package events

// Published by community/library.

// DocumentProposed says that a member gave a document to a space, which its moderators must decide on.
type DocumentProposed struct {
	DocumentID int64 `json:"document_id"`
	SpaceID    int64 `json:"space_id"`
	Title      Text  `json:"title"`
	GivenBy    int64 `json:"given_by"`
}

// DocumentPublished says that a document is in the library of its space: given by a moderator, or proposed and accepted.
type DocumentPublished struct {
	DocumentID int64  `json:"document_id"`
	SpaceID    int64  `json:"space_id"`
	Title      Text   `json:"title"`
	Kind       string `json:"kind"`
	GivenBy    int64  `json:"given_by"` // 0 when their account is gone
	By         int64  `json:"by"`
}

// DocumentChanged says that what is said of a document, or its file, was edited, published or not.
type DocumentChanged struct {
	DocumentID int64 `json:"document_id"`
	SpaceID    int64 `json:"space_id"`
	Title      Text  `json:"title"`
	GivenBy    int64 `json:"given_by"` // 0 when their account is gone
	By         int64 `json:"by"`
}

// DocumentRefused says that a moderator refused a proposed document.
type DocumentRefused struct {
	DocumentID int64 `json:"document_id"`
	SpaceID    int64 `json:"space_id"`
	Title      Text  `json:"title"`
	GivenBy    int64 `json:"given_by"` // 0 when their account is gone
	By         int64 `json:"by"`
}

// DocumentWithdrawn says that a document left the library, or was taken back before it was in it.
type DocumentWithdrawn struct {
	DocumentID int64 `json:"document_id"`
	SpaceID    int64 `json:"space_id"`
	Title      Text  `json:"title"`
	By         int64 `json:"by"`
}

func (DocumentProposed) EventType() string  { return "library.document_proposed" }
func (DocumentPublished) EventType() string { return "library.document_published" }
func (DocumentChanged) EventType() string   { return "library.document_changed" }
func (DocumentRefused) EventType() string   { return "library.document_refused" }
func (DocumentWithdrawn) EventType() string { return "library.document_withdrawn" }

func (p DocumentProposed) EventKey() string  { return documentKey(p.DocumentID) }
func (p DocumentPublished) EventKey() string { return documentKey(p.DocumentID) }
func (p DocumentChanged) EventKey() string   { return documentKey(p.DocumentID) }
func (p DocumentRefused) EventKey() string   { return documentKey(p.DocumentID) }
func (p DocumentWithdrawn) EventKey() string { return documentKey(p.DocumentID) }
