package order_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/order"
	"pgregory.net/rapid"
)

// adversary drives a group as badly as it can: packets are delivered in any
// order, doubled and lost, timers expire when it pleases, and peers crash and
// come back with their state. It watches that an instance never has two
// decisions and that no two logs ever part.
type adversary struct {
	machines  []*peer.Machine
	orderings []peer.Ordering
	now       peer.Instant
	flight    []packet
	timers    []map[peer.TimerID]peer.Instant
	down      []bool
	logs      [][]peer.MessageID
	sent      map[peer.MessageID]bool
	numbers   []int32
	decisions map[int64]string // by instance: what the packets say
	names     map[string]bool
	lenient   bool // names may be used twice
	out       peer.Effects
	wrong     string
}

type packet struct {
	from, to peer.ID
	m        peer.Message
	words    []int64
}

func newAdversary(n int, fresh func() peer.Ordering) *adversary {
	a := &adversary{
		timers: make([]map[peer.TimerID]peer.Instant, n), down: make([]bool, n), logs: make([][]peer.MessageID, n),
		sent: map[peer.MessageID]bool{}, numbers: make([]int32, n), decisions: map[int64]string{}, names: map[string]bool{},
	}
	for p := range n {
		o := fresh()
		m := &peer.Machine{}
		m.Reset(peer.Config{Self: peer.ID(p), Peers: n, Phases: peer.Phases{Protocol: peer.None}, Ordering: o})
		a.machines, a.orderings = append(a.machines, m), append(a.orderings, o)
		a.timers[p] = map[peer.TimerID]peer.Instant{}
		a.step(peer.ID(p), peer.Input{Kind: peer.InputStart})
	}
	return a
}

func (a *adversary) fail(format string, args ...any) {
	if a.wrong == "" {
		a.wrong = fmt.Sprintf(format, args...)
	}
}

func (a *adversary) step(p peer.ID, in peer.Input) {
	a.out.Reset()
	if err := a.machines[p].Step(a.now, in, &a.out); err != nil {
		a.fail("%v", err)
	}
	for _, e := range a.out.List {
		switch e.Kind {
		case peer.EffectDeliver:
			a.deliver(p, e.ID)
		case peer.EffectTimer:
			a.timers[p][e.Timer] = e.At
		case peer.EffectSend:
			a.send(p, e.To, a.out.Messages[e.Index])
		case peer.EffectOthers:
			for q := range a.machines {
				if peer.ID(q) != p {
					a.send(p, peer.ID(q), a.out.Messages[e.Index])
				}
			}
		}
	}
	if held := a.orderings[p].Held(); held < 0 {
		a.fail("%v holds %d", p, held)
	}
}

func (a *adversary) deliver(p peer.ID, id peer.MessageID) {
	switch {
	case !a.sent[id]:
		a.fail("%v delivers %v, which nobody has broadcast", p, id)
	case slices.Contains(a.logs[p], id):
		a.fail("%v delivers %v twice", p, id)
	}
	a.logs[p] = append(a.logs[p], id)
	for q, log := range a.logs {
		if n := len(a.logs[p]); len(log) >= n && log[n-1] != id {
			a.fail("%v has %v at position %d, p%d has %v", p, id, n, q, log[n-1])
		}
	}
}

func (a *adversary) send(from, to peer.ID, m peer.Message) {
	name := fmt.Sprint(from, to, m.Kind, m.ID, m.Round)
	if a.names[name] && !a.lenient {
		a.fail("two packets of one name: %s", name)
	}
	a.names[name] = true
	words := slices.Clone(a.out.Words(m.Words))
	if m.Kind == peer.KindCommit || m.Kind == peer.KindDecide || m.Kind == peer.KindRelay && m.Stamp > 0 && m.Aux == 1<<31-1 {
		value := fmt.Sprint(m.ID, words)
		if old, ok := a.decisions[m.Stamp]; ok && old != value {
			a.fail("instance %d is decided as %s and as %s", m.Stamp, old, value)
		}
		a.decisions[m.Stamp] = value
	}
	a.flight = append(a.flight, packet{from, to, m, words})
}

func (a *adversary) arrive(i int, keep bool) {
	f := a.flight[i]
	if !keep {
		a.flight = slices.Delete(a.flight, i, i+1)
	}
	if a.down[f.to] {
		return
	}
	if len(f.words) > 0 {
		span, words := a.out.NewWords(len(f.words))
		copy(words, f.words)
		f.m.Words = span
	}
	a.step(f.to, peer.Input{Kind: peer.InputArrival, Message: &f.m})
	a.out.Release(f.m.Words)
}

func (a *adversary) broadcast(p peer.ID) {
	if a.down[p] {
		return
	}
	id := peer.MessageID{Sender: p, Number: a.numbers[p]}
	a.numbers[p]++
	a.sent[id] = true
	a.step(p, peer.Input{Kind: peer.InputBroadcast, ID: id})
}

// expire lets the timer of p come at once, if it is set.
func (a *adversary) expire(p peer.ID) {
	at, set := a.timers[p][peer.StageOrdering]
	if !set || at == peer.Distant || a.down[p] {
		return
	}
	delete(a.timers[p], peer.StageOrdering)
	a.now = max(a.now, at)
	a.step(p, peer.Input{Kind: peer.InputTimer, Timer: peer.StageOrdering})
}

func (a *adversary) crash(p peer.ID) {
	if a.down[p] {
		a.down[p] = false
		a.step(p, peer.Input{Kind: peer.InputRestart})
		return
	}
	a.down[p] = true
	clear(a.timers[p])
}

// torment makes so many moves; draw gives whole numbers below its bound.
func (a *adversary) torment(moves int, draw func(n int) int) {
	n := len(a.machines)
	for range moves {
		switch k := draw(100); {
		case k < 60 && len(a.flight) > 0:
			a.arrive(draw(len(a.flight)), false)
		case k < 66 && len(a.flight) > 0:
			a.arrive(draw(len(a.flight)), true)
		case k < 72 && len(a.flight) > 0:
			i := draw(len(a.flight))
			a.flight = slices.Delete(a.flight, i, i+1)
		case k < 82:
			a.broadcast(peer.ID(draw(n)))
		case k < 97:
			a.expire(peer.ID(draw(n)))
		default:
			a.crash(peer.ID(draw(n)))
		}
		if a.wrong != "" {
			return
		}
	}
}

// heal brings everybody back, and from now on everything arrives, in order and
// before any timer. A last message of each peer shows what is missing.
func (a *adversary) heal() {
	for p := range a.machines {
		if a.down[p] {
			a.crash(peer.ID(p))
		}
	}
	for p := range a.machines {
		a.broadcast(peer.ID(p))
	}
	for range 20000 {
		if a.wrong != "" {
			return
		}
		if len(a.flight) > 0 {
			a.arrive(0, false)
			continue
		}
		next, first := peer.ID(-1), peer.Distant
		for p := range a.machines {
			if at, set := a.timers[p][peer.StageOrdering]; set && at < first {
				next, first = peer.ID(p), at
			}
		}
		if next < 0 {
			a.judgeRest()
			return
		}
		a.expire(next)
	}
	a.fail("it does not come to rest: %d packets under way, logs %v", len(a.flight), a.logs)
}

// judgeRest: nobody waits any more, so everything is delivered everywhere.
func (a *adversary) judgeRest() {
	for p, log := range a.logs {
		if len(log) != len(a.sent) {
			missing := maps.Clone(a.sent)
			for _, id := range log {
				delete(missing, id)
			}
			a.fail("all is at rest and p%d lacks %v; logs %v", p, slices.Collect(maps.Keys(missing)), a.logs)
		}
		if held := a.orderings[p].Held(); held != 0 {
			a.fail("all is delivered and p%d holds %d", p, held)
		}
	}
}

// TestAdversary: whatever happens, consensus is safe; and when it stops
// happening, everything is delivered.
func TestAdversary(t *testing.T) {
	t.Parallel()
	for _, kind := range consensual {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				n := rapid.IntRange(1, 5).Draw(t, "peers")
				at := order.Value{Name: "at", Text: fmt.Sprint(rapid.IntRange(0, n-1).Draw(t, "at"))}
				spec, _ := order.Builtin().Lookup(kind)
				a := newAdversary(n, func() peer.Ordering {
					o, err := spec.Build(order.Values{at})
					if err != nil {
						t.Fatal(err)
					}
					return o
				})
				a.torment(rapid.IntRange(0, 300).Draw(t, "moves"), func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "move") })
				if a.wrong == "" {
					a.heal()
				}
				if a.wrong != "" {
					t.Fatal(a.wrong)
				}
			})
		})
	}
}

var consensual = []string{"chandra-toueg", "paxos"}

// TestAdversaryAtLength is the same over more moves, by fixed seeds.
func TestAdversaryAtLength(t *testing.T) {
	t.Parallel()
	for _, kind := range consensual {
		for seed := range uint64(300) {
			if wrong := torment(func() peer.Ordering { return build(t, kind) }, seed); wrong != "" {
				t.Fatalf("%s, seed %d: %s", kind, seed, wrong)
			}
		}
	}
}

// torment returns what goes wrong in one long run.
func torment(fresh func() peer.Ordering, seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 3))
	a := newAdversary(2+r.IntN(5), fresh)
	a.torment(r.IntN(1200), r.IntN)
	if a.wrong == "" {
		a.heal()
	}
	return a.wrong
}
