//go:build soak

package main

import "testing"

// TestSoakCrash is TestCrash for a long while.
func TestSoakCrash(t *testing.T) { crash(t, 300, 8) }
