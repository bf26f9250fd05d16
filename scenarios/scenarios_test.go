package scenarios

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

// A file that says nothing but a name gets every default that the tables state.
func TestDefaults(t *testing.T) {
	t.Parallel()
	s := mustParse(t, "version: 1")
	got := string(Format(s))
	want := `version: 1
name: x
seed: 1
peers: 6
orderings: [naive, timestamp, lamport]
phases:
  kind: robust
  retry: 1s
  backoff: 2
  give_up: 20s
  stop_gap: 0ms
  drain: 10s
workload:
  messages: 10
  gap: {kind: uniform, min: 10ms, max: 99ms}
  start: 0ms
  size: 100B
network:
  latency: {kind: exponential, min: 0ms, mean: 20ms}
  self: immediate
  link: fifo
  reorder: none
  loss: 0
  duplicate: 0
  overhead: 0B
  bandwidth: none
  queue: none
  correlation: none
  stalls: none
  mtu: none
  corrupt: 0
  transport: {kind: none}
clocks:
  default: {offset: 0ms, drift: 0ppm, tick: 1ns, step: []}
limits:
  until: 60s
  since: start
  events: none
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if s.Phases != peer.DefaultPhases() {
		t.Errorf("phases %+v; want those of the package peer, %+v", s.Phases, peer.DefaultPhases())
	}
}

// Every key of every table has a doc, and every default fits its own form.
func TestTablesAreWhole(t *testing.T) {
	t.Parallel()
	for _, o := range objects() {
		if o.doc == "" {
			t.Errorf("%s has no doc", o.name)
		}
		for i := range o.keys {
			k := &o.keys[i]
			if k.doc == "" {
				t.Errorf("%s.%s has no doc", o.name, k.name)
			}
			if k.required && k.initial != "" {
				t.Errorf("%s.%s is required and has a default", o.name, k.name)
			}
			if wantOf(&k.form) == "want " {
				t.Errorf("%s.%s has no description of its form", o.name, k.name)
			}
		}
	}
	for initial, n := range defaults() {
		if n == nil || isNull(n) {
			t.Errorf("default %q reads as nothing", initial)
		}
	}
}

func TestOrderingSelection(t *testing.T) {
	t.Parallel()
	s := mustParse(t, `
orderings:
  - naive
  - {wait: 20ms, kind: timestamp, late: drop}
  - {kind: timestamp, wait: 0.1s}
  - {kind: lamport, name: logical clocks}
`)
	var all []string
	for _, o := range s.Orderings {
		all = append(all, Label(o))
	}
	if diff := cmp.Diff([]string{"naive", "timestamp wait=20ms late=drop", "timestamp wait=0.1s", "logical clocks"}, all); diff != "" {
		t.Errorf("labels: %s", diff)
	}
	tests := []struct{ selection, want, problem string }{
		{"naive", "naive", ""},
		{"timestamp wait=0.1s", "timestamp wait=0.1s", ""},
		{"logical clocks", "logical clocks", ""},
		{"lamport", "logical clocks", ""},
		{"timestamp", "", "2 orderings are of kind timestamp"},
		{"timestamp:wait=5ms:late=drop", "timestamp wait=5ms late=drop", ""},
		{"timestamp:wait=5", "", "missing unit"},
		{"timestamp:wiat=5ms", "", "unknown parameter"},
		{"timestamp:wait", "", "want timestamp:PARAMETER=VALUE"},
		{"timestamp:wait=5ms:wait=6ms", "", "twice"},
		{"fifo", "", `no ordering "fifo"`},
		{"lamprot", "", `no ordering "lamprot"`},
	}
	for _, tt := range tests {
		o, err := s.Ordering(tt.selection)
		switch {
		case tt.problem == "" && (err != nil || Label(o) != tt.want):
			t.Errorf("%q: %q, %v; want %q", tt.selection, Label(o), err, tt.want)
		case tt.problem != "" && (err == nil || !strings.Contains(err.Error(), tt.problem)):
			t.Errorf("%q: error %v; want one with %q", tt.selection, err, tt.problem)
		}
	}
	if o, err := s.Add("fifo"); err != nil || Label(o) != "fifo" {
		t.Errorf("adding fifo: %q, %v", Label(o), err)
	}
	if o, err := s.Add("lamport"); err != nil || Label(o) != "logical clocks" {
		t.Errorf("adding lamport: %q, %v; want the one of the file", Label(o), err)
	}
	if _, err := s.Add("timestamp"); err == nil {
		t.Error("an ambiguous kind is added")
	}
}

func TestFolderName(t *testing.T) {
	t.Parallel()
	tests := []struct{ label, want string }{
		{"timestamp wait=80ms", "timestamp_wait=80ms"},
		{"a.b-c=d", "a.b-c=d"},
		{"ä/b_c: d", "__b_c__d"},
	}
	for _, tt := range tests {
		if got := FolderName(tt.label); got != tt.want {
			t.Errorf("%q: %q; want %q", tt.label, got, tt.want)
		}
	}
}

func TestPosition(t *testing.T) {
	t.Parallel()
	s := mustParse(t, `peers: 4
orderings:
  - {kind: timestamp, wait: 1.5ms}
expect:
  timestamp wait=1.5ms:
    logs: identical
    causal: holds
`)
	tests := []struct {
		path string
		line int
	}{
		{"peers", 1},
		{"orderings.0.wait", 3},
		{"expect.timestamp wait=1.5ms.causal", 7},
		{"expect.timestamp wait=1.5ms", 6},
		{"seed", 0},
		{"orderings.1", 0},
		{"peers.x", 0},
	}
	for _, tt := range tests {
		file, line, ok := s.Position(tt.path)
		if line != tt.line || ok != (tt.line > 0) || ok && file != "x.yaml" {
			t.Errorf("%s: %s:%d, %v; want line %d", tt.path, file, line, ok, tt.line)
		}
	}
	// Named by its kind, an expectation is still found.
	s = mustParse(t, "orderings: [{kind: naive, name: x}]\nexpect:\n  naive:\n    logs: differ\n")
	if _, line, ok := s.ExpectPosition(s.Expect[0], "logs"); line != 4 || !ok || s.Expect[0].Ordering != "x" {
		t.Errorf("expectation of %q at line %d, %v; want x at 4", s.Expect[0].Ordering, line, ok)
	}
	if _, _, ok := s.ExpectPosition(s.Expect[0], "total"); ok {
		t.Error("a key that the file does not give has a place")
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	tests := []struct{ source, want string }{
		{"network: {latency: {kind: normal, mean: 20ms, sd: 4ms}}", "below 6 sd"},
		{"network: {latency: {kind: pareto, scale: 1ms, shape: 1}}", "infinite mean"},
		{"network: {queue: 64KiB}", "no effect without bandwidth"},
		{"network: {preset: wan}", "without them packets take the jitter alone"},
		{"network: {inflation: 3}", "no effect without sites"},
		{"network: {transport: {kind: fifo, rto: 1s}}", "no effect without kind: reliable"},
		{"phases: {kind: classic, retry: 1s}", "no effect with classic phases"},
		{"clocks: {default: {offset: {kind: normal, mean: 0ms, sd: 4ms}}}", ""},
		{"network: {latency: {kind: normal, mean: 24ms, sd: 4ms}}", ""},
		{"network: {preset: wan, sites: [oregon]}", ""},
	}
	for _, tt := range tests {
		got := mustParse(t, tt.source).Warnings()
		if tt.want == "" && len(got) > 0 || tt.want != "" && (len(got) != 1 || !strings.Contains(got.Error(), tt.want)) {
			t.Errorf("%s: warnings %q; want %q", tt.source, got.Error(), tt.want)
		}
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for file, content := range map[string]string{"lab.yaml": "peers: 2", "lab": "peers: 3", "own": "peers: 4", "bad.yaml": "peers: x"} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]int{"lab": 6, "lab.yaml": 2, "./lab": 3, "own": 4} {
		if s, err := Open(name); err != nil || s.Peers != want {
			t.Errorf("%s: %v; want %d peers", name, err, want)
		}
	}
	if s, err := Open("own"); err != nil || s.Name != "own" {
		t.Errorf("a scenario without a name is not called as its file: %v", err)
	}
	for name, want := range map[string]string{
		"labb":         `no built-in scenario "labb" (did you mean "lab"?)`,
		"missing.yaml": "cannot read missing.yaml: no such file or directory",
		"./":           "is a folder",
		"bad.yaml":     "bad.yaml:1:8: peers:",
	} {
		if _, err := Open(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v; want %q", name, err, want)
		}
	}
}

// An ordering of a program's own is known once it is in the table.
func TestOwnTable(t *testing.T) {
	t.Parallel()
	spec, _ := order.Builtin().Lookup("naive")
	own := *spec
	own.Kind = "mine"
	own.Params = []order.Param{
		{Name: "quorum", Doc: "size", Type: order.Int, Default: "2", Min: 1, Max: 9},
		{Name: "null", Doc: "pause", Type: order.Duration, Default: "50ms", Never: true},
	}
	table, err := order.Builtin().With(own)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Parse("x.yaml", []byte("orderings: [mine, {kind: mine, quorum: 3}]"), nil, table)
	if err != nil {
		t.Fatal(err)
	}
	if made := mustSet(t, s, "orderings.1.quorum=4"); Label(made.Orderings[1]) != "mine quorum=4" {
		t.Errorf("label %q", Label(made.Orderings[1]))
	}
	// A parameter may be called as YAML calls nothing.
	quiet := mustSet(t, s, "orderings.0.null=none")
	back, err := Parse("x.yaml", Format(quiet), nil, table)
	if err != nil || Label(back.Orderings[0]) != "mine null=none" {
		t.Errorf("%v\n%s", err, Format(quiet))
	}
	_, err = Parse("x.yaml", []byte("orderings: [mine]"), nil, nil)
	var problems Errors
	if !errors.As(err, &problems) || !strings.Contains(problems[0].Message, `unknown ordering "mine"`) {
		t.Errorf("without the table: %v", err)
	}
}

// Limits of size are said, not felt.
func TestHugeFiles(t *testing.T) {
	t.Parallel()
	huge := "doc: " + strings.Repeat("x", maxFileBytes)
	if _, err := Parse("x.yaml", []byte(huge), nil, nil); err == nil || !strings.Contains(err.Error(), "want at most 16777216") {
		t.Errorf("a file of %d bytes: %.80v", len(huge), err)
	}
	for _, deep := range []string{strings.Repeat("[", 20000), strings.Repeat("a: {", 20000), strings.Repeat("- ", 20000)} {
		if _, err := Parse("x.yaml", []byte(deep), nil, nil); err == nil {
			t.Errorf("%.20s... is taken", deep)
		}
	}
	many := "peers: 3\n" + strings.Repeat("zz: 1\n", 500)
	if _, err := Parse("x.yaml", []byte(many), nil, nil); err == nil || !strings.Contains(err.Error(), "and 450 more") {
		t.Errorf("500 problems: %.200v", err)
	}
}
