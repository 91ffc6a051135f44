//go:build !nolock

package enrolment

import "testing"

func TestRaceForSeats(t *testing.T) { rush(t, 200, 10, 20260503) }
