package peer_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/order"
	"mpcomm/peer/transport"
	"pgregory.net/rapid"
)

// script turns bytes into a Machine's life: its configuration and its inputs,
// sensible and absurd ones.
type script struct{ bytes []byte }

func (s *script) next() int {
	if len(s.bytes) == 0 {
		return 0
	}
	b := s.bytes[0]
	s.bytes = s.bytes[1:]
	return int(b)
}

func (s *script) pick(n int) int { return s.next() % n }

var lives = []struct {
	kind   string
	values order.Values
}{
	{"naive", nil},
	{"fifo", nil},
	{"timestamp", order.Values{{Name: "wait", Text: "5ms"}}},
	{"timestamp", order.Values{{Name: "wait", Text: "5ms"}, {Name: "late", Text: "drop"}}},
	{"timestamp", order.Values{{Name: "wait", Text: "5ms"}, {Name: "hold", Text: "arrival"}}},
	{"lamport", nil},
	{"lamport", order.Values{{Name: "gaps", Text: "detect"}}},
}

// configure draws a Config of three peers.
func (s *script) configure() peer.Config {
	life := lives[s.pick(len(lives))]
	spec, _ := order.Builtin().Lookup(life.kind)
	o, err := spec.Build(life.values)
	if err != nil {
		panic(err)
	}
	c := peer.Config{Self: 0, Peers: 3, Phases: peer.DefaultPhases(), Ordering: o}
	c.Phases.Retry, c.Phases.Drain, c.Phases.GiveUp = 4*time.Millisecond, 30*time.Millisecond, 25*time.Millisecond
	c.Phases.Protocol = peer.Protocol(s.pick(3))
	switch s.pick(4) {
	case 0:
		c.Transport = transport.NewFIFO()
	case 1:
		if c.Transport, err = transport.NewReliable(transport.Reliable{RTO: 3 * time.Millisecond, Backoff: 2, NACK: true}); err != nil {
			panic(err)
		}
	}
	options := s.next()
	c.Loopback, c.ByReceipt, c.Repeats = options&1 != 0, options&2 != 0, options&4 != 0
	if options&8 != 0 {
		c.Phases.StopGap = 2 * time.Millisecond
	}
	return c
}

// input draws an input.
func (s *script) input(now peer.Instant, m *peer.Message) peer.Input {
	in := peer.Input{Kind: peer.InputKind(1 + s.pick(7))}
	if s.pick(3) > 0 {
		in.Kind = peer.InputArrival
	}
	extremes := [...]int32{0, 1, 2, 3, -1, peer.MaxNumber, peer.MaxNumber + 1, -1 << 31, 1<<31 - 1, 40, 600}
	switch in.Kind {
	case peer.InputTimer:
		in.Timer = peer.TimerID(s.pick(4))<<30 | peer.TimerID(s.pick(2))
	case peer.InputBroadcast:
		in.ID = peer.MessageID{Sender: peer.ID(s.pick(5) / 4), Number: extremes[s.pick(len(extremes))]}
	case peer.InputAnnounce:
		in.From, in.Count = peer.ID(s.pick(4)), extremes[s.pick(len(extremes))]
	case peer.InputArrival:
		if s.pick(20) == 0 {
			return in
		}
		in.Message = m
		*m = peer.Message{
			From: 1 + peer.ID(s.pick(5)/2), Kind: peer.KindData, Link: uint32(s.pick(6)),
			Stamp: int64(now) - int64(s.pick(12)-4)*int64(ms), Aux: int64(s.pick(5)),
		}
		m.ID = peer.MessageID{Sender: m.From, Number: int32(m.Aux)}
		switch s.pick(10) {
		case 0:
			m.ID = peer.NoMessage
			m.Kind = peer.Kind(s.pick(6))
		case 1:
			m.Kind = peer.Kind(s.next())
		case 2:
			m.ID = peer.MessageID{Sender: peer.ID(extremes[s.pick(len(extremes))]), Number: extremes[s.pick(len(extremes))]}
		case 3:
			m.From = peer.ID(extremes[s.pick(len(extremes))])
		case 4:
			m.Aux, m.Link = int64(extremes[s.pick(len(extremes))])<<s.pick(40), uint32(extremes[s.pick(len(extremes))])
		case 5:
			m.Stamp = int64(extremes[s.pick(len(extremes))]) << 32
		case 6:
			m.Words = peer.Span{Offset: uint32(s.next()), Len: uint32(s.next())}
		case 7, 8:
			m.Kind = peer.KindAck
		}
	}
	return in
}

// live runs the inputs and returns all that the Machine answered.
func (s *script) live(m *peer.Machine, now *peer.Instant) string {
	var b bytes.Buffer
	var out peer.Effects
	var message peer.Message
	for len(s.bytes) > 0 {
		*now += peer.Instant(s.pick(8)) * ms / 2
		out.Reset()
		in := s.input(*now, &message)
		err := m.Step(*now, in, &out)
		message = peer.Message{ID: peer.MessageID{Sender: -5}, From: -5, Kind: 200, Aux: -5, Words: peer.Span{Len: 1 << 30}}
		if err != nil {
			if len(out.List) > 0 {
				panic("an input was refused and had effects")
			}
			fmt.Fprintln(&b, err)
		}
		for _, e := range out.List {
			fmt.Fprintln(&b, e)
		}
		for _, p := range out.Messages {
			fmt.Fprintln(&b, p)
		}
		phase, ids := m.Waiting(nil)
		fmt.Fprintln(&b, phase, ids, m.Broadcasts(), m.Resent())
	}
	return b.String()
}

// FuzzStep: whatever comes in, the Machine answers or refuses; it never panics,
// and what it refuses leaves it as it was.
func FuzzStep(f *testing.F) {
	f.Add([]byte("0000000000000000"))
	f.Add([]byte("\x05\x02\x03\x00\x00\x00\x00\x02\x01\x01\x01\x07\x01\x01\x01\x01\x01\x01"))
	f.Add(bytes.Repeat([]byte{6, 1, 0, 2, 9, 1, 1, 7, 2, 3, 0, 4, 1}, 20))
	f.Fuzz(func(_ *testing.T, b []byte) {
		s := script{bytes: b}
		var m peer.Machine
		m.Reset(s.configure())
		now := peer.Instant(-3 * ms)
		var out peer.Effects
		if err := m.Step(now, peer.Input{Kind: peer.InputStart}, &out); err != nil {
			panic(err)
		}
		s.live(&m, &now)
	})
}

// TestStateIsAllThereIs: a clone goes on like its original and leaves it alone,
// and a Machine that is used again is like a new one.
func TestStateIsAllThereIs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		setup := rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "setup")
		before := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "before")
		after := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "after")
		earlier := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "an earlier life")
		start := func(m *peer.Machine, now peer.Instant) {
			if err := m.Step(now, peer.Input{Kind: peer.InputStart}, &peer.Effects{}); err != nil {
				t.Fatal(err)
			}
		}
		fresh, used := &peer.Machine{}, &peer.Machine{}
		fresh.Reset((&script{bytes: setup}).configure())
		again := (&script{bytes: setup}).configure()
		used.Reset(again)
		start(used, 0)
		(&script{bytes: earlier}).live(used, new(peer.Instant))
		used.Reset(again)
		now, then := peer.Instant(0), peer.Instant(0)
		start(fresh, now)
		start(used, then)
		if a, b := (&script{bytes: before}).live(fresh, &now), (&script{bytes: before}).live(used, &then); a != b {
			t.Fatalf("a Machine used again answers\n%s\nwant\n%s", b, a)
		}
		state := fresh.AppendState(nil, now)
		if !bytes.Equal(state, used.AppendState(nil, then)) {
			t.Fatal("equal histories, unequal states")
		}
		clone, cloned := fresh.Clone(), now
		if a, b := (&script{bytes: after}).live(clone, &now), (&script{bytes: after}).live(used, &then); a != b {
			t.Fatalf("the clone answers\n%s\nwant\n%s", a, b)
		}
		if !bytes.Equal(state, fresh.AppendState(nil, cloned)) {
			t.Fatal("the clone has changed its original")
		}
	})
}
