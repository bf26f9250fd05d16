package spacetime

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"mpcomm/peer"
	"mpcomm/reports/svg"
	"mpcomm/reports/trace"
	"mpcomm/sim"
)

// drawScene is arrows between a few peers, two of them of the pair.
func drawScene(t *rapid.T) (*Figure, *scene) {
	n := rapid.IntRange(2, 5).Draw(t, "peers")
	peers := rapid.IntRange(0, n-1)
	s := &scene{}
	wrong := peer.ID(peers.Draw(t, "wrong"))
	for i := range rapid.IntRange(0, 8).Draw(t, "arrows") {
		sent := sim.Time(rapid.IntRange(0, 30).Draw(t, "sent"))
		a := arrow{from: peer.ID(peers.Draw(t, "from")), to: peer.ID(peers.Draw(t, "to")), sent: sent, at: sent + sim.Time(rapid.IntRange(1, 30).Draw(t, "delay"))}
		if i < 2 {
			a.role, a.to = role(1+i), wrong
		}
		if a.from != a.to {
			s.arrows = append(s.arrows, a)
		}
	}
	return &Figure{base: &trace.Run{Head: trace.Head{Peers: n}}, few: true, pair: pair{known: true, wrong: wrong}}, s
}

// crossings counts with fractions of time, lane by lane: two arrows cross if one
// is ahead of the other at one end of the lanes that they share, and behind it
// at the other.
func crossings(s *scene, place []int, i, k int) bool {
	a, b := &s.arrows[i], &s.arrows[k]
	// Where an arrow is when it passes a lane, as a fraction with the number of
	// lanes that it passes as denominator.
	at := func(a *arrow, lane int) (num, den int64) {
		from, to := place[a.from], place[a.to]
		den = int64(to - from)
		num = int64(a.sent)*den + int64(a.at-a.sent)*int64(lane-from)
		if den < 0 {
			num, den = -num, -den
		}
		return num, den
	}
	low := max(min(place[a.from], place[a.to]), min(place[b.from], place[b.to]))
	high := min(max(place[a.from], place[a.to]), max(place[b.from], place[b.to]))
	if low >= high {
		return false // they share no stretch
	}
	order := func(lane int) int64 {
		an, ad := at(a, lane)
		bn, bd := at(b, lane)
		return an*bd - bn*ad
	}
	x, y := order(low), order(high)
	return x < 0 && y > 0 || x > 0 && y < 0
}

// The order of the lanes is the best of all: no other one lets the pair cross if
// it does not, or has fewer other crossings, or shorter arrows.
func TestLanesAreTheBest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f, s := drawScene(t)
		s.order(f)
		worth := func(place []int) [3]int {
			c := [3]int{1, 0, 0}
			early := slices.IndexFunc(s.arrows, func(a arrow) bool { return a.role == first })
			late := slices.IndexFunc(s.arrows, func(a arrow) bool { return a.role == second })
			if early < 0 || late < 0 || crossings(s, place, early, late) {
				c[0] = 0
			}
			for i := range s.arrows {
				d := place[s.arrows[i].from] - place[s.arrows[i].to]
				c[2] += max(d, -d)
				for k := range i {
					if crossings(s, place, i, k) {
						c[1]++
					}
				}
			}
			return c
		}
		chosen := worth(s.place)
		place := slices.Clone(s.place)
		slices.Sort(place)
		permute(place, 0, func() {
			if other := worth(place); slices.Compare(other[:], chosen[:]) < 0 {
				t.Fatalf("lanes %v are worth %v, lanes %v %v", s.place, chosen, place, other)
			}
		})
		for lane, p := range s.lanes {
			if s.place[p] != lane {
				t.Fatalf("lane %d is of %v, whose place is %d", lane, p, s.place[p])
			}
		}
	})
}

// Labels keep off each other and off what is taken, whatever is asked for.
func TestLabelsKeepApart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := func(name string, most int) svg.Len { return svg.Len(rapid.IntRange(0, most).Draw(t, name)) * px }
		p := placing{area: svg.Box{W: 300 * px, H: 200 * px}}
		var taken []svg.Box
		for range rapid.IntRange(0, 4).Draw(t, "taken") {
			taken = append(taken, svg.Box{X: n("x", 280), Y: n("y", 180), W: n("w", 60), H: n("h", 30)})
		}
		p.taken = slices.Clone(taken)
		var labels []label
		for range rapid.IntRange(0, 12).Draw(t, "labels") {
			labels = append(labels, label{
				words: rapid.StringMatching(`[a-z0-9#]{1,20}`).Draw(t, "words"), style: softType, at: svg.Point{X: n("at x", 300), Y: n("at y", 200)},
				room: n("room", 15), rank: rapid.IntRange(0, 2).Draw(t, "rank"), sides: rapid.SampledFrom([]*[8][2]svg.Len{&leaving, &arriving, &centred}).Draw(t, "sides"),
			})
		}
		p.place(labels)
		if len(p.done)+p.none != len(labels) {
			t.Fatalf("%d labels are placed and %d are not, of %d", len(p.done), p.none, len(labels))
		}
		for i, l := range p.done {
			if !l.box.Inside(p.area) || l.box != svg.BoxOf(l.x, l.y, svg.Start, l.style, l.words) {
				t.Fatalf("%q stands at %v", l.words, l.box)
			}
			for _, b := range taken {
				if l.box.Overlaps(b) {
					t.Fatalf("%q at %v lies over %v", l.words, l.box, b)
				}
			}
			for _, o := range p.done[:i] {
				if l.box.Overlaps(o.box.Grown(gap - 1)) {
					t.Fatalf("%q at %v is too near to %q at %v", l.words, l.box, o.words, o.box)
				}
			}
		}
	})
}

// A label beside an empty place stands at its best side, and close.
func TestLabelStandsAtItsBestSide(t *testing.T) {
	t.Parallel()
	at := svg.Point{X: 150 * px, Y: 100 * px}
	p := placing{area: svg.Box{W: 300 * px, H: 200 * px}}
	p.place([]label{{words: "send", style: softType, at: at, room: 6 * px, sides: &leaving}})
	if b := p.done[0].box; b.X+b.W > at.X || b.Y+b.H > at.Y-6*px || b.Y+b.H < at.Y-10*px {
		t.Errorf("the label stands at %v, want to the upper left of %v", b, at)
	}
	// An arrow through that place moves it to another side.
	p = placing{area: p.area, lines: [][2]svg.Point{{at, {X: at.X - 90*px, Y: at.Y - 30*px}}}}
	p.place([]label{{words: "send", style: softType, at: at, room: 6 * px, sides: &leaving}})
	if b := p.done[0].box; b.Meets(p.lines[0][0], p.lines[0][1]) {
		t.Errorf("the label stands at %v, under an arrow", b)
	}
}

// TestNamesKeepOffSteepArrows: the name of what is sent goes to the free side of
// an arrow that runs steeply by its place, where other labels stay closer.
func TestNamesKeepOffSteepArrows(t *testing.T) {
	t.Parallel()
	at := svg.Point{X: 150 * px, Y: 100 * px}
	var lines [][2]svg.Point
	for _, dx := range []svg.Len{-45 * px, 12 * px, 25 * px} {
		lines = append(lines, [2]svg.Point{{X: at.X + dx, Y: 0}, {X: at.X + dx + 6*px, Y: 200 * px}})
	}
	for _, send := range []bool{false, true} {
		p := placing{area: svg.Box{W: 300 * px, H: 200 * px}, lines: lines}
		p.place([]label{{words: "send p1#0", style: softType, at: at, room: 6 * px, rank: 1, lead: true, send: send, sides: &leaving}})
		crossed := slices.ContainsFunc(lines, func(l [2]svg.Point) bool { return p.done[0].box.Meets(l[0], l[1]) })
		if crossed == send {
			t.Errorf("a label at %v, of what is sent %v: crossed %v", p.done[0].box, send, crossed)
		}
	}
}
