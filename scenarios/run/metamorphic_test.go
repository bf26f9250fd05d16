package run_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mpcomm/peer"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"
	"mpcomm/sim"
)

// Nobody knows the right history of a random scenario, but how it must change
// when the scenario does.

// timed is one delivery.
type timed struct {
	ID peer.MessageID
	At sim.Time
}

// logsOf gives what the relations speak of: the entries of every peer's log.
func logsOf(tb rapid.TB, text string) [][]timed {
	tb.Helper()
	return logsUnder(tb, text, "")
}

// logsUnder takes one ordering of the scenario; the first if label is empty.
func logsUnder(tb rapid.TB, text, label string) [][]timed {
	tb.Helper()
	s, err := scenarios.Parse("test.yaml", []byte(text), nil, nil)
	if err != nil {
		tb.Fatalf("%v\n%s", err, text)
	}
	if label == "" {
		label = scenarios.Label(s.Orderings[0])
	}
	o, err := run.Run(s, label, s.Seed)
	if err != nil {
		tb.Fatalf("%v\n%s", err, text)
	}
	logs := make([][]timed, s.Peers)
	for p := range logs {
		for i, at := range o.History.TimesOf(peer.ID(p)) {
			id := o.History.Broadcasts[o.History.Logs[p].Refs[i]].ID
			// Whether a second copy still arrives depends on when the run ends.
			if !slices.ContainsFunc(logs[p], func(e timed) bool { return e.ID == id }) {
				logs[p] = append(logs[p], timed{id, at.Delivered})
			}
		}
	}
	return logs
}

// group is a random scenario. Times are in microseconds; broadcast i is sent i
// microseconds past a millisecond and its delays are whole milliseconds, so
// that no two of them ever arrive together.
type group struct {
	peers    int
	ordering string
	sends    []groupSend
	network  []string // lines that are drawn from the seed
	seed     uint64
	skew     []int
	explicit bool // every delay is explicit or constant
}

type groupSend struct {
	from, number int
	at           int
	delays       []int // to each peer
}

func drawGroup(t *rapid.T, orderings []string, explicit bool) group {
	g := group{
		peers: rapid.IntRange(2, 5).Draw(t, "peers"), ordering: rapid.SampledFrom(orderings).Draw(t, "ordering"),
		seed: rapid.Uint64Range(1, 1000).Draw(t, "seed"), explicit: explicit,
	}
	numbers := make([]int, g.peers)
	for i := range rapid.IntRange(1, 8).Draw(t, "messages") {
		s := groupSend{from: rapid.IntRange(0, g.peers-1).Draw(t, "from"), at: 1000*rapid.IntRange(0, 30).Draw(t, "at") + i}
		s.number = numbers[s.from]
		numbers[s.from]++
		for range g.peers {
			s.delays = append(s.delays, 1000*rapid.IntRange(0, 40).Draw(t, "delay"))
		}
		g.sends = append(g.sends, s)
	}
	if explicit {
		for range g.peers {
			g.skew = append(g.skew, 1000*rapid.IntRange(-9, 9).Draw(t, "skew"))
		}
		return g
	}
	g.network = []string{"latency: {kind: exponential, min: 1ms, mean: 15ms}", "link: datagram"}
	for _, line := range []string{"loss: 1/6", "duplicate: 1/5", "reorder: {share: 20%, extra: {kind: uniform, min: 0ms, max: 30ms}}", "self: loopback"} {
		if rapid.Bool().Draw(t, line) {
			g.network = append(g.network, line)
		}
	}
	return g
}

// text writes the group, with all times times scale and sends shift
// microseconds later, peer p as name[p].
func (g *group) text(scale, shift int, name []int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "version: 1\nname: group\nseed: %d\npeers: %d\norderings: [%s]\nphases: none\nworkload:\n  sends:\n",
		g.seed, len(name), strings.ReplaceAll(g.ordering, "WAIT", fmt.Sprintf("%dms", 25*scale)))
	for _, s := range g.sends {
		fmt.Fprintf(&b, "    - {at: %dus, from: %d, number: %d}\n", s.at*scale+shift, name[s.from], s.number)
	}
	b.WriteString("network:\n")
	for _, line := range g.network {
		b.WriteString("  " + line + "\n")
	}
	if !g.explicit {
		return b.String()
	}
	fmt.Fprintf(&b, "  latency: %dus\n  link: datagram\n  delays:\n", 3000*scale)
	for _, s := range g.sends {
		for q, d := range s.delays {
			if q != s.from {
				fmt.Fprintf(&b, "    - {message: \"p%d#%d\", to: %d, delay: %dus}\n", name[s.from], s.number, name[q], d*scale)
			}
		}
	}
	b.WriteString("clocks:\n  peers:\n")
	for p, skew := range g.skew {
		fmt.Fprintf(&b, "    \"%d\": {offset: %dus}\n", name[p], skew*scale)
	}
	return b.String()
}

func (g *group) names() []int {
	var names []int
	for p := range g.peers {
		names = append(names, p)
	}
	return names
}

var (
	byArrival = []string{"naive", "fifo", "{kind: timestamp, wait: WAIT}", "{kind: timestamp, wait: WAIT, hold: arrival}"}
	all       = append(byArrival[:4:4], "lamport", "{kind: lamport, gaps: detect}", "{kind: timestamp, wait: WAIT, late: drop}")
)

func requireSame(t *rapid.T, want, got [][]timed, text string) {
	t.Helper()
	for p := range want {
		if !slices.Equal(want[p], got[p]) {
			t.Fatalf("p%d has logged %v, want %v, in\n%s", p, got[p], want[p], text)
		}
	}
}

// TestRelabel: which numbers the peers have does not matter where nothing is
// decided by number.
func TestRelabel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := drawGroup(t, byArrival, true)
		name := rapid.Permutation(g.names()).Draw(t, "names")
		plain := logsOf(t, g.text(1, 0, g.names()))
		want := make([][]timed, g.peers)
		for p, log := range plain {
			for _, e := range log {
				want[name[p]] = append(want[name[p]], timed{message(name[e.ID.Sender], int(e.ID.Number)), e.At})
			}
		}
		text := g.text(1, 0, name)
		requireSame(t, want, logsOf(t, text), text)
	})
}

// TestShift: a workload that begins later is the same workload, later.
func TestShift(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := drawGroup(t, all, rapid.Bool().Draw(t, "explicit"))
		shift := rapid.IntRange(1, 5_000_000).Draw(t, "shift")
		want := logsOf(t, g.text(1, 0, g.names()))
		for p := range want {
			for i := range want[p] {
				want[p][i].At += sim.Time(shift) * 1000
			}
		}
		text := g.text(1, shift, g.names())
		requireSame(t, want, logsOf(t, text), text)
	})
}

// TestScale: when everything takes k times as long, everything happens k times
// as late.
func TestScale(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := drawGroup(t, all, true)
		k := rapid.IntRange(2, 50).Draw(t, "k")
		want := logsOf(t, g.text(1, 0, g.names()))
		for p := range want {
			for i := range want[p] {
				want[p][i].At *= sim.Time(k)
			}
		}
		text := g.text(k, 0, g.names())
		requireSame(t, want, logsOf(t, text), text)
	})
}

// TestSilentPeer: one more peer that says nothing changes nothing for the
// others, where nobody waits for everybody.
func TestSilentPeer(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := drawGroup(t, byArrival, false)
		want := logsOf(t, g.text(1, 0, g.names()))
		text := g.text(1, 0, append(g.names(), g.peers))
		requireSame(t, want, logsOf(t, text)[:g.peers], text)
	})
}

// TestRemove: without one message all others arrive as they did.
func TestRemove(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := drawGroup(t, []string{"naive"}, rapid.Bool().Draw(t, "explicit"))
		without := rapid.IntRange(0, len(g.sends)-1).Draw(t, "without")
		gone := g.sends[without]
		want := logsOf(t, g.text(1, 0, g.names()))
		for p := range want {
			want[p] = slices.DeleteFunc(want[p], func(e timed) bool { return e.ID == message(gone.from, gone.number) })
		}
		g.sends = slices.Delete(slices.Clone(g.sends), without, without+1)
		if len(g.sends) == 0 {
			t.Skip("nothing is left")
		}
		text := g.text(1, 0, g.names())
		requireSame(t, want, logsOf(t, text), text)
	})
}

// TestMoreOrderings: one ordering more in the file changes no history, nor does
// its place.
func TestMoreOrderings(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := drawGroup(t, []string{"naive", "fifo", "lamport", "timestamp"}, rapid.Bool().Draw(t, "explicit"))
		want := logsOf(t, g.text(1, 0, g.names()))
		own := g.ordering
		g.ordering = "{kind: timestamp, wait: 3ms, name: other}, " + own + ", {kind: lamport, gaps: detect, name: another}"
		text := g.text(1, 0, g.names())
		requireSame(t, want, logsUnder(t, text, own), text)
	})
}
