package cluster

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// owner is the user that PostgreSQL runs as: it refuses to be root.
type owner struct {
	name     string
	uid, gid uint32
	drop     bool // the program is root, and must become this user to start PostgreSQL
}

// findOwner returns the program's own user, or when that is root: the user who already owns the cluster in dir, else
// postgres, else nobody.
func findOwner(dir string) (owner, error) {
	if uid := os.Geteuid(); uid != 0 {
		return owner{name: strconv.Itoa(uid), uid: uint32(uid), gid: uint32(os.Getegid())}, nil
	}
	if uid, ok := uidOf(dir); ok && uid != 0 {
		if u, err := user.LookupId(strconv.Itoa(int(uid))); err == nil { // PostgreSQL refuses a user without an entry
			return asOwner(u)
		}
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			return asOwner(u)
		}
	}
	return owner{}, errors.New("PostgreSQL can't run as root, and this machine has neither a user postgres nor nobody: start as an ordinary user")
}

func asOwner(u *user.User) (owner, error) {
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return owner{}, fmt.Errorf("user %s: %w", u.Username, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return owner{}, fmt.Errorf("user %s: %w", u.Username, err)
	}
	return owner{name: u.Username, uid: uint32(uid), gid: uint32(gid), drop: true}, nil
}

func (o owner) credential() *syscall.Credential {
	if !o.drop {
		return nil
	}
	return &syscall.Credential{Uid: o.uid, Gid: o.gid}
}

// own gives path and everything in it to o, when the program is root and o doesn't own it yet.
func (o owner) own(path string) error {
	if !o.drop {
		return nil
	}
	if uid, ok := uidOf(path); ok && uid == o.uid {
		return nil
	}
	err := filepath.WalkDir(path, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || path == "" {
			return err
		}
		return os.Lchown(path, int(o.uid), int(o.gid))
	})
	if err != nil {
		return fmt.Errorf("give %s to user %s: %w", path, o.name, err)
	}
	return nil
}

// canReach tells whether o may go into dir and all its parents, and if not which one stops it.
func (o owner) canReach(dir string) (ok bool, stop string) {
	for ; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err == nil && !o.canEnter(info) {
			return false, dir
		}
		if dir == filepath.Dir(dir) {
			return true, ""
		}
	}
}

func (o owner) canEnter(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return true
	}
	mode := info.Mode().Perm()
	switch {
	case stat.Uid == o.uid:
		return mode&0o100 != 0
	case stat.Gid == o.gid:
		return mode&0o010 != 0
	}
	return mode&0o001 != 0
}

func uidOf(path string) (uint32, bool) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return stat.Uid, true
}
