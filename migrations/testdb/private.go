package testdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"halqa/migrations"
	"halqa/migrations/cluster"
)

// private starts this test binary's own server from a copy of the cached cluster, and returns its address. The server
// ends with the binary, and its files are removed then, or else by a later binary once alive is closed.
func private(ctx context.Context) (address string, alive []io.Closer, err error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	root, err := cacheFolder()
	if err != nil {
		return "", nil, err
	}
	dir, alive, err := copyCached(ctx, root)
	if err != nil {
		return "", nil, err
	}
	c, err := cluster.Start(ctx, cluster.Options{Dir: dir, Throwaway: true})
	if err != nil {
		return "", nil, err
	}
	return c.URL(), alive, nil
}

// cacheFolder is in the temporary folder, which the unprivileged user that root starts PostgreSQL as can reach.
func cacheFolder() (string, error) {
	root := filepath.Join(os.TempDir(), fmt.Sprintf("halqa-testdb-%d", os.Getuid()))
	if err := os.Mkdir(root, 0o711); err != nil && !errors.Is(err, os.ErrExist) {
		return "", fmt.Errorf("cache of the test cluster: %w", err)
	}
	info, err := os.Lstat(root)
	if err != nil {
		return "", fmt.Errorf("cache of the test cluster: %w", err)
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); !ok || !info.IsDir() || int(stat.Uid) != os.Getuid() {
		return "", fmt.Errorf("cache of the test cluster: %s belongs to somebody else: remove it", root)
	}
	return root, nil
}

// copyCached makes a folder with a copy of the cached cluster, under a lock that test binaries take in turn.
func copyCached(ctx context.Context, root string) (dir string, alive []io.Closer, err error) {
	lock, err := lockFile(filepath.Join(root, "lock"), syscall.LOCK_EX)
	if err != nil {
		return "", nil, err
	}
	defer lock.Close()
	removeEnded(root)
	cached, err := cachedCluster(ctx, root)
	if err != nil {
		return "", nil, err
	}
	dir, err = os.MkdirTemp(root, "run-")
	if err != nil {
		return "", nil, fmt.Errorf("folder of the test server: %w", err)
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		return "", nil, fmt.Errorf("folder of the test server: %w", err)
	}
	inUse, err := lockFile(filepath.Join(dir, "alive"), syscall.LOCK_EX)
	if err != nil {
		return "", nil, err
	}
	remover, err := removeAtEnd(dir)
	if err != nil {
		return "", nil, err
	}
	out, err := exec.CommandContext(ctx, "cp", "-a", "--reflink=auto", filepath.Join(cached, "postgres"), dir).CombinedOutput()
	if err != nil {
		return "", nil, fmt.Errorf("copy the cached cluster: %w: %s", err, out)
	}
	return dir, []io.Closer{inUse, remover}, nil
}

// cachedCluster returns the folder of the cluster with this version's template, and makes it first if need be.
func cachedCluster(ctx context.Context, root string) (string, error) {
	cached := filepath.Join(root, "cluster-"+migrations.Hash())
	if _, err := os.Stat(cached); err == nil {
		return cached, nil
	}
	old, err := filepath.Glob(filepath.Join(root, "cluster-*"))
	if err != nil {
		return "", err
	}
	for _, dir := range old {
		if err := os.RemoveAll(dir); err != nil {
			return "", fmt.Errorf("remove an old cached cluster: %w", err)
		}
	}
	unfinished := filepath.Join(root, "unfinished") // kept when a migration fails: the next try is quicker
	c, err := cluster.Start(ctx, cluster.Options{Dir: unfinished, Throwaway: true})
	if err != nil {
		return "", err
	}
	if err := errors.Join(makeCached(ctx, c), c.Stop()); err != nil {
		return "", err
	}
	if err := os.Rename(unfinished, cached); err != nil {
		return "", fmt.Errorf("cache the test cluster: %w", err)
	}
	return cached, nil
}

func makeCached(ctx context.Context, c *cluster.Cluster) error {
	s, err := join(ctx, c.URL())
	if err != nil {
		return err
	}
	return errors.Join(s.session.Close(), s.admin.Close())
}

// removeAtEnd starts a shell that removes dir when this test binary ends, however it ends: then the other end of its
// input, which is returned, is closed.
func removeAtEnd(dir string) (io.Closer, error) {
	shell := exec.Command("sh", "-c", `cat; sleep 1; rm -rf "$1"`, "sh", dir)
	shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C must not reach it
	input, err := shell.StdinPipe()
	if err == nil {
		err = shell.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("folder of the test server: %w", err)
	}
	return input, nil
}

// removeEnded removes the folders of test binaries that have ended.
func removeEnded(root string) {
	dirs, err := filepath.Glob(filepath.Join(root, "run-*"))
	if err != nil {
		return
	}
	for _, dir := range dirs {
		lock, err := lockFile(filepath.Join(dir, "alive"), syscall.LOCK_EX|syscall.LOCK_NB)
		if err != nil && !strings.Contains(err.Error(), "no such file") {
			continue
		}
		_ = os.RemoveAll(dir) // its server may still be ending: the next test binary tries again
		if lock != nil {
			lock.Close()
		}
	}
}

func lockFile(path string, how int) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), how); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return f, nil
}
