package screen

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"mpcomm/reports/result"
)

// why explains the first ordering whose logs differ and the first whose logs
// agree though a cause comes after its effect: two different findings. In
// verbose screens it explains every ordering, with air between; in others it
// names position and mechanism of those it does not explain.
func (b *brush) why(runs []result.Ordering) {
	differs, acausal := false, false
	var also []string
	part := func() {
		if b.Verbose || !differs && !acausal {
			b.blank()
		}
	}
	for i := range runs {
		r := &runs[i]
		if d := r.FirstDifference; d != nil && (b.Verbose || !differs) {
			part()
			differs = true
			b.difference(b.plain(r.Ordering)+", first difference: position "+thousands(int64(d.Position))+moment(d.Token), d, nil)
			b.tally("swap", r.Mechanisms, func(m *result.Mechanisms) *result.Reasons { return &m.Disagree })
		} else if d != nil {
			also = append(also, fmt.Sprintf("%s: position %s, %s%s", b.plain(r.Ordering), thousands(int64(d.Position)), strings.ToUpper(d.Why), moment(d.Token)))
		}
		if r.Properties.Causal != result.Violated || !b.Verbose && (acausal || !r.Divergence.Identical) {
			continue
		}
		at := slices.IndexFunc(r.Witnesses, func(w result.Witness) bool { return w.Property == "causal" })
		if at < 0 {
			continue
		}
		part()
		acausal = true
		head := b.plain(r.Ordering) + ": "
		if r.Divergence.Identical {
			head += "the logs agree, but "
		}
		head += "cause does not come first" + moment(r.Witnesses[at].Token)
		b.wrap(b.paint(faint, "WHY")+"  ", head)
		b.wrap("     ", b.plain(r.Witnesses[at].Text))
		b.because(r.Witnesses[at].Why, r.Witnesses[at].Because)
		b.tally("broken cause", r.Mechanisms, func(m *result.Mechanisms) *result.Reasons { return &m.Acausal })
	}
	if len(also) > 0 {
		b.wrap(b.paint(faint, "ALSO")+" ", strings.Join(also, "; "))
	}
}

// moment is a token after a comma, or nothing.
func moment(token string) string {
	if token == "" {
		return ""
	}
	return ", " + token
}

// tally counts all differences of one kind by their mechanisms, the commonest
// first, where they were counted and there is more than the one explained.
func (b *brush) tally(noun string, m *result.Mechanisms, of func(*result.Mechanisms) *result.Reasons) {
	if m == nil || b.tight >= noTally {
		return
	}
	r := of(m)
	total := r.Ordered()
	if total < 2 {
		return
	}
	names := slices.Clone(result.ReasonNames[1:])
	slices.SortStableFunc(names, func(x, y string) int { return cmp.Compare(*r.Of(y), *r.Of(x)) })
	var parts []string
	for _, name := range names {
		if n := *r.Of(name); n > 0 {
			parts = append(parts, thousands(int64(n))+" "+name)
		}
	}
	if r.LeftOut > 0 {
		parts = append(parts, thousands(int64(r.LeftOut))+" not looked at")
	}
	b.wrap("     ", "all "+plural(int(total), noun)+": "+strings.Join(parts, ", "))
}

// difference shows the two entries and the sentence that says why they differ.
// names are those of the files the logs came from, or nil.
func (b *brush) difference(head string, d *result.Difference, names []string) {
	b.wrap(b.paint(faint, "WHY")+"  ", head)
	var entries [2]string
	for i, p := range d.Peers {
		who := p.String()
		if int(p) < len(names) {
			who += " (" + b.plain(names[p]) + ")"
		}
		if m := d.Messages[i]; m != nil {
			entries[i] = fmt.Sprintf("%s logged %s", who, b.plain(*m))
		} else {
			entries[i] = who + "'s log has ended"
		}
	}
	const between = "        "
	if 5+columns(entries[0])+columns(between)+columns(entries[1]) <= b.Width {
		b.line("     " + entries[0] + between + entries[1])
	} else {
		b.wrap("     ", entries[0])
		b.wrap("     ", entries[1])
	}
	b.because(d.Why, d.Text)
}

// because writes the sentence of a mechanism after its name, once.
func (b *brush) because(why, text string) {
	text = b.plain(text)
	if name := strings.ToUpper(why) + ":"; why != "" && !strings.HasPrefix(text, name) {
		text = name + " " + text
	}
	if text != "" {
		b.wrap("     ", text)
	}
}
