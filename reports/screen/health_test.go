package screen

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// follow observes workers as they were at several instants.
func follow(h *Health, kept uint64, at map[time.Duration][]Beat, times ...time.Duration) {
	for _, t := range times {
		h.Observe(kept, at[t], t)
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	const s = time.Second
	at := map[time.Duration][]Beat{
		1 * s:  {{Runs: 100, Chunks: 1, Seed: 7, Busy: true}, {Runs: 50, Seed: 9, Busy: true}, {Runs: 10, Chunks: 2}},
		2 * s:  {{Runs: 200, Chunks: 2, Seed: 8, Busy: true}, {Runs: 50, Seed: 9, Busy: true}, {Runs: 10, Chunks: 2}},
		12 * s: {{Runs: 1200, Chunks: 12, Seed: 8, Busy: true}, {Runs: 50, Seed: 9, Busy: true}, {Runs: 10, Chunks: 2}},
	}
	h := NewHealth("runs", 10_000)
	follow(h, 4000, at, s, 2*s)
	want := []string{
		"4,260 of 10,000 runs  42%  130 runs/s  44 s left",
		"  worker 0: 2 chunks, 100/s           worker 1: 0 chunks, 25/s, last 1 s ago",
		"  worker 2: 2 chunks, idle",
	}
	if diff := cmp.Diff(want, h.Lines(80, 5)); diff != "" {
		t.Error(diff)
	}
	follow(h, 4000, at, 12*s)
	want = []string{
		"5,260 of 10,000 runs  52%  105 runs/s  45 s left",
		"  worker 1: stalled, no run finished for 11 s, at seed 9",
		"  worker 0: 12 chunks, 100/s          worker 2: 2 chunks, idle",
	}
	if diff := cmp.Diff(want, h.Lines(80, 5)); diff != "" {
		t.Error(diff)
	}
	if got, want := h.Plain(), want[0]+"; worker 1: stalled, no run finished for 11 s, at seed 9"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// TestSlowIsNotStalled: who takes a minute for a run is not stalled after two.
func TestSlowIsNotStalled(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		perRun, silent time.Duration
		want           bool
	}{
		{time.Minute, 19 * time.Minute, false},
		{time.Minute, 20 * time.Minute, true},
		{time.Millisecond, 9 * time.Second, false},
		{time.Millisecond, 10 * time.Second, true},
	} {
		h := NewHealth("runs", 100)
		h.Observe(0, []Beat{{Busy: true}}, 0)
		h.Observe(0, []Beat{{Runs: 3, Busy: true}}, 3*test.perRun)
		h.Observe(0, []Beat{{Runs: 3, Busy: true}}, 3*test.perRun+test.silent)
		if got := strings.Contains(h.Plain(), "stalled"); got != test.want {
			t.Errorf("%v a run, silent for %v: %s", test.perRun, test.silent, h.Plain())
		}
		// A run at last, and all is well.
		h.Observe(0, []Beat{{Runs: 4, Busy: true}}, 3*test.perRun+test.silent+time.Second)
		if strings.Contains(h.Plain(), "stalled") {
			t.Errorf("stalled though a run is finished: %s", h.Plain())
		}
	}
}

// TestManyWorkers: whatever the number of workers, lines and columns, the lines
// are not more than may be, and no worker is left out uncounted.
func TestManyWorkers(t *testing.T) {
	t.Parallel()
	for _, workers := range []int{1, 2, 3, 8, 64, 1024} {
		for _, width := range []int{20, 80, 200} {
			for lines := 1; lines <= 6; lines++ {
				h := NewHealth("runs", 100)
				beats := make([]Beat, workers)
				for i := range beats {
					beats[i] = Beat{Runs: 1, Busy: true}
				}
				h.Observe(0, beats, time.Second)
				for i := range beats {
					beats[i].Runs += uint64(i % 5) // every fifth is stalled
				}
				h.Observe(0, beats, time.Minute)
				got := h.Lines(width, lines)
				if len(got) > lines {
					t.Fatalf("%d workers, %d columns: %d lines, want at most %d", workers, width, len(got), lines)
				}
				text := strings.Join(got, "\n")
				shown, more := strings.Count(text, "worker "), 0
				if at := strings.Index(text, "  and "); at >= 0 {
					if _, err := fmt.Sscanf(text[at:], "  and %d more", &more); err != nil {
						t.Fatal(err)
					}
				}
				stalledRoom := (workers + 4) / 5
				if lines > 1+stalledRoom && shown+more != workers {
					t.Errorf("%d workers, %d columns, %d lines: %d shown and %d more\n%s", workers, width, lines, shown, more, text)
				}
			}
		}
	}
}

func TestPlainDue(t *testing.T) {
	t.Parallel()
	var told []string
	last := time.Duration(0)
	for at := time.Duration(0); at < 2*time.Hour; at += 100 * time.Millisecond {
		if PlainDue(last, at) {
			last = at
			told = append(told, at.String())
		}
	}
	if got := strings.Join(told[:8], " "); got != "10s 20s 30s 40s 50s 1m0s 2m0s 3m0s" {
		t.Errorf("told at %s", got)
	}
	if len(told) != 6+59+5 || told[64] != "1h0m0s" || told[65] != "1h10m0s" {
		t.Errorf("told %d times: %v", len(told), told[60:])
	}
}

func TestBoard(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	b := NewBoard(&out, 10)
	for _, lines := range [][]string{nil, {"one", "two and more"}, {"three"}, nil, nil} {
		if err := b.Draw(lines); err != nil {
			t.Fatal(err)
		}
	}
	want := "\r\x1b[Jone\ntwo and m" + "\x1b[1A\r\x1b[Jthree" + "\r\x1b[J"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
	if NewBoard(failing{}, 0).Draw([]string{"x"}) == nil {
		t.Error("a broken terminal is not told")
	}
}
