//go:build soak && !nolock

package enrolment

import "testing"

// TestSoakRaceForSeats is TestRaceForSeats at the size of the real day.
func TestSoakRaceForSeats(t *testing.T) { rush(t, 2000, 30, 20260504) }
