package cli

import (
	"encoding/json"
	"errors"
	"flag"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

var update = flag.Bool("update", false, "write what the tests compare with")

// asProgram makes the test binary be the program, for tests that need a real
// process of their own.
const asProgram = "MPCOMM_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(Main("mpcomm", nil))
	}
	testscript.Main(m, map[string]func(){
		"mpcomm":       func() { os.Exit(Main("mpcomm", order.Builtin())) },
		"mpcomm-moody": func() { os.Exit(Main("mpcomm-moody", moodyTable())) },
	})
}

// moodyTable has an ordering that breaks the rules: it counts what all its
// peers receive, in all runs of the program, and delivers one message late.
func moodyTable() order.Table {
	received := 0
	table, err := order.Builtin().With(order.Spec{
		Kind: "moody", Doc: "counts what it should not",
		New: func(order.Values) (peer.Ordering, error) { return &moody{received: &received}, nil },
	})
	if err != nil {
		panic(err)
	}
	return table
}

type moody struct {
	peer.Base
	received *int
	kept     peer.MessageID
	keeps    bool
}

func (o *moody) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) { out.ToAll(*m) }

func (o *moody) Receive(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	if *o.received++; *o.received == 9 {
		o.kept, o.keeps = m.ID, true
		return
	}
	out.Deliver(m.ID)
	if o.keeps {
		out.Deliver(o.kept)
		o.keeps = false
	}
}

func (o *moody) Reset(peer.ID, int)                          { o.keeps = false }
func (o *moody) Clone() peer.Ordering                        { c := *o; return &c }
func (o *moody) AppendState(b []byte, _ peer.Instant) []byte { return b }

// TestScripts runs the pages of testdata/script: commands as a reader types
// them, with what they print, write and return.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Condition: func(name string) (bool, error) {
			if name == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, errors.New("unknown condition")
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": status, "append": appendTo, "repeat": repeat},
	})
}

// repeat is `repeat DIR OUT`: the command of the manifest in DIR, which writes to
// out, must leave there the very files that DIR has. It then moves them to OUT.
func repeat(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: repeat DIR OUT")
	}
	var m struct{ Command string }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(filepath.Join(args[0], "manifest.json"))), &m))
	ts.Check(ts.Exec("sh", "-c", m.Command))
	read := func(dir string) map[string]string {
		files := map[string]string{}
		list, err := os.ReadDir(ts.MkAbs(dir))
		ts.Check(err)
		for _, f := range list {
			if !f.IsDir() {
				files[f.Name()] = ts.ReadFile(filepath.Join(dir, f.Name()))
			}
		}
		return files
	}
	there, here := read(args[0]), read("out")
	for name := range there {
		if there[name] != here[name] {
			ts.Fatalf("%s is not repeated by %s", name, m.Command)
		}
		delete(here, name)
	}
	if len(there) == 0 || len(here) > 0 {
		ts.Fatalf("%s writes of %d files %d more: %v", m.Command, len(there), len(here), slices.Collect(maps.Keys(here)))
	}
	ts.Check(os.Rename(ts.MkAbs("out"), ts.MkAbs(args[1])))
}

// status is `status N COMMAND...`: the command must leave exit status N.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// appendTo is `append FILE cut|noise`: bytes behind a file of chunks, the
// beginning of a record or no record at all.
func appendTo(ts *testscript.TestScript, neg bool, args []string) {
	more := map[string]string{"cut": "\x9dmpc\x10\x00", "noise": "noise\n"}
	if neg || len(args) != 2 || more[args[1]] == "" {
		ts.Fatalf("usage: append FILE cut|noise")
	}
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_WRONLY|os.O_APPEND, 0)
	ts.Check(err)
	_, err = f.WriteString(more[args[1]])
	ts.Check(errors.Join(err, f.Close()))
}
