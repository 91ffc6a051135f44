package account

import (
	"time"

	"github.com/uptrace/bun"
)

// Person is an account, or a pseudonym of one: see Pseudonym.
type Person struct {
	bun.BaseModel `bun:"table:person,alias:person"`

	ID               int64 `bun:",pk,autoincrement"`
	Name             string
	NameKey          string    // Fold(Name)
	Email            string    `bun:",nullzero"` // canonical, see CanonicalEmail; "" of a pseudonym
	EmailConfirmedAt time.Time `bun:",nullzero"`
	PasswordHash     string    `bun:",nullzero"` // argon2id; "" for magic links only
	Language         string    // "fr", "ar" or "en"
	Governorate      string    `bun:",nullzero"` // ISO 3166-2 code, or ""
	Gender           string    `bun:",nullzero"` // "female", "male" or "": private
	BirthYear        int       `bun:",nullzero"` // or 0: private
	CreatedAt        time.Time `bun:",nullzero,default:now()"`
	MaskOf           int64     `bun:",nullzero"` // whose pseudonym it is, or 0
	MaskIn           int64     `bun:",nullzero"` // the space of the pseudonym, or 0
	ErasedAt         time.Time `bun:",nullzero"` // the account is closed, and the rest of this says nothing any more; else zero
}
