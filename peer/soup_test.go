package peer_test

import (
	"fmt"
	"slices"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

const ms = peer.Instant(time.Millisecond)

// tester is what testing.T and rapid.T have in common.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// soup holds a group whose packets are in no order at all: whoever drives it
// chooses which packet arrives next, is lost or is doubled, and when time goes
// on to the next timer.
type soup struct {
	t       tester
	peers   []*peer.Machine
	twins   []*peer.Machine // see twinOf; nil when there are none
	mirror  peer.Effects
	now     peer.Instant
	flight  []packet
	parked  [][]packet
	timers  []map[peer.TimerID]peer.Instant
	logs    [][]peer.MessageID
	phases  [][]peer.Phase
	givenUp [][]peer.ID
	submits []int
	names   map[string]int
	out     peer.Effects
	early   int
	late    int
	lose    func(p packet) bool // packets that never get into flight
}

type packet struct {
	to    peer.ID
	m     peer.Message
	words []int64
}

func config(p, n int, protocol peer.Protocol) peer.Config {
	spec, _ := order.Builtin().Lookup("naive")
	o, err := spec.Build(nil)
	if err != nil {
		panic(err)
	}
	c := peer.Config{Self: peer.ID(p), Peers: n, Phases: peer.DefaultPhases(), Ordering: o}
	c.Phases.Protocol, c.IgnoresEnds = protocol, p%2 == 1
	return c
}

func newSoup(t tester, n int, configure func(p int) peer.Config) *soup {
	s := &soup{
		t: t, parked: make([][]packet, n), logs: make([][]peer.MessageID, n), phases: make([][]peer.Phase, n),
		givenUp: make([][]peer.ID, n), submits: make([]int, n), names: map[string]int{},
	}
	for p := range n {
		m := &peer.Machine{}
		c := configure(p)
		m.Reset(c)
		s.peers = append(s.peers, m)
		if _, ok := c.Ordering.(*wordy); !ok { // whose words are in one arena
			s.twins = append(s.twins, twinOf(c))
		}
		s.timers = append(s.timers, map[peer.TimerID]peer.Instant{})
	}
	return s
}

// twinOf is told the same as the Machine of c, but counts deliveries at once
// where that one notes them, and the other way round.
func twinOf(c peer.Config) *peer.Machine {
	c.IgnoresEnds, c.Ordering = !c.IgnoresEnds, c.Ordering.Clone()
	if c.Transport != nil {
		c.Transport = c.Transport.Clone()
	}
	twin := &peer.Machine{}
	twin.Reset(c)
	return twin
}

func (s *soup) start() {
	for p := range s.peers {
		s.step(p, peer.Input{Kind: peer.InputStart})
	}
}

func (s *soup) step(p int, in peer.Input) {
	s.t.Helper()
	s.out.Reset()
	s.mirror.Reset()
	var twinErr error
	if s.twins != nil {
		twinErr = s.twins[p].Step(s.now, in, &s.mirror)
	}
	if err := s.peers[p].Step(s.now, in, &s.out); err != nil {
		s.t.Fatal(err)
	} else if s.twins != nil && (twinErr != nil || !slices.Equal(s.mirror.List, s.out.List) || !slices.Equal(s.mirror.Messages, s.out.Messages)) {
		s.t.Fatalf("p%d at %d: noting deliveries makes a difference: %v, want %v; %v", p, s.now, s.mirror.List, s.out.List, twinErr)
	}
	s.apply(p, in)
}

func (s *soup) apply(p int, in peer.Input) {
	open := false
	for _, e := range s.out.List {
		switch e.Kind {
		case peer.EffectSend:
			s.send(peer.ID(p), e.To, s.out.Messages[e.Index])
		case peer.EffectOthers, peer.EffectAll:
			for q := range s.peers {
				if q != p || e.Kind == peer.EffectAll {
					s.send(peer.ID(p), peer.ID(q), s.out.Messages[e.Index])
				}
			}
		case peer.EffectDeliver:
			s.logs[p] = append(s.logs[p], e.ID)
		case peer.EffectTimer:
			s.timers[p][e.Timer] = e.At
		case peer.EffectPhase:
			s.phases[p] = append(s.phases[p], e.Phase)
			open = open || e.Phase == peer.Data
		case peer.EffectGiveUp:
			s.givenUp[p] = append(s.givenUp[p], e.To)
		case peer.EffectPark:
			s.parked[p] = append(s.parked[p], packet{to: peer.ID(p), m: *in.Message, words: slices.Clone(s.out.Words(in.Message.Words))})
		case peer.EffectSubmit:
			s.submits[p]++
		case peer.EffectTooEarly:
			s.early++
		case peer.EffectTooLate:
			s.late++
		}
	}
	if open {
		early := s.parked[p]
		s.parked[p] = nil
		for _, k := range early {
			s.arrive(k)
		}
	}
}

func (s *soup) send(from, to peer.ID, m peer.Message) {
	name := fmt.Sprint(from, to, m.Kind, m.ID, m.Round, m.Attempt)
	if s.names[name]++; s.names[name] > 1 {
		s.t.Fatalf("two packets of one name: %s", name)
	}
	k := packet{to: to, m: m, words: slices.Clone(s.out.Words(m.Words))}
	if s.lose == nil || !s.lose(k) {
		s.flight = append(s.flight, k)
	}
}

// arrive hands a packet in and overwrites it afterwards: nobody may keep it.
func (s *soup) arrive(k packet) {
	m := k.m
	span, words := s.out.NewWords(len(k.words))
	copy(words, k.words)
	m.Words = span
	s.step(int(k.to), peer.Input{Kind: peer.InputArrival, Message: &m})
	for i := range s.out.Words(span) {
		s.out.Words(span)[i] = -1
	}
	s.out.Release(span)
	m = peer.Message{ID: peer.MessageID{Sender: -9, Number: -9}, From: -9, Kind: 255, Stamp: -9, Aux: -9}
}

// take removes packet i from flight.
func (s *soup) take(i int) packet {
	k := s.flight[i]
	s.flight = slices.Delete(s.flight, i, i+1)
	return k
}

// settle lets all packets arrive, oldest first.
func (s *soup) settle() {
	s.t.Helper()
	for len(s.flight) > 0 {
		s.arrive(s.take(0))
	}
}

// tick goes on to the earliest timer and fires it; false = there is none.
func (s *soup) tick() bool {
	s.t.Helper()
	who, which, at := -1, peer.TimerID(0), peer.Distant
	for p, table := range s.timers {
		for _, id := range []peer.TimerID{peer.StageMachine, peer.StageTransport, peer.StageOrdering} {
			if due, set := table[id]; set && due < at {
				who, which, at = p, id, due
			}
		}
	}
	if who < 0 {
		return false
	}
	delete(s.timers[who], which)
	s.now = max(s.now, at)
	s.step(who, peer.Input{Kind: peer.InputTimer, Timer: which})
	return true
}

// finish says at every open peer that its application has finished.
func (s *soup) finish() {
	s.t.Helper()
	for p, m := range s.peers {
		if m.Phase() == peer.Data {
			s.step(p, peer.Input{Kind: peer.InputFinished})
		}
	}
}

func (s *soup) broadcast(p int, number int32) {
	s.t.Helper()
	s.step(p, peer.Input{Kind: peer.InputBroadcast, ID: peer.MessageID{Sender: peer.ID(p), Number: number}})
}

func (s *soup) wantPhases(want peer.Phase) {
	s.t.Helper()
	for p, m := range s.peers {
		if m.Phase() != want {
			s.t.Fatalf("p%d is in %v, want %v", p, m.Phase(), want)
		}
	}
}

func waiting(m *peer.Machine) string {
	phase, ids := m.Waiting(nil)
	return fmt.Sprint(phase, ids)
}
