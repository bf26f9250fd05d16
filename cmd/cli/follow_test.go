package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"mpcomm/reports/screen"
	"mpcomm/scenarios/sweep"
)

// activityAt is a sweep whose two workers make 100 runs a second, the second
// until it stalls after five seconds.
func activityAt(t time.Duration) sweep.Activity {
	runs := uint64(t / (10 * time.Millisecond))
	return sweep.Activity{Kept: 1000, Total: 100_000, Workers: []sweep.WorkerActivity{
		{Runs: runs, Chunks: runs / 50, Seed: runs, Busy: true},
		{Runs: min(runs, 500), Chunks: 10, Seed: 77, Busy: true},
	}}
}

// TestFollowPlain: where nothing can be drawn over itself there are lines now
// and then, and none of a short sweep. The clock is the test's.
func TestFollowPlain(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	f := &follower{plain: &out}
	for at := redraw; at <= 30*time.Second; at += redraw {
		f.tick(activityAt(at), at)
		if at == 9*time.Second && out.Len() > 0 {
			t.Errorf("told after %v: %s", at, &out)
		}
	}
	want := `2,500 of 100,000 runs  2%  150 runs/s  10 min 50 s left
3,500 of 100,000 runs  3%  125 runs/s  12 min 52 s left; worker 1: stalled, no run finished for 15 s, at seed 77
4,500 of 100,000 runs  4%  116 runs/s  13 min 39 s left; worker 1: stalled, no run finished for 25 s, at seed 77
`
	if got := out.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestFollowTerminal(t *testing.T) {
	t.Parallel()
	var out, plain bytes.Buffer
	f := &follower{terminal: screen.NewBoard(&out, 80), width: 80, plain: &plain}
	f.tick(activityAt(200*time.Millisecond), 200*time.Millisecond)
	if out.Len() > 0 {
		t.Errorf("a short sweep shows %q", &out)
	}
	for at := silentFirst; at <= 20*time.Second; at += redraw {
		out.Reset()
		f.tick(activityAt(at), at)
	}
	for _, want := range []string{"3,500 of 100,000 runs  3%", "  worker 1: stalled, no run finished for 15 s, at seed 77\n", "  worker 0: 40 chunks, 100/s"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the terminal does not show %q: %q", want, &out)
		}
	}
	if plain.Len() > 0 {
		t.Errorf("plain lines beside a terminal: %s", &plain)
	}
}
