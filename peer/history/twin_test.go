package history

import (
	"cmp"
	"slices"
	"testing"

	"mpcomm/peer"
	"mpcomm/sim"

	"pgregory.net/rapid"
)

// drawHistory plays a run of random steps: a peer broadcasts, or delivers
// something that was broadcast. How disorderly it is, is itself drawn.
func drawHistory(t *rapid.T) *History {
	n := rapid.IntRange(1, 5).Draw(t, "peers")
	h := &History{Peers: n, Logs: make([]Log, n)}
	if rapid.Bool().Draw(t, "crashes") {
		h.Crashed = rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "crashed")
	}
	disorder := rapid.IntRange(0, 3).Draw(t, "disorder")
	ranks := make([]int32, n)
	for range rapid.IntRange(0, rapid.SampledFrom([]int{12, 60, 400}).Draw(t, "size")).Draw(t, "steps") {
		p := rapid.IntRange(0, n-1).Draw(t, "peer")
		log := &h.Logs[p]
		switch draw := rapid.IntRange(0, 20).Draw(t, "step"); {
		case draw < 6:
			b := Broadcast{
				ID: peer.MessageID{Sender: peer.ID(p), Number: ranks[p]}, Rank: ranks[p], LogLen: int32(len(log.Refs)),
				At: sim.Time(len(h.Broadcasts) / 3), Cause: NoRef,
			}
			if len(h.Broadcasts) > 0 && rapid.IntRange(0, 4).Draw(t, "answers") == 0 {
				b.Cause = Ref(rapid.IntRange(0, len(h.Broadcasts)-1).Draw(t, "cause"))
			}
			ranks[p]++
			h.Broadcasts = append(h.Broadcasts, b)
		case draw == 20 && disorder == 3:
			h.Strays = append(h.Strays, Stray{Peer: peer.ID(p), Position: len(log.Refs), ID: peer.MessageID{Sender: 77}})
			log.Refs = append(log.Refs, NoRef)
		default:
			deliver(t, h, p, disorder)
		}
	}
	if rapid.Bool().Draw(t, "finish") {
		for p := range n {
			for range h.Broadcasts {
				deliver(t, h, p, min(disorder, 1))
			}
		}
	}
	// Equal logs are judged once and counted as often as there are.
	if rapid.Bool().Draw(t, "equal") {
		for p := range n {
			if ranks[p] == 0 && !slices.Contains(h.Logs[0].Refs, NoRef) && !slices.Contains(h.Logs[p].Refs, NoRef) {
				h.Logs[p].Refs = slices.Clone(h.Logs[0].Refs)
			}
		}
	}
	return h
}

// deliver lets p deliver the first message it does not have, or one a little
// later, or (disorder 2 and up) now and then any, also again.
func deliver(t *rapid.T, h *History, p, disorder int) {
	log := &h.Logs[p]
	if disorder >= 2 && len(h.Broadcasts) > 0 && rapid.IntRange(0, 9).Draw(t, "any") == 0 {
		log.Refs = append(log.Refs, Ref(rapid.IntRange(0, len(h.Broadcasts)-1).Draw(t, "ref")))
		return
	}
	skip := 0
	if disorder > 0 {
		skip = max(0, rapid.IntRange(-4, 3).Draw(t, "skip"))
	}
	for ref := range h.Broadcasts {
		if !slices.Contains(log.Refs, Ref(ref)) {
			if skip == 0 {
				log.Refs = append(log.Refs, Ref(ref))
				return
			}
			skip--
		}
	}
}

// closure is the definition of causes: cause[m][x] for x a cause of m.
func closure(h *History) [][]bool {
	n := len(h.Broadcasts)
	cause := make([][]bool, n)
	for m := range n {
		cause[m] = make([]bool, n)
		b := h.Broadcasts[m]
		for x := range n {
			if h.Broadcasts[x].ID.Sender == b.ID.Sender && h.Broadcasts[x].Rank < b.Rank {
				cause[m][x] = true
			}
		}
		for _, x := range h.Logs[b.ID.Sender].Refs[:b.LogLen] {
			if x != NoRef {
				cause[m][x] = true
			}
		}
		if b.Cause != NoRef {
			cause[m][b.Cause] = true
		}
	}
	for k := range n {
		for m := range n {
			for x := range n {
				cause[m][x] = cause[m][x] || cause[m][k] && cause[k][x]
			}
		}
	}
	return cause
}

// firsts returns a log without repeats and strays.
func firsts(log Log) (list []Ref) {
	for _, ref := range log.Refs {
		if ref != NoRef && !slices.Contains(list, ref) {
			list = append(list, ref)
		}
	}
	return list
}

// brute judges a history by the sentences that define the properties.
func brute(h *History) (verdicts [7]Verdict, q Quality) {
	var compared [][]Ref
	bad := func(i int) { verdicts[i] = Violated }
	for p := range h.Peers {
		list := firsts(h.Logs[p])
		if len(list) != len(h.Logs[p].Refs) {
			bad(0)
		}
		if h.Correct(p) {
			compared = append(compared, list)
		}
	}
	for ref, b := range h.Broadcasts {
		held, crashed := 0, false
		for _, list := range compared {
			if slices.Contains(list, Ref(ref)) {
				held++
			}
		}
		for p := range h.Peers {
			crashed = crashed || !h.Correct(p) && slices.Contains(h.Logs[p].Refs, Ref(ref))
		}
		if held == 0 && h.Correct(int(b.ID.Sender)) {
			bad(1)
		}
		if held > 0 && held < len(compared) {
			bad(2)
		}
		if (held > 0 || crashed) && held < len(compared) {
			bad(3)
		}
	}
	cause := closure(h)
	sameSender := func(m, x Ref) bool {
		a, b := h.Broadcasts[m], h.Broadcasts[x]
		return a.ID.Sender == b.ID.Sender && b.Rank < a.Rank
	}
	for i, list := range compared {
		overtaken, gaps := overtakings(list, len(h.Broadcasts), sameSender)
		q.FIFOViolations += overtaken
		q.FIFOGaps += gaps
		early, gaps := earlies(list, len(h.Broadcasts), func(m, x Ref) bool { return cause[m][x] })
		q.CausalViolations += early
		q.CausalGaps += gaps
		for _, other := range compared[:i] {
			if opposite(list, other) {
				bad(6)
			}
		}
		q.Truth = append(q.Truth, Inversions{Pairs: disorderOf(h, list), Length: len(list)})
	}
	if q.FIFOViolations+q.FIFOGaps > 0 {
		bad(4)
	}
	if q.CausalViolations+q.CausalGaps > 0 {
		bad(5)
	}
	return verdicts, q
}

// overtakings counts messages that come after one that needs them, and those
// that need one that never comes.
func overtakings(list []Ref, n int, needs func(m, x Ref) bool) (overtaken, gaps int) {
	for i, m := range list {
		after := false
		for _, earlier := range list[:i] {
			after = after || needs(earlier, m)
		}
		if after {
			overtaken++
		}
		if lacks(list, m, n, needs) {
			gaps++
		}
	}
	return overtaken, gaps
}

// earlies counts messages that come before one they need, and those that need
// one that never comes.
func earlies(list []Ref, n int, needs func(m, x Ref) bool) (early, gaps int) {
	for i, m := range list {
		before := false
		for _, later := range list[i+1:] {
			before = before || needs(m, later)
		}
		if before {
			early++
		}
		if lacks(list, m, n, needs) {
			gaps++
		}
	}
	return early, gaps
}

func lacks(list []Ref, m Ref, n int, needs func(m, x Ref) bool) bool {
	for x := range n {
		if needs(m, Ref(x)) && !slices.Contains(list, Ref(x)) {
			return true
		}
	}
	return false
}

func opposite(a, b []Ref) bool {
	for i, x := range a {
		for _, y := range a[i+1:] {
			ix, iy := slices.Index(b, x), slices.Index(b, y)
			if ix >= 0 && iy >= 0 && iy < ix {
				return true
			}
		}
	}
	return false
}

func disorderOf(h *History, list []Ref) (pairs int64) {
	for i, x := range list {
		for _, y := range list[i+1:] {
			a, b := h.Broadcasts[x], h.Broadcasts[y]
			if cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID.Sender, b.ID.Sender), cmp.Compare(a.Rank, b.Rank)) > 0 {
				pairs++
			}
		}
	}
	return pairs
}

func verdictsOf(p Properties) [7]Verdict {
	return [7]Verdict{
		p.Integrity.Verdict, p.Validity.Verdict, p.Agreement.Verdict, p.Uniform.Verdict,
		p.FIFO.Verdict, p.Causal.Verdict, p.Total.Verdict,
	}
}

func checksOf(p Properties) []Check {
	return []Check{p.Integrity, p.Validity, p.Agreement, p.Uniform, p.FIFO, p.Causal, p.Total}
}

func TestCheckerAgainstTheDefinitions(t *testing.T) {
	t.Parallel()
	var c Checker // one for all histories, so that what it keeps is tested too
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t)
		wantVerdicts, want := brute(h)
		properties, got := c.Check(h, true, AllProperties|Truth|Witnesses)
		if v := verdictsOf(properties); v != wantVerdicts {
			t.Fatalf("verdicts %v, want %v\n%+v", v, wantVerdicts, h)
		}
		if got.FIFOViolations != want.FIFOViolations || got.FIFOGaps != want.FIFOGaps {
			t.Fatalf("FIFO %d, gaps %d; want %d, %d", got.FIFOViolations, got.FIFOGaps, want.FIFOViolations, want.FIFOGaps)
		}
		if got.CausalViolations != want.CausalViolations || got.CausalGaps != want.CausalGaps {
			t.Fatalf("causal %d, gaps %d; want %d, %d", got.CausalViolations, got.CausalGaps, want.CausalViolations, want.CausalGaps)
		}
		if !slices.Equal(got.Truth, want.Truth) {
			t.Fatalf("inversions %v, want %v", got.Truth, want.Truth)
		}
		for i, check := range checksOf(properties) {
			if (check.Witness != nil) != (check.Verdict == Violated) {
				t.Fatalf("property %d: %v with witness %v", i, check.Verdict, check.Witness)
			}
			if check.Witness != nil {
				requireDeliveries(t, h, check.Witness)
			}
		}
		unsettled, _ := c.Check(h, false, AllProperties)
		for i, check := range checksOf(unsettled) {
			kept := wantVerdicts[i] == Violated && (i == 0 || i >= 4)
			if check.Witness != nil || kept != (check.Verdict == Violated) || !kept && check.Verdict != Unknown {
				t.Fatalf("property %d of an unsettled run: %v, settled %v", i, check.Verdict, wantVerdicts[i])
			}
		}
	})
}

// requireDeliveries checks that the deliveries of a witness happened.
func requireDeliveries(t *rapid.T, h *History, w *Witness) {
	if w.Text == "" {
		t.Fatal("a witness without a sentence")
	}
	for _, d := range w.Deliveries {
		refs := h.Logs[d.Peer].Refs
		if d.Position < 1 || d.Position > len(refs) {
			t.Fatalf("%+v lies outside a log of %d", d, len(refs))
		}
		if ref := refs[d.Position-1]; ref != NoRef && h.Broadcasts[ref].ID != d.ID {
			t.Fatalf("%+v: there is %s", d, h.Broadcasts[ref].ID)
		}
	}
}

// The set of causes itself, and the verdict that does without it.
func TestCausesAreTheClosure(t *testing.T) {
	t.Parallel()
	var c, direct Checker
	direct.causes.limit = 3
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t)
		c.causes.build(h)
		for m, row := range closure(h) {
			for x, want := range row {
				if got := holds(&c.causes, Ref(m), Ref(x)); got != want {
					t.Fatalf("%s a cause of %s: %v, want %v", h.Broadcasts[x].ID, h.Broadcasts[m].ID, got, want)
				}
			}
		}
		if len(h.Broadcasts) <= maxSmall {
			c.small.build(h)
		}
		direct.causes.build(h)
		for p := range h.Peers {
			v := &view{peer: p, refs: firsts(h.Logs[p])}
			violations, gaps, first := c.causes.missed(h, v)
			if len(h.Broadcasts) <= maxSmall {
				requireEqual(t, "one word", c.small.missed, h, v, violations, gaps, first)
			}
			if !direct.causes.full {
				requireEqual(t, "limited", direct.causes.missed, h, v, violations, gaps, first)
			}
			few, missing, firstDirect := direct.causes.missedDirect(h, v)
			if firstDirect != first || few > violations || missing > gaps {
				t.Fatalf("direct causes: %d, %d, first %d; all: %d, %d, first %d", few, missing, firstDirect, violations, gaps, first)
			}
		}
	})
}

func requireEqual(t *rapid.T, name string, missed func(*History, *view) (int, int, int), h *History, v *view, a, b, c int) {
	t.Helper()
	if x, y, z := missed(h, v); x != a || y != b || z != c {
		t.Fatalf("%s: %d, %d, first %d; want %d, %d, first %d", name, x, y, z, a, b, c)
	}
}

// A checker whose memory for causes is too small says so and keeps its verdict.
func TestTooManyCauses(t *testing.T) {
	t.Parallel()
	var c, limited Checker
	limited.causes.limit = 1
	inexact := 0
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t)
		want, exact := c.Check(h, true, Causal)
		got, quality := limited.Check(h, true, Causal|Witnesses)
		if got.Causal.Verdict != want.Causal.Verdict || (got.Causal.Witness != nil) != (got.Causal.Verdict == Violated) {
			t.Fatalf("limited: %v, want %v", got.Causal.Verdict, want.Causal.Verdict)
		}
		if quality.CausalInexact {
			inexact++
		} else if quality.CausalViolations != exact.CausalViolations || quality.CausalGaps != exact.CausalGaps {
			t.Fatal("counts differ without notice")
		}
	})
	if inexact == 0 {
		t.Error("the limit was never reached")
	}
}

// holds reports whether cause is in the set of causes of ref.
func holds(x *causes, ref, cause Ref) bool {
	s := &x.spans[ref]
	switch w := cause / 64; {
	case w < s.from:
		return true
	case w >= s.to:
		return false
	default:
		return x.arena[s.offset+w-s.from]>>(cause%64)&1 != 0
	}
}
