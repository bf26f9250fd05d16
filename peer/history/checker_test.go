package history

import (
	"fmt"
	"slices"
	"testing"

	"mpcomm/peer"
	"mpcomm/sim"
)

// play builds a history from steps such as "0!" (p0 broadcasts), "2!p0#0" (p2
// broadcasts after p0#0) and "1<p0#0" (p1 delivers), one instant apart.
func play(t testing.TB, n int, steps ...string) *History {
	t.Helper()
	h := &History{Peers: n, Logs: make([]Log, n)}
	ranks := make([]int32, n)
	find := func(id peer.MessageID) Ref {
		return Ref(slices.IndexFunc(h.Broadcasts, func(b Broadcast) bool { return b.ID == id }))
	}
	for at, step := range steps {
		p, name := int(step[0]-'0'), step[2:]
		log := &h.Logs[p]
		id := peer.NoMessage
		if name != "" {
			var err error
			if id, err = peer.ParseMessageID(name); err != nil {
				t.Fatal(err)
			}
		}
		if step[1] == '<' {
			ref := find(id)
			if ref == NoRef {
				h.Strays = append(h.Strays, Stray{Peer: peer.ID(p), Position: len(log.Refs), ID: id})
			}
			log.Refs = append(log.Refs, ref)
			continue
		}
		b := Broadcast{
			ID: peer.MessageID{Sender: peer.ID(p), Number: ranks[p]}, At: sim.Time(at), Rank: ranks[p],
			LogLen: int32(len(log.Refs)), Cause: NoRef,
		}
		if id != peer.NoMessage {
			b.Cause = find(id)
		}
		ranks[p]++
		h.Broadcasts = append(h.Broadcasts, b)
	}
	return h
}

func TestWitnesses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		peers   int
		crashed []bool
		steps   []string
		check   func(Properties) Check
		want    string
		size    int // deliveries
	}{
		{
			"delivered twice", 1, nil,
			[]string{"0!", "0<p0#0", "0<p0#0"},
			func(p Properties) Check { return p.Integrity }, "p0 delivered p0#0 twice (positions 1 and 2)", 2,
		},
		{
			"never broadcast", 2, nil,
			[]string{"0!", "1<p0#0", "1<p0#5"},
			func(p Properties) Check { return p.Integrity }, "p1 delivered p0#5 (position 2), which nobody broadcast", 1,
		},
		{
			"twice at a crashed peer", 2,
			[]bool{false, true},
			[]string{"0!", "1<p0#0", "1<p0#0", "0<p0#0"},
			func(p Properties) Check { return p.Integrity }, "p1 delivered p0#0 twice (positions 1 and 2)", 2,
		},
		{
			"delivered nowhere", 2, nil,
			[]string{"0!", "1!", "0<p1#0"},
			func(p Properties) Check { return p.Validity }, "p0 broadcast p0#0, and no compared log has it", 0,
		},
		{
			"delivered by some", 3, nil,
			[]string{"0!", "0<p0#0", "2<p0#0"},
			func(p Properties) Check { return p.Agreement }, "p0 delivered p0#0 (position 1), p1 never did", 1,
		},
		{
			"delivered before a crash", 2,
			[]bool{true, false},
			[]string{"0!", "0<p0#0"},
			func(p Properties) Check { return p.Uniform },
			"p0, which crashed, delivered p0#0 (position 1), p1 never did", 1,
		},
		{
			"overtaken", 2, nil,
			[]string{"0!", "0!", "0<p0#0", "0<p0#1", "1<p0#1", "1<p0#0"},
			func(p Properties) Check { return p.FIFO },
			"p1 delivered p0#1 (position 1) before the earlier p0#0 of the same sender (position 2)", 2,
		},
		{
			"gap", 2, nil,
			[]string{"0!", "0!", "1<p0#1"},
			func(p Properties) Check { return p.FIFO },
			"p1 delivered p0#1 (position 1) and never the earlier p0#0 of the same sender", 1,
		},
		{
			"answer before its question", 3, nil,
			[]string{"0!", "0<p0#0", "1<p0#0", "1!", "1<p1#0", "2<p1#0", "2<p0#0"},
			func(p Properties) Check { return p.Causal },
			"p2 delivered p1#0 (position 1) before its cause p0#0 (position 2): p1 had delivered that before it broadcast p1#0", 2,
		},
		{
			"sent on arrival", 3, nil,
			[]string{"0!", "1!p0#0", "2<p1#0"},
			func(p Properties) Check { return p.Causal },
			"p2 delivered p1#0 (position 1) and never its cause p0#0: p1#0 was sent after it", 1,
		},
		{
			"program order", 2, nil,
			[]string{"0!", "0!", "1<p0#1", "1<p0#0"},
			func(p Properties) Check { return p.Causal },
			"p1 delivered p0#1 (position 1) before its cause p0#0 (position 2): p0 had broadcast that before", 2,
		},
		{
			"opposite orders", 2, nil,
			[]string{"0!", "1!", "0<p0#0", "0<p1#0", "1<p1#0", "1<p0#0"},
			func(p Properties) Check { return p.Total },
			"p0 delivered p0#0 (position 1) before p1#0 (position 2), p1 the other way round (positions 2 and 1)", 4,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := play(t, test.peers, test.steps...)
			h.Crashed = test.crashed
			var c Checker
			properties, _ := c.Check(h, true, AllProperties|Witnesses)
			check := test.check(properties)
			if check.Verdict != Violated || check.Witness == nil {
				t.Fatalf("%v, witness %v", check.Verdict, check.Witness)
			}
			if check.Witness.Text != test.want || len(check.Witness.Deliveries) != test.size {
				t.Errorf("got  %d deliveries, %s\nwant %d deliveries, %s",
					len(check.Witness.Deliveries), check.Witness.Text, test.size, test.want)
			}
		})
	}
}

// Three logs go round in a circle, but no two of them disagree: total order of
// pairs holds though no one sequence contains them all.
func TestACircleOfThreeLogsIsNoOppositeOrder(t *testing.T) {
	t.Parallel()
	h := play(t, 3, "0!", "1!", "2!", "0<p0#0", "0<p1#0", "1<p1#0", "1<p2#0", "2<p2#0", "2<p0#0")
	var c Checker
	if properties, _ := c.Check(h, true, AllProperties|Witnesses); properties.Total.Verdict != Holds {
		t.Errorf("total %v: %s", properties.Total.Verdict, properties.Total.Witness.Text)
	}
	if c.h = h; c.mergeable() {
		t.Error("a circle was merged")
	}
}

func TestEqualLogsCountEach(t *testing.T) {
	t.Parallel()
	h := play(t, 4, "0!", "0!", "1<p0#1", "1<p0#0", "2<p0#1", "2<p0#0", "3<p0#1", "3<p0#0", "0<p0#1", "0<p0#0")
	var c Checker
	_, got := c.Check(h, true, AllProperties|Truth)
	if len(c.views) != 1 || got.FIFOViolations != 4 || got.CausalViolations != 4 || len(got.Truth) != 4 {
		t.Errorf("%d different logs, %+v", len(c.views), got)
	}
	if got.Truth[3] != (Inversions{Pairs: 1, Length: 2}) {
		t.Errorf("inversions %+v", got.Truth)
	}
}

// A repeat or a stray in the place of a message must not hide its absence.
func TestWhatStandsInForAMissingMessage(t *testing.T) {
	t.Parallel()
	for _, steps := range [][]string{
		{"0!", "0!", "0!", "0<p0#0", "0<p0#0", "0<p0#2"},
		{"0!", "0!", "0<p0#9", "0<p0#1"},
	} {
		var c Checker
		properties, quality := c.Check(play(t, 1, steps...), true, AllProperties)
		if properties.Causal.Verdict != Violated || quality.CausalGaps != 1 || quality.FIFOGaps != 1 {
			t.Errorf("%v: causal %v, %+v", steps, properties.Causal.Verdict, quality)
		}
	}
}

func TestNothingHappened(t *testing.T) {
	t.Parallel()
	var c Checker
	for _, h := range []*History{
		{Peers: 0},
		{Peers: 2, Logs: make([]Log, 2)},
		{Peers: 1, Logs: make([]Log, 1), Crashed: []bool{true}},
	} {
		properties, quality := c.Check(h, true, AllProperties)
		for i, check := range checksOf(properties) {
			if check.Verdict != Holds {
				t.Errorf("%d peers: property %d is %v", h.Peers, i, check.Verdict)
			}
		}
		if quality.FIFOViolations != 0 || quality.CausalReceivers != nil {
			t.Errorf("%+v", quality)
		}
	}
}

func TestOnlyWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	h := play(t, 2, "0!", "0!", "0<p0#0", "0<p0#0", "1<p0#1", "1<p0#0")
	var c Checker
	for i := range 7 {
		properties, _ := c.Check(h, true, 1<<i)
		for k, check := range checksOf(properties) {
			if (check.Verdict == Unknown) != (k != i) {
				t.Errorf("asked for %d: property %d is %v", i, k, check.Verdict)
			}
		}
	}
}

// Above MaxReceivers peers the causal check names the receivers it looked at.
func TestLargeGroupsAreSampled(t *testing.T) {
	t.Parallel()
	const n = 300
	h := &History{Peers: n, Logs: make([]Log, n)}
	for ref := range 2 {
		h.Broadcasts = append(h.Broadcasts, Broadcast{ID: peer.MessageID{Number: int32(ref)}, Rank: int32(ref), Cause: NoRef})
	}
	for p := range h.Logs {
		h.Logs[p].Refs = []Ref{0, 1}
	}
	var c Checker
	_, quality := c.Check(h, true, AllProperties)
	if len(quality.CausalReceivers) != MaxReceivers || quality.CausalReceivers[0] != 0 || quality.CausalReceivers[127] != 297 {
		t.Errorf("%d receivers: %v", len(quality.CausalReceivers), quality.CausalReceivers)
	}
	h.Logs[297].Refs, h.Logs[298].Refs = []Ref{1, 0}, []Ref{1}
	properties, quality := c.Check(h, true, AllProperties)
	if quality.CausalViolations != 1 || quality.CausalGaps != 0 || properties.Causal.Verdict != Violated {
		t.Errorf("p297 is looked at, p298 is not: %+v", quality)
	}
	if quality.FIFOViolations != 1 || quality.FIFOGaps != 1 {
		t.Errorf("FIFO is looked at everywhere: %+v", quality)
	}
}

func TestBrokenInvariantsNameThemselves(t *testing.T) {
	t.Parallel()
	ok := func() *History { return play(t, 2, "0!", "1!", "0<p0#0", "0<p1#0", "0!", "1<p1#0", "1<p0#0") }
	for _, test := range []struct {
		name  string
		spoil func(h *History)
		want  string
	}{
		{"reference", func(h *History) { h.Logs[1].Refs[0] = 9 }, "history: log of p1 holds reference 9 of 3 broadcasts"},
		{
			"rank", func(h *History) { h.Broadcasts[2].Rank = 0; h.Logs[0].Refs = []Ref{2} },
			"history: p0#1 has rank 0, which is not its place among the broadcasts of its sender",
		},
		{"logs", func(h *History) { h.Peers = 3 }, "history: 2 logs and 0 marks of crashes for 3 peers"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := ok()
			test.spoil(h)
			defer func() {
				if got := fmt.Sprint(recover()); got != test.want {
					t.Errorf("panic %q\nwant  %q", got, test.want)
				}
			}()
			var c Checker
			for p := range h.Peers { // so that ranks are looked up
				c.h = h
				c.ranks(p)
			}
			c.Check(h, true, AllProperties)
		})
	}
}

// Both ways to keep causes refuse a history that cannot have happened.
func TestImpossibleCausesNameThemselves(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		spoil func(b []Broadcast)
		want  string
	}{
		{"later", func(b []Broadcast) { b[1].Cause = 2 }, "history: p1#0 follows from p1#1, which was broadcast later"},
		{"itself", func(b []Broadcast) { b[1].Cause = 1 }, "history: p1#0 follows from p1#0, which was broadcast later"},
		{
			"too long", func(b []Broadcast) { b[2].LogLen = 2 },
			"history: p1#1 was broadcast after 2 deliveries, but there were 1 before and there are 1 in all",
		},
		{
			"shorter", func(b []Broadcast) { b[2].LogLen = 0 },
			"history: p1#1 was broadcast after 0 deliveries, but there were 1 before and there are 1 in all",
		},
	} {
		h := play(t, 2, "0!", "1<p0#0", "1!", "1!")
		test.spoil(h.Broadcasts)
		for i, build := range []func(*History){new(small).build, new(causes).build} {
			func() {
				defer func() {
					if got := fmt.Sprint(recover()); got != test.want {
						t.Errorf("%s %d: panic %q\nwant %q", test.name, i, got, test.want)
					}
				}()
				build(h)
			}()
		}
	}
}

func TestCheckDoesNotAllocate(t *testing.T) {
	inOrder, mixed := tinyHistory(t, 0), tinyHistory(t, 1)
	var c Checker
	work := func() {
		c.Check(inOrder, true, AllProperties|Truth)
		c.Check(mixed, true, AllProperties|Truth)
	}
	work()
	if n := testing.AllocsPerRun(50, work); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// tinyHistory is a run of 4 peers with 2 messages each: in the same order
// everywhere, which is that of broadcast (0), another at one peer (1), or the
// same everywhere but another than that of broadcast (2).
func tinyHistory(t testing.TB, mix int) *History {
	var steps []string
	for k := range 2 {
		for p := range 4 {
			steps = append(steps, fmt.Sprintf("%d!", p))
		}
		order := []int{0, 1, 2, 3}
		for q := range 4 {
			if mix == 1 && q == 3 || mix == 2 {
				order = []int{1, 0, 3, 2}
			}
			for _, p := range order {
				steps = append(steps, fmt.Sprintf("%d<p%d#%d", q, p, k))
			}
		}
	}
	return play(t, 4, steps...)
}

func TestCollectorNumbersLogsAsTheyCome(t *testing.T) {
	t.Parallel()
	var c Collector
	for range 2 {
		c.Reset()
		for _, s := range []Submission{{3, 10}, {2, 20}, {1, 20}, {0, 15}} {
			if err := c.Submit(s.Peer, s.At); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Submit(2, 30); err == nil {
			t.Error("p2 submitted twice")
		}
		if err := c.Submit(-1, 30); err == nil {
			t.Error("p-1 submitted")
		}
		if got := c.Order(); !slices.Equal(got, []peer.ID{3, 0, 1, 2}) {
			t.Errorf("order %v", got)
		}
		if got := c.Submissions()[1]; got != (Submission{0, 15}) {
			t.Errorf("second submission %v", got)
		}
	}
}
