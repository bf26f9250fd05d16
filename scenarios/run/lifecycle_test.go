package run_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"mpcomm/peer"
	"mpcomm/peer/journal"
	"mpcomm/peer/order"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"
	"mpcomm/sim"
)

// recorded runs a seed and returns what happened, event by event.
func recorded(tb testing.TB, text string, seed uint64) (*run.Outcome, []journal.Event) {
	tb.Helper()
	r := &journal.Recorder{}
	r.Reset(1<<20, 0, -1)
	o := mustRun(tb, engine(tb, compile(tb, text), run.Options{Recorder: r, DetectNames: true}), seed)
	return o, r.Events()
}

// arrivals lists when packets of a kind from q reached p, in order.
func arrivals(events []journal.Event, kind peer.Kind, q, p peer.ID) []sim.Time {
	var at []sim.Time
	for _, e := range events {
		if e.Kind == journal.Arrival && e.Verdict == 0 && e.Packet == kind && e.Peer == p && e.Other == q {
			at = append(at, e.At)
		}
	}
	return at
}

// firstBefore reports whether the first of the times is there and not after t.
func firstBefore(at []sim.Time, t sim.Time) bool { return len(at) > 0 && at[0] <= t }

// TestRobustPhases: whatever the links lose, double and reorder, a peer opens
// when it has heard READY from every other and not before, closes its log, and
// names exactly those it misses something of.
func TestRobustPhases(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(rt, "peers")
		text := fmt.Sprintf(`version: 1
name: rough
peers: %d
orderings: [%s]
phases: {kind: robust, retry: 200ms, give_up: 3s, drain: 2s}
workload: {messages: %d, gap: {kind: exponential, min: 0ms, mean: 10ms}}
network:
  latency: {kind: exponential, min: 0ms, mean: 20ms}
  link: datagram
  loss: %d%%
  duplicate: %d%%
  reorder: {share: 20%%, extra: {kind: exponential, min: 0ms, mean: 80ms}}
`, n, rapid.SampledFrom([]string{"naive", "fifo", "timestamp", "{kind: lamport, gaps: detect}"}).Draw(rt, "ordering"),
			rapid.IntRange(0, 4).Draw(rt, "messages"), rapid.IntRange(0, 60).Draw(rt, "loss"), rapid.IntRange(0, 30).Draw(rt, "duplicate"))
		o, events := recorded(t, text, rapid.Uint64Range(1, 1<<40).Draw(rt, "seed"))
		if o.Limit != run.LimitNone {
			rt.Fatalf("the run ends at %q; stuck: %v\n%s", o.Limit, o.Stuck, text)
		}
		for p := range peer.ID(n) {
			givenUp := func(q peer.ID) bool { return slices.Contains(o.GaveUp, run.GivenUp{Peer: p, Of: q}) }
			opened := sim.Time(0)
			for q := range peer.ID(n) {
				ready := arrivals(events, peer.KindReady, q, p)
				switch {
				case q == p:
				case givenUp(q):
					opened = max(opened, 3_000_000_000)
				case !firstBefore(ready, o.Opened[p]):
					rt.Fatalf("%v opens at %v without READY from %v, which came at %v\n%s", p, o.Opened[p], q, ready, text)
				default:
					opened = max(opened, ready[0])
				}
			}
			if o.Opened[p] != opened {
				rt.Fatalf("%v opens at %v; the last READY it waits for came at %v\n%s", p, o.Opened[p], opened, text)
			}
			checkClose(rt, o, events, p, givenUp, text)
		}
	})
}

// checkClose holds whom p was stuck for against what it missed.
func checkClose(rt *rapid.T, o *run.Outcome, events []journal.Event, p peer.ID, givenUp func(peer.ID) bool, text string) {
	var want []peer.ID
	for q := range peer.ID(len(o.Opened)) {
		missing := 0
		for ref, b := range o.History.Broadcasts {
			if b.ID.Sender == q && !slices.Contains(o.History.Logs[p].Refs, uint32(ref)) {
				missing++
			}
		}
		silent := q != p && !firstBefore(arrivals(events, peer.KindStop, q, p), o.Closed[p])
		if (missing > 0 || silent) && !givenUp(q) {
			want = append(want, q)
		}
	}
	var got []peer.ID
	for _, s := range o.Stuck {
		if s.Peer == p {
			got = s.WaitingFor
		}
	}
	if !slices.Equal(got, want) {
		rt.Fatalf("%v names %v as those it waited for; it misses something of %v\n%s", p, got, want, text)
	}
}

// TestClassicHangs: a READY that is lost is never repaired. Its receiver never
// opens, drops what comes, and never says stop, so that nobody ends.
func TestClassicHangs(t *testing.T) {
	t.Parallel()
	o, _ := recorded(t, `version: 1
name: hang
peers: 4
orderings: [naive]
phases: classic
workload: {messages: 2, gap: 5ms}
network: {latency: 10ms, links: [{from: [2], to: [1], loss: 1}]}
`, 1)
	if o.Limit != run.LimitQuiet || o.DataAt != sim.Never || o.Opened[1] != sim.Never {
		t.Errorf("limit %q, T0 %v, p1 opened at %v; want quiet, never, never", o.Limit, o.DataAt, o.Opened[1])
	}
	if want := uint64(4); o.TooEarly != want { // of p0 and p3, twice each; those of p2 are lost
		t.Errorf("%d messages came too early, want %d", o.TooEarly, want)
	}
	for p, want := range []struct {
		phase   string
		waiting peer.ID
		closed  bool
	}{{"stop", 1, false}, {"handshake", 2, false}, {"stop", 1, false}, {"stop", 1, false}} {
		s := o.Stuck[p]
		if s.Peer != peer.ID(p) || s.Phase != want.phase || !slices.Equal(s.WaitingFor, []peer.ID{want.waiting}) {
			t.Errorf("p%d is stuck as %v; want in %s for p%d", p, s, want.phase, want.waiting)
		}
		if a := o.History.Lost[p]; a.Peer != peer.ID(p) || a.Why != "stuck" {
			t.Errorf("absent %v, want p%d stuck", a, p)
		}
	}
}

// TestClassicCountsPackets: as in the lab, a doubled READY counts twice, and a
// peer opens without having heard from everybody.
func TestClassicCountsPackets(t *testing.T) {
	t.Parallel()
	const text = `version: 1
name: doubled
peers: 3
orderings: [naive]
phases: %s
workload: {messages: 1, gap: 5ms}
network: {latency: 10ms, links: [{from: [1], to: [0], duplicate: 1}, {from: [2], to: [0], latency: 100ms}]}
`
	o, _ := recorded(t, fmt.Sprintf(text, "classic"), 1)
	if o.Opened[0] != 10_000_000 {
		t.Errorf("classic: p0 opens at %v, want 10 ms, by two READYs of p1", o.Opened[0])
	}
	o, _ = recorded(t, fmt.Sprintf(text, "robust"), 1)
	if o.Opened[0] != 100_000_000 {
		t.Errorf("robust: p0 opens at %v, want 100 ms, by p2's READY", o.Opened[0])
	}
}

// TestEarlyMessages: p0 opens long before p1, which has not heard from p2. The
// classic protocol drops what comes to p1 before that, the robust one keeps it.
func TestEarlyMessages(t *testing.T) {
	t.Parallel()
	const text = `version: 1
name: early
peers: 3
orderings: [naive]
phases: %s
workload: {messages: 3, gap: 10ms}
network: {latency: 10ms, links: [{from: [2], to: [1], latency: 300ms}]}
`
	o, _ := recorded(t, fmt.Sprintf(text, "classic"), 1)
	if o.TooEarly != 3 || len(o.History.Logs[1].Refs) != 6 {
		t.Errorf("classic: %d too early, %d in p1's log; want 3 dropped and 6 left", o.TooEarly, len(o.History.Logs[1].Refs))
	}
	o, _ = recorded(t, fmt.Sprintf(text, "robust"), 1)
	ids := log(o.History, 1)
	if want := []peer.MessageID{message(0, 0), message(0, 1), message(0, 2)}; o.TooEarly != 0 || len(ids) != 9 || !slices.Equal(ids[:3], want) {
		t.Errorf("robust: %d too early, p1's log is %v; want 9 messages, %v first", o.TooEarly, ids, want)
	}
	for i, at := range o.History.TimesOf(1)[:3] {
		if want := sim.Time(30+10*i) * 1_000_000; at.Delivered != 300_000_000 || at.Arrived != want {
			t.Errorf("entry %d arrived at %v and was delivered at %v; want %v and 300 ms", i, at.Arrived, at.Delivered, want)
		}
	}
}

// TestWhenDataBegins: T0 is the first instant at which every peer is open and
// no packet of the handshake is under way, and explicit times count from it.
func TestWhenDataBegins(t *testing.T) {
	t.Parallel()
	for seed := range uint64(100) {
		o, events := recorded(t, `version: 1
name: beginning
peers: 4
orderings: [naive]
phases: {kind: robust, retry: 50ms}
workload: {sends: [{at: 0ms, from: 1}, {at: 7ms, from: 3}]}
network: {latency: {kind: exponential, min: 0ms, mean: 40ms}, link: datagram, loss: 1/10, duplicate: 1/4}
faults: [{at: 5ms, since: data, partition: [[0], [1, 2, 3]], for: 1ms}]
`, seed)
		last := sim.Time(0) // of openings and arrivals of the handshake
		for _, at := range o.Opened {
			last = max(last, at)
		}
		// Once all are open nobody asks; what was under way then still arrives.
		for _, e := range events {
			if e.Kind == journal.Fate && e.Verdict == 0 && (e.Packet == peer.KindReady || e.Packet == peer.KindAskReady) && e.At <= o.DataAt {
				last = max(last, e.Arrival)
			}
		}
		if o.DataAt != last {
			t.Fatalf("seed %d: T0 is %v, want %v", seed, o.DataAt, last)
		}
		b := o.History.Broadcasts
		if len(b) != 2 || b[0].At != o.DataAt || b[1].At != o.DataAt+7_000_000 {
			t.Fatalf("seed %d: broadcasts %v; want them at T0 = %v and 7 ms later", seed, b, o.DataAt)
		}
		faults := 0
		for _, e := range events {
			if e.Kind == journal.Fault {
				want := o.DataAt + 5_000_000
				if e.Ends {
					want += 1_000_000
				}
				if faults++; e.At != want {
					t.Fatalf("seed %d: the fault comes at %v, want %v", seed, e.At, want)
				}
			}
		}
		if faults != 2 {
			t.Fatalf("seed %d: %d faults, want a beginning and an end", seed, faults)
		}
	}
}

// TestT0InTheMiddleOfAnOpening: where the last peer gives up others, data has begun
// while it is still handed what came before it opened. Its application is asked at
// that point, and says STOP there if it has left; what was made of these seeds
// before stays.
func TestT0InTheMiddleOfAnOpening(t *testing.T) {
	t.Parallel()
	s := parse(t, `version: 1
name: given-up
peers: 5
orderings: [naive, lamport]
phases: {kind: robust, give_up: 40ms, drain: 100ms}
workload: {messages: 4, gap: 0ms}
network: {latency: {kind: exponential, mean: 5ms}, loss: 1/2}
faults: [{at: 1ms, leave: 2}]
`)
	for i, want := range []string{"7487203bbe7b28cd150b74cfa3e161a4", "002fa0ed21d793ad44c5937604f7afc4"} {
		p, err := run.Compile(s, s.Orderings[i], order.Builtin())
		if err != nil {
			t.Fatal(err)
		}
		if got := digest(mustRun(t, engine(t, p, run.Options{}), 1)); got != want {
			t.Errorf("%s: digest %s, want %s", p.Label(), got, want)
		}
	}
}

// TestAPeerIsWaitedFor: a run in which all others have handed in their logs goes
// on until a peer that crashed and is to come back is there, whatever it remembers.
func TestAPeerIsWaitedFor(t *testing.T) {
	t.Parallel()
	o, _ := judged(t, `version: 1
name: waited-for
peers: 3
orderings: [naive]
phases: {kind: robust, drain: 50ms}
workload: {messages: 3, gap: 1ms}
network: {latency: 1ms}
faults: [{at: 3ms, crash: 2, restart: 2s, state: lost}]
`, 1)
	if ms(o.End) != 2000 || o.Limit != run.LimitNone {
		t.Errorf("the run ends at %v with limit %q, want 2s, when the last peer is back, and none", o.End, o.Limit)
	}
}

// twice is an ordering that breaks the rules: it sends two packets of one name.
type twice struct{ moody }

func (o *twice) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	out.ToAll(*m)
	out.ToAll(*m)
}

// TestRunsEndWithTheEventThatEndsThem: no event comes behind one in which something
// went wrong, or in whose wake the last peers crashed.
func TestRunsEndWithTheEventThatEndsThem(t *testing.T) {
	t.Parallel()
	const text = `version: 1
name: over
peers: 2
orderings: [%s]
phases: none
workload: {sends: [{at: 5ms, from: 0}, {at: 50ms, from: 1}]}
network: {latency: 10ms}
faults: [%s]
`
	table, err := order.Builtin().With(order.Spec{Kind: "twice", New: func(order.Values) (peer.Ordering, error) {
		return &twice{moody{calls: new(int)}}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Parse("over.yaml", fmt.Appendf(nil, text, "twice", ""), nil, table)
	if err != nil {
		t.Fatal(err)
	}
	p, err := run.Compile(s, s.Orderings[0], table)
	if err != nil {
		t.Fatal(err)
	}
	o, err := engine(t, p, run.Options{DetectNames: true}).Run(1)
	if err == nil || o.Events != 1 {
		t.Errorf("%d events, error %v; want one event, and that two packets have one name", o.Events, err)
	}
	o, _ = judged(t, fmt.Sprintf(text, "naive", `{after: "1st broadcast at any", crash: 0}, {after: "1st broadcast at any", crash: 1}`), 1)
	if o.Events != 1 {
		t.Errorf("%d events; want that of the first broadcast, after which both peers crashed", o.Events)
	}
}
