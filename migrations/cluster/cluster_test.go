package cluster

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// TestMain lets the test binary be, when asked, a program that runs a cluster until it is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("CLUSTER_TEST_PROGRAM"); dir != "" {
		c, err := Start(context.Background(), Options{Dir: dir})
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(c.current().pid)
		select {}
	}
	code := m.Run()
	if madeDir != "" {
		os.RemoveAll(madeDir)
	}
	os.Exit(code)
}

// program starts a program that runs the cluster in dir, and returns it with the process id of its server.
func program(t *testing.T, dir string) (cmd *exec.Cmd, server int) {
	t.Helper()
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "CLUSTER_TEST_PROGRAM="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if _, scanErr := fmt.Sscan(line, &server); err != nil || scanErr != nil {
		t.Fatalf("the program said %q: %v", line, err)
	}
	return cmd, server
}

var madeDir string

// made is a data folder with a cluster that was made once and is now stopped.
var made = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "halqa-cluster-")
	if err != nil {
		return "", err
	}
	madeDir = dir
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", err
	}
	c, err := Start(context.Background(), Options{Dir: dir, Throwaway: true})
	if err != nil {
		return "", err
	}
	return dir, c.Stop()
})

// folder is a data folder with a cluster in it, for one test.
func folder(t *testing.T) string {
	t.Helper()
	from, err := made()
	if err != nil {
		t.Fatal(err)
	}
	dir := emptyFolder(t)
	copyCluster(t, from, dir)
	return dir
}

// emptyFolder is a data folder that the user of PostgreSQL can reach, unlike t.TempDir when root runs the tests.
func emptyFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "halqa-cluster-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func copyCluster(t *testing.T, from, dir string) {
	t.Helper()
	if out, err := exec.Command("cp", "-a", filepath.Join(from, "postgres"), dir).CombinedOutput(); err != nil {
		t.Fatalf("cp: %v: %s", err, out)
	}
}

func startIn(t *testing.T, dir string) *Cluster {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	c, err := Start(ctx, Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// do runs a statement, trying again while the server comes back.
func do(t *testing.T, url, sql string) (result string) {
	t.Helper()
	var err error
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if result, err = try(t.Context(), url, sql); err == nil {
			return result
		}
	}
	t.Fatalf("%s: %v", sql, err)
	return ""
}

func try(ctx context.Context, url, sql string) (string, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	results, err := conn.PgConn().Exec(ctx, sql).ReadAll()
	if err != nil {
		return "", err
	}
	if last := results[len(results)-1]; len(last.Rows) > 0 {
		return string(last.Rows[0][0]), nil
	}
	return "", nil
}

func wantRows(t *testing.T, url, want string) {
	t.Helper()
	if got := do(t, url, `select count(*) from kept`); got != want {
		t.Errorf("%s rows were kept, want %s", got, want)
	}
}

const keepOne = `create table if not exists kept (n int); insert into kept values (1)`

func TestDataSurvivesStop(t *testing.T) {
	dir := emptyFolder(t) // this one makes its cluster as the program does
	c := startIn(t, dir)
	do(t, c.URL(), keepOne)
	for setting, want := range map[string]string{"server_encoding": "UTF8", "data_checksums": "on", "listen_addresses": "", "fsync": "on", "jit": "off"} {
		if got := do(t, c.URL(), `show `+setting); got != want {
			t.Errorf("%s is %q, want %q", setting, got, want)
		}
	}
	if got := do(t, c.URL(), `select lower('ÉCOLE')`); got != "école" {
		t.Errorf("lower('ÉCOLE') = %q", got)
	}
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "postgres.url")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the address is still recorded after the stop: %v", err)
	}
	wantRows(t, startIn(t, dir).URL(), "1")
}

func TestSecondStartIsRefused(t *testing.T) {
	dir := folder(t)
	startIn(t, dir)
	_, err := Start(t.Context(), Options{Dir: dir})
	if !errors.Is(err, ErrRunning) || !strings.Contains(err.Error(), fmt.Sprint(os.Getpid())) {
		t.Errorf("second Start: %v; want ErrRunning with the process id", err)
	}
}

func TestServerKilled(t *testing.T) {
	c := startIn(t, folder(t))
	do(t, c.URL(), keepOne)
	for range 2 {
		if err := syscall.Kill(serving(t, c), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		wantRows(t, c.URL(), "1")
	}
}

// serving is the process that answers now. A restarted server answers before its supervisor has noted it.
func serving(t *testing.T, c *Cluster) int {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(c.place.data, "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(file), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func TestWorkerKilled(t *testing.T) {
	c := startIn(t, folder(t))
	do(t, c.URL(), keepOne)
	conn, err := pgx.Connect(t.Context(), c.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if err := syscall.Kill(int(conn.PgConn().PID()), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	wantRows(t, c.URL(), "1")
}

func TestProgramKilled(t *testing.T) {
	dir := folder(t)
	killed, server := program(t, dir)
	url := recorded(t, dir)
	do(t, url, keepOne)
	if err := killed.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = killed.Wait()
	c := startIn(t, dir) // at once: the orphan is still ending
	wantRows(t, c.URL(), "1")
	if serves(server, filepath.Join(dir, "postgres")) {
		t.Error("the orphan still serves")
	}
}

func TestProgramAndServerKilled(t *testing.T) {
	dir := folder(t)
	killed, server := program(t, dir)
	do(t, recorded(t, dir), keepOne)
	if err := errors.Join(syscall.Kill(server, syscall.SIGKILL), killed.Process.Kill()); err != nil {
		t.Fatal(err)
	}
	_ = killed.Wait()
	wantRows(t, startIn(t, dir).URL(), "1")
}

// The number in a lock file left by a kill may since belong to any process.
func TestStaleLockFilesOfAnotherProcess(t *testing.T) {
	dir := folder(t)
	socket := filepath.Join(dir, "postgres.run")
	if err := os.Mkdir(socket, 0o700); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("%d\n/elsewhere\n", os.Getpid())
	for _, path := range []string{filepath.Join(dir, "postgres", "postmaster.pid"), filepath.Join(socket, socketName+".lock")} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	do(t, startIn(t, dir).URL(), `select 1`)
}

func TestKilledWhileMaking(t *testing.T) {
	dir := emptyFolder(t)
	if err := os.MkdirAll(filepath.Join(dir, "postgres.new", "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	c, err := Start(t.Context(), Options{Dir: dir, Throwaway: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Stop(); err != nil {
		t.Error(err)
	}
}

func TestForeignFolderIsLeftAlone(t *testing.T) {
	dir := emptyFolder(t)
	if err := os.MkdirAll(filepath.Join(dir, "postgres", "mine"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "not a cluster") {
		t.Errorf("Start: %v; want a refusal", err)
	}
}

func TestLongPath(t *testing.T) {
	from, err := made()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(emptyFolder(t), strings.Repeat("long-", 20))
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	copyCluster(t, from, dir)
	c := startIn(t, dir)
	t.Cleanup(func() { os.RemoveAll(c.place.socket) })
	do(t, c.URL(), `select 1`)
	if len(c.place.socket) > maxSocketPath {
		t.Errorf("the socket is in %s", c.place.socket)
	}
}

func TestStopIsLogged(t *testing.T) {
	dir := folder(t)
	c := startIn(t, dir)
	if err := errors.Join(c.Stop(), c.Stop()); err != nil {
		t.Fatal(err)
	}
	if text := tail(filepath.Join(dir, "postgres.log")); !strings.Contains(text, "database system is shut down") {
		t.Errorf("the log ends with %q", text)
	}
}

func TestRotate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	f, err := openLog(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(maxLog); err != nil {
		t.Fatal(err)
	}
	if err := rotate(path); err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("new"); err != nil {
		t.Fatal(err)
	}
	if text := tail(path); text != "new" {
		t.Errorf("the log holds %d bytes, want the new line alone", len(text))
	}
	if info, err := os.Stat(path + ".1"); err != nil || info.Size() != maxLog {
		t.Errorf("the old log: %v, %v", info, err)
	}
}

func recorded(t *testing.T, dir string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "postgres.url"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(data))
}

func TestAttach(t *testing.T) {
	dir := folder(t)
	log := slog.New(slog.DiscardHandler)
	first, releaseFirst, err := Attach(t.Context(), dir, log)
	if err != nil {
		t.Fatal(err)
	}
	second, releaseSecond, err := Attach(t.Context(), dir, log)
	if err != nil {
		t.Fatal(err)
	}
	if first != second {
		t.Errorf("two subcommands got %s and %s", first, second)
	}
	released := make(chan error)
	go func() { released <- releaseFirst() }()
	do(t, second, keepOne) // the first one's server waits for the second one
	select {
	case err := <-released:
		t.Fatalf("the server was stopped under a subcommand (%v)", err)
	default:
	}
	if err := errors.Join(releaseSecond(), <-released); err != nil {
		t.Fatal(err)
	}
	if _, err := try(t.Context(), first, `select 1`); err == nil {
		t.Error("the server runs on after the last subcommand")
	}

	c := startIn(t, dir)
	url, release, err := Attach(t.Context(), dir, log)
	if err != nil {
		t.Fatal(err)
	}
	if url != c.URL() {
		t.Errorf("a subcommand got %s, want the running server %s", url, c.URL())
	}
	wantRows(t, url, "1")
	if err := release(); err != nil {
		t.Error(err)
	}
	wantRows(t, c.URL(), "1")
}

// A server that starts while a subcommand runs the cluster waits for it.
func TestStartAfterSubcommand(t *testing.T) {
	dir := folder(t)
	url, release, err := Attach(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	do(t, url, keepOne)
	started := make(chan *Cluster)
	go func() {
		c, err := Start(context.Background(), Options{Dir: dir})
		if err != nil {
			t.Error(err)
		}
		started <- c
	}()
	if err := release(); err != nil {
		t.Error(err)
	}
	c := <-started
	wantRows(t, c.URL(), "1")
	if err := c.Stop(); err != nil {
		t.Error(err)
	}
}
