package transport_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/transport"
	"pgregory.net/rapid"
)

func TestFIFOResequences(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		delays   [][]peer.Instant // of packets 1, 2, …
		want     []int64
		gaps     int
		repeated int
		held     int
	}{
		{"in order", [][]peer.Instant{{1}, {2}, {3}}, []int64{1, 2, 3}, 0, 0, 0},
		{"one overtaken", [][]peer.Instant{{9}, {2}, {3}}, []int64{1, 2, 3}, 2, 0, 0},
		{"backwards", [][]peer.Instant{{3}, {2}, {1}}, []int64{1, 2, 3}, 2, 0, 0},
		{"lost", [][]peer.Instant{{1}, nil, {3}, {4}}, []int64{1}, 2, 0, 2},
		{"doubled", [][]peer.Instant{{1, 5}, {2}}, []int64{1, 2}, 0, 1, 0},
		{"doubled while held", [][]peer.Instant{{9}, {2, 3}}, []int64{1, 2}, 1, 1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWire(t, transport.NewFIFO)
			w.delays = func(m *peer.Message) []peer.Instant { return tt.delays[m.Stamp-1] }
			for k := range tt.delays {
				w.send(0, int64(k+1))
			}
			w.run(settled)
			if !slices.Equal(w.up[1], tt.want) || w.gaps != tt.gaps || w.repeated != tt.repeated || w.ends[1].Held() != tt.held {
				t.Errorf("up %v gaps %d repeated %d held %d; want %v %d %d %d",
					w.up[1], w.gaps, w.repeated, w.ends[1].Held(), tt.want, tt.gaps, tt.repeated, tt.held)
			}
		})
	}
}

// TestReliableRepeatsUntilAcknowledged follows one packet whose first two
// transmissions and first acknowledgement are lost.
func TestReliableRepeatsUntilAcknowledged(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		backoff int
		want    []peer.Instant // transmissions
	}{
		{1, []peer.Instant{0, 10 * ms, 20 * ms, 30 * ms}},
		{2, []peer.Instant{0, 10 * ms, 30 * ms, 70 * ms}},
		{16, []peer.Instant{0, 10 * ms, 170 * ms, 2730 * ms}},
	} {
		w := newWire(t, reliable(t, transport.Reliable{RTO: 10 * time.Millisecond, Backoff: tt.backoff}))
		var got []peer.Instant
		w.delays = func(m *peer.Message) []peer.Instant {
			if m.Kind == peer.KindData {
				got = append(got, w.now)
				if m.Attempt < 2 {
					return nil
				}
			} else if m.Attempt == 0 {
				return nil
			}
			return []peer.Instant{ms}
		}
		w.send(0, 13)
		w.run(settled)
		if !slices.Equal(got, tt.want) {
			t.Errorf("backoff %d: sent at %v, want %v", tt.backoff, got, tt.want)
		}
		if !slices.Equal(w.up[1], []int64{13}) || w.repeated != 1 || w.acks != 2 || w.resent != 3 {
			t.Errorf("backoff %d: up %v, %d repeated, %d acks, %d resent; want [13] 1 2 3", tt.backoff, w.up[1], w.repeated, w.acks, w.resent)
		}
	}
}

// TestReliableClosedForms holds the mean cost of isolated packets, fixed RTO and
// loss q both ways, to the geometric laws: transmissions until acknowledged
// 1/(1-q)², copies thrown away q/(1-q), and delay until the first arrival
// RTO·q/(1-q) beyond the link's.
func TestReliableClosedForms(t *testing.T) {
	t.Parallel()
	const q, runs = 0.1, 20000
	rng := rand.New(rand.NewPCG(1, 2))
	var transmissions, copies, waits moments
	w := newWire(t, reliable(t, transport.Reliable{RTO: 10 * time.Millisecond, Backoff: 1}))
	for k := range runs {
		clear(w.names)
		began := w.now
		w.sent, w.resent, w.repeated = 0, 0, 0
		first := peer.Instant(-1)
		w.delays = func(m *peer.Message) []peer.Instant {
			if rng.Float64() < q {
				return nil
			}
			if m.Kind == peer.KindData && first < 0 {
				first = w.now - began
			}
			return []peer.Instant{ms}
		}
		w.send(0, int64(k+1))
		w.run(w.now + peer.Instant(time.Second))
		transmissions.add(float64(w.sent + w.resent))
		copies.add(float64(w.repeated))
		waits.add(float64(first) / 1e6)
	}
	check := func(name string, m moments, want float64) {
		if z := (m.mean() - want) / m.deviation() * math.Sqrt(runs); math.Abs(z) > 4.5 {
			t.Errorf("%s: mean %.4f, want %.4f, z = %.1f", name, m.mean(), want, z)
		}
	}
	check("transmissions", transmissions, 1/((1-q)*(1-q)))
	check("copies", copies, q/(1-q))
	check("wait in ms", waits, 10*q/(1-q))
}

type moments struct{ n, sum, squares float64 }

func (m *moments) add(x float64)      { m.n, m.sum, m.squares = m.n+1, m.sum+x, m.squares+x*x }
func (m *moments) mean() float64      { return m.sum / m.n }
func (m *moments) deviation() float64 { return math.Sqrt(m.squares/m.n - m.mean()*m.mean()) }

// TestReliableIsPerfect sends packets both ways over links that lose, double
// and reorder: each comes up once and in order, and nothing is sent for ever.
func TestReliableIsPerfect(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := transport.Reliable{
			RTO: 10 * time.Millisecond, Backoff: rapid.IntRange(1, 3).Draw(t, "backoff"), NACK: rapid.Bool().Draw(t, "nack"),
		}
		w := newWire(t, reliable(t, c))
		fates := rapid.SliceOfN(rapid.SliceOfN(rapid.Int64Range(0, 25), 0, 2), 1, 40).Draw(t, "delays in ms")
		k, healed := 0, false
		w.delays = func(*peer.Message) []peer.Instant {
			if healed {
				return []peer.Instant{ms}
			}
			k++
			var d []peer.Instant
			for _, f := range fates[k%len(fates)] {
				d = append(d, peer.Instant(f)*ms)
			}
			return d
		}
		var want [2][]int64
		for i := range rapid.IntRange(1, 60).Draw(t, "sends") {
			from := rapid.IntRange(0, 1).Draw(t, "from")
			w.send(from, int64(i))
			want[1-from] = append(want[1-from], int64(i))
			w.run(w.now + peer.Instant(rapid.Int64Range(0, 8).Draw(t, "gap"))*ms)
		}
		w.run(w.now + 200*ms)
		healed = true
		w.run(settled)
		for i := range want {
			if !slices.Equal(w.up[i], want[i]) {
				t.Fatalf("end %d got %v\nwant %v", i, w.up[i], want[i])
			}
		}
		if len(w.events) > 0 || w.ends[0].Held()+w.ends[1].Held() > 0 {
			t.Fatalf("%d events and %d+%d held packets are left", len(w.events), w.ends[0].Held(), w.ends[1].Held())
		}
	})
}

// TestNACKRepairsAtOnce loses one packet on links that keep their order.
func TestNACKRepairsAtOnce(t *testing.T) {
	t.Parallel()
	for _, nack := range []bool{false, true} {
		w := newWire(t, reliable(t, transport.Reliable{RTO: 200 * time.Millisecond, Backoff: 2, NACK: nack}))
		w.delays = func(m *peer.Message) []peer.Instant {
			if m.Stamp == 1 && m.Attempt == 0 {
				return nil
			}
			return []peer.Instant{ms}
		}
		w.send(0, 1)
		w.send(0, 2)
		w.run(3 * ms)
		want := []int64(nil)
		if nack {
			want = []int64{1, 2}
		}
		if !slices.Equal(w.up[1], want) {
			t.Errorf("nack %v: after 3ms up %v, want %v", nack, w.up[1], want)
		}
		w.run(settled)
		if !slices.Equal(w.up[1], []int64{1, 2}) || w.resent != 1 {
			t.Errorf("nack %v: up %v with %d resent; want [1 2] with 1", nack, w.up[1], w.resent)
		}
	}
}

// TestSealSplits checks that a send to many stays whole as long as all links
// are at one number, and is split with numbers and words of its own after a
// send to a single peer.
func TestSealSplits(t *testing.T) {
	t.Parallel()
	f := transport.NewFIFO()
	f.Reset(1, 3)
	var out peer.Effects
	data := peer.Message{ID: peer.MessageID{Sender: 1}, From: 1, Kind: peer.KindData}
	out.ToOthers(data)
	f.Seal(0, 0, &out)
	if len(out.List) != 1 || out.List[0].Kind != peer.EffectOthers || out.Messages[0].Link != 1 {
		t.Fatalf("first send to many: %+v", out.List)
	}
	out.Reset()
	span, words := out.NewWords(2)
	words[0], words[1] = 7, 8
	data.Words = span
	out.Deliver(data.ID)
	out.Send(2, data)
	span, words = out.NewWords(2)
	words[0], words[1] = 7, 8
	data.Words = span
	out.Add(peer.Effect{Kind: peer.EffectAll, To: -1, Index: 1})
	out.Messages = append(out.Messages, data)
	out.Deliver(data.ID)
	f.Seal(0, 0, &out)
	type sent struct {
		to   peer.ID
		link uint32
	}
	var got []sent
	spans := map[peer.Span]bool{}
	for i, e := range out.List {
		if (e.Kind == peer.EffectDeliver) != (i == 0 || i == len(out.List)-1) {
			t.Errorf("entry %d is %d: deliveries and sends changed places", i, e.Kind)
		}
		if e.Kind == peer.EffectSend {
			m := out.Messages[e.Index]
			got = append(got, sent{e.To, m.Link})
			spans[m.Words] = true
			if !slices.Equal(out.Words(m.Words), []int64{7, 8}) {
				t.Errorf("words to %v are %v", e.To, out.Words(m.Words))
			}
		}
	}
	if want := []sent{{2, 2}, {0, 2}, {1, 0}, {2, 3}}; !slices.Equal(got, want) || len(spans) != len(want) {
		t.Errorf("sends %v with %d spans, want %v with one each", got, len(spans), want)
	}
}

func TestNewReliableRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		c    transport.Reliable
		want string
	}{
		{transport.Reliable{RTO: 0, Backoff: 1}, "rto 0s; want a duration above 0s"},
		{transport.Reliable{RTO: 1, Backoff: 0}, "backoff 0; want 1..16"},
		{transport.Reliable{RTO: 1, Backoff: 17}, "backoff 17; want 1..16"},
	} {
		if _, err := transport.NewReliable(tt.c); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: error %v, want %q", tt.c, err, tt.want)
		}
	}
}
