package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// ErrNoPostgreSQL is returned when the programs of PostgreSQL are not on this machine.
var ErrNoPostgreSQL = errors.New("PostgreSQL is not installed: on Debian, `apt-get install postgresql`; or set DATABASE_URL")

const debianBinaries = "/usr/lib/postgresql/*/bin"

// findBinaries returns the folder of initdb and postgres: of the given major version, or the newest one when major is 0.
func findBinaries(ctx context.Context, major int) (string, error) {
	dirs, err := filepath.Glob(debianBinaries)
	if err != nil {
		return "", fmt.Errorf("find PostgreSQL: %w", err)
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(path))
		}
	}
	best, bestMajor := "", 0
	for _, dir := range dirs {
		found := binariesMajor(ctx, dir)
		if found == major && major != 0 {
			return dir, nil
		}
		if found > bestMajor {
			best, bestMajor = dir, found
		}
	}
	switch {
	case best == "":
		return "", ErrNoPostgreSQL
	case major != 0:
		return "", fmt.Errorf("the data folder was made by PostgreSQL %d, and only %d is installed: install postgresql-%d, or move the data with pg_upgrade",
			major, bestMajor, major)
	}
	return best, nil
}

// binariesMajor is the major version of the PostgreSQL in dir, or 0 if it isn't a whole one.
func binariesMajor(ctx context.Context, dir string) int {
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
		return 0
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return 0
	}
	// "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)"
	_, version, _ := strings.Cut(string(out), "(PostgreSQL) ")
	number, _, _ := strings.Cut(strings.TrimSpace(version), ".")
	major, err := strconv.Atoi(number)
	if err != nil {
		return 0
	}
	return major
}

// dataMajor is the major version that made the cluster in dir, or 0 when there is none yet.
func dataMajor(dir string) (int, error) {
	data, err := os.ReadFile(filepath.Join(dir, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the cluster's version: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		return 0, fmt.Errorf("read the cluster's version: %w", err)
	}
	return major, nil
}
