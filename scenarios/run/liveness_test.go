package run_test

import (
	"fmt"
	"slices"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/journal"
	"mpcomm/reports/result"
	"mpcomm/scenarios/run"
	"mpcomm/sim"
)

// slowLiveness judges liveness from the events of a run, by the rule in package
// scenarios and by nothing that the run kept for it.
type slowLiveness struct {
	verdict       result.Verdict
	violated      int
	first         string // the pair, when it was due and when it came
	unrecoverable []string
}

// lives is what the events of a run say, by message and peer.
type lives struct {
	healed   sim.Time
	messages []journal.Event
	came     map[string]sim.Time // first deliveries
	has      map[string]bool     // bodies at hosts, in their present lives
	down     []bool
	lost     []bool // its state, at least once
}

func pairName(m peer.MessageID, p peer.ID) string { return fmt.Sprintf("%v %v", m, p) }

// livesOf reads events of n peers, of which some lose their state when they crash.
func livesOf(events []journal.Event, n int, loses func(peer.ID) bool) *lives {
	l := &lives{healed: sim.Never, came: map[string]sim.Time{}, has: map[string]bool{}, down: make([]bool, n), lost: make([]bool, n)}
	for _, e := range events {
		name := pairName(e.Message, e.Peer)
		switch e.Kind {
		case journal.Heal:
			l.healed = e.At
		case journal.Broadcast:
			l.messages = append(l.messages, e)
			l.has[name] = true
		case journal.Arrival:
			if e.Verdict == 0 && e.Packet.Body() {
				l.has[name] = true
			}
		case journal.Delivery:
			if _, again := l.came[name]; !again {
				l.came[name] = e.At
			}
		case journal.Crash:
			l.down[e.Peer] = true
			if loses(e.Peer) {
				l.lost[e.Peer] = true
				for _, m := range l.messages {
					delete(l.has, pairName(m.Message, e.Peer))
				}
			}
		case journal.Restart:
			l.down[e.Peer] = false
		}
	}
	return l
}

// demanded says from when on a message is demanded of those that kept their state,
// sim.Never if it is not, and whether a host that is up has it.
func (l *lives) demanded(m *journal.Event) (from sim.Time, living bool) {
	from = sim.Never
	for p := range l.down {
		name := pairName(m.Message, peer.ID(p))
		if at, logged := l.came[name]; logged && !l.lost[p] {
			from = min(from, at)
		}
		living = living || !l.down[p] && l.has[name]
	}
	if !l.lost[m.Peer] {
		from = m.At
	}
	return from, living
}

// judge takes the budget, and how and when the run ended.
func (l *lives) judge(within sim.Time, settled bool, end sim.Time) slowLiveness {
	sum := func(t sim.Time) sim.Time {
		if t == sim.Never {
			return t
		}
		return t + within
	}
	var out slowLiveness
	for i := range l.messages {
		from, living := l.demanded(&l.messages[i])
		for p := range l.down {
			name := pairName(l.messages[i].Message, peer.ID(p))
			at, logged := l.came[name]
			switch due := sum(max(from, l.healed)); {
			case l.lost[p]:
			case from == sim.Never:
				if !living {
					out.unrecoverable = append(out.unrecoverable, name)
				}
			case l.healed == sim.Never && !settled: // nothing is due yet
			case logged && at <= due, !logged && !settled && end < due:
			default:
				if !logged {
					at = sim.Never
				}
				if out.violated++; out.violated == 1 {
					out.first = fmt.Sprintf("%s due %v came %v", name, due, at)
				}
			}
		}
	}
	switch {
	case out.violated > 0:
		out.verdict = result.Violated
	case !settled && end < sum(l.healed):
		out.verdict = result.Unknown
	default:
		out.verdict = result.Holds
	}
	return out
}

// TestLivenessTwin: runs with all that may befall a message are judged as the rule
// says, one that is missing or late, demanded or not, or that nobody has any more.
func TestLivenessTwin(t *testing.T) {
	t.Parallel()
	const text = `version: 1
name: twin
peers: 4
phases: {kind: none, drain: 50s}
workload: {messages: 3, gap: {kind: exponential, mean: 25ms}}
heal_at: {at: 90ms, within: %s}
orderings: [%s]
network: {latency: {kind: exponential, mean: 8ms}, loss: 1/4, duplicate: 1/6, link: datagram, transport: %s}
limits: {%s}
faults:
  - {chance: 1/2, at: 30ms, crash: 0, for: 20ms}
  - {chance: 2/3, at: 40ms, crash: 1, for: 30ms, state: lost}
  - {chance: 1/2, at: 10ms, isolate: 1, for: 60ms}
  - {chance: 1/3, at: 60ms, partition: [[0, 1], [2, 3]], for: 20ms, one_way: true}
  - {chance: 1/3, at: 80ms, crash: 2}
`
	seen := map[result.Verdict]int{}
	unrecoverable := 0
	for _, ordering := range []string{"naive", "{kind: lamport, gaps: detect}", "{kind: sequencer, at: 3}"} {
		for _, transport := range []string{"none", "{kind: reliable, rto: 20ms}"} {
			for _, bounds := range [][2]string{{"20ms", "until: 5s"}, {"400ms", "until: 5s"}, {"100s", "until: 300s"}, {"60ms", "events: 90"}, {"60ms", "events: 140"}} {
				p := compile(t, fmt.Sprintf(text, bounds[0], ordering, transport, bounds[1]))
				recorder := &journal.Recorder{}
				e := engine(t, p, run.Options{Recorder: recorder})
				for seed := range uint64(12) {
					recorder.Reset(1<<20, 0, -1)
					o := mustRun(t, e, seed)
					got := slowLiveness{verdict: o.Liveness.Verdict(), violated: o.Liveness.Violated}
					if m := &o.Liveness.First; got.violated > 0 {
						got.first = fmt.Sprintf("%v %v due %v came %v", o.History.Broadcasts[m.Ref].ID, m.Peer, m.Due, m.Delivered)
					}
					for _, u := range o.Liveness.Unrecoverable {
						got.unrecoverable = append(got.unrecoverable, fmt.Sprintf("%v %v", o.History.Broadcasts[u.Ref].ID, u.Peer))
					}
					within := map[string]sim.Time{"20ms": 20e6, "60ms": 60e6, "400ms": 400e6, "100s": 100e9}[bounds[0]]
					want := livesOf(recorder.Events(), 4, func(p peer.ID) bool { return p == 1 }).judge(within, o.Limit.Settled(), o.End)
					if got.verdict != want.verdict || got.violated != want.violated || got.first != want.first || !slices.Equal(got.unrecoverable, want.unrecoverable) {
						t.Errorf("%s, transport %s, %v, seed %d: %+v, want %+v", ordering, transport, bounds, seed, got, want)
					}
					seen[want.verdict]++
					unrecoverable += len(want.unrecoverable)
				}
			}
		}
	}
	if seen[result.Holds] < 20 || seen[result.Violated] < 20 || seen[result.Unknown] < 20 || unrecoverable < 10 {
		t.Errorf("verdicts %v, %d unrecoverable: the twin is hardly asked", seen, unrecoverable)
	}
}
