package run_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/reports/result"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"
)

// TestClassicStopWaitsForData: a classic peer without a scheduled broadcast
// says STOP when data has begun everywhere, not when it opens itself: the slow
// link's peer, still in its handshake, would drop it and wait for ever.
func TestClassicStopWaitsForData(t *testing.T) {
	t.Parallel()
	const text = `version: 1
name: slow
peers: 3
orderings: [naive]
phases: {kind: classic, stop_gap: 30ms}
workload: {sends: [{at: 0ms, from: 0}]}
network: {link: datagram, latency: 20ms, links: [{from: [0], to: [1], latency: 1500ms}]}
`
	o, events := recorded(t, text, 1)
	if o.Limit != run.LimitNone || len(o.Stuck) > 0 {
		t.Fatalf("the run ends at %q, stuck %v; want all logs submitted", o.Limit, o.Stuck)
	}
	if at := arrivals(events, peer.KindStop, 2, 1); len(at) != 1 || at[0] != 1_550_000_000 {
		t.Errorf("p2's STOP reaches p1 at %v; want T0 + gap + delay = 1550 ms", at)
	}
}

// reacting is a workload in which peers answer messages that may be lost.
func reacting(ordering, phases string) string {
	return fmt.Sprintf(`version: 1
name: reacting
peers: 3
orderings: [%s]
phases: %s
workload: {messages: 3, gap: 10ms, replies: {probability: 1/2, delay: 5ms}}
network: {link: datagram, loss: 1/10, latency: {kind: exponential, min: 0ms, mean: 20ms}}
`, ordering, phases)
}

// TestPatienceOfAnswers: a peer that waits in vain for a message it would have
// answered closes its log when the patience of logs is over, and names whom it
// waited for; no run hangs, and nothing closes before.
func TestPatienceOfAnswers(t *testing.T) {
	t.Parallel()
	for _, ordering := range []string{"naive", "fifo", "{kind: timestamp, wait: 30ms, late: drop}", "{kind: lamport, gaps: detect}"} {
		for _, phases := range []string{"{kind: robust, drain: 2s}", "{kind: none, drain: 2s}"} {
			waited := 0
			overSeeds(t, reacting(ordering, phases), 200, func(o *run.Outcome) {
				if o.Limit != run.LimitNone || len(o.History.Lost) > 0 {
					t.Fatalf("%s, %s, seed %d: the run ends at %q without the logs of %v", ordering, phases, o.Seed, o.Limit, o.History.Lost)
				}
				for _, s := range o.Stuck {
					last := o.Opened[s.Peer]
					for _, d := range o.History.TimesOf(s.Peer) {
						last = max(last, d.Delivered)
					}
					if closed := o.Closed[s.Peer]; closed.Sub(last) < 2*time.Second {
						t.Fatalf("%s, %s, seed %d: %v closes its log %v after its last delivery, missing something of %v; want 2s or more",
							ordering, phases, o.Seed, s.Peer, closed.Sub(last), s.WaitingFor)
					}
					waited++
				}
			})
			if waited == 0 {
				t.Errorf("%s, %s: nobody ever waited", ordering, phases)
			}
		}
	}
}

// TestPatienceOfAfter: the wait for one lost question to the nanosecond, and
// that a slow answer is not given up while it is due.
func TestPatienceOfAfter(t *testing.T) {
	t.Parallel()
	const text = `version: 1
name: question
peers: 2
orderings: [naive]
phases: {kind: robust, drain: 3s}
workload: {sends: [{at: 0ms, from: 0}, {after: "p0#0", from: 1, delay: %s}]}
network: {latency: 20ms%s}
`
	// p0 says STOP at T0 = 20 ms and hears no more; p1 hears that STOP at 40 ms.
	o, _ := recorded(t, fmt.Sprintf(text, "5ms", `, delays: [{message: "p0#0", to: 1, lost: true}]`), 1)
	if o.Limit != run.LimitNone || o.Closed[1] != 3_040_000_000 || o.Closed[0] != 3_020_000_000 {
		t.Errorf("ends at %q, closed at %v; want none, p0 at 3020 ms, p1 at 3040 ms", o.Limit, o.Closed)
	}
	if got, want := fmt.Sprint(o.Stuck), "[{p0 stop [p1] 0} {p1 stop [p0] 0}]"; got != want {
		t.Errorf("stuck %s, want %s", got, want)
	}
	// Nothing is lost, and the answer takes longer than the patience of p1.
	o, _ = recorded(t, fmt.Sprintf(text, "5s", ""), 1)
	if n := len(o.History.Broadcasts); n != 2 || o.Closed[1] != 5_040_000_000 {
		t.Errorf("%d broadcasts, p1 closes at %v; want the answer at 5040 ms and the close with it", n, o.Closed[1])
	}
}

// TestClassicNamesWhoWaitsForAnswers: classic never ends such a wait, and the
// peer that hangs in data is named.
func TestClassicNamesWhoWaitsForAnswers(t *testing.T) {
	t.Parallel()
	named := 0
	overSeeds(t, reacting("naive", "classic"), 200, func(o *run.Outcome) {
		for _, a := range o.History.Lost {
			at := slices.IndexFunc(o.Stuck, func(s run.Stuck) bool { return s.Peer == a.Peer })
			if at < 0 {
				t.Fatalf("seed %d: %v is stuck and not named: %v", o.Seed, a.Peer, o.Stuck)
			}
			named += int(one(o.Stuck[at].Phase == "data"))
		}
	})
	if named == 0 {
		t.Error("nobody was ever stuck in data")
	}
}

// TestGivenUpAreNamed: p2 is heard by nobody, so the others open without it and
// say so; p2 itself hears everybody.
func TestGivenUpAreNamed(t *testing.T) {
	t.Parallel()
	const text = `version: 1
name: mute
peers: 3
orderings: [naive]
phases: {kind: robust, give_up: 2s}
workload: {sends: [{at: 0ms, from: 0}]}
network: {latency: 20ms, links: [{from: [2], to: [0, 1], loss: 1}]}
`
	p := compile(t, text)
	o := mustRun(t, engine(t, p, run.Options{}), 1)
	var v run.Evaluator
	got, err := json.Marshal(v.Evaluate(p, o, run.Full).Phases.GivenUp)
	if want := `[{"peer":2,"by":[0,1]}]`; err != nil || string(got) != want {
		t.Errorf("given up: %s (%v), want %s", got, err, want)
	}
}

// TestForgettingIsOutsideAssumptions: a peer that comes back without its state
// counts its broadcasts anew, which no ordering that promises anything allows for.
func TestForgettingIsOutsideAssumptions(t *testing.T) {
	t.Parallel()
	const text = `version: 1
name: amnesia
peers: 3
orderings: [%s]
phases: none
workload: {sends: [{at: 0ms, from: 0}, {at: 100ms, from: 0}, {at: 110ms, from: 0}]}
network: {latency: 5ms}
faults: [{at: 50ms, crash: 0, restart: 80ms, state: %s}]
`
	for _, r := range []struct{ ordering, state, want string }{
		{"fifo", "lost", "[p0 forgets its state]"}, {"fifo", "kept", "[]"}, {"naive", "lost", "[]"}, {"lamport", "lost", "[p0 crashes]"},
	} {
		p := compile(t, fmt.Sprintf(text, r.ordering, r.state))
		var v run.Evaluator
		got := v.Evaluate(p, mustRun(t, engine(t, p, run.Options{}), 1), run.Full)
		if fmt.Sprint(got.OutsideAssumptions) != r.want {
			t.Errorf("%s with its state %s is outside %v, want %s", r.ordering, r.state, got.OutsideAssumptions, r.want)
		}
		if got.Properties.FIFO == result.Violated && r.want == "[]" {
			t.Errorf("%s with its state %s: fifo is violated inside the assumptions", r.ordering, r.state)
		}
	}
}

// TestWaitsForItself: a classic peer whose own copy of a question came while it
// was down waits for itself.
func TestWaitsForItself(t *testing.T) {
	t.Parallel()
	const text = `version: 1
name: alone
peers: 1
orderings: [naive]
phases: classic
workload: {sends: [{at: 0ms, from: 0}, {after: "p0#0", from: 0}]}
network: {latency: 20ms, self: loopback}
faults: [{at: 10ms, crash: 0, restart: 50ms}]
`
	o, _ := recorded(t, text, 1)
	if got, want := fmt.Sprintf("%v %v", o.Limit, o.Stuck), "quiet [{p0 data [p0] 0}]"; got != want {
		t.Errorf("ends %s, want %s", got, want)
	}
}

// TestTransportCountsGaps: the packets that the fifo transport holds behind
// holes are in the counters of every ordering above it.
func TestTransportCountsGaps(t *testing.T) {
	t.Parallel()
	const text = `version: 1
name: gaps
peers: 2
orderings: [naive]
workload: {sends: [{at: 0ms, from: 0}, {at: 10ms, from: 0}, {at: 20ms, from: 0}]}
network:
  latency: 1ms
  transport: {kind: fifo}
  delays: [{message: "p0#0", to: 1, lost: true}]
`
	s, err := scenarios.Parse("gaps.yaml", []byte(text), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	o, err := run.Run(s, "naive", 1)
	if err != nil {
		t.Fatal(err)
	}
	if want := []run.Counter{{Name: "gaps", Value: 2}}; !slices.Equal(o.Counters, want) {
		t.Errorf("counters %v, want %v: two packets wait behind the lost one", o.Counters, want)
	}
}

// TestOwnCopiesAreNoPackets: a transport splits a broadcast into sends, and the
// one to the sender itself is still not a packet.
func TestOwnCopiesAreNoPackets(t *testing.T) {
	t.Parallel()
	const text = `version: 1
name: own
peers: 3
orderings: [naive]
workload: {messages: 10}
network: {self: loopback, link: datagram, transport: {kind: reliable}}
`
	s, err := scenarios.Parse("own.yaml", []byte(text), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	o, err := run.Run(s, "naive", 1)
	if err != nil {
		t.Fatal(err)
	}
	if o.Cost.Ordering != 60 || o.Net.Sent != o.Cost.Packets() {
		t.Errorf("%d packets of the ordering and %d in all, of which links had %d; want 30 broadcasts to 2 others",
			o.Cost.Ordering, o.Cost.Packets(), o.Net.Sent)
	}
}
