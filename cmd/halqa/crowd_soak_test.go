//go:build soak

package main

import "testing"

// TestSoakCrowdForSeats is TestCrowdForSeats at the size of the real day.
func TestSoakCrowdForSeats(t *testing.T) { crowd(t, 2000, 30) }
