package bench

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

// clock is one that goes on when the work says so.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// fake is a workload whose first repetitions take the given times, and its
// others the last of them.
func fake(c *clock, opening time.Duration, times ...time.Duration) Workload {
	n := 0
	return Workload{Name: "fake", Unit: "run", Workers: 1, open: func(context.Context) (load, error) {
		c.at = c.at.Add(opening)
		return load{live: math.NaN(), once: func() (done, error) {
			c.at = c.at.Add(times[min(n, len(times)-1)])
			n++
			return done{units: 10, packets: 20}, nil
		}}, nil
	}}
}

// Repetitions end with the time, which the opening is part of.
func TestRepetitions(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name           string
		opening, limit time.Duration
		each           time.Duration
		want           int
	}{
		{"until the time is over", 0, 100 * time.Millisecond, 9 * time.Millisecond, 12},
		{"less for the opening", 55 * time.Millisecond, 100 * time.Millisecond, 9 * time.Millisecond, 5},
		{"three, within twice the time", 0, 100 * time.Millisecond, 70 * time.Millisecond, 3},
		{"fewer beyond that", 0, 100 * time.Millisecond, 150 * time.Millisecond, 2},
		{"one at least", time.Hour, 100 * time.Millisecond, time.Hour, 1},
		{"a clock that stands still", 0, 100 * time.Millisecond, 0, mostMade},
	} {
		c := new(clock)
		m, err := measure(t.Context(), fake(c, tt.opening, tt.each), tt.limit, c.now)
		if err != nil {
			t.Fatal(err)
		}
		if m.Repetitions != tt.want {
			t.Errorf("%s: %d repetitions, want %d", tt.name, m.Repetitions, tt.want)
		}
		if math.IsInf(m.PerSecond.Best, 0) {
			t.Errorf("%s: the speed is infinite", tt.name)
		}
	}
}

// Best is the fastest, and the median lies between two where there is no middle.
func TestSpreads(t *testing.T) {
	t.Parallel()
	c := new(clock)
	m, err := measure(t.Context(), fake(c, 0, 30, 10, 20, 60), 110, c.now)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Spread{Best: 1, Median: 2.5, Worst: 6}); m.NS != want {
		t.Errorf("ns for a unit %v, want %v", m.NS, want)
	}
	if want := (Spread{Best: 1e9, Median: 4e8, Worst: 1e9 / 6.0}); m.PerSecond != want {
		t.Errorf("units a second %v, want %v", m.PerSecond, want)
	}
	if want := (Spread{Best: .5, Median: 1.25, Worst: 3}); m.PacketNS == nil || *m.PacketNS != want {
		t.Errorf("ns for a packet %v, want %v", m.PacketNS, want)
	}
	if m.Events != nil || m.LiveBytes != nil {
		t.Error("events and memory are given where there are none")
	}
}

// What goes wrong names the workload; an end of the context is its cause.
func TestErrors(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	w := Workload{Name: "fake", open: func(context.Context) (load, error) {
		return load{once: func() (done, error) { return done{}, broken }}, nil
	}}
	if _, err := Measure(t.Context(), w, 1); !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "fake: ") {
		t.Errorf("got %v, want the error of the run", err)
	}
	w.open = func(context.Context) (load, error) { return load{}, broken }
	if _, err := Measure(t.Context(), w, 1); !errors.Is(err, broken) {
		t.Errorf("got %v, want the error of the opening", err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(broken)
	c := new(clock)
	if _, err := Measure(ctx, fake(c, 0, 1), time.Hour); !errors.Is(err, broken) {
		t.Errorf("got %v, want the cause", err)
	}
}

// The workloads do what they count: every delivery and every event, again and
// again, and memory is that of a log.
func TestWorkloads(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, w := range Workloads(2) {
		if names[w.Name] || w.Doc == "" {
			t.Errorf("%s is there twice, or has no words", w.Name)
		}
		names[w.Name] = true
		switch w.Name {
		case "phold/100000", "broadcast/64x200", "broadcast/1000x10", "tiny/robust", "tiny/robust/all":
			continue // the same code with other sizes
		}
		l, err := w.open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		first, err := l.once()
		if err != nil {
			t.Fatal(err)
		}
		again, err := l.once()
		if err != nil || first != again {
			t.Errorf("%s: one repetition does %+v, another %+v, %v", w.Name, first, again, err)
		}
		switch {
		case w.Unit == "event" && first.events == first.units && first.units == pholdEvents:
		case w.Unit == "run" && first.units == tinyRuns:
		case w.Unit == "delivery" && first.units == 16*8*8000 && first.events > first.units*7/8 && first.packets > first.units*7/8:
		default:
			t.Errorf("%s counts %+v", w.Name, first)
		}
		if delivers := w.Unit == "delivery"; delivers == math.IsNaN(l.live) || delivers && l.live < 8 {
			t.Errorf("%s: %v bytes of live memory for a delivery", w.Name, l.live)
		}
	}
	if len(names) != 9 {
		t.Errorf("%d workloads, want 9", len(names))
	}
}

// The name of the processor is found wherever Linux puts it.
func TestCPU(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ info, want string }{
		{"processor\t: 0\nmodel\t\t: 1\nmodel name\t: AMD EPYC  7B13\nprocessor\t: 1\nmodel name\t: other\n", "AMD EPYC 7B13"},
		{"processor\t: 0\nBogoMIPS\t: 50\n\nModel\t\t: Raspberry Pi 4\n", "Raspberry Pi 4"},
		{"cpu\t\t: POWER9\nclock\t: 2 GHz\n", "POWER9"},
		{"processor\t: 0\n", ""},
		{"", ""},
	} {
		if got := cpuOf(tt.info); got != tt.want {
			t.Errorf("%q names %q, want %q", tt.info, got, tt.want)
		}
	}
	if m := ThisMachine(); m.Cores < 1 || m.GOMAXPROCS < 1 || m.OS == "" || m.Arch == "" || m.Go == "" {
		t.Errorf("this machine is %+v", m)
	}
}
