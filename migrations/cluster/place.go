package cluster

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// place is where the files of one cluster are.
type place struct {
	data   string // the cluster itself, PostgreSQL's data directory
	lock   string // held by the program that runs the cluster
	users  string // held, shared, by the subcommands that use it
	log    string // what PostgreSQL says
	url    string // the address of the running server
	socket string // the folder of its Unix socket
	owner  owner
}

// systemData holds the clusters that can't be in their data folder, see findPlace. Only tests change it.
var systemData = "/var/lib/halqa"

// maxSocketPath is the longest path of a Unix socket on Linux, in bytes.
const maxSocketPath = 107

// findPlace decides where the cluster of a data folder is, and makes the folders around it. That is <folder>/postgres,
// except when the program is root and the unprivileged user of PostgreSQL can't reach the folder (in /root, usually):
// then the cluster is under /var/lib/halqa and <folder>/postgres is a link to it.
func findPlace(folder string) (place, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return place{}, fmt.Errorf("data folder: %w", err)
	}
	// Root's PostgreSQL runs as somebody else, who must get through; what is inside protects itself.
	if err := os.MkdirAll(folder, 0o711); err != nil {
		return place{}, fmt.Errorf("data folder: %w", err)
	}
	data := filepath.Join(folder, "postgres")
	if target, err := filepath.EvalSymlinks(data); err == nil {
		data = target
	} else if target, err := os.Readlink(data); err == nil {
		return place{}, fmt.Errorf("data folder: %s is a link to %s, which does not exist", data, target)
	}
	who, err := findOwner(data)
	if err != nil {
		return place{}, err
	}
	if data, err = reachable(data, who); err != nil {
		return place{}, err
	}
	if uid, ok := uidOf(data); ok && !who.drop && uid != who.uid {
		return place{}, fmt.Errorf("data folder: %s belongs to another user (%d): start as that user or as root, or choose another DATA", data, uid)
	}
	p := place{data: data, owner: who, lock: data + ".lock", users: data + ".users", log: data + ".log",
		url: filepath.Join(folder, "postgres.url")}
	p.socket, err = socketFolder(data, who)
	return p, err
}

// reachable returns data, or the place to use instead when who can't get there.
func reachable(data string, who owner) (string, error) {
	ok, stop := who.canReach(filepath.Dir(data))
	if ok || !who.drop {
		return data, nil
	}
	if _, err := os.Stat(data); err == nil {
		return "", fmt.Errorf("data folder: PostgreSQL runs as user %s, who may not enter %s: allow it with `chmod o+x %s`", who.name, stop, stop)
	}
	elsewhere := filepath.Join(systemData, shortHash(data), "postgres")
	if err := os.MkdirAll(filepath.Dir(elsewhere), 0o711); err != nil {
		return "", fmt.Errorf("data folder: PostgreSQL runs as user %s, who may not enter %s; elsewhere: %w", who.name, stop, err)
	}
	if ok, stop := who.canReach(filepath.Dir(elsewhere)); !ok {
		return "", fmt.Errorf("data folder: PostgreSQL runs as user %s, who may enter neither %s nor %s: choose another DATA", who.name, filepath.Dir(data), stop)
	}
	// Without a link to it, a cluster there is of a data folder that somebody removed to begin anew. Keep it all the same.
	err := os.Rename(elsewhere, elsewhere+time.Now().UTC().Format(".20060102-150405"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("data folder: %w", err)
	}
	return elsewhere, nil
}

// socketFolder makes the private folder of the socket: beside the cluster, or in the temporary folder when the path
// would be too long for a socket.
func socketFolder(data string, who owner) (string, error) {
	dir := data + ".run"
	if len(filepath.Join(dir, socketName)) > maxSocketPath {
		dir = filepath.Join("/tmp", "halqa-"+shortHash(data))
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return "", fmt.Errorf("folder of PostgreSQL's socket: %w", err)
	}
	// Whoever may enter this folder is the database's administrator; in /tmp another user might have made it.
	info, err := os.Lstat(dir)
	if err != nil {
		return "", fmt.Errorf("folder of PostgreSQL's socket: %w", err)
	}
	uid, _ := uidOf(dir)
	mine := uid == who.uid || who.drop && uid == 0
	if !info.IsDir() || !mine {
		return "", fmt.Errorf("folder of PostgreSQL's socket: %s is not a folder of user %s: remove it", dir, who.name)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return "", fmt.Errorf("folder of PostgreSQL's socket: %w", err)
	}
	return dir, who.own(dir)
}

func shortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])[:12]
}
