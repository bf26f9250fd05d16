package spacetime

import (
	"fmt"
	"io"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/result"
	"mpcomm/reports/svg"
	"mpcomm/reports/trace"
)

// What a picture holds. Up to fewPeers and fewMessages it shows everything, in
// the lane order that is easiest to read; above that lanes stand in the order
// of the peers, clocks are left out, and logs are shown around the first
// difference.
const (
	fewPeers     = 6
	fewMessages  = 12
	mostArrows   = 500
	mostLanes    = 32
	namedArrows  = 150 // up to this many arrows messages are named where they are sent
	mostFindings = 2   // told in words above the picture
)

// TooLarge says that a run does not fit in one picture.
type TooLarge struct{ Peers, Arrows int }

// Error says what fits, and what to do.
func (e *TooLarge) Error() string {
	return fmt.Sprintf("%s and %s are too much for one picture: it holds up to %d peers and %d arrows; "+
		"take fewer peers or messages, such as --set peers=3 --set workload.messages=4",
		count(e.Peers, "peer", "peers"), count(e.Arrows, "packet with a message", "packets with messages"), mostLanes, mostArrows)
}

// Figure is a space-time diagram of one run: peers as lanes, true time to the
// right, messages as slanted arrows; below it what each ordering made of them.
type Figure struct {
	Caption string // the command that draws it

	base  *trace.Run // whose arrows are drawn
	cards []card
	few   bool
	pair  pair
	scene scene
}

// pair is the two messages that the picture is about.
type pair struct {
	known  bool
	first  history.Ref // sent first
	second history.Ref // sent later, and logged first by wrong
	wrong  peer.ID
	from   *trace.Finding // that shows it
}

// New makes a figure of one seed of a scenario under one or more orderings.
// Arrows are those of the first ordering whose logs differ, else of the first
// one that breaks causality, else of the first. It is an error if there is no
// run, runs are not of the same peers, or, as *[TooLarge], if the run does not
// fit.
func New(runs []*trace.Run) (*Figure, error) {
	if len(runs) == 0 {
		return nil, fmt.Errorf("spacetime: no run to draw")
	}
	f := &Figure{base: basis(runs)}
	for _, r := range runs {
		if r.Peers != f.base.Peers || r.Seed != f.base.Seed {
			return nil, fmt.Errorf("spacetime: runs of %d peers, seed %d, and of %d peers, seed %d, in one picture", runs[0].Peers, runs[0].Seed, r.Peers, r.Seed)
		}
	}
	if err := Fits(f.base); err != nil {
		return nil, err
	}
	f.few = f.base.Peers <= fewPeers && len(f.base.Messages) <= fewMessages
	f.pair = pairOf(f.base)
	f.scene = newScene(f)
	for _, r := range runs {
		f.cards = append(f.cards, f.cardOf(r))
	}
	f.whys(runs)
	f.remedy(runs)
	return f, nil
}

// Fits returns a *[TooLarge] if a run does not fit in one picture.
func Fits(r *trace.Run) error {
	if n := arrowsOf(r); n > mostArrows || r.Peers > mostLanes {
		return &TooLarge{r.Peers, n}
	}
	return nil
}

// MayFit reports whether a run of so many broadcasts may fit in one picture: it
// does not if the packets of a single transmission are too many.
func MayFit(peers, messages int) bool {
	return peers <= mostLanes && messages*(peers-1) <= mostArrows
}

// basis is the run whose arrows are drawn.
func basis(runs []*trace.Run) *trace.Run {
	for _, r := range runs {
		if !r.Result.Divergence.Identical {
			return r
		}
	}
	for _, r := range runs {
		if r.Result.Properties.Causal == result.Violated {
			return r
		}
	}
	return runs[0]
}

// arrowsOf counts the packets with bodies between different peers.
func arrowsOf(r *trace.Run) int {
	n := 0
	for i := range r.Packets {
		if carries(&r.Packets[i]) {
			n++
		}
	}
	return n
}

// carries reports whether a packet brings a message from one peer to another.
func carries(p *trace.Packet) bool {
	return p.Message != history.NoRef && p.Kind.Body() && p.From != p.To
}

// pairOf is the pair of the first finding that two messages make.
func pairOf(r *trace.Run) pair {
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.A == history.NoRef || f.B == history.NoRef || int(max(f.A, f.B)) >= len(r.Messages) {
			continue
		}
		p := pair{known: true, first: min(f.A, f.B), second: max(f.A, f.B), from: f, wrong: f.P}
		if f.Kind == trace.Disagree && p.first == f.A {
			p.wrong = f.Q // P logged them in the order of sending
		}
		if r.At(p.first, p.wrong).Position == 0 && r.At(p.second, p.wrong).Position == 0 {
			continue
		}
		return p
	}
	return pair{}
}

// WriteSVG writes the figure. The bytes are the same on every machine.
func (f *Figure) WriteSVG(w io.Writer, theme svg.Theme) error {
	d := newSheet(f)
	if err := d.picture.Write(w, pageWidth, d.height, theme); err != nil {
		return fmt.Errorf("spacetime: writing SVG: %w", err)
	}
	return nil
}
