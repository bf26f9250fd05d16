package cli

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// program is a command line of the program.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self, args...)
	c.Env = append(os.Environ(), asProgram+"=1")
	return c
}

// start runs the program as a process of its own in dir.
func start(t *testing.T, dir string, args ...string) (*exec.Cmd, *strings.Builder) {
	t.Helper()
	c := program(t, args...)
	c.Dir = dir
	talk := &strings.Builder{}
	c.Stderr = talk
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() })
	return c, talk
}

// await polls until something is so; a process says nothing when it gets there.
func await(t *testing.T, what string, so func() bool) {
	t.Helper()
	for range 6000 {
		if so() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("waited a minute for %s", what)
}

func finish(t *testing.T, c *exec.Cmd) int {
	t.Helper()
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := c.Wait(); errors.As(err, &exit) {
		return exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	return 0
}

// An interrupted sweep leaves whole files that say how far it came, and the
// commands that make the rest.
func TestInterruptedSweep(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot be sent an interrupt on Windows")
	}
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	c, talk := start(t, dir, "sweep", "two-senders", "--set", "sweep.grid={}", "--runs", "20000000",
		"--workers", "1", "-o", "out", "--per-run")
	await(t, "rows of runs", func() bool {
		partial, err := filepath.Glob(filepath.Join(out, ".mpcomm-*"))
		if err != nil || len(partial) == 0 {
			return false
		}
		info, err := os.Stat(partial[0])
		return err == nil && info.Size() > 1<<16
	})
	if status := finish(t, c); status != statusUnknown {
		t.Fatalf("exit status %d, want %d; it said\n%s", status, statusUnknown, talk)
	}
	for _, want := range []string{"interrupted; out/chunks.log keeps ", "to go on: ", " sweep --resume out\n", "covers the first "} {
		if !strings.Contains(talk.String(), want) {
			t.Errorf("it did not say %q:\n%s", want, talk)
		}
	}
	for _, name := range []string{"dataset.csv", "manifest.json", "runs.csv", "chunks.log", "sweep.yaml"} {
		if _, err := os.Stat(filepath.Join(out, name)); err != nil {
			t.Error(err)
		}
	}
	rest, err := filepath.Glob(filepath.Join(out, ".*"))
	if err != nil || len(rest) > 0 {
		t.Errorf("left behind: %v, %v", rest, err)
	}
	checkManifest(t, out)
}

// checkManifest holds the rows of runs.csv against what the manifest says.
func checkManifest(t *testing.T, out string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(out, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		Complete bool
		Continue string
		Digests  []struct{ Runs int }
	}
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(out, "runs.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows := -1 // the head
	for r := csv.NewReader(bufio.NewReader(f)); ; rows++ {
		if _, err := r.Read(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	want := 0
	for _, d := range m.Digests {
		want += d.Runs
	}
	if m.Complete || m.Continue == "" || rows != want || rows == 0 {
		t.Errorf("%d rows, manifest of %d runs: complete %v, continue %q", rows, want, m.Complete, m.Continue)
	}
}

// An interrupted run ends at once; its folder holds no result.
func TestInterruptedRun(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot be sent an interrupt on Windows")
	}
	dir := t.TempDir()
	c, talk := start(t, dir, "run", "lab", "--ordering", "naive,lamport", "--set", "workload.messages=60000",
		"--set", "limits.until=10h", "-o", "out")
	await(t, "the logs of the first ordering", func() bool {
		_, err := os.Stat(filepath.Join(dir, "out", "logs", "naive", "p5.log"))
		return err == nil
	})
	if status := finish(t, c); status != statusUnknown {
		t.Fatalf("exit status %d, want %d; it said\n%s", status, statusUnknown, talk)
	}
	if !strings.Contains(talk.String(), "interrupted; out holds whole files, but no result.json") {
		t.Errorf("it said\n%s", talk)
	}
	if _, err := os.Stat(filepath.Join(dir, "out", "result.json")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("result.json: %v", err)
	}
	log, err := os.ReadFile(filepath.Join(dir, "out", "logs", "naive", "p5.log"))
	if err != nil || !strings.HasSuffix(string(log), "# end 360000\n") {
		t.Errorf("the log is cut: %v", err)
	}
}

// An answer that cannot be written is no answer.
func TestAnswerThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	readOnly, err := os.Open("interrupt_test.go")
	if err != nil {
		t.Fatal(err)
	}
	defer readOnly.Close()
	for _, args := range [][]string{{"run", "minimal"}, {"run", "minimal", "--json"}, {"list"}, {"schema"}, {"show", "lab"}} {
		talk := &strings.Builder{}
		c := program(t, args...)
		c.Stdout, c.Stderr = readOnly, talk
		var exit *exec.ExitError
		if err := c.Run(); !errors.As(err, &exit) || exit.ExitCode() != statusUnknown {
			t.Errorf("%v: %v, want exit status %d", args, err, statusUnknown)
		}
		if !strings.Contains(talk.String(), "the answer could not be written") {
			t.Errorf("%v said %q", args, talk)
		}
	}
}

func TestQuoteShell(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ word, want string }{
		{"lab", "lab"},
		{"network.latency.mean=20ms", "network.latency.mean=20ms"},
		{"", "''"},
		{"two words", "'two words'"},
		{"it's", `'it'\''s'`},
		{"{a: [1]}", "'{a: [1]}'"},
		{"$HOME", "'$HOME'"},
	} {
		if got := quoteShell(test.word); got != test.want {
			t.Errorf("%q: got %s, want %s", test.word, got, test.want)
		}
	}
}

func TestInvocation(t *testing.T) {
	t.Parallel()
	const built = "/tmp/go-build123/b001/exe/mpcomm"
	for _, test := range []struct{ argument, source, want string }{
		{"mpcomm", "./cmd/mpcomm", "mpcomm"},
		{"./bin/mpcomm", "./cmd/mpcomm", "./bin/mpcomm"},
		{"./my bin/mpcomm", "", "'./my bin/mpcomm'"},
		{built, "./cmd/mpcomm", "go run ./cmd/mpcomm"},
		{built, "./cmd/own", "go run ./cmd/own"},
		{built, "", "mpcomm"},
	} {
		if got := invocation(test.argument, "mpcomm", test.source); got != test.want {
			t.Errorf("%s: got %s, want %s", test.argument, got, test.want)
		}
	}
}
