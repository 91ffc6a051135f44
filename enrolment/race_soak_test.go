//go:build soak && !nolock

package enrolment

import "testing"

// TestSoakRaceForSeats is TestRaceForSeats at the size of the real day.
func TestSoakRaceForSeats(t *testing.T) { rush(t, 2000, 30, 20260504) }

// TestSoakStormForSeats is TestStormForSeats with many seeds.
func TestSoakStormForSeats(t *testing.T) {
	for seed := range uint64(40) {
		calm(t, 24, 20, seed)
	}
}
