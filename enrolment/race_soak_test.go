//go:build soak && !nolock

package enrolment

import (
	"fmt"
	"testing"
)

// TestSoakRaceForSeats is TestRaceForSeats at the size of the real day.
func TestSoakRaceForSeats(t *testing.T) { rush(t, 2000, 30, 20260504) }

// TestSoakStormForSeats is TestStormForSeats with many seeds, each a test of its own: its database and the connections to
// it are gone before the next.
func TestSoakStormForSeats(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { calm(t, 24, 20, seed) })
	}
}
