package order_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

// schedule is one random group run, small and full of ties.
type schedule struct {
	seed  uint64
	fifo  bool // links keep their order
	twice bool // a packet in four comes twice
}

func (s schedule) run(tb testing.TB, fresh func(peer.ID) peer.Ordering) *group {
	tb.Helper()
	g := s.prepare(tb, fresh)
	g.run(long)
	return g
}

// prepare returns the group with all its broadcasts still to come.
func (s schedule) prepare(tb testing.TB, fresh func(peer.ID) peer.Ordering) *group {
	tb.Helper()
	rng := rand.New(rand.NewPCG(s.seed, 7))
	n := 2 + rng.IntN(4)
	g := newGroup(tb, n, fresh, noPhases)
	g.fifoLinks = s.fifo
	for p := range n {
		g.skew[p] = peer.Instant(rng.IntN(3)) * ms
	}
	// A delay belongs to its packet, as it does in a simulation: two orderings
	// that send the same packets see the same delays.
	draw := func(what string, from, to peer.ID, m *peer.Message) *rand.Rand {
		name := fmt.Sprint(what, from, to, m.Kind, m.ID)
		h := uint64(14695981039346656037)
		for i := range len(name) {
			h = (h ^ uint64(name[i])) * 1099511628211
		}
		return rand.New(rand.NewPCG(s.seed, h))
	}
	g.delay = func(from, to peer.ID, m *peer.Message) peer.Instant {
		return peer.Instant(1+draw("delay", from, to, m).IntN(10)) * ms
	}
	if s.twice {
		g.copies = func(from, to peer.ID, m *peer.Message) int {
			return draw("copies", from, to, m).IntN(4) / 3
		}
	}
	for p := range n {
		for k := range rng.IntN(4) {
			g.at(peer.Instant(rng.IntN(12))*ms, message(peer.ID(p), int32(k)))
		}
	}
	return g
}

// The properties return what is wrong, or nothing.

func complete(g *group) string {
	for p, log := range g.logs {
		if len(log) != len(g.known) {
			return fmt.Sprintf("p%d has logged %d of %d messages: %v", p, len(log), len(g.known), log)
		}
		seen := map[peer.MessageID]bool{}
		for _, id := range log {
			if seen[id] {
				return fmt.Sprintf("p%d has logged %v twice", p, id)
			}
			seen[id] = true
		}
	}
	return ""
}

func total(g *group) string {
	for p, log := range g.logs {
		if !slices.Equal(log, g.logs[0]) {
			return fmt.Sprintf("p0 has %v, p%d has %v", g.logs[0], p, log)
		}
	}
	return ""
}

// causal holds when every log has what a message's sender knew before it.
func causal(g *group) string {
	for p, log := range g.logs {
		for i, id := range log {
			for _, cause := range g.known[id] {
				if !slices.Contains(log[:i], cause) {
					return fmt.Sprintf("p%d has logged %v before its cause %v", p, id, cause)
				}
			}
		}
	}
	return ""
}

// inOrder holds when every log has each sender's messages in the order of
// their broadcasts, which the sender's own log shows.
func inOrder(g *group) string {
	for p, log := range g.logs {
		for i, id := range log {
			for _, earlier := range g.known[id] {
				if earlier.Sender == id.Sender && !slices.Contains(log[:i], earlier) {
					return fmt.Sprintf("p%d has logged %v before %v", p, id, earlier)
				}
			}
		}
	}
	return ""
}

// onTime holds when every message was held until its stamp was 13 ms old, and
// no longer; stamps of one instant are a nanosecond apart.
func onTime(g *group) string {
	for p, log := range g.logs {
		for i, id := range log {
			if age := g.times[p][i] - g.sent[id]; age < 13*ms || age > 13*ms+10 {
				return fmt.Sprintf("p%d has logged %v at the age of %v", p, id, time.Duration(age))
			}
		}
	}
	return ""
}

type property func(*group) string

// promise is what one ordering has to keep, and how it may be broken.
type promise struct {
	name       string
	kind       string
	values     order.Values
	fifo       bool
	properties []property
	twin       func(flaw string) peer.Ordering // nil: the same as above
	flaws      []string
}

var promises = []promise{
	{
		name: "naive", kind: "naive",
	},
	{
		name: "causal", kind: "causal", properties: []property{complete, causal, inOrder},
		twin: func(flaw string) peer.Ordering { return &plainCausal{twin: twin{flaw: flaw}} },
		flaws: []string{
			"no gap detection", "no second look", "counts what it received", "looks at the sender alone",
		},
	},
	{
		name: "fifo", kind: "fifo", properties: []property{complete, inOrder},
		twin:  func(flaw string) peer.Ordering { return &plainFIFO{twin: twin{flaw: flaw}} },
		flaws: []string{"no gap detection", "no second look", "copies are logged"},
	},
	{
		name: "timestamp", kind: "timestamp", values: order.Values{{Name: "wait", Text: "13ms"}},
		properties: []property{complete, total, onTime},
		twin: func(flaw string) peer.Ordering {
			return &plainTimestamp{twin: twin{flaw: flaw}, wait: 13 * time.Millisecond}
		},
		flaws: []string{"no tie-break by peer", "held from arrival", "delivered on arrival"},
	},
	{
		name: "lamport", kind: "lamport", fifo: true, properties: []property{complete, total, causal, inOrder},
		twin: func(flaw string) peer.Ordering { return &plainLamport{twin: twin{flaw: flaw}} },
		flaws: []string{
			"no tie-break by peer", "own entry not counted", "acknowledges by its old clock",
			"delivers what was acknowledged", "waits for one acknowledgement", "receiving does not tick",
		},
	},
	{
		name: "lamport detects gaps", kind: "lamport", values: order.Values{{Name: "gaps", Text: "detect"}},
		properties: []property{complete, total, causal, inOrder},
	},
}

const schedules = 300

// TestPromises: inside their assumptions the orderings keep what they promise,
// and deliver exactly what their slow twins do.
func TestPromises(t *testing.T) {
	t.Parallel()
	for _, tt := range promises {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(schedules) {
				s := schedule{seed: seed, fifo: tt.fifo, twice: seed%2 == 1 && tt.kind != "naive"}
				g := s.run(t, func(peer.ID) peer.Ordering { return build(t, tt.kind, tt.values...) })
				for _, holds := range tt.properties {
					if wrong := holds(g); wrong != "" {
						t.Fatalf("schedule %d: %s", seed, wrong)
					}
				}
				if tt.twin == nil || s.twice && tt.kind == "lamport" {
					continue // the twin of lamport acknowledges copies
				}
				if want := s.run(t, func(peer.ID) peer.Ordering { return tt.twin("") }).text(); g.text() != want {
					t.Fatalf("schedule %d: logs %s\nthe twin has %s", seed, g.text(), want)
				}
			}
		})
	}
}

// TestFlawsAreCaught: the properties are no formality.
func TestFlawsAreCaught(t *testing.T) {
	t.Parallel()
	for _, tt := range promises {
		for _, flaw := range tt.flaws {
			t.Run(tt.name+"/"+flaw, func(t *testing.T) {
				t.Parallel()
				for seed := range uint64(schedules) {
					s := schedule{seed: seed, fifo: tt.fifo, twice: strings.HasPrefix(flaw, "copies")}
					g := s.run(t, func(peer.ID) peer.Ordering { return tt.twin(flaw) })
					for _, holds := range tt.properties {
						if holds(g) != "" {
							return
						}
					}
				}
				t.Errorf("%d schedules have not caught it", schedules)
			})
		}
	}
}

// TestNaiveDiverges: without coordination the logs differ, which is what the
// others are measured against.
func TestNaiveDiverges(t *testing.T) {
	t.Parallel()
	differ := 0
	for seed := range uint64(100) {
		g := schedule{seed: seed}.run(t, func(peer.ID) peer.Ordering { return build(t, "naive") })
		if complete(g) != "" {
			t.Fatal(complete(g))
		}
		if total(g) != "" {
			differ++
		}
	}
	if differ < 50 {
		t.Errorf("the logs of %d groups of 100 differ, want most", differ)
	}
}

// TestLamportNeedsFIFOLinks: outside its assumption the published protocol
// puts messages in different orders.
func TestLamportNeedsFIFOLinks(t *testing.T) {
	t.Parallel()
	for seed := range uint64(schedules) {
		if total(schedule{seed: seed}.run(t, func(peer.ID) peer.Ordering { return build(t, "lamport") })) != "" {
			return
		}
	}
	t.Errorf("%d schedules on links that overtake, and all logs agree", schedules)
}
