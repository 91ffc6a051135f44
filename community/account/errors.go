package account

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// What use cases answer when they refuse. Domain packages return these too, so that the web maps them once.
var (
	ErrNotFound       = errors.New("not found")
	ErrForbidden      = errors.New("forbidden")
	ErrSignInRequired = errors.New("sign-in required")
	ErrConflict       = errors.New("changed meanwhile") // somebody else decided first
	ErrWrongPassword  = errors.New("wrong address or password")
	ErrTooMany        = errors.New("too many attempts") // wrapped by TooMany
	ErrTokenUsed      = errors.New("link already used")
	ErrTokenExpired   = errors.New("link expired or unknown")
)

// ErrStale refuses an edit that was begun from another version than the last one: somebody else saved meanwhile. It is an
// ErrConflict; what was typed is shown again beside what is saved.
var ErrStale = fmt.Errorf("edited by somebody else: %w", ErrConflict)

// wrapped says what was being done when err happened; nil stays nil.
func wrapped(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// TooMany refuses an attempt beyond a limit. It is an ErrTooMany.
type TooMany struct {
	RetryAfter time.Duration // until an attempt will be heard again
}

func (e TooMany) Error() string { return fmt.Sprintf("%v: retry after %s", ErrTooMany, e.RetryAfter) }

// Is makes errors.Is(err, ErrTooMany) hold.
func (e TooMany) Is(target error) bool { return target == ErrTooMany }

// Invalid says what is wrong with one field of a form.
type Invalid struct {
	Field string         // name of the form's field
	Key   string         // catalogue key of the message, such as "account.email_wrong"
	Args  map[string]any // what the message mentions
}

func (e Invalid) Error() string { return fmt.Sprintf("invalid %s: %s", e.Field, e.Key) }

// Invalids is everything wrong with a form, at once.
type Invalids []Invalid

func (e Invalids) Error() string {
	parts := make([]string, len(e))
	for i, f := range e {
		parts[i] = f.Error()
	}
	return strings.Join(parts, "; ")
}

// Add notes that a field is wrong; args are pairs of name and value for the message.
func (e *Invalids) Add(field, key string, args ...any) {
	f := Invalid{Field: field, Key: key}
	for i := 0; i+1 < len(args); i += 2 {
		if f.Args == nil {
			f.Args = map[string]any{}
		}
		f.Args[fmt.Sprint(args[i])] = args[i+1]
	}
	*e = append(*e, f)
}

// Err is e as an error, or nil when nothing is wrong.
func (e Invalids) Err() error {
	if len(e) == 0 {
		return nil
	}
	return e
}

// InvalidsOf returns the field errors that err carries, if any.
func InvalidsOf(err error) (Invalids, bool) {
	var all Invalids
	if errors.As(err, &all) {
		return all, true
	}
	var one Invalid
	if errors.As(err, &one) {
		return Invalids{one}, true
	}
	return nil, false
}
