package screen

import (
	"fmt"
	"slices"
	"strings"

	"mpcomm/peer"
	"mpcomm/reports/result"
)

// mostNotes is how many notes a screen shows unless it is verbose.
const mostNotes = 3

// mostLabel is how many columns of an ordering's label a note repeats.
const mostLabel = 24

// note is one remark and the orderings it holds for.
type note struct {
	text  string
	about []string
}

// notes says what a reader must know before believing the verdicts: runs cut
// short, logs that never came, peers that waited in vain, messages lost,
// assumptions not met, verdicts about nothing. A remark that holds for several
// orderings is made once. It returns whether there was anything to say.
func (b *brush) notes(runs []result.Ordering) bool {
	var all []note
	for i := range runs {
		for _, text := range notesOf(&runs[i]) {
			at := slices.IndexFunc(all, func(n note) bool { return n.text == text })
			if at < 0 {
				at = len(all)
				all = append(all, note{text: text})
			}
			all[at].about = append(all[at].about, b.fit(b.plain(runs[i].Ordering), mostLabel))
		}
	}
	for _, text := range watched(runs) {
		all = append(all, note{text: text})
	}
	if len(all) == 0 {
		return false
	}
	b.blank()
	shown := len(all)
	switch {
	case b.tight >= oneNote:
		shown = 1
	case !b.Verbose && len(all) > mostNotes:
		shown = mostNotes
	}
	head := b.paint(faint, "NOTE") + "  "
	for i, n := range all[:shown] {
		if i == shown-1 && shown < len(all) {
			n.text += fmt.Sprintf(" (and %d more)", len(all)-shown)
		}
		if len(n.about) > 1 {
			n.text = strings.Replace(n.text, "outside its assumptions", "outside their assumptions", 1)
		}
		about := strings.Join(n.about, ", ") + ": "
		switch {
		case len(n.about) == 0: // the note says itself whom it is about
			about = ""
		case len(n.about) == len(runs) && len(runs) > 1:
			about = "all orderings: "
		}
		b.wrap(head, b.plain(about+n.text))
		head = "      "
	}
	return true
}

func notesOf(r *result.Ordering) []string {
	var notes []string
	switch r.Limit {
	case "":
	case "quiet":
		notes = append(notes, "the run hung: nothing was left to happen, and not every peer had finished")
	case "until":
		notes = append(notes, "cut short at the time limit")
	case "events":
		notes = append(notes, "cut short at the limit of events")
	default:
		notes = append(notes, "ended at its limit: "+r.Limit)
	}
	notes = append(notes, healNotes(r)...)
	notes = append(notes, givenUpNotes(r)...)
	notes = append(notes, stuckNotes(r)...)
	notes = append(notes, absentNotes(r)...)
	if n := r.Divergence.Missing; n > 0 {
		notes = append(notes, fmt.Sprintf("%s missing from logs that others have", entries(n)))
	}
	if n := r.Divergence.Duplicates; n > 0 {
		notes = append(notes, fmt.Sprintf("%s logged more than once", entries(n)))
	}
	notes = append(notes, lossNotes(&r.Cost)...)
	if outcomeOf(r) != fine && len(r.OutsideAssumptions) > 0 {
		notes = append(notes, "outside its assumptions: "+strings.Join(r.OutsideAssumptions, "; "))
	}
	if len(r.NotComputed) > 0 {
		notes = append(notes, "no logs were kept, so "+notComputed(r)+" not computed")
	}
	return append(notes, r.Vacuous...)
}

// notComputed names what a screen leaves out of a run without logs.
func notComputed(r *result.Ordering) string {
	what := []string{"OVERTAKEN, WAIT, the reason of the first difference"}
	if slices.Contains(r.NotComputed, "mechanisms") {
		what = append(what, "the mechanisms of all differences")
	}
	if slices.Contains(r.NotComputed, "divergence.contested") {
		what = append(what, "the share of contested messages")
	}
	if slices.Contains(r.NotComputed, "properties.causal") {
		what = append(what, "the order of causes")
	}
	return list(what) + " are"
}

// watched answers each question of the scenario once, for all orderings.
func watched(runs []result.Ordering) []string {
	var questions []string
	var yes, no [][]string
	for i := range runs {
		for _, w := range runs[i].Watch {
			question := fmt.Sprintf("does %s have %s with no %s before it?", w.Peer, w.First, w.Then)
			at := slices.Index(questions, question)
			if at < 0 {
				at = len(questions)
				questions, yes, no = append(questions, question), append(yes, nil), append(no, nil)
			}
			if w.Happened {
				yes[at] = append(yes[at], runs[i].Ordering)
			} else {
				no[at] = append(no[at], runs[i].Ordering)
			}
		}
	}
	for i := range questions {
		if yes[i] != nil {
			questions[i] += " Yes: " + list(yes[i]) + "."
		}
		if no[i] != nil {
			questions[i] += " No: " + list(no[i]) + "."
		}
	}
	return questions
}

// lossNotes counts the packets that links did not carry, or not whole: losses
// with a cause that somebody set.
func lossNotes(c *result.Cost) []string {
	var notes []string
	for _, l := range [...]struct {
		n   uint64
		why string
	}{
		{c.PacketsNoLink, "sent over links that were down"},
		{c.PacketsTooBig, "dropped: larger than the MTU"},
		{c.PacketsCorrupted, "corrupted on the way and discarded"},
	} {
		switch {
		case l.n == 1:
			notes = append(notes, "1 packet was "+l.why)
		case l.n > 1:
			notes = append(notes, thousands(int64(l.n))+" packets were "+l.why)
		}
	}
	return notes
}

func entries(n int) string {
	if n == 1 {
		return "1 entry is"
	}
	return thousands(int64(n)) + " entries are"
}

// stuckNotes names who waited in vain for whom, peers with the same fate
// together, and counts what is too much to be named.
func stuckNotes(r *result.Ordering) []string {
	var fates []note
	others := 0
	for _, s := range r.Phases.Stuck {
		fate := "stuck in " + s.Phase
		if len(s.WaitingFor) > 0 {
			fate += ", waiting for " + peers(s.WaitingFor, s.More)
		}
		if len(fates) == mostNamed && fateAt(fates, fate) < 0 {
			others++
			continue
		}
		fates = together(fates, fate, s.Peer.String())
	}
	var out []string
	for _, f := range fates {
		out = append(out, list(f.about)+" "+f.text)
	}
	if others > 0 {
		out = append(out, "and "+plural(others, "other peer")+" stuck")
	}
	return out
}

// givenUpNotes names the peers that others opened without.
func givenUpNotes(r *result.Ordering) []string {
	var out []string
	for i, g := range r.Phases.GivenUp {
		if i == mostNamed {
			return append(out, "and "+plural(len(r.Phases.GivenUp)-i, "other peer")+" never heard by some")
		}
		out = append(out, fmt.Sprintf("%s never heard READY from %s and opened without it", peers(g.By, g.More), g.Peer))
	}
	return out
}

// absentNotes names the peers whose logs did not come, and why, except those
// already named as stuck.
func absentNotes(r *result.Ordering) []string {
	var fates []note
	for _, a := range r.Absent {
		if slices.ContainsFunc(r.Phases.Stuck, func(s result.Stuck) bool { return s.Peer == a.Peer }) {
			continue
		}
		fates = together(fates, a.Why, a.Peer.String())
	}
	var out []string
	for _, f := range fates {
		out = append(out, "no log from "+list(f.about)+" ("+f.text+")")
	}
	return out
}

func together(fates []note, fate, who string) []note {
	at := fateAt(fates, fate)
	if at < 0 {
		return append(fates, note{fate, []string{who}})
	}
	fates[at].about = append(fates[at].about, who)
	return fates
}

func fateAt(fates []note, fate string) int {
	return slices.IndexFunc(fates, func(n note) bool { return n.text == fate })
}

// mostNamed is how many peers a remark names before it counts the others.
const mostNamed = 8

// peers names peers in the order of their numbers, whatever order they came in,
// and counts more that are not among them.
func peers(ids []peer.ID, more int) string {
	names := make([]string, len(ids))
	for i, p := range slices.Sorted(slices.Values(ids)) {
		names[i] = p.String()
	}
	return listAnd(names, more)
}

func list(names []string) string { return listAnd(names, 0) }

func listAnd(names []string, more int) string {
	if all := len(names) + more; all > mostNamed {
		return fmt.Sprintf("%s and %d others", strings.Join(names[:min(len(names), mostNamed-1)], ", "), all-min(len(names), mostNamed-1))
	}
	return strings.Join(names, ", ")
}
