package cli

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"mpcomm/scenarios/sweep/store"
)

// TestKilledSweeps kills real processes at random moments, fifty times and more:
// by then each sweep has come to the files, byte for byte, of one that nothing
// disturbed, and no chunk that was ever on the disk has been lost.
func TestKilledSweeps(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no signals by which a process could be told to end")
	}
	const seed = 20261129
	moments := rand.New(rand.NewPCG(seed, 0))
	kills, resumed := 0, 0
	for round := 0; kills < 50; round++ {
		args := []string{"sweep", "two-senders", "--runs", "1600", "--quiet"}
		if round%2 == 0 {
			args = append(args, "--per-run", "--set", "sweep.grid={network.latency: [5ms, 20ms]}")
		}
		dir := t.TempDir()
		straight := program(t, append(args, "-o", "straight", "--workers", fmt.Sprint(1+7*(round%2)))...)
		straight.Dir = dir
		if out, err := straight.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		cut := filepath.Join(dir, "cut")
		patience := 80 * time.Millisecond
		chunks := 0
		for tries := 0; ; tries++ {
			next := []string{"sweep", "--resume", "cut", "--workers", fmt.Sprint(1 + tries%3)}
			if chunks == 0 { // before the folder has a scenario
				next = append(args, "--resume", "cut")
			}
			ended := killed(t, dir, time.Duration(moments.Int64N(int64(patience))), tries%5 == 4, next)
			now := chunksIn(t, cut)
			if ended {
				break
			}
			if now < chunks && !complete(cut) { // which no longer needs them
				t.Fatalf("round %d: %d chunks are left of %d", round, now, chunks)
			}
			if kills++; now > 0 && now > chunks {
				resumed++
			}
			if now == chunks { // a machine that is slow today
				patience += patience / 4
			}
			chunks = now
		}
		requireSameFolder(t, filepath.Join(dir, "straight"), cut)
	}
	t.Logf("%d kills, %d of them after more chunks", kills, resumed)
	if resumed < 10 {
		t.Errorf("only %d of %d kills came in the midst of the work", resumed, kills)
	}
}

// killed runs the program and kills it after a while, or interrupts it. It
// reports whether the program ended by itself, which must be well.
func killed(t *testing.T, dir string, after time.Duration, gently bool, args []string) bool {
	t.Helper()
	c, talk := start(t, dir, args...)
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, talk)
		}
		return true
	case <-time.After(after):
	}
	signal := os.Kill
	if gently {
		signal = os.Interrupt
	}
	_ = c.Process.Signal(signal) // it may have ended just now
	err := <-done
	if err != nil && gently && c.ProcessState.ExitCode() >= 0 && c.ProcessState.ExitCode() != statusUnknown {
		t.Fatalf("%v: %v\n%s", args, err, talk)
	}
	return err == nil
}

// chunksIn counts the chunks that a killed process has left; none is damaged.
func chunksIn(t *testing.T, dir string) int {
	t.Helper()
	log, err := store.Read(dir)
	if err != nil {
		return 0
	}
	defer log.Close()
	if len(log.Damages()) > 0 {
		t.Fatalf("damages after a kill: %v", log.Damages())
	}
	return log.Len()
}

// complete reports whether the folder's manifest is there and its chunks are gone.
func complete(dir string) bool {
	_, chunks := os.Stat(filepath.Join(dir, store.FileName))
	_, manifest := os.Stat(filepath.Join(dir, "manifest.json"))
	return os.IsNotExist(chunks) && manifest == nil
}

// requireSameFolder holds two folders to the same files, hidden ones too, with
// the same bytes.
func requireSameFolder(t *testing.T, want, got string) {
	t.Helper()
	content := func(dir string) map[string][]byte {
		files := map[string][]byte{}
		list, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			if files[f.Name()], err = os.ReadFile(filepath.Join(dir, f.Name())); err != nil {
				t.Fatal(err)
			}
		}
		return files
	}
	a, b := content(want), content(got)
	for name := range a {
		if !bytes.Equal(a[name], b[name]) {
			t.Errorf("%s: %d bytes, want %d, or others", filepath.Join(got, name), len(b[name]), len(a[name]))
		}
	}
	for name := range b {
		if a[name] == nil {
			t.Errorf("%s is left over", filepath.Join(got, name))
		}
	}
	if len(a) < 7 {
		t.Errorf("%d files in %s", len(a), want)
	}
}

// TestSecondProcess: while one process is at work in a folder, no other is.
func TestSecondProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c, _ := start(t, dir, "sweep", "two-senders", "--runs", "20000000", "-o", "out")
	await(t, "the file of chunks", func() bool { return chunksIn(t, filepath.Join(dir, "out")) > 0 })
	for _, args := range [][]string{
		{"sweep", "--resume", "out"},
		{"sweep", "two-senders", "--runs", "20000000", "--resume", "out"},
		{"sweep", "--resume", "out", "--repair"},
	} {
		second := program(t, args...)
		second.Dir = dir
		out, _ := second.CombinedOutput()
		if second.ProcessState.ExitCode() != statusUnknown || !strings.Contains(string(out), "another process is at work in it") {
			t.Errorf("%v: exit status %d\n%s", args, second.ProcessState.ExitCode(), out)
		}
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	log, err := store.Open(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatalf("the lock outlives its process: %v", err)
	}
	_ = log.Close()
}

// TestFullDisk: a sweep whose file of chunks may not grow any more, as on a disk
// that is full, says so and keeps what it has; when there is room it goes on.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the limit on the size of files is of Unix")
	}
	dir := t.TempDir()
	args := []string{"two-senders", "--runs", "320", "--workers", "3", "--quiet"}
	straight := program(t, append([]string{"sweep", "-o", "straight"}, args...)...)
	straight.Dir = dir
	if out, err := straight.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	limited := program(t)
	limited.Args = append([]string{"sh", "-c", `ulimit -f 80; exec "$0" "$@"`, limited.Path, "sweep", "-o", "cut"}, args...)
	var err error
	if limited.Path, err = exec.LookPath("sh"); err != nil {
		t.Skipf("ulimit is of a shell, which is not here: %v", err)
	}
	limited.Dir = dir
	out, _ := limited.CombinedOutput()
	if limited.ProcessState.ExitCode() != statusUnknown {
		t.Fatalf("exit status %d\n%s", limited.ProcessState.ExitCode(), out)
	}
	kept := chunksIn(t, filepath.Join(dir, "cut"))
	for _, want := range []string{"cut/chunks.log could not be written: ", fmt.Sprintf("keeps the %d chunks that were finished; to go on: ", kept), " sweep --resume cut\n"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("it did not say %q:\n%s", want, out)
		}
	}
	if kept == 0 {
		t.Error("nothing is kept")
	}
	again := program(t, "sweep", "--resume", "cut", "--quiet")
	again.Dir = dir
	if out, err := again.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	requireSameFolder(t, filepath.Join(dir, "straight"), filepath.Join(dir, "cut"))
}
