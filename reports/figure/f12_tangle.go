package figure

import (
	"fmt"
	"image/color"
	"slices"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// mostTangled is how many messages a tanglegram shows at most.
const mostTangled = 60

// strand is one message in a tanglegram: its place in the one log and in the
// other, from 0.
type strand struct {
	message int
	a, b    int
}

// crossings counts the pairs of strands that cross: the Kendall distance of the
// two logs over these messages.
func crossings(strands []strand) int {
	n := 0
	for i, s := range strands {
		for _, t := range strands[:i] {
			if (s.a < t.a) != (s.b < t.b) {
				n++
			}
		}
	}
	return n
}

// crosses reports whether a strand crosses another.
func crosses(strands []strand, i int) bool {
	return slices.ContainsFunc(strands, func(t strand) bool {
		return t != strands[i] && (strands[i].a < t.a) != (strands[i].b < t.b)
	})
}

// strandsOf are the messages at up to mostTangled positions of p's log from
// `from` on that q's log holds too, by their places among themselves.
func (l *Logs) strandsOf(p, q, from int) []strand {
	place := map[int]int{}
	for k, d := range l.Peers[q] {
		place[d.Message] = k
	}
	var strands []strand
	for _, d := range l.Peers[p][from:min(from+mostTangled, len(l.Peers[p]))] {
		if k, both := place[d.Message]; both {
			strands = append(strands, strand{d.Message, len(strands), k})
		}
	}
	order := make([]int, len(strands))
	for i, s := range strands {
		order[i] = s.b
	}
	slices.Sort(order)
	for i := range strands {
		strands[i].b, _ = slices.BinarySearch(order, strands[i].b)
	}
	return strands
}

// tangle is the pair of logs that a tanglegram shows, and the stretch.
type tangle struct {
	p, q, from int
	strands    []strand
	crossings  int
}

// worstTangle looks for the pair of peers and the stretch with most crossings.
func (l *Logs) worstTangle() tangle {
	worst := tangle{q: 1, crossings: -1}
	for p := range l.Peers {
		for q := range l.Peers[:p] {
			for from := 0; from == 0 || from+mostTangled/2 < len(l.Peers[q]); from += mostTangled / 2 {
				s := l.strandsOf(q, p, from)
				if n := crossings(s); n > worst.crossings {
					worst = tangle{q, p, from, s, n}
				}
			}
		}
	}
	return worst
}

// Tanglegram is F12: the logs of two peers, one line for each message from its
// place in the one to its place in the other. Two lines cross exactly where the
// logs order their messages differently, so that the number of crossings is the
// Kendall distance. It shows the pair of peers, and the stretch, that cross most.
func Tanglegram(run RunFacts, all []Logs) (*Figure, error) {
	if err := checkLogs(all); err != nil {
		return nil, fmt.Errorf("F12 (what does the distance of two logs look like?): %w", err)
	}
	var l *Logs
	var t tangle
	for i := range all {
		if w := all[i].worstTangle(); l == nil || w.crossings > t.crossings {
			l, t = &all[i], w
		}
	}
	if len(t.strands) < 2 {
		return nil, fmt.Errorf("F12 (what does the distance of two logs look like?): no two logs hold two messages in common")
	}
	last := min(t.from+mostTangled, len(l.Peers[t.p]))
	captions := []string{run.facts() + fmt.Sprintf(" Positions %d to %d of the log of p%d, under %s; the two peers and the stretch that cross most."+
		" In ink: messages whose lines cross others; %s.", t.from+1, last, t.p, l.Ordering, tangledShare(t.strands)), run.Command}
	f := &Figure{id: "F12", title: tangleFinding(l, t), captions: captions}
	sh := newSheet(wide, f.title, fmt.Sprintf("One line for each message: its place in two logs. %s: the Kendall distance", count(uint64(t.crossings), "crossing")), captions)
	f.sheet = sh
	a := sh.panel(sh.body.inset(26, 14, 6, 16), span{0, float64(len(t.strands) - 1)}, span{0, 1})
	a.strands(t)
	f.table = [][]string{{"ordering", "message", "place_p" + strconv.Itoa(t.p), "place_p" + strconv.Itoa(t.q), "crosses"}}
	for i, s := range t.strands {
		f.table = append(f.table, []string{
			l.Ordering, l.Names[s.message], strconv.Itoa(s.a + 1), strconv.Itoa(s.b + 1), strconv.FormatBool(crosses(t.strands, i)),
		})
	}
	return f, nil
}

// strands draws the two logs as rows of dots and the lines between, those that
// cross on top.
func (a *area) strands(t tangle) {
	quiet := color.NRGBA(inkAxis)
	quiet.A = 130
	for _, crossing := range []bool{false, true} {
		for i, s := range t.strands {
			if crosses(t.strands, i) != crossing {
				continue
			}
			ink, width := quiet, vg.Length(0.8)
			if crossing {
				ink, width = inkText, 1
			}
			top, bottom := a.at(float64(s.a), 1), a.at(float64(s.b), 0)
			a.rule(draw.LineStyle{Color: ink, Width: width}, top, bottom)
			a.mark(top, draw.CircleGlyph{}, 1.6, ink)
			a.mark(bottom, draw.CircleGlyph{}, 1.6, ink)
		}
	}
	name := flushRight(words(bodySize, true, inkText))
	a.write(vg.Point{X: a.left - 7, Y: a.top}, name, "p"+strconv.Itoa(t.p))
	a.write(vg.Point{X: a.left - 7, Y: a.bottom}, name, "p"+strconv.Itoa(t.q))
	small := centred(words(captionSize, false, inkSoft))
	for i := 0; i < len(t.strands); i += 10 {
		if i > 0 {
			i--
		}
		a.write(vg.Point{X: a.at(float64(i), 1).X, Y: a.top + 9}, small, strconv.Itoa(i+1))
		a.write(vg.Point{X: a.at(float64(i), 0).X, Y: a.bottom - 9}, small, strconv.Itoa(i+1))
		if i > 0 {
			i++
		}
	}
}

func tangledShare(strands []strand) string {
	n := 0
	for i := range strands {
		if crosses(strands, i) {
			n++
		}
	}
	return fmt.Sprintf("%d of %d", n, len(strands))
}

func tangleFinding(l *Logs, t tangle) string {
	if t.crossings == 0 {
		return firstFitting(fmt.Sprintf("%s: p%d and p%d order all %d messages alike", l.Ordering, t.p, t.q, len(t.strands)))
	}
	pairs := len(t.strands) * (len(t.strands) - 1) / 2
	return firstFitting(
		fmt.Sprintf("%s: p%d and p%d swap %d of %d pairs of messages", l.Ordering, t.p, t.q, t.crossings, pairs),
		fmt.Sprintf("p%d and p%d swap %d of %d pairs of messages", t.p, t.q, t.crossings, pairs))
}
