package history

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"mpcomm/peer"
	"mpcomm/sim"
)

// drawComplete plays a run in which every peer delivers every broadcast once, in
// an order a little or altogether its own.
func drawComplete(t *rapid.T) *History {
	n := rapid.IntRange(1, 6).Draw(t, "peers")
	messages := rapid.IntRange(1, rapid.SampledFrom([]int{4, 8, 16, 32, 64}).Draw(t, "most")).Draw(t, "messages")
	far := rapid.SampledFrom([]int{0, 1, 3, 64}).Draw(t, "far")
	h := &History{Peers: n, Logs: make([]Log, n)}
	ranks := make([]int32, n)
	waiting := make([][]Ref, n)
	step := func(p int) {
		at := min(rapid.IntRange(-far, far).Draw(t, "skip"), len(waiting[p])-1)
		at = max(at, 0)
		h.Logs[p].Refs = append(h.Logs[p].Refs, waiting[p][at])
		waiting[p] = slices.Delete(waiting[p], at, at+1)
	}
	for ref := range messages {
		p := rapid.IntRange(0, n-1).Draw(t, "sender")
		for range rapid.IntRange(0, 3).Draw(t, "deliveries") {
			if len(waiting[p]) > 0 {
				step(p)
			}
		}
		b := Broadcast{
			ID: peer.MessageID{Sender: peer.ID(p), Number: ranks[p]}, Rank: ranks[p], At: sim.Time(ref / 2),
			LogLen: int32(len(h.Logs[p].Refs)), Cause: NoRef,
		}
		if ref > 0 && rapid.IntRange(0, 4).Draw(t, "answers") == 0 {
			b.Cause = Ref(rapid.IntRange(0, ref-1).Draw(t, "cause"))
		}
		ranks[p]++
		h.Broadcasts = append(h.Broadcasts, b)
		for q := range n {
			waiting[q] = append(waiting[q], Ref(ref))
		}
	}
	for p := range n {
		for len(waiting[p]) > 0 {
			step(p)
		}
	}
	// Peers that broadcast nothing may hold the log of another.
	for p := range n {
		if ranks[p] == 0 && rapid.Bool().Draw(t, "equal") {
			h.Logs[p].Refs = slices.Clone(h.Logs[0].Refs)
		}
	}
	return h
}

// TestOrdersJudgeAsLogsDo: words of bits give what passes over the logs give.
func TestOrdersJudgeAsLogsDo(t *testing.T) {
	t.Parallel()
	var c, general Checker
	violated := 0
	rapid.Check(t, func(t *rapid.T) {
		h := drawComplete(t)
		settled := rapid.Bool().Draw(t, "settled")
		properties, quality := c.Check(h, settled, AllProperties)
		if c.Orders() == nil {
			t.Fatalf("complete logs are no orders: %+v", h)
		}
		want, wantQuality := general.check(h, settled, AllProperties)
		if properties != want {
			t.Fatalf("%+v, want %+v\n%+v", properties, want, h)
		}
		if got, want := quality.counts(), wantQuality.counts(); got != want {
			t.Fatalf("%v, want %v\n%+v", got, want, h)
		}
		if quality.CausalReceivers != nil || quality.CausalInexact || quality.Truth != nil {
			t.Fatalf("%+v", quality)
		}
		if quality.FIFOViolations > 0 && quality.CausalViolations > quality.FIFOViolations {
			violated++
		}
	})
	if violated == 0 {
		t.Error("no history was out of both orders")
	}
}

func (q *Quality) counts() [4]int {
	return [4]int{q.FIFOViolations, q.FIFOGaps, q.CausalViolations, q.CausalGaps}
}

// TestOrdersAgainstTheLogs recounts everything that orders tell from the logs.
func TestOrdersAgainstTheLogs(t *testing.T) {
	t.Parallel()
	var o Orders
	rapid.Check(t, func(t *rapid.T) {
		h := drawComplete(t)
		if !o.Load(h) {
			t.Fatalf("not loaded: %+v", h)
		}
		refs := func(p int) []Ref { return h.Logs[p].Refs }
		members := make([]int, len(o.List()))
		for p := range h.Logs {
			first := o.List()[o.Of(p)].First
			members[o.Of(p)]++
			if first > p || !slices.Equal(refs(first), refs(p)) {
				t.Fatalf("p%d has the order of p%d", p, first)
			}
			if got := o.List()[o.Of(p)].Late; got != disagreements(refs(p), ascending(o.Messages())) {
				t.Fatalf("p%d: %d late", p, got)
			}
		}
		for a, order := range o.List() {
			if order.Logs != members[a] {
				t.Fatalf("order %d of %d logs, want %d", a, order.Logs, members[a])
			}
			for b := range o.List() {
				got, want := o.Inversions(a, b), disagreements(refs(order.First), refs(o.List()[b].First))
				if got != want || (got == 0) != (a == b) {
					t.Fatalf("orders %d and %d: %d inversions, want %d", a, b, got, want)
				}
			}
		}
		requirePositions(t, &o, h)
		contested := 0
		for ref := range h.Broadcasts {
			if slices.ContainsFunc(h.Logs, func(l Log) bool { return !sameBefore(l.Refs, refs(0), Ref(ref)) }) {
				contested++
			}
		}
		if o.Contested() != contested || o.Messages() != len(h.Broadcasts) || o.Logs() != h.Peers {
			t.Fatalf("%d contested of %d in %d logs, want %d", o.Contested(), o.Messages(), o.Logs(), contested)
		}
	})
}

// requirePositions recounts what is asked position by position.
func requirePositions(t *rapid.T, o *Orders, h *History) {
	t.Helper()
	var others []int32
	for q := range h.Logs {
		if rapid.Bool().Draw(t, "other") {
			others = append(others, int32(q))
		}
	}
	p, until := rapid.IntRange(0, h.Peers-1).Draw(t, "p"), rapid.IntRange(0, o.Messages()).Draw(t, "until")
	prefix, differing, from := 0, 0, 0
	for at := range h.Broadcasts {
		apart := func(p, q int) bool { return h.Logs[p].Refs[at] != h.Logs[q].Refs[at] }
		if slices.ContainsFunc(others, func(q int32) bool { return apart(p, int(q)) }) && at < until {
			from++
		}
		differs := false
		for q := range h.Logs {
			differs = differs || apart(0, q)
		}
		if differs {
			differing++
		} else if differing == 0 {
			prefix++
		}
	}
	if o.CommonPrefix() != prefix || o.Differing() != differing || o.DifferingFrom(p, others, until) != from {
		t.Fatalf("prefix %d, differing %d, from p%d %d; want %d, %d, %d",
			o.CommonPrefix(), o.Differing(), p, o.DifferingFrom(p, others, until), prefix, differing, from)
	}
}

func ascending(n int) []Ref {
	refs := make([]Ref, n)
	for i := range refs {
		refs[i] = Ref(i)
	}
	return refs
}

func disagreements(a, b []Ref) int {
	n := 0
	for i, x := range a {
		for _, y := range a[i+1:] {
			if slices.Index(b, y) < slices.Index(b, x) {
				n++
			}
		}
	}
	return n
}

func sameBefore(a, b []Ref, m Ref) bool {
	x, y := slices.Clone(a[:slices.Index(a, m)]), slices.Clone(b[:slices.Index(b, m)])
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

// TestOrdersAreOfCompleteLogs: whatever is not a permutation is refused.
func TestOrdersAreOfCompleteLogs(t *testing.T) {
	t.Parallel()
	for _, n := range []int{8, 9, 33, 64} {
		complete := func() *History {
			h := &History{Peers: 2, Logs: []Log{{Refs: ascending(n)}, {Refs: ascending(n)}}}
			for ref := range n {
				h.Broadcasts = append(h.Broadcasts, Broadcast{ID: peer.MessageID{Number: int32(ref)}, Rank: int32(ref), Cause: NoRef})
			}
			return h
		}
		for name, spoil := range map[string]func(h *History){
			"missing":   func(h *History) { h.Logs[1].Refs = h.Logs[1].Refs[1:] },
			"repeated":  func(h *History) { h.Logs[1].Refs[0] = 1 },
			"too many":  func(h *History) { h.Logs[1].Refs = append(h.Logs[1].Refs, 0) },
			"made up":   func(h *History) { h.Logs[1].Refs[n-1] = NoRef },
			"beyond":    func(h *History) { h.Logs[1].Refs[n-1] = Ref(n - 1 + 64) },
			"next":      func(h *History) { h.Logs[1].Refs[n-1] = Ref(n) },
			"a crash":   func(h *History) { h.Crashed = []bool{false, true} },
			"a stray":   func(h *History) { h.Strays = []Stray{{}} },
			"nothing":   func(h *History) { *h = History{Peers: 1, Logs: make([]Log, 1)} },
			"nobody":    func(h *History) { h.Peers, h.Logs = 0, nil },
			"many logs": func(h *History) { h.Peers, h.Logs = 65, slices.Repeat(h.Logs[:1], 65) },
		} {
			var o Orders
			h := complete()
			if !o.Load(h) || len(o.List()) != 1 {
				t.Fatalf("%d equal logs of %d messages: %d orders", h.Peers, n, len(o.List()))
			}
			if spoil(h); o.Load(h) {
				t.Errorf("%d messages, %s: loaded", n, name)
			}
		}
	}
}

// A rank that is not a message's place is refused as ever.
func TestOrdersDoNotTrustRanks(t *testing.T) {
	t.Parallel()
	h := play(t, 2, "0!", "0!", "0<p0#0", "0<p0#1", "1<p0#1", "1<p0#0")
	h.Broadcasts[0].Rank, h.Broadcasts[1].Rank = 1, 0
	defer func() {
		want := "history: p0#0 has rank 1, which is not its place among the broadcasts of its sender"
		if got := fmt.Sprint(recover()); got != want {
			t.Errorf("panic %q\nwant  %q", got, want)
		}
	}()
	var c Checker
	c.Check(h, true, AllProperties)
}

// What cannot have happened is refused with the same words.
func TestOrdersRefuseImpossibleCauses(t *testing.T) {
	t.Parallel()
	refused := func(check func(*History, bool, Mask) (Properties, Quality), h *History) (words string) {
		defer func() {
			if got := recover(); got != nil {
				words = fmt.Sprint(got)
			}
		}()
		check(h, true, AllProperties)
		return "nothing"
	}
	some := 0
	rapid.Check(t, func(t *rapid.T) {
		h := drawComplete(t)
		b := &h.Broadcasts[rapid.IntRange(0, len(h.Broadcasts)-1).Draw(t, "ref")]
		if rapid.Bool().Draw(t, "length") {
			b.LogLen = int32(rapid.IntRange(-1, len(h.Broadcasts)+1).Draw(t, "to"))
		} else {
			b.Cause = Ref(rapid.IntRange(0, len(h.Broadcasts)-1).Draw(t, "cause"))
		}
		var c, general Checker
		got, want := refused(c.Check, h), refused(general.check, h)
		if got != want {
			t.Fatalf("%s, want %s\n%+v", got, want, h)
		}
		if got != "nothing" {
			some++
		}
	})
	if some == 0 {
		t.Error("no history was impossible")
	}
}
