package peer_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

// offline keeps everything until the close and delivers by name.
type offline struct {
	peer.Base
	kept []peer.MessageID
}

func (o *offline) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) { out.ToAll(*m) }
func (o *offline) Receive(_ peer.Instant, m *peer.Message, _ *peer.Effects) {
	o.kept = append(o.kept, m.ID)
}

func (o *offline) Close(_ peer.Instant, out *peer.Effects) {
	slices.SortFunc(o.kept, peer.MessageID.Compare)
	for _, id := range o.kept {
		out.Deliver(id)
	}
	o.kept = nil
}
func (o *offline) Held() int                                   { return len(o.kept) }
func (o *offline) Reset(peer.ID, int)                          { o.kept = nil }
func (o *offline) Clone() peer.Ordering                        { return &offline{kept: slices.Clone(o.kept)} }
func (o *offline) AppendState(b []byte, _ peer.Instant) []byte { return fmt.Append(b, o.kept) }

// TestOfflineClosesByReceipt: what delivers only at the close cannot wait for
// its deliveries, under any protocol of phases; loopback copies are waited for.
func TestOfflineClosesByReceipt(t *testing.T) {
	t.Parallel()
	for _, protocol := range []peer.Protocol{peer.Robust, peer.Classic, peer.None} {
		for _, loopback := range []bool{false, true} {
			s := newSoup(t, 3, func(p int) peer.Config {
				c := config(p, 3, protocol)
				c.Ordering, c.ByReceipt, c.Loopback = &offline{}, true, loopback
				return c
			})
			s.start()
			s.settle()
			for p := range 3 {
				s.broadcast(p, 0)
			}
			if protocol == peer.Classic {
				s.settle() // it drops what comes after the last STOP
			}
			s.finish()
			if protocol == peer.None {
				for p := range 3 {
					for q := range 3 {
						s.step(p, peer.Input{Kind: peer.InputAnnounce, From: peer.ID(q), Count: 1})
					}
				}
				s.wantPhases(peer.Draining)
			}
			s.settle()
			s.wantPhases(peer.Stopped)
			for p, log := range s.logs {
				if fmt.Sprint(log) != "[p0#0 p1#0 p2#0]" || waiting(s.peers[p]) != "stopped []" {
					t.Errorf("%v, loopback %v: p%d has %v and waits for %s", protocol, loopback, p, log, waiting(s.peers[p]))
				}
			}
		}
	}
}

// timestampSoup is a group that holds every message back for a while.
func timestampSoup(t *testing.T, n int, protocol peer.Protocol, late string) *soup {
	spec, _ := order.Builtin().Lookup("timestamp")
	return newSoup(t, n, func(p int) peer.Config {
		o, err := spec.Build(order.Values{{Name: "wait", Text: "80ms"}, {Name: "late", Text: late}})
		if err != nil {
			t.Fatal(err)
		}
		c := config(p, n, protocol)
		c.Ordering = o
		return c
	})
}

// TestClassicDrainsWhatIsHeld: after n STOPs the held messages still come by
// their timers, and the log closes when there are none.
func TestClassicDrainsWhatIsHeld(t *testing.T) {
	t.Parallel()
	s := timestampSoup(t, 2, peer.Classic, "deliver")
	s.start()
	s.settle()
	s.broadcast(0, 0)
	s.broadcast(1, 0)
	s.settle()
	s.finish()
	s.settle()
	s.wantPhases(peer.Draining)
	for s.tick() {
	}
	s.wantPhases(peer.Stopped)
	if s.now != 80*ms || fmt.Sprint(s.logs) != "[[p0#0 p1#0] [p0#0 p1#0]]" {
		t.Errorf("closed at %v with %v; want 80ms and both", s.now, s.logs)
	}
}

// TestClassicPatience: what is held for ever is held for drain.
func TestClassicPatience(t *testing.T) {
	t.Parallel()
	spec, _ := order.Builtin().Lookup("fifo")
	s := newSoup(t, 2, func(p int) peer.Config {
		c := config(p, 2, peer.Classic)
		c.Phases.Drain = 3 * time.Second
		c.Ordering, _ = spec.Build(nil)
		return c
	})
	s.lose = func(k packet) bool { return k.m.ID == peer.MessageID{Sender: 0, Number: 0} }
	s.start()
	s.settle()
	s.broadcast(0, 0)
	s.broadcast(0, 1)
	s.settle()
	s.finish()
	s.settle()
	for s.tick() {
	}
	s.wantPhases(peer.Stopped)
	if s.now != 3000*ms || waiting(s.peers[1]) != "draining [p0]" || waiting(s.peers[0]) != "stopped []" {
		t.Errorf("at %v p0 %s, p1 %s; want p1 closed at 3s, missing p0's", s.now, waiting(s.peers[0]), waiting(s.peers[1]))
	}
}

// TestDiscardedCountsAsSettled: with late: drop a log closes though a message
// was never delivered.
func TestDiscardedCountsAsSettled(t *testing.T) {
	t.Parallel()
	s := timestampSoup(t, 2, peer.Robust, "drop")
	s.start()
	s.settle()
	s.broadcast(0, 0)
	s.now = 200 * ms
	s.settle()
	s.finish()
	s.settle()
	for s.tick() {
	}
	s.wantPhases(peer.Stopped)
	if fmt.Sprint(s.logs) != "[[p0#0] []]" || waiting(s.peers[1]) != "stopped []" || s.now > 300*ms {
		t.Errorf("at %v logs %v, p1 waits for %s", s.now, s.logs, waiting(s.peers[1]))
	}
}

// TestRestartArmsEverythingAgain: all timers of a peer are lost with it, and
// come back with it, in every phase.
func TestRestartArmsEverythingAgain(t *testing.T) {
	t.Parallel()
	s := timestampSoup(t, 2, peer.Robust, "deliver")
	s.lose = func(k packet) bool { return k.m.Kind == peer.KindReady && k.to == 0 && k.m.Round == 0 }
	crash := func() {
		clear(s.timers[0])
		s.step(0, peer.Input{Kind: peer.InputRestart})
	}
	s.start()
	s.settle()
	crash()
	s.tick()
	s.settle()
	s.wantPhases(peer.Data)
	s.broadcast(0, 0)
	crash()
	s.settle()
	s.finish()
	crash()
	s.flight = nil // p1's STOP, and p0's
	for range 20 {
		s.settle()
		s.tick()
	}
	s.wantPhases(peer.Stopped)
	if fmt.Sprint(s.logs) != "[[p0#0] [p0#0]]" {
		t.Errorf("logs %v", s.logs)
	}
}

// TestRefusals: each refusal says what is wrong and leaves the Machine alone.
func TestRefusals(t *testing.T) {
	t.Parallel()
	data := peer.Message{From: 1, ID: peer.MessageID{Sender: 1}, Kind: peer.KindData}
	with := func(change func(*peer.Message)) peer.Input {
		m := data
		change(&m)
		return peer.Input{Kind: peer.InputArrival, Message: &m}
	}
	tests := []struct {
		in   peer.Input
		want string
	}{
		{peer.Input{}, "p0 in data: unknown input 0"},
		{peer.Input{Kind: peer.InputStart}, "p0 in data: a second start"},
		{peer.Input{Kind: peer.InputArrival}, "p0 in data: an arrival without a message"},
		{with(func(m *peer.Message) { m.From = 3 }), "p0 in data: data from unknown peer p3; want p0..p2"},
		{with(func(m *peer.Message) { m.From = 0 }), "p0 in data: data from this peer itself; own copies do not come by the network"},
		{with(func(m *peer.Message) { m.Kind = 0 }), "p0 in data: a packet without a kind from p1"},
		{with(func(m *peer.Message) { m.ID = peer.NoMessage }), "p0 in data: data from p1 carries no message"},
		{
			with(func(m *peer.Message) { m.ID.Sender = 7 }),
			"p0 in data: data from p1 concerns unknown message p7#0; want senders p0..p2 and numbers 0..268435455",
		},
		{with(func(m *peer.Message) { m.Words.Len = 1 }), "p0 in data: data from p1 has words outside the arena"},
		{with(func(m *peer.Message) { m.Kind = peer.KindLinkAck }), "p0 in data: link-ack from p1; there is no transport"},
		{
			with(func(m *peer.Message) { m.Kind, m.Aux = peer.KindStop, -1 }),
			"p0 in data: stop from p1 announces -1 messages; want 0..268435456",
		},
		{
			peer.Input{Kind: peer.InputBroadcast, ID: peer.MessageID{Sender: 1}},
			"p0 in data: broadcast of p1#0; want sender p0 and number 0..268435455",
		},
		{peer.Input{Kind: peer.InputTimer, Timer: peer.StageTransport}, "p0 in data: timer 0 of a transport; there is none"},
		{peer.Input{Kind: peer.InputTimer, Timer: 5}, "p0 in data: unknown timer 5 of the phases"},
		{peer.Input{Kind: peer.InputAnnounce}, "p0 in data: an announcement; the phases are robust and STOPs are packets"},
	}
	s := newSoup(t, 3, robust(3))
	s.start()
	s.settle()
	before := s.peers[0].AppendState(nil, 0)
	for _, tt := range tests {
		s.out.Reset()
		err := s.peers[0].Step(0, tt.in, &s.out)
		if err == nil || err.Error() != tt.want {
			t.Errorf("error %v\nwant  %s", err, tt.want)
		}
		if len(s.out.List) > 0 || !slices.Equal(before, s.peers[0].AppendState(nil, 0)) {
			t.Errorf("%s: refused, and yet it had effects", tt.want)
		}
	}
}

// TestBrokenOrderingsPanic: an ordering that breaks its contract is named.
func TestBrokenOrderingsPanic(t *testing.T) {
	t.Parallel()
	for want, broken := range map[string]func(*peer.Effects){
		"peer: the ordering delivers p9#0, which no peer of the group can broadcast": func(out *peer.Effects) {
			out.Deliver(peer.MessageID{Sender: 9})
		},
		"peer: the ordering sends to p9, which is not of the group": func(out *peer.Effects) {
			out.Send(9, peer.Message{Kind: peer.KindData})
		},
		"peer: the ordering sends stop, a kind that is not an ordering's": func(out *peer.Effects) {
			out.ToOthers(peer.Message{Kind: peer.KindStop})
		},
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic %v\nwant  %s", got, want)
				}
			}()
			var m peer.Machine
			c := config(0, 2, peer.None)
			c.Ordering = &rogue{act: broken}
			m.Reset(c)
			_ = m.Step(0, peer.Input{Kind: peer.InputStart}, &peer.Effects{})
		}()
	}
}

// rogue does at its start what no ordering may do.
type rogue struct {
	offline
	act func(*peer.Effects)
}

func (o *rogue) Start(_ peer.Instant, out *peer.Effects) { o.act(out) }
