package screen

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/reports/result"
	"mpcomm/reports/stats"
)

func comparison() *Comparison {
	return &Comparison{
		Logs: []string{"logs/p0.log", "logs/p1.log", "logs/p2.log"},
		Divergence: &result.Divergence{
			Contested: stats.Ratio{Num: 2, Den: 3}, InversionsPerMessage: stats.Ratio{Num: 1, Den: 3},
			KendallDistance: stats.Ratio{Num: 4, Den: 3}, KendallMax: result.Int(2), Footrule: stats.Ratio{Num: 8, Den: 3},
			Ulam: stats.Ratio{Num: 2, Den: 3}, Pairs: result.Int(3), DistinctLogs: 2, FirstDifference: result.Int(2), CommonPrefix: 1,
			Positions: 4, PositionsDiffering: 3, Messages: 4, Deliveries: 12, RoundsClassic: 2, RoundsFull: 3,
		},
		First: &result.Difference{
			Position: 2, Peers: [2]peer.ID{0, 2}, Messages: [2]*string{message("p1#0"), message("p2#0")}, Why: "race",
			Text: "p1#0 and p2#0 were logged in different orders; the logs do not say when they were sent.",
		},
		Barcode: Barcode{Widest: []int32{0, 1, 1, 2}, Peers: []PeerBar{
			{Peer: 0, Widest: []int32{0, 1, 1, 1}}, {Peer: 1, Widest: []int32{0, 1, 1, 1}}, {Peer: 2, Widest: []int32{0, 1, 1, 2}},
		}},
		Hints: []Hint{{"mpcomm compare --json ...", "all of it, as data"}},
	}
}

func TestWriteComparison(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		options Options
		change  func(*Comparison)
	}{
		{"compare-100", Options{Width: 100}, func(*Comparison) {}},
		{"compare-100-color", Options{Width: 100, Color: true}, func(*Comparison) {}},
		{"compare-50-ascii-verbose", Options{Width: 50, ASCII: true, Verbose: true}, func(*Comparison) {}},
		{"compare-agree", Options{Width: 80}, func(c *Comparison) {
			c.First = nil
			c.Divergence = &result.Divergence{
				Identical: true, Contested: stats.Ratio{Num: 0, Den: 4},
				InversionsPerMessage: stats.Ratio{Num: 0, Den: 4}, DistinctLogs: 1, Positions: 4, CommonPrefix: 4, Messages: 4,
			}
			c.Barcode = Barcode{Widest: make([]int32, 4)}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := comparison()
			tc.change(c)
			var buf bytes.Buffer
			if err := WriteComparison(&buf, c, tc.options); err != nil {
				t.Fatal(err)
			}
			golden(t, tc.name, buf.Bytes())
		})
	}
}

func sweep() *Sweep {
	share := func(v, lo, hi float64) Interval { return Interval{v, lo, hi, true} }
	less := func(differ, overtaken float64) Versus {
		return Versus{
			"naive",
			Paired{share(differ, differ-0.04, differ+0.04), 0.31, true},
			Paired{share(overtaken, overtaken-0.004, overtaken+0.004), -0.05, true},
		}
	}
	return &Sweep{
		Scenario: "lab", Facts: []string{"seeds 1 to 400", "2,400 runs in 0.4 s"},
		Rows: []SweepRow{
			{"network.latency.mean=5ms", "naive", 400, share(0.22, 0.182, 0.263), share(0.02, 0.018, 0.022), share(0, 0, 0.0095), 0, 0, Versus{}, []Reason{{"race", 1.5}, {"relay", 0.25}}},
			{"network.latency.mean=5ms", "timestamp wait=80ms", 400, share(0, 0, 0.0095), share(0, 0, 0), share(0.0025, 0.0004, 0.014), 0, 0, less(-0.22, -0.02), nil},
			{"network.latency.mean=5ms", "lamport", 400, share(0, 0, 0.0095), share(0, 0, 0), share(0, 0, 0.0095), 0, 0, Versus{}, nil},
			{"network.latency.mean=80ms", "naive", 400, share(1, 0.9905, 1), share(123.4, 120, 126), share(0.9975, 0.986, 0.9996), 0, 0, Versus{}, []Reason{{"race", 34485.5}, {"late", 40}, {"left out", 2}}},
			{"network.latency.mean=80ms", "timestamp wait=80ms", 400, share(0.5, 0.45, 0.55), Interval{}, share(0.1, 0.07, 0.13), 3, 0, less(0.5, -101.5), nil},
			{"network.latency.mean=80ms", "lamport", 400, share(0, 0, 0.0095), share(0, 0, 0), share(0, 0, 0.0095), 2, 0, Versus{}, nil},
		},
		Hints: []Hint{{"mpcomm run lab --set network.latency.mean=80ms --seed 1", "one of these runs"}},
	}
}

func TestWriteSweep(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		options Options
	}{
		{"sweep-100", Options{Width: 100}},
		{"sweep-80-ascii", Options{Width: 80, ASCII: true}},
		{"sweep-50", Options{Width: 50}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var buf bytes.Buffer
			if err := WriteSweep(&buf, sweep(), tc.options); err != nil {
				t.Fatal(err)
			}
			golden(t, tc.name, buf.Bytes())
		})
	}
	for _, test := range []struct {
		value, lo float64
		want      string
	}{{0, 0, "0"}, {0.004, 0.001, "<0.01/msg"}, {-0.004, -0.005, ">-0.01/msg"}, {-0.3, -0.4, "-0.30/msg"}, {2, 1, "+2.00/msg"}} {
		if got := signed(Interval{Value: test.value, Lo: test.lo, Hi: test.value, Known: true}); got != test.want {
			t.Errorf("a difference of %v reads %s, want %s", test.value, got, test.want)
		}
	}
	for width := leastWidth; width < 120; width++ {
		s := sweep()
		s.Hints = nil
		var buf bytes.Buffer
		if err := WriteSweep(&buf, s, Options{Width: width}); err != nil {
			t.Fatal(err)
		}
		for line := range linesOf(buf.String()) {
			if columns(line) > width {
				t.Errorf("width %d: %d columns: %q", width, columns(line), line)
			}
		}
	}
}

// failing is a writer that takes nothing.
type failing struct{}

var errFull = errors.New("full")

func (failing) Write([]byte) (int, error) { return 0, errFull }

func TestWritersReportErrors(t *testing.T) {
	t.Parallel()
	p := NewProgress(failing{}, "runs", 10, 0)
	for name, err := range map[string]error{
		"run":        Write(failing{}, labView(), Options{}),
		"comparison": WriteComparison(failing{}, comparison(), Options{}),
		"sweep":      WriteSweep(failing{}, sweep(), Options{}),
		"progress":   p.Update(5, time.Second),
	} {
		if !errors.Is(err, errFull) {
			t.Errorf("%s: %v, want %v", name, err, errFull)
		}
	}
}

func TestMillis(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		ns   int64
		want string
	}{
		{0, "0 ms"},
		{1, "<0.1 ms"},
		{49_999, "<0.1 ms"},
		{50_000, "0.1 ms"},
		{1_000_000, "1 ms"},
		{1_549_999, "1.5 ms"},
		{9_949_999, "9.9 ms"},
		{9_950_000, "10 ms"},
		{41_300_000, "41 ms"},
		{999_600_000, "1000 ms"},
		{9_999_499_999, "9999 ms"},
		{9_999_500_000, "10.0 s"},
		{61_040_000_000, "61.0 s"},
	} {
		if got := millis(result.NullMS{MS: result.MS(tc.ns), Known: true}); got != tc.want {
			t.Errorf("%d ns: %q, want %q", tc.ns, got, tc.want)
		}
	}
	if got := millis(result.NullMS{}); got != "-" {
		t.Errorf("unknown: %q, want -", got)
	}
}

func TestNumbersNeverLie(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ got, want string }{
		{percent(0), "0%"},
		{percent(0.001), "<1%"},
		{percent(0.005001), "1%"},
		{percent(0.994), "99%"},
		{percent(0.999), ">99%"},
		{percent(1), "100%"},
		{quantity(0.001), "<0.01"},
		{quantity(0.91), "0.91"},
		{quantity(99.994), "99.99"},
		{quantity(1234), "1234"},
		{overtakenWord(stats.Ratio{}), "-"},
		{overtakenWord(stats.Ratio{Num: 0, Den: 5}), "0"},
		{overtakenWord(stats.Ratio{Num: 1, Den: 1000}), "<0.01/msg"},
		{number(stats.Ratio{Num: 4000, Den: 2}), "2,000"},
		{number(stats.Ratio{Num: 4, Den: 3}), "1.33"},
		{thousands(0), "0"},
		{thousands(999), "999"},
		{thousands(1000), "1,000"},
		{thousands(-1234567), "-1,234,567"},
		{thousands(-123), "-123"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}

func TestProgressLine(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		done, total uint64
		elapsed     time.Duration
		want        string
	}{
		{0, 60_000, 0, "0 of 60,000 runs  0%"},
		{12_000, 60_000, 2 * time.Second, "12,000 of 60,000 runs  20%  6,000 runs/s  8 s left"},
		{60_000, 60_000, 10 * time.Second, "60,000 of 60,000 runs  100%  6,000 runs/s"},
		{3, 600, 2 * time.Second, "3 of 600 runs  0%  1.5 runs/s  6 min 38 s left"},
		{1, 20_000, 2 * time.Second, "1 of 20,000 runs  0%  0.5 runs/s  11 h 6 min left"},
		{59_999, 60_000, 10 * time.Second, "59,999 of 60,000 runs  99%  5,999 runs/s  <1 s left"},
		{5, 0, time.Second, "5 of 0 runs  5.0 runs/s"},
	} {
		if got := ProgressLine("runs", tc.done, tc.total, tc.elapsed); got != tc.want {
			t.Errorf("%d of %d after %v: %q, want %q", tc.done, tc.total, tc.elapsed, got, tc.want)
		}
	}
}

func TestProgressDrawsOverItself(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	p := NewProgress(&buf, "runs", 1000, 30)
	for _, step := range []struct {
		done    uint64
		elapsed time.Duration
	}{{100, 299 * time.Millisecond}, {200, 400 * time.Millisecond}, {250, 450 * time.Millisecond}, {1000, 600 * time.Millisecond}} {
		if err := p.Update(step.done, step.elapsed); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Clear(); err != nil {
		t.Fatal(err)
	}
	if err := p.Clear(); err != nil {
		t.Fatal(err)
	}
	// Nothing before 300 ms, nothing twice within 100 ms, never as wide as the
	// terminal, and blank at the end.
	want := "\r200 of 1,000 runs  20%  500 r" + "\r1,000 of 1,000 runs  100%  1," + "\r                             \r"
	if got := buf.String(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
