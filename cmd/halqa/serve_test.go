package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A second halqa at the same address says so before it begins to work, and touches nothing.
func TestServeAtAnAddressThatIsTaken(t *testing.T) {
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	data := filepath.Join(t.TempDir(), "data")
	t.Setenv("ADDR", other.Addr().String())
	t.Setenv("DATA", data)
	var out strings.Builder
	if err := serveCommand(t.Context(), nil, &out); err == nil || !strings.Contains(err.Error(), "(ADDR)") {
		t.Errorf("the error is %v, and should name ADDR", err)
	}
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("the folder of the data was touched (%v)", err)
	}
}
