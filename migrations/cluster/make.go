package cluster

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

const superuser = "halqa"

// makeCluster runs initdb in a folder beside the cluster's and renames it when complete, so that a kill in the middle
// leaves nothing that looks like a cluster.
func makeCluster(p place, binaries string, options Options) error {
	unfinished := p.data + ".new"
	if err := errors.Join(os.RemoveAll(unfinished), removeEmpty(p.data)); err != nil {
		return fmt.Errorf("make the cluster: %w", err)
	}
	if err := os.Mkdir(unfinished, 0o700); err != nil {
		return fmt.Errorf("make the cluster: %w", err)
	}
	if err := p.owner.own(unfinished); err != nil {
		return fmt.Errorf("make the cluster: %w", err)
	}
	if err := initialise(p, binaries, unfinished, options); err != nil {
		return err
	}
	if err := os.Rename(unfinished, p.data); err != nil {
		return fmt.Errorf("make the cluster: %w", err)
	}
	return link(p, options.Dir)
}

func initialise(p place, binaries, dir string, options Options) error {
	log, err := openLog(p.log)
	if err != nil {
		return err
	}
	defer log.Close()
	// Text sorts by code point: pages sort by language where it shows. Who can enter the socket's folder may connect.
	args := []string{"-D", dir, "--username=" + superuser, "--encoding=UTF8", "--locale=C.UTF-8", "--lc-messages=C",
		"--auth-local=trust", "--auth-host=reject", "--data-checksums"}
	if options.Throwaway {
		args = append(args, "--no-sync", "--wal-segsize=4")
	}
	initdb, err := launch(p.owner, log, syscall.SIGKILL, filepath.Join(binaries, "initdb"), args...)
	if err != nil {
		return err
	}
	<-initdb.done
	if initdb.err != nil {
		return fmt.Errorf("initdb: %w; it said:\n%s", initdb.err, tail(p.log))
	}
	return nil
}

// removeEmpty removes an empty folder, as somebody may have made for the cluster; anything else there is an error.
func removeEmpty(dir string) error {
	if err := os.Remove(dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s is not a cluster of PostgreSQL (no PG_VERSION) and is not empty: %w", dir, err)
	}
	return nil
}

// link makes <folder>/postgres point to a cluster that had to be elsewhere.
func link(p place, folder string) error {
	at := filepath.Join(folder, "postgres")
	if _, err := os.Stat(at); err == nil {
		return nil
	}
	if err := os.Symlink(p.data, at); err != nil {
		return fmt.Errorf("make the cluster: %w", err)
	}
	return nil
}

// writeFile replaces a small file whole.
func writeFile(path, text string) error {
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
