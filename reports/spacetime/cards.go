package spacetime

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/result"
	"mpcomm/reports/trace"
)

// card is what one ordering made of the run.
type card struct {
	ordering, kind string
	rule           string // by which it ordered the pair; may be empty
	from           int    // position of the first column, from 1
	columns        int
	positions      int // of the longest log
	differ         []bool
	rows           []row
	others         int // different logs that are not shown
	verdicts       []verdict
	price          string
	why            string // the sentence of its first finding, if the lead tells it
}

// row is one log, or the log of several peers that hold the same.
type row struct {
	peers string
	tiles []tile // by column
	note  string // instead of tiles: why there is no log
}

// tile is one entry of a log.
type tile struct {
	words string
	role  role
}

// answer is that to a question about a run. The first ones are those of
// result.Verdict.
type answer uint8

const (
	yes     = answer(result.Holds)
	no      = answer(result.Violated)
	untold  = answer(result.Unknown) // the run was cut short
	lacking = untold + 1             // no two logs part, but the run is over and they lack messages
)

// verdict is the answer to one question.
type verdict struct {
	answer answer
	words  string
}

// mostRows is how many logs a card of a large run shows.
const mostRows = 8

func (f *Figure) cardOf(r *trace.Run) card {
	c := card{ordering: r.Ordering, kind: r.Kind, rule: f.rule(r), from: 1, price: price(r)}
	for p := range r.Hosts {
		c.positions = max(c.positions, len(r.Hosts[p].Log))
	}
	c.columns = c.positions
	if fit := f.fitting(r); c.columns > fit {
		c.columns = fit
		if at := f.focus(r); at > 0 {
			c.from = min(max(1, at-fit/3), c.positions-fit+1)
		}
	}
	c.differ = differing(r)[c.from-1 : c.from-1+c.columns]
	f.fill(&c, r)
	c.verdicts = []verdict{agreement(r), causality(r)}
	return c
}

// rule says how an ordering came to put the pair in its order.
func (f *Figure) rule(r *trace.Run) string {
	if r.Kind == "naive" {
		return "in order of arrival"
	}
	p := f.pair
	if !p.known {
		return ""
	}
	x, okX := r.Find(f.base.Messages[p.first].ID)
	y, okY := r.Find(f.base.Messages[p.second].ID)
	if !okX || !okY {
		return ""
	}
	a, b := r.Messages[x].Key, r.Messages[y].Key
	if !a.Known || !b.Known || a.Value == b.Value {
		return ""
	}
	if a.Value > b.Value {
		a, b = b, a
	}
	switch {
	case a.Clock:
		return fmt.Sprintf("by the senders’ clocks: %v < %v", a, b)
	case r.Kind == "lamport": // whose numbers are not those beside the events
		return fmt.Sprintf("by logical clocks, acks too: %v < %v", a, b)
	}
	return fmt.Sprintf("by logical clocks: %v < %v", a, b)
}

// price says what an ordering's patience cost at most: how long messages of
// others waited before they were first delivered, else how long a sender's own
// did.
func price(r *trace.Run) string {
	var others, own time.Duration
	for m := range r.Messages {
		for p := range r.Peers {
			held := r.At(history.Ref(m), peer.ID(p)).Held()
			if r.Messages[m].ID.Sender == peer.ID(p) {
				own = max(own, held)
			} else {
				others = max(others, held)
			}
		}
	}
	switch {
	case others > 0:
		return "holds others’ back for up to " + millis(others)
	case own > 0:
		return "holds its own back for up to " + millis(own)
	}
	return "holds nothing back"
}

// firstDifference is a position from 1, or 0.
func firstDifference(r *trace.Run) int {
	if d := r.Result.FirstDifference; d != nil {
		return d.Position
	}
	return 0
}

// focus is the position of a log that a card should show, or 0: the first
// difference, or around a moment the pair.
func (f *Figure) focus(r *trace.Run) int {
	if f.shown == nil || !f.pair.known {
		return firstDifference(r)
	}
	least := 0
	for _, m := range []history.Ref{f.pair.first, f.pair.second} {
		own, known := r.Find(f.base.Messages[m].ID)
		if !known {
			continue
		}
		if at := int(r.At(own, f.pair.wrong).Position); at > 0 && (least == 0 || at < least) {
			least = at
		}
	}
	return least
}

// differing reports by position whether the compared logs hold different
// messages there.
func differing(r *trace.Run) []bool {
	var logs [][]trace.Entry
	longest := 0
	for p := range r.Hosts {
		longest = max(longest, len(r.Hosts[p].Log))
		if r.Hosts[p].Correct {
			logs = append(logs, r.Hosts[p].Log)
		}
	}
	all := make([]bool, longest)
	for k := range all {
		for _, log := range logs {
			if (k < len(log)) != (k < len(logs[0])) || k < len(log) && log[k].ID != logs[0][k].ID {
				all[k] = true
			}
		}
	}
	return all
}

// fill lays out the logs: of a small run one row for each peer, in the order of
// the lanes, of a larger one a row for each different log.
func (f *Figure) fill(c *card, r *trace.Run) {
	if f.few {
		for _, p := range f.scene.lanes {
			c.rows = append(c.rows, f.rowOf(c, r, []peer.ID{p}))
		}
		return
	}
	var classes [][]peer.ID
	for p := range r.Hosts {
		same := slices.IndexFunc(classes, func(class []peer.ID) bool { return sameLog(r, class[0], peer.ID(p)) })
		if same < 0 {
			classes = append(classes, []peer.ID{peer.ID(p)})
		} else {
			classes[same] = append(classes[same], peer.ID(p))
		}
	}
	for i, class := range classes {
		if i == mostRows {
			c.others = len(classes) - i
			break
		}
		c.rows = append(c.rows, f.rowOf(c, r, class))
	}
}

func sameLog(r *trace.Run, p, q peer.ID) bool {
	a, b := &r.Hosts[p], &r.Hosts[q]
	return a.Correct == b.Correct && slices.EqualFunc(a.Log, b.Log, func(x, y trace.Entry) bool { return x.ID == y.ID })
}

func (f *Figure) rowOf(c *card, r *trace.Run, who []peer.ID) row {
	h := &r.Hosts[who[0]]
	w := row{peers: names(who)}
	if !h.Correct {
		w.note = "(not compared)"
	}
	if len(h.Log) == 0 && w.note == "" {
		w.note = "logged nothing"
	}
	if len(h.Log) == 0 {
		return w
	}
	for k := c.from - 1; k < min(c.from-1+c.columns, len(h.Log)); k++ {
		e := &h.Log[k]
		t := tile{words: e.ID.String()}
		if m, known := f.base.Find(e.ID); known { // runs need not number messages alike
			t.role = f.roleOf(m)
		}
		w.tiles = append(w.tiles, t)
	}
	return w
}

// names joins the names of peers: p0 p2-p5.
func names(who []peer.ID) string {
	var parts []string
	for i := 0; i < len(who); {
		k := i
		for k+1 < len(who) && who[k+1] == who[k]+1 {
			k++
		}
		switch {
		case k > i+1:
			parts = append(parts, fmt.Sprintf("%v–%v", who[i], who[k]))
		case k == i+1:
			parts = append(parts, who[i].String(), who[k].String())
		default:
			parts = append(parts, who[i].String())
		}
		i = k + 1
	}
	return strings.Join(parts, " ")
}

// agreement answers whether the logs agree.
func agreement(r *trace.Run) verdict {
	if at := firstDifference(r); at > 0 {
		return verdict{no, fmt.Sprintf("logs part at position %d", at)}
	}
	cut := r.Result.Limit == "until" || r.Result.Limit == "events"
	switch {
	case !r.Result.Complete && cut:
		return verdict{untold, "logs agree so far"}
	case !r.Result.Complete:
		return verdict{lacking, "logs agree, but are incomplete"}
	}
	return verdict{yes, "logs agree"}
}

// causality answers whether causes come first.
func causality(r *trace.Run) verdict {
	v := answer(r.Result.Properties.Causal)
	switch v {
	case yes:
		return verdict{v, "cause before effect"}
	case untold:
		return verdict{v, "cause first? the run ended before"}
	}
	for i := range r.Findings {
		if g := &r.Findings[i]; g.Kind == trace.Acausal && g.A != history.NoRef && g.B != history.NoRef {
			return verdict{v, fmt.Sprintf("%v before its cause %v", r.Messages[g.B].ID, r.Messages[g.A].ID)}
		}
	}
	return verdict{v, "effect before its cause"}
}
