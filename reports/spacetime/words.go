package spacetime

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/trace"
	"mpcomm/sim"
)

// sentence is words with a bold head.
type sentence struct{ head, words string }

// answers is what an ordering made of the run: do the logs agree, and is cause
// before effect?
func (c *card) answers() [2]answer {
	return [2]answer{c.verdicts[0].answer, c.verdicts[1].answer}
}

// Title is the finding in a few words, made from the verdicts; of a moment, what
// was found there.
func (f *Figure) Title() string {
	if f.shown != nil && f.pair.known {
		first, second := f.base.Messages[f.pair.first].ID, f.base.Messages[f.pair.second].ID
		if f.pair.from.Kind == trace.Acausal {
			return fmt.Sprintf("%s: %v logs %v before its cause %v", f.base.Ordering, f.pair.wrong, second, first)
		}
		other := f.pair.from.P
		if other == f.pair.wrong {
			other = f.pair.from.Q
		}
		return fmt.Sprintf("%s: %v logs %v before %v, %v the other way round", f.base.Ordering, f.pair.wrong, second, first, other)
	}
	var distinct [][2]answer
	for i := range f.cards {
		if a := f.cards[i].answers(); !slices.Contains(distinct, a) {
			distinct = append(distinct, a)
		}
	}
	if len(f.cards) == 1 {
		return f.cards[0].ordering + ": " + f.outcome(&f.cards[0])
	}
	if len(distinct) == 1 {
		return fmt.Sprintf("%s orderings, one answer: %s", capital(number(len(f.cards))), f.outcome(&f.cards[0]))
	}
	return fmt.Sprintf("One run, %s orderings, %s answers", number(len(f.cards)), number(len(distinct)))
}

// outcome is both answers in a few words.
func (f *Figure) outcome(c *card) string {
	a := c.answers()
	logs := [...]string{yes: "the logs agree", no: "the logs differ", untold: "the logs agree so far", lacking: "the logs agree, but are incomplete,"}[a[0]]
	cause := [...]string{yes: "cause comes first", no: "cause does not come first", untold: "causes are not known"}[a[1]]
	if a[0] == a[1] || a[0] >= untold || a[1] == untold {
		return logs + " and " + cause
	}
	return logs + ", but " + cause
}

// lead is the finding in sentences: why the logs part, and why they agree on an
// order that puts an effect before its cause, each where it first happens.
func (f *Figure) lead() []sentence {
	var all []sentence
	for i := range f.cards {
		c := &f.cards[i]
		if c.why != "" && len(all) < mostFindings {
			all = append(all, sentence{c.ordering + ":", c.why})
		}
	}
	return all
}

// whys fills in the sentences that the lead is made of.
func (f *Figure) whys(runs []*trace.Run) {
	parted, acausal := false, false
	for i, r := range runs {
		c := &f.cards[i]
		if f.shown != nil {
			if r == f.base && f.pair.known {
				c.why = f.pair.from.Text
			}
			continue
		}
		answers := c.answers()
		switch {
		case answers[0] == no && !parted && r.Result.FirstDifference != nil:
			parted = true
			c.why = r.Result.FirstDifference.Text
		case answers[0] != no && answers[1] == no && !acausal:
			acausal = true
			at := slices.IndexFunc(r.Findings, func(g trace.Finding) bool { return g.Kind == trace.Acausal })
			if at >= 0 {
				c.why = r.Findings[at].Text
			}
		}
	}
}

// Desc tells the picture to those who do not see it.
func (f *Figure) Desc() string {
	var b strings.Builder
	r := f.base
	fmt.Fprintf(&b, "Space-time diagram of %s and %s under %s.", count(r.Peers, "peer", "peers"), count(len(r.Messages), "message", "messages"), r.Ordering)
	if f.few {
		for i := range r.Messages {
			m := &r.Messages[i]
			if !f.shows(history.Ref(i)) {
				continue
			}
			fmt.Fprintf(&b, " %v broadcasts %v at %s", m.ID.Sender, m.ID, exact(m.At))
			f.arrivals(&b, history.Ref(i))
			b.WriteByte('.')
		}
	}
	for i := range f.cards {
		c := &f.cards[i]
		fmt.Fprintf(&b, " By %s %s.", c.ordering, f.outcome(c))
		if f.few {
			for _, w := range c.rows {
				fmt.Fprintf(&b, " %s: %s.", w.peers, w.spoken())
			}
		}
		if c.why != "" {
			b.WriteString(" " + c.why)
		}
	}
	return b.String()
}

// arrivals says when a message reaches whom.
func (f *Figure) arrivals(b *strings.Builder, m history.Ref) {
	between := "; it reaches "
	for p := range f.base.Peers {
		c := f.base.At(m, peer.ID(p))
		if peer.ID(p) == f.base.Messages[m].ID.Sender || c.Arrived == sim.Never {
			continue
		}
		fmt.Fprintf(b, "%s%v at %s", between, peer.ID(p), exact(c.Arrived))
		between = ", "
	}
}

// spoken is a log in words.
func (w *row) spoken() string {
	if len(w.tiles) == 0 {
		return w.note
	}
	var names []string
	for _, t := range w.tiles {
		names = append(names, t.words)
	}
	return strings.Join(names, ", ")
}

// notes say what the picture does not show, and what it is that it shows.
func (d *sheet) notes() []string {
	var all []string
	if len(d.cards) > 1 {
		all = append(all, fmt.Sprintf("Arrows and marks are those of %s.", d.base.Ordering))
	}
	if n := d.drawn(); n < len(d.base.Messages) {
		all = append(all, fmt.Sprintf("Drawn are %d of %d messages, those around %s.", n, len(d.base.Messages), exact(d.about)))
	}
	if d.labels.none > 0 {
		all = append(all, fmt.Sprintf("%s of events found no room.", count(d.labels.none, "label", "labels")))
	}
	if left := d.base.LeftOut.String(); left != "" {
		all = append(all, left)
	}
	if len(all) == 0 {
		return nil
	}
	return []string{strings.Join(all, " ")}
}

// caption names the command, and the size of the run.
func (d *sheet) caption() string {
	parts := []string{}
	if d.Caption != "" {
		parts = append(parts, d.Caption)
	} else {
		parts = append(parts, fmt.Sprintf("%s · seed %d", d.base.Scenario, d.base.Seed))
	}
	parts = append(parts, count(d.base.Peers, "peer", "peers")+", "+count(len(d.base.Messages), "message", "messages"))
	return strings.Join(parts, " · ")
}

// clocksDiffer reports whether the clock of a sender was off when it sent.
func (f *Figure) clocksDiffer() bool {
	for i := range f.base.Messages {
		if m := &f.base.Messages[i]; f.shows(history.Ref(i)) && int64(m.Local) != int64(m.At) {
			return true
		}
	}
	return false
}

// signed is a difference with its sign.
func signed(d time.Duration) string {
	if d < 0 {
		return "−" + millis(-d)
	}
	return "+" + millis(d)
}

// millis words a duration, to a tenth of a millisecond from ten milliseconds
// on, to a microsecond below.
func millis(d time.Duration) string { return short(int64(d)) + " ms" }

func short(ns int64) string {
	unit := time.Microsecond
	if d := time.Duration(ns).Abs(); d >= 10*time.Millisecond {
		unit = 100 * time.Microsecond
	}
	if rounded := time.Duration(ns).Round(unit); rounded != 0 {
		ns = int64(rounded)
	}
	return string(sim.Time(ns).AppendMS(nil))
}

// exact is a time for a sentence.
func exact(t sim.Time) string { return short(int64(t)) + " ms" }

var numbers = [...]string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}

func number(n int) string {
	if n < len(numbers) {
		return numbers[n]
	}
	return fmt.Sprint(n)
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
