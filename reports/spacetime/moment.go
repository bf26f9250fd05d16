package spacetime

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/trace"
	"mpcomm/reports/trace/filter"
	"mpcomm/sim"
)

// Scope says which part of a run a text shows.
type Scope struct {
	At     sim.Time          // the moment
	Filter *filter.Selection // of the run; nil = everything
	Lines  int               // most of them; 0 = all
	Width  int               // characters a line is cut at; 0 = none
	ASCII  bool
}

// near is how close to a moment a difference must begin to be the one meant.
const near = time.Millisecond

// Moment draws what happened around a moment of a recorded run, one event a
// line in the order of true time, with a column for each peer:
//
//	S   the application broadcasts a message
//	R   its body arrives and is delivered at once; r = it arrives and has to wait
//	D   it is delivered after a wait; - = it is discarded
//	x   a packet with it is lost; X = the peer crashes, O = it comes back
//	.   another packet, or a phase
//
// After the event stand what a logical clock would show then, by what the
// ordering sorts the message, and the end of the log that the event made
// longer, with a cross where it is the wrong way round. If a difference begins
// at the moment, its sentence stands above and its own lines are shown before
// all others.
func Moment(r *trace.Run, a Scope) string {
	m := moment{run: r, around: a, story: tell(r)}
	m.found = m.finding()
	m.choose()
	m.write()
	return m.b.String()
}

// moment is a text under way.
type moment struct {
	run     *trace.Run
	around  Scope
	story   []line
	found   *trace.Finding // the difference that begins then, or nil
	shown   []int          // lines of the story, in order
	passing int            // lines that would be shown if there were no limit
	b       strings.Builder
}

// finding is the difference nearest to the moment, if one is near.
func (m *moment) finding() *trace.Finding {
	all := byMoment(m.run, m.around.At)
	if len(all) == 0 || all[0].At.Sub(m.around.At).Abs() > near {
		return nil
	}
	return &all[0]
}

// byMoment returns the findings of a run, the nearest to a moment first. Of those
// that begin in one instant the first difference of the result comes first, then
// what breaks a cause, which is rarer than what two logs differ in.
func byMoment(r *trace.Run, at sim.Time) []trace.Finding {
	all := slices.Clone(r.Findings)
	class := func(f *trace.Finding) int {
		switch first := r.Result.FirstDifference; {
		case f.Kind == trace.Acausal:
			return 1
		case first != nil && first.At.Known && sim.Time(first.At.MS) == f.At && f.Involves(r.Findings[0].A) && f.Involves(r.Findings[0].B):
			return 0
		}
		return 2
	}
	slices.SortStableFunc(all, func(x, y trace.Finding) int {
		return cmp.Or(cmp.Compare(x.At.Sub(at).Abs(), y.At.Sub(at).Abs()), cmp.Compare(class(&x), class(&y)))
	})
	return all
}

// choose takes the lines to show: of those that pass the filter the ones nearest
// to the moment, after those of the difference and of its two peers.
func (m *moment) choose() {
	type candidate struct {
		number, rank int
		apart        sim.Time
	}
	var all []candidate
	from, until := m.stretch()
	for i := range m.story {
		l := &m.story[i]
		if !m.passes(l) || m.around.Filter == nil && (l.at < from || l.at > until) {
			continue
		}
		all = append(all, candidate{i, m.rank(l), max(l.at-m.around.At, m.around.At-l.at)})
	}
	m.passing = len(all)
	if most := m.around.Lines; most > 0 && len(all) > most {
		slices.SortStableFunc(all, func(x, y candidate) int { return cmp.Or(cmp.Compare(x.rank, y.rank), cmp.Compare(x.apart, y.apart)) })
		all = all[:most]
	}
	for _, c := range all {
		m.shown = append(m.shown, c.number)
	}
	slices.Sort(m.shown)
}

// stretch is the time in which the difference came about; without one it is all
// of it.
func (m *moment) stretch() (from, until sim.Time) {
	f := m.found
	if f == nil {
		return 0, sim.Never
	}
	from, until = min(m.around.At, f.At), max(m.around.At, f.At)
	for _, x := range [...]history.Ref{f.A, f.B} {
		if int(x) >= len(m.run.Messages) {
			continue
		}
		from = min(from, m.run.Messages[x].At)
		for _, p := range [...]peer.ID{f.P, f.Q} {
			at := m.run.At(x, p)
			if at.Delivered != sim.Never {
				until = max(until, at.Delivered)
				continue
			}
			for i := range at.Lost { // why it never was
				until = max(until, at.Lost[i].At)
			}
		}
	}
	return from, until
}

func (m *moment) passes(l *line) bool {
	s := m.around.Filter
	switch {
	case s == nil:
		return true
	case l.message == history.NoRef:
		return false
	case l.mark == 'S':
		return s.Any(l.message)
	}
	return s.Passes(l.message, l.receiver)
}

// rank is 0 where the messages of the difference are sent, and where they enter
// the logs of its peers; 1 for their other lines there, 2 for those elsewhere, 3
// for what else happens to its peers, 4 for the rest.
func (m *moment) rank(l *line) int {
	f := m.found
	if f == nil {
		return 4
	}
	about := l.message != history.NoRef && f.Involves(l.message)
	there := l.receiver == f.P || l.receiver == f.Q
	switch {
	case about && (l.mark == 'S' || there && l.length > 0):
		return 0
	case about && there:
		return 1
	case about:
		return 2
	case there:
		return 3
	}
	return 4
}

// write puts head, lines and what is left out.
func (m *moment) write() {
	r := m.run
	between := " · "
	if m.around.ASCII {
		between = ", "
	}
	fmt.Fprintln(&m.b, strings.Join([]string{
		r.Scenario, fmt.Sprintf("seed %d", r.Seed), r.Ordering, m.around.At.String(), counted(r.Peers, "peer"),
	}, between))
	if f := m.found; f != nil {
		m.b.WriteString(m.headline(f))
	}
	m.b.WriteByte('\n')
	t := m.table()
	m.line(t.head())
	last := -1
	for _, i := range m.shown {
		if last >= 0 && i > last+1 && m.around.Filter == nil {
			m.line(fmt.Sprintf("%*s", timeColumn, m.dots()))
		}
		last = i
		m.line(t.row(&m.story[i]))
	}
	if len(m.shown) == 0 {
		m.line("no event passes the filter")
	}
	fmt.Fprintf(&m.b, "\n%d of %s\n", len(m.shown), counted(len(m.story), "event"))
	if len(m.shown) < m.passing {
		fmt.Fprintf(&m.b, "%d more are not drawn\n", m.passing-len(m.shown))
	}
	if left := r.LeftOut.String(); left != "" {
		m.b.WriteString(left + "\n")
	}
}

func (m *moment) dots() string {
	if m.around.ASCII {
		return "..."
	}
	return "…"
}

// headline says what the difference is and why.
func (m *moment) headline(f *trace.Finding) string {
	name := func(x history.Ref) string {
		if int(x) >= len(m.run.Messages) {
			return "a message that nobody broadcast"
		}
		return m.run.Messages[x].ID.String()
	}
	what := ""
	switch {
	case f.Kind == trace.Acausal && f.Why == "missing":
		what = fmt.Sprintf("%v logs %s and never %s, a cause of it", f.P, name(f.B), name(f.A))
	case f.Kind == trace.Acausal:
		what = fmt.Sprintf("%v logs %s (position %d) before its cause %s (%d)", f.P, name(f.B), f.InP[1], name(f.A), f.InP[0])
	case f.B == history.NoRef:
		what = fmt.Sprintf("%v logs %s (position %d), %v never does", f.P, name(f.A), f.InP[0], f.Q)
	default:
		what = fmt.Sprintf("%v logs %s before %s (positions %d and %d), %v the other way round (%d and %d)",
			f.P, name(f.A), name(f.B), f.InP[0], f.InP[1], f.Q, f.InQ[1], f.InQ[0])
	}
	return fmt.Sprintf("%s\n%s: %s\n", what, strings.ToUpper(string(f.Why)), f.Text)
}

// line writes one line, cut at the width.
func (m *moment) line(s string) {
	s = strings.TrimRight(s, " ")
	if w := m.around.Width; w > 0 && utf8.RuneCountInString(s) > w {
		dots := m.dots()
		s = string([]rune(s)[:w-utf8.RuneCountInString(dots)]) + dots
	}
	m.b.WriteString(s + "\n")
}

func counted(n int, noun string) string { return count(n, noun, noun+"s") }
