package network

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// A link that is down carries nothing, in its direction only; the packet
// neither waits nor leaves a trace in queue and order, and an explicit delay
// does not help it.
func TestDownIsDirected(t *testing.T) {
	t.Parallel()
	slow := Link{Excess: exponential20(), Bandwidth: 8_000_000}
	down := slow
	down.Down = true
	n := mustNew(t, Config{
		Peers: 3, Default: slow, Overrides: []Override{{From: []Addr{0}, To: []Addr{1}, Link: down}},
		Explicit: []Explicit{{Body: 4, From: 0, To: 1, Delay: 5}},
	})
	for i := range 20 {
		now := sim.Time(i) * ms
		out := n.Broadcast(now, Packet{From: 0, Name: rng.Key(i), Bytes: 1000, Body: 4}, nil)
		want := Fate{At: now, To: 1, Verdict: NoLink}
		if out[0] != want || out[1].Verdict != Arrives {
			t.Fatalf("broadcast over a link that is down: %+v, want %+v and an arrival", out, want)
		}
		if back := n.Send(now, Packet{From: 1, To: 0, Name: rng.Key(i), Bytes: 10}, nil); back[0].Verdict != Arrives {
			t.Fatalf("the way back: %+v, want an arrival", back)
		}
	}
	if c := n.Counts(); c.NoLink != 20 || c.Lost != 20 || c.Arriving != 40 {
		t.Errorf("counts %+v: want 20 lost to the link that is down, 40 arriving", c)
	}
	if free := n.senders[0].free[1]; free != 0 {
		t.Errorf("a link that is down was busy until %v", free)
	}
}

// The MTU is the largest packet that passes; what is larger takes no bandwidth.
func TestMTU(t *testing.T) {
	t.Parallel()
	n := mustNew(t, Config{Peers: 2, Default: Link{Excess: rng.Constant(7), Bandwidth: 8_000_000_000, MTU: 1500}})
	for i, tt := range []struct {
		bytes int32
		want  Fate
	}{
		{1500, Fate{At: 1507, To: 1}},
		{1501, Fate{At: 0, To: 1, Verdict: TooBig}},
		{math.MaxInt32, Fate{At: 0, To: 1, Verdict: TooBig}},
		{100, Fate{At: 1607, To: 1}},
	} {
		if got := n.Send(0, Packet{From: 0, To: 1, Bytes: tt.bytes}, nil); got[0] != tt.want {
			t.Errorf("packet %d of %d bytes: %+v, want %+v", i, tt.bytes, got[0], tt.want)
		}
	}
	if c := n.Counts(); c.TooBig != 2 || c.Lost != 2 {
		t.Errorf("counts %+v: want 2 too big", c)
	}
	n = mustNew(t, Config{Peers: 2, Default: Link{MTU: math.MaxInt64}})
	if got := n.Send(0, Packet{From: 0, To: 1, Bytes: math.MaxInt32}, nil); got[0].Verdict != Arrives {
		t.Errorf("under an MTU beyond all packets: %+v", got[0])
	}
}

// A corrupted packet travels as it would have whole: the arrivals are those of
// the same draws without corruption, and on a fifo link those behind it wait.
func TestCorruptedTravelsOn(t *testing.T) {
	t.Parallel()
	for _, datagram := range []bool{true, false} {
		link := Link{Datagram: datagram, Excess: exponential20(), Duplicate: rng.Ratio{Num: 1, Den: 3}, Bandwidth: 1_000_000}
		whole := mustNew(t, Config{Peers: 6, Default: link})
		link.Corrupt = rng.Ratio{Num: 1, Den: 2}
		n := mustNew(t, Config{Peers: 6, Default: link})
		damaged, apart := uint64(0), 0
		for i := range 200 {
			p, now := Packet{From: 2, Name: rng.Key(i), Bytes: 100}, sim.Time(i)*ms
			got := n.Broadcast(now, p, nil)
			for k := range got {
				if k > 0 && got[k].Copy == 1 && got[k].Verdict != got[k-1].Verdict {
					apart++
				}
			}
			for k := range got {
				if got[k].Verdict == Corrupted {
					damaged++
					got[k].Verdict = Arrives
				}
			}
			if diff := cmp.Diff(whole.Broadcast(now, p, nil), got); diff != "" {
				t.Fatalf("datagram %t, broadcast %d (-whole +corrupted):\n%s", datagram, i, diff)
			}
		}
		c := n.Counts()
		if c.Corrupted != damaged || c.Lost != damaged || c.Sent+c.Duplicated != c.Arriving+c.Lost {
			t.Errorf("datagram %t: %d corrupted, counts %+v", datagram, damaged, c)
		}
		if apart == 0 {
			t.Errorf("datagram %t: packet and duplicate always share their fate", datagram)
		}
		checkShare(t, "corrupted", damaged, c.Sent+c.Duplicated, 0.5)
	}
}

func TestCarryErrors(t *testing.T) {
	t.Parallel()
	_, err := New(Config{Peers: 2, Default: Link{MTU: -1, Corrupt: rng.Ratio{Num: 2, Den: 1}}})
	for _, want := range []string{"default link: mtu -1 bytes: want 0 (no bound) or more", "default link: corrupt 2/1: want a probability 0..1"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not say %q", err, want)
		}
	}
	for v, want := range map[Verdict]string{NoLink: "no-link", TooBig: "too-big", Corrupted: "corrupted", Corrupted + 1: "unknown"} {
		if v.String() != want {
			t.Errorf("verdict %d is called %q, want %q", v, v, want)
		}
	}
}
