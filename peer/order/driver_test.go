package order_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

const ms = peer.Instant(time.Millisecond)

// long is when small groups have done all they have to do. A token goes on.
const long = 300 * ms

// event is one thing that will happen to a peer of a group.
type event struct {
	at      peer.Instant
	seq     int
	to      peer.ID
	input   peer.Input
	message peer.Message
	words   []int64
}

// group drives Machines over links with hand-set delays. Events go in order of
// (time, sequence); all clocks show true time plus the peer's skew.
type group struct {
	tb       testing.TB
	machines []*peer.Machine
	logs     [][]peer.MessageID
	events   []event
	timers   []map[peer.TimerID]peer.Instant
	parked   [][]event
	opened   []bool
	skew     []peer.Instant
	now      peer.Instant
	seq      int
	submits  int
	out      peer.Effects
	last     map[[2]peer.ID]peer.Instant

	fifoLinks bool
	names     map[string]bool
	// delay of a packet, lost = negative; copies adds duplicates.
	delay  func(from, to peer.ID, m *peer.Message) peer.Instant
	copies func(from, to peer.ID, m *peer.Message) int
	known  map[peer.MessageID][]peer.MessageID // its sender's log at the broadcast
	sent   map[peer.MessageID]peer.Instant     // local time of the broadcast
	times  [][]peer.Instant                    // local times of the deliveries

	heard    [][]peer.MessageID                  // the bodies that have come, own ones included
	came     []map[peer.MessageID]peer.Instant   // true times of the first of them
	causes   map[peer.MessageID][]peer.MessageID // what its sender had heard at the broadcast
	released map[peer.MessageID]peer.Instant     // true time of the first packet with the body
}

type groupOption func(*peer.Config)

func build(tb testing.TB, kind string, values ...order.Value) peer.Ordering {
	tb.Helper()
	spec, ok := order.Builtin().Lookup(kind)
	if !ok {
		tb.Fatalf("no ordering %s", kind)
	}
	o, err := spec.Build(values)
	if err != nil {
		tb.Fatal(err)
	}
	return o
}

func newGroup(tb testing.TB, n int, fresh func(p peer.ID) peer.Ordering, options ...groupOption) *group {
	tb.Helper()
	g := &group{
		tb: tb, logs: make([][]peer.MessageID, n), parked: make([][]event, n), opened: make([]bool, n),
		skew: make([]peer.Instant, n), last: map[[2]peer.ID]peer.Instant{}, names: map[string]bool{}, known: map[peer.MessageID][]peer.MessageID{}, sent: map[peer.MessageID]peer.Instant{}, times: make([][]peer.Instant, n),
		heard: make([][]peer.MessageID, n), causes: map[peer.MessageID][]peer.MessageID{}, released: map[peer.MessageID]peer.Instant{},
		delay: func(peer.ID, peer.ID, *peer.Message) peer.Instant { return ms },
	}
	for p := range n {
		g.came = append(g.came, map[peer.MessageID]peer.Instant{})
		c := peer.Config{Self: peer.ID(p), Peers: n, Phases: peer.DefaultPhases(), Ordering: fresh(peer.ID(p))}
		for _, option := range options {
			option(&c)
		}
		m := &peer.Machine{}
		m.Reset(c)
		g.machines = append(g.machines, m)
		g.timers = append(g.timers, map[peer.TimerID]peer.Instant{})
	}
	for p := range n {
		g.schedule(event{to: peer.ID(p), input: peer.Input{Kind: peer.InputStart}})
	}
	return g
}

func noPhases(c *peer.Config) { c.Phases.Protocol = peer.None }

func (g *group) schedule(e event) {
	e.seq = g.seq
	g.seq++
	i, _ := slices.BinarySearchFunc(g.events, e, func(a, b event) int {
		if a.at != b.at {
			return int(min(max(a.at-b.at, -1), 1))
		}
		return a.seq - b.seq
	})
	g.events = slices.Insert(g.events, i, e)
}

// at schedules a broadcast at true time t.
func (g *group) at(t peer.Instant, id peer.MessageID) {
	g.schedule(event{at: t, to: id.Sender, input: peer.Input{Kind: peer.InputBroadcast, ID: id}})
}

// run handles events until there are none, or until the limit.
func (g *group) run(limit peer.Instant) {
	g.tb.Helper()
	for len(g.events) > 0 && g.events[0].at <= limit {
		e := g.events[0]
		g.events = slices.Delete(g.events, 0, 1)
		g.now = e.at
		g.handle(e)
	}
}

func (g *group) handle(e event) {
	g.tb.Helper()
	in := e.input
	if in.Kind == peer.InputTimer {
		if g.timers[e.to][in.Timer] != e.at+g.skew[e.to] {
			return // moved or disarmed
		}
		delete(g.timers[e.to], in.Timer)
	}
	if in.Kind == peer.InputArrival {
		m := e.message
		if m.Kind.Body() && m.From != e.to {
			g.heard[e.to] = append(g.heard[e.to], m.ID)
			if _, before := g.came[e.to][m.ID]; !before {
				g.came[e.to][m.ID] = g.now
			}
		}
		if len(e.words) > 0 {
			span, w := g.out.NewWords(len(e.words))
			copy(w, e.words)
			m.Words = span
		}
		in.Message = &m
		defer func() {
			g.out.Release(m.Words)
			m = peer.Message{ID: peer.NoMessage, From: -7, Kind: 255, Stamp: -1, Aux: -1, Link: 1 << 31}
		}()
	}
	if in.Kind == peer.InputBroadcast {
		g.known[in.ID] = slices.Clone(g.logs[e.to])
		g.sent[in.ID] = g.now + g.skew[e.to]
		g.causes[in.ID] = slices.Clone(g.heard[e.to])
		g.heard[e.to] = append(g.heard[e.to], in.ID)
		g.came[e.to][in.ID] = g.now
	}
	g.out.Reset()
	if err := g.machines[e.to].Step(g.now+g.skew[e.to], in, &g.out); err != nil {
		g.tb.Fatalf("at %v: %v", g.now, err)
	}
	g.apply(e)
}

func (g *group) apply(e event) {
	p := e.to
	for _, f := range slices.Clone(g.out.List) {
		switch f.Kind {
		case peer.EffectDeliver:
			g.logs[p] = append(g.logs[p], f.ID)
			g.times[p] = append(g.times[p], g.now+g.skew[p])
		case peer.EffectTimer:
			g.timers[p][f.Timer] = f.At
			if f.At != peer.Distant {
				at := max(g.now, f.At-g.skew[p])
				g.timers[p][f.Timer] = at + g.skew[p]
				g.schedule(event{at: at, to: p, input: peer.Input{Kind: peer.InputTimer, Timer: f.Timer}})
			}
		case peer.EffectPark:
			g.parked[p] = append(g.parked[p], e)
		case peer.EffectPhase:
			g.opened[p] = f.Phase >= peer.Data
		case peer.EffectSubmit:
			g.submits++
		case peer.EffectSend:
			g.send(p, f.To, g.out.Messages[f.Index])
		case peer.EffectOthers, peer.EffectAll:
			for q := range g.machines {
				if peer.ID(q) != p || f.Kind == peer.EffectAll {
					g.send(p, peer.ID(q), g.out.Messages[f.Index])
				}
			}
		}
	}
	if g.opened[p] && len(g.parked[p]) > 0 {
		early := g.parked[p]
		g.parked[p] = nil
		for _, e := range early {
			g.handle(e)
		}
	}
}

func (g *group) send(from, to peer.ID, m peer.Message) {
	if m.From != from {
		g.tb.Fatalf("%v sends a packet as %v", from, m.From)
	}
	name := fmt.Sprint(from, to, m.Kind, m.ID, m.Round, m.Attempt)
	if g.names[name] {
		g.tb.Fatalf("two packets of one name: %s", name)
	}
	g.names[name] = true
	if _, before := g.released[m.ID]; !before && m.Kind == peer.KindData {
		g.released[m.ID] = g.now
	}
	n := 1
	if g.copies != nil {
		n += g.copies(from, to, &m)
	}
	words := slices.Clone(g.out.Words(m.Words))
	for range n {
		d := g.delay(from, to, &m)
		if d < 0 {
			continue
		}
		at := g.now + d
		if link := [2]peer.ID{from, to}; g.fifoLinks {
			at = max(at, g.last[link])
			g.last[link] = at
		}
		g.schedule(event{at: at, to: to, input: peer.Input{Kind: peer.InputArrival}, message: m, words: words})
	}
}

// text shows the logs, one bracket a peer.
func (g *group) text() string {
	var b strings.Builder
	for _, log := range g.logs {
		b.WriteString("[")
		for i, id := range log {
			if i > 0 {
				b.WriteString(" ")
			}
			b.WriteString(id.String())
		}
		b.WriteString("]")
	}
	return b.String()
}
