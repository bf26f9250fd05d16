package barcode_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/peer/order"
	"mpcomm/reports/barcode"
	"mpcomm/reports/svg"
	"mpcomm/reports/svg/svgtest"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"
)

var update = flag.Bool("update", false, "rewrite golden files")

// drawHistory is logs of a few peers: permutations of messages with gaps,
// repeats and messages that nobody broadcast.
func drawHistory(t *rapid.T) *history.History {
	n := rapid.IntRange(1, 5).Draw(t, "peers")
	messages := rapid.IntRange(0, 12).Draw(t, "messages")
	h := &history.History{Peers: n, Logs: make([]history.Log, n)}
	for m := range messages {
		h.Broadcasts = append(h.Broadcasts, history.Broadcast{ID: peer.MessageID{Sender: peer.ID(m % n), Number: int32(m / n)}})
	}
	for p := range h.Logs {
		refs := rapid.Permutation(upTo(messages)).Draw(t, "log")
		refs = refs[:rapid.IntRange(0, messages).Draw(t, "length")]
		if len(refs) > 0 && rapid.IntRange(0, 3).Draw(t, "repeat") == 0 {
			refs = append(refs, refs[0])
		}
		if rapid.IntRange(0, 3).Draw(t, "stray") == 0 {
			refs = append(refs, history.NoRef)
			h.Strays = append(h.Strays, history.Stray{Peer: peer.ID(p), Position: len(refs) - 1, ID: peer.MessageID{Sender: 99, Number: int32(rapid.IntRange(0, 1).Draw(t, "name"))}})
		}
		h.Logs[p].Refs = refs
	}
	if rapid.Bool().Draw(t, "crashes") {
		h.Crashed = rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "crashed")
	}
	return h
}

func upTo(n int) []history.Ref {
	all := make([]history.Ref, n)
	for i := range all {
		all[i] = history.Ref(i)
	}
	return all
}

// twin is one log measured slowly: the shift of each entry is how many distinct
// messages before it were sent later, less how many after it were sent earlier.
func twin(log []history.Ref) []int32 {
	var seen []history.Ref
	shifts := make([]int32, len(log))
	known := func(m history.Ref) bool {
		for _, s := range seen {
			if s == m {
				return true
			}
		}
		return false
	}
	firsts := make([]bool, len(log))
	for k, m := range log {
		firsts[k] = m != history.NoRef && !known(m)
		seen = append(seen, m)
	}
	for k, m := range log {
		if !firsts[k] {
			continue
		}
		for i, o := range log {
			switch {
			case firsts[i] && i < k && o > m:
				shifts[k]++
			case firsts[i] && i > k && o < m:
				shifts[k]--
			}
		}
	}
	return shifts
}

// name is what an entry of a log is called.
func name(h *history.History, p, k int) string {
	if k >= len(h.Logs[p].Refs) {
		return "ended"
	}
	if m := h.Logs[p].Refs[k]; m != history.NoRef {
		return fmt.Sprint(m)
	}
	for _, s := range h.Strays {
		if int(s.Peer) == p && s.Position == k {
			return s.ID.String()
		}
	}
	return "?"
}

func TestOfMeasures(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t)
		s := barcode.Of("naive", "naive", h)
		rows, differing := 0, 0
		for p := range h.Logs {
			if !h.Correct(p) {
				continue
			}
			r := s.Rows[rows]
			rows++
			if int(r.Peer) != p {
				t.Fatalf("row %d is of %v", rows-1, r.Peer)
			}
			for k, shift := range twin(h.Logs[p].Refs) {
				if r.Early[k] != max(0, -shift) || r.Late[k] != max(0, shift) {
					t.Fatalf("p%d, entry %d of %v: early %d, late %d, want a shift of %d", p, k, h.Logs[p].Refs, r.Early[k], r.Late[k], shift)
				}
			}
		}
		for k := range s.Positions {
			names := map[string]bool{}
			for p := range h.Logs {
				if h.Correct(p) {
					names[name(h, p, k)] = true
				}
			}
			if s.Differ[k] != (len(names) > 1) {
				t.Fatalf("position %d holds %v; differ %v", k+1, names, s.Differ[k])
			}
			if len(names) > 1 {
				differing++
			}
		}
		if rows != len(s.Rows) || rows != s.Compared || differing != s.Differing {
			t.Fatalf("%d rows of %d, %d positions differ of %d", len(s.Rows), rows, s.Differing, differing)
		}
		drawn(t, &barcode.Figure{Caption: "mpcomm draw any --as barcode", Strips: []barcode.Strip{s}})
	})
}

// drawn is the figure as a reader meets it.
func drawn(t interface{ Fatal(...any) }, f *barcode.Figure) (*svgtest.Picture, string) {
	var b bytes.Buffer
	if err := f.WriteSVG(&b, svg.Auto); err != nil {
		t.Fatal(err)
	}
	p, err := svgtest.Check(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return p, b.String()
}

// of is the figure of a scenario of the library; its counts are those of the
// comparator.
func of(t *testing.T, name string, settings ...scenarios.Setting) *barcode.Figure {
	t.Helper()
	s, err := scenarios.Open(name)
	if err == nil {
		s, err = s.With(settings)
	}
	if err != nil {
		t.Fatal(err)
	}
	f := &barcode.Figure{Caption: "mpcomm draw " + name + " --as barcode"}
	for _, o := range s.Orderings {
		p, err := run.Compile(s, o, order.Builtin())
		if err != nil {
			t.Fatal(err)
		}
		e, err := run.NewEngine(p, run.Options{})
		if err != nil {
			t.Fatal(err)
		}
		outcome, err := e.Run(s.Seed)
		if err != nil {
			t.Fatal(err)
		}
		var v run.Evaluator
		r := v.Evaluate(p, outcome, run.Full)
		strip := barcode.Of(p.Label(), r.Kind, outcome.History)
		if strip.Positions != r.Divergence.Positions || strip.Differing != r.Divergence.PositionsDiffering {
			t.Errorf("%s, %s: %d of %d positions differ, by the comparator %d of %d", name, p.Label(),
				strip.Differing, strip.Positions, r.Divergence.PositionsDiffering, r.Divergence.Positions)
		}
		f.Strips = append(f.Strips, strip)
	}
	return f
}

func TestPictures(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		settings []scenarios.Setting
		says     string
	}{
		{"minimal", nil, "naive logs differ at 2 of 2 positions, timestamp logs at none"},
		{"lab", nil, "The tallest bar is 16 places."},
		{"crash", nil, ""},
		{"partition", nil, "Yellow and underlined"},
		{"two-senders", []scenarios.Setting{{Path: "peers", Value: "20"}}, "16 of 20"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, data := drawn(t, of(t, tt.name, tt.settings...))
			if !p.Has(tt.says) {
				t.Errorf("the picture does not say %q", tt.says)
			}
			if len(data) > 60_000 {
				t.Errorf("%d bytes", len(data))
			}
			if tt.name != "lab" { // the README shows that one
				golden(t, tt.name+".svg", data)
			}
		})
	}
}

func TestTitle(t *testing.T) {
	t.Parallel()
	strip := func(name string, differing int) barcode.Strip {
		return barcode.Strip{Ordering: name, Positions: 10, Differing: differing, Per: 1}
	}
	for _, tt := range []struct {
		strips []barcode.Strip
		want   string
	}{
		{nil, "No logs"},
		{[]barcode.Strip{strip("a", 0)}, "a: the logs agree at every position"},
		{[]barcode.Strip{strip("a", 0), strip("b", 0)}, "Under every ordering the logs agree at every position"},
		{[]barcode.Strip{strip("a", 3)}, "a: the logs differ at 3 of 10 positions"},
		{[]barcode.Strip{strip("a", 3), strip("b", 0), strip("c", 7)}, "c logs differ at 7 of 10 positions, b logs at none"},
		{[]barcode.Strip{strip("a", 3), strip("c", 7)}, "c logs differ at 7 of 10 positions, a logs at 3"},
	} {
		if got := (&barcode.Figure{Strips: tt.strips}).Title(); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; -update rewrites it", path)
	}
}

func ExampleOf() {
	h := &history.History{Peers: 2, Logs: make([]history.Log, 2), Broadcasts: make([]history.Broadcast, 3)}
	h.Logs[0].Refs = []history.Ref{0, 1, 2}
	h.Logs[1].Refs = []history.Ref{0, 2, 1}
	s := barcode.Of("naive", "naive", h)
	fmt.Println(s.Differ, s.Rows[1].Early, s.Rows[1].Late)
	f := barcode.Figure{Strips: []barcode.Strip{s}}
	fmt.Println(strings.ToUpper(f.Title()))
	// Output:
	// [false true true] [0 1 0] [0 0 1]
	// NAIVE: THE LOGS DIFFER AT 2 OF 3 POSITIONS
}
