//go:build !nolock

package enrolment

import "testing"

func TestRaceForSeats(t *testing.T) { rush(t, 200, 10, 20260503) }

func TestStormForSeats(t *testing.T) { calm(t, 15, 8, 20260505) }

// calm fails the test if a storm breaks an invariant.
func calm(t *testing.T, people, rounds int, seed uint64) {
	t.Helper()
	breaches, unexpected := storm(t, people, rounds, seed)
	for _, b := range breaches {
		t.Error(b)
	}
	for _, err := range unexpected {
		t.Error(err)
	}
}
