package network

import (
	"testing"
	"time"

	"mpcomm/sim"
	"mpcomm/sim/rng"
)

const ms = sim.Time(time.Millisecond)

// A fifo link keeps the order of sending although draws would overtake.
func TestFIFONeverOvertakes(t *testing.T) {
	t.Parallel()
	n := mustNew(t, Config{Peers: 4, Default: Link{Excess: exponential20()}})
	latest := make(map[[2]Addr]sim.Time)
	var out []Fate
	for i := range 2000 {
		p := Packet{From: Addr(i % 4), Name: rng.Key(i)}
		out = n.Broadcast(sim.Time(i)*ms, p, out[:0])
		if len(out) != 3 {
			t.Fatalf("broadcast %d has %d fates, want 3", i, len(out))
		}
		for _, f := range out {
			link := [2]Addr{p.From, f.To}
			if f.At < latest[link] {
				t.Fatalf("broadcast %d overtakes on link %v: %v before %v", i, link, f.At, latest[link])
			}
			latest[link] = f.At
		}
	}
}

// Send and Broadcast of one name agree, whoever else is there.
func TestSendAgreesWithBroadcast(t *testing.T) {
	t.Parallel()
	link := Link{Datagram: true, Excess: exponential20()}
	small := mustNew(t, Config{Peers: 5, Default: link})
	large := mustNew(t, Config{Peers: 50, Default: link})
	p := Packet{From: 2, Name: rng.Root(9).With(3), Ref: 8}
	want := large.Broadcast(5*ms, p, nil)
	for to := range Addr(5) {
		if to == p.From {
			continue
		}
		p.To = to
		got := small.Send(5*ms, p, nil)
		at := int(to)
		if to > p.From {
			at--
		}
		if len(got) != 1 || got[0] != want[at] {
			t.Errorf("to %d: Send %v, Broadcast among 50 %v", to, got, want[at])
		}
	}
}
