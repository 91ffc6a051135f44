package account

import (
	"time"

	"github.com/uptrace/bun"
)

// OrganisationKinds are the kinds of organisation, in the order forms show them.
var OrganisationKinds = []string{"association", "network", "public_actor", "social_enterprise", "media", "donor", "other"}

// States of an organisation.
const (
	OrganisationRequested = "requested" // waits for its office
	OrganisationValidated = "validated"
	OrganisationRefused   = "refused"
)

// States of a membership.
const (
	MembershipRequested = "requested"
	MembershipActive    = "active"
	MembershipEnded     = "ended" // left, or refused with a reason
)

// Organisation is an association, a public body or the like.
type Organisation struct {
	bun.BaseModel `bun:"table:organisation,alias:organisation"`

	ID          int64 `bun:",pk,autoincrement"`
	Name        string
	NameKey     string   // Fold(Name)
	Kind        string   // one of OrganisationKinds
	Governorate string   // ISO 3166-2 code
	OfficeID    int64    // the office of its governorate when it was asked for
	Axes        []string `bun:",array"`
	Description string
	State       string
	AskedBy     int64     `bun:",nullzero"` // its creator
	AskedAt     time.Time `bun:",nullzero,default:now()"`
	DecidedBy   int64     `bun:",nullzero"`
	DecidedAt   time.Time `bun:",nullzero"`
	Reason      string    // why it was refused
	Version     int       `bun:",nullzero,default:1"` // counts edits
}

// Scope is where the organisation sits.
func (o Organisation) Scope() Scope { return Scope{OfficeID: o.OfficeID, OrganisationID: o.ID} }

// Membership is a person's place in an organisation.
type Membership struct {
	bun.BaseModel `bun:"table:membership,alias:membership"`

	PersonID       int64 `bun:",pk"`
	OrganisationID int64 `bun:",pk"`
	State          string
	AskedAt        time.Time `bun:",nullzero,default:now()"`
	DecidedBy      int64     `bun:",nullzero"`
	DecidedAt      time.Time `bun:",nullzero"`
	Reason         string    // why it was refused
}
