package spacetime

import (
	"math"
	"testing"

	"mpcomm/peer/order"
	"mpcomm/reports/svg"
	"mpcomm/reports/trace"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"
)

// TestNobodyGuesses: in drawings of the library every name of what is sent is
// nearer to its own place than to that of anything else sent, or a line joins it
// to its own, long enough to be seen, that passes neither other words nor other
// sends. The distances are taken anew, in floats.
func TestNobodyGuesses(t *testing.T) {
	t.Parallel()
	names, led := 0, 0
	for _, name := range scenarios.Names() {
		d := sheetOf(t, name)
		if d == nil {
			continue
		}
		for i := range d.labels.done {
			l := &d.labels.done[i]
			for j := range d.labels.done {
				o := &d.labels.done[j]
				if l.led && j != i && o.box.Meets(l.leader[0], l.leader[1]) {
					t.Errorf("%s: the line of %q passes through %q", name, l.words, o.words)
				}
			}
			if !l.send {
				continue
			}
			names++
			own := apart(l.box, l.at)
			if l.led {
				led++
				if own < float64(l.room+3*px) {
					t.Errorf("%s: the line of %q is too short to be seen: %.0f less %d", name, l.words, own, l.room)
				}
			}
			for _, o := range d.labels.sends {
				switch {
				case o == l.at:
				case l.led && apart(svg.Box{X: o.X, Y: o.Y}, along(l.leader, o)) < smallRadius:
					t.Errorf("%s: the line of %q passes over what is sent at %v", name, l.words, o)
				case !l.led && apart(l.box, o) <= own:
					t.Errorf("%s: %q is %.0f from its place and %.0f from what is sent at %v", name, l.words, own, apart(l.box, o), o)
				}
			}
		}
	}
	if names < 150 || led < 30 {
		t.Errorf("%d names, %d with a line: the library shows too few", names, led)
	}
}

// sheetOf lays out the run of a scenario of the library; nil if it does not fit.
func sheetOf(t *testing.T, name string) *sheet {
	t.Helper()
	s, err := scenarios.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	if s, _, err = s.Draw(s.Seed); err != nil {
		t.Fatal(err)
	}
	if !MayFit(s.Peers, max(s.Workload.Messages*s.Peers, len(s.Workload.Sends))) {
		return nil
	}
	var runs []*trace.Run
	for _, o := range s.Orderings {
		p, err := run.Compile(s, o, order.Builtin())
		if err != nil {
			t.Fatal(err)
		}
		r, err := run.Trace(p, s.Seed, trace.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, r)
	}
	f, err := New(runs)
	if err != nil {
		return nil
	}
	return newSheet(f)
}

// apart is the distance of a point from a box.
func apart(b svg.Box, p svg.Point) float64 {
	x := math.Max(math.Max(float64(b.X-p.X), float64(p.X-b.X-b.W)), 0)
	y := math.Max(math.Max(float64(b.Y-p.Y), float64(p.Y-b.Y-b.H)), 0)
	return math.Hypot(x, y)
}

// along is the point of a line that is nearest to another.
func along(line [2]svg.Point, p svg.Point) svg.Point {
	dx, dy := float64(line[1].X-line[0].X), float64(line[1].Y-line[0].Y)
	part := (float64(p.X-line[0].X)*dx + float64(p.Y-line[0].Y)*dy) / (dx*dx + dy*dy)
	part = math.Min(math.Max(part, 0), 1)
	return svg.Point{X: line[0].X + svg.Len(part*dx), Y: line[0].Y + svg.Len(part*dy)}
}
