package spacetime

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/result"
	"mpcomm/reports/svg"
	"mpcomm/reports/trace"
	"mpcomm/sim"
)

// What a picture holds. Up to fewPeers and fewMessages it shows everything, in
// the lane order that is easiest to read; above that lanes stand in the order
// of the peers, clocks are left out, and logs are shown around the first
// difference.
const (
	fewPeers     = 6
	fewMessages  = 12
	mostAround   = 6 // messages that are drawn around a moment
	mostArrows   = 500
	mostLanes    = 32
	namedArrows  = 150 // up to this many arrows messages are named where they are sent
	mostFindings = 2   // told in words above the picture
)

// TooLarge says that a run does not fit in one picture.
type TooLarge struct {
	Peers, Arrows int
	Token         string // of a moment that can be drawn; empty where none is known
}

// Error says what fits, and what to do.
func (e *TooLarge) Error() string {
	words := fmt.Sprintf("%s and %s are too much for one picture: it holds up to %d peers and %d arrows; "+
		"take fewer peers or messages, such as --set peers=3 --set workload.messages=4",
		count(e.Peers, "peer", "peers"), count(e.Arrows, "packet with a message", "packets with messages"), mostLanes, mostArrows)
	if e.Token != "" && e.Peers <= mostLanes {
		words += ", or a moment of it, such as " + e.Token
	}
	return words
}

// Figure is a space-time diagram of one run: peers as lanes, true time to the
// right, messages as slanted arrows; below it what each ordering made of them.
type Figure struct {
	Caption string // the command that draws it

	base  *trace.Run // whose arrows are drawn
	shown []bool     // by message; nil = all
	about sim.Time   // the moment around which they are, if not all are
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
	if err := together(runs); err != nil {
		return nil, err
	}
	f := &Figure{base: basis(runs)}
	f.pair = pairOf(f.base, f.base.Findings)
	return f.complete(runs)
}

// Around makes a figure of a moment of a run of any length: of the finding whose
// moment is nearest to it under the ordering of that label, and of the messages
// that were sent nearest to it, six in all. What is left out is said. It is an
// error if there is no such ordering, and as *[TooLarge] if there are too many
// peers.
func Around(runs []*trace.Run, ordering string, at sim.Time) (*Figure, error) {
	if err := together(runs); err != nil {
		return nil, err
	}
	i := slices.IndexFunc(runs, func(r *trace.Run) bool { return r.Ordering == ordering })
	if i < 0 {
		return nil, fmt.Errorf("spacetime: no run of the ordering %q", ordering)
	}
	f := &Figure{base: runs[i], about: at}
	f.pair = pairOf(f.base, byMoment(f.base, at))
	f.shown = f.near(at)
	return f.complete(runs)
}

// near chooses the messages around a moment: the pair, and those that were sent
// nearest to it.
func (f *Figure) near(at sim.Time) []bool {
	r := f.base
	all := make([]int, len(r.Messages))
	for i := range all {
		all[i] = i
	}
	slices.SortStableFunc(all, func(a, b int) int {
		return cmp.Or(cmp.Compare(f.roleOf(history.Ref(b)), f.roleOf(history.Ref(a))),
			cmp.Compare(r.Messages[a].At.Sub(at).Abs(), r.Messages[b].At.Sub(at).Abs()))
	})
	shown := make([]bool, len(r.Messages))
	for _, m := range all[:min(len(all), mostAround)] {
		shown[m] = true
	}
	return shown
}

// shows reports whether a message is drawn.
func (f *Figure) shows(m history.Ref) bool { return f.shown == nil || f.shown[m] }

// drawn is how many messages are.
func (f *Figure) drawn() int {
	n := 0
	for i := range f.base.Messages {
		n += b2i(f.shows(history.Ref(i)))
	}
	return n
}

// together holds runs to be of one seed and of the same peers.
func together(runs []*trace.Run) error {
	if len(runs) == 0 {
		return fmt.Errorf("spacetime: no run to draw")
	}
	for _, r := range runs {
		if r.Peers != runs[0].Peers || r.Seed != runs[0].Seed {
			return fmt.Errorf("spacetime: runs of %d peers, seed %d, and of %d peers, seed %d, in one picture", runs[0].Peers, runs[0].Seed, r.Peers, r.Seed)
		}
	}
	return nil
}

// complete lays out what is to be seen.
func (f *Figure) complete(runs []*trace.Run) (*Figure, error) {
	if err := f.fits(); err != nil {
		return nil, err
	}
	f.few = f.base.Peers <= fewPeers && f.drawn() <= fewMessages
	f.scene = newScene(f)
	for _, r := range runs {
		f.cards = append(f.cards, f.cardOf(r))
	}
	f.whys(runs)
	f.remedy(runs)
	return f, nil
}

// Fits returns a *[TooLarge] if a whole run does not fit in one picture.
func Fits(r *trace.Run) error { return (&Figure{base: r}).fits() }

func (f *Figure) fits() error {
	if n := f.arrows(); n > mostArrows || f.base.Peers > mostLanes {
		e := &TooLarge{Peers: f.base.Peers, Arrows: n}
		if f.pair.known {
			e.Token = strings.ReplaceAll(f.base.Token(f.pair.from).String(), " ", "_")
		}
		return e
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

// arrows counts the packets with bodies between different peers.
func (f *Figure) arrows() int {
	n := 0
	for i := range f.base.Packets {
		if p := &f.base.Packets[i]; carries(p) && f.shows(p.Message) {
			n++
		}
	}
	return n
}

// carries reports whether a packet brings a message from one peer to another.
func carries(p *trace.Packet) bool {
	return p.Message != history.NoRef && p.Kind.Body() && p.From != p.To
}

// pairOf is the pair of the first of some findings that two messages make.
func pairOf(r *trace.Run, findings []trace.Finding) pair {
	for i := range findings {
		f := &findings[i]
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
