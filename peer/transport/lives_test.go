package transport_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mpcomm/peer"
	"mpcomm/peer/transport"
)

// forget makes one end new: it has lost its state and its timers.
func (w *wire) forget(end int, life uint16) {
	w.ends[end].Reset(peer.ID(end), 2)
	w.ends[end].(peer.Reborn).Reborn(life)
	w.timer[end] = peer.Distant
	clear(w.names) // the host names the packets of a new life apart
}

// TestForgottenNumbers: a peer that has forgotten its links begins them anew.
// Without that its packets are taken for repeats, and those for it wait behind a
// hole that was filled in its former life.
func TestForgottenNumbers(t *testing.T) {
	t.Parallel()
	for _, end := range []int{0, 1} {
		w := newWire(t, reliable(t, transport.Reliable{RTO: 10 * time.Millisecond, Backoff: 1}))
		for k := range int64(3) {
			w.send(0, 100+k)
			w.send(1, 200+k)
		}
		w.run(5 * ms)
		w.forget(end, 1)
		for k := range int64(2) {
			w.send(0, 110+k)
			w.send(1, 210+k)
		}
		w.run(settled)
		if want := []int64{200, 201, 202, 210, 211}; !slices.Equal(w.up[0], want) {
			t.Errorf("p%d forgets: p0 has %v, want %v", end, w.up[0], want)
		}
		if want := []int64{100, 101, 102, 110, 111}; !slices.Equal(w.up[1], want) {
			t.Errorf("p%d forgets: p1 has %v, want %v", end, w.up[1], want)
		}
	}
}

// TestLivesOverBadLinks: whatever is lost, late or doubled, and whoever forgets
// how often, what is sent after the last of it comes up once and in order, and
// nothing comes up twice in one life of both.
func TestLivesOverBadLinks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		config := transport.Reliable{RTO: 10 * time.Millisecond, Backoff: rapid.IntRange(1, 2).Draw(rt, "backoff"), NACK: rapid.Bool().Draw(rt, "nack")}
		w := newWire(rt, reliable(rt, config))
		w.delays = func(*peer.Message) []peer.Instant {
			var all []peer.Instant
			for range rapid.SampledFrom([]int{0, 1, 1, 1, 2}).Draw(rt, "copies") {
				all = append(all, peer.Instant(rapid.IntRange(1, 30).Draw(rt, "delay"))*ms)
			}
			return all
		}
		lives := [2]uint16{}
		stamp := int64(0)
		sendSome := func() {
			for range rapid.IntRange(0, 5).Draw(rt, "sends") {
				w.send(rapid.IntRange(0, 1).Draw(rt, "from"), stamp)
				stamp++
			}
			w.run(w.now + peer.Instant(rapid.IntRange(0, 40).Draw(rt, "pause"))*ms)
		}
		sendSome()
		for range rapid.IntRange(1, 4).Draw(rt, "crashes") {
			end := rapid.IntRange(0, 1).Draw(rt, "end")
			lives[end] += uint16(rapid.IntRange(1, 3).Draw(rt, "lives"))
			w.forget(end, lives[end])
			sendSome()
		}
		first := stamp
		var sent [2][]int64
		for range 4 {
			for end := range 2 {
				sent[end] = append(sent[end], stamp)
				w.send(end, stamp)
				stamp++
			}
		}
		w.run(settled)
		for end := range 2 {
			fresh := slices.DeleteFunc(slices.Clone(w.up[1-end]), func(s int64) bool { return s < first })
			if !slices.Equal(fresh, sent[end]) {
				rt.Fatalf("p%d has %v of what was sent last, want %v", 1-end, fresh, sent[end])
			}
		}
	})
}

// TestLivesLongOver: a packet that was on its way for many lives of its sender
// is not taken for one of a life to come, and a life that begins after many
// unheard ones is heard.
func TestLivesLongOver(t *testing.T) {
	t.Parallel()
	for lives := uint16(1); lives < 16-3; lives++ {
		w := newWire(t, reliable(t, transport.Reliable{RTO: 10 * time.Millisecond, Backoff: 1}))
		w.send(1, 1)
		w.run(5 * ms)
		w.delays = func(*peer.Message) []peer.Instant { return []peer.Instant{25 * ms} }
		w.send(1, 2) // arrives when the life that sent it is long over
		w.forget(1, lives)
		w.delays = func(*peer.Message) []peer.Instant { return []peer.Instant{ms} }
		w.send(1, 3)
		w.run(40 * ms)
		w.send(1, 4)
		w.send(0, 5)
		w.run(settled)
		if want := []int64{1, 3, 4}; !slices.Equal(w.up[0], want) {
			t.Errorf("after %d lives p0 has %v, want %v", lives, w.up[0], want)
		}
		if want := []int64{5}; !slices.Equal(w.up[1], want) {
			t.Errorf("after %d lives p1 has %v, want %v", lives, w.up[1], want)
		}
	}
}

// TestRestoredTransport: one that goes on from what was saved sends again what
// it has not seen acknowledged, and its peer takes it.
func TestRestoredTransport(t *testing.T) {
	t.Parallel()
	w := newWire(t, reliable(t, transport.Reliable{RTO: 10 * time.Millisecond, Backoff: 1}))
	w.send(0, 1)
	saved := w.ends[0].Clone()
	w.send(0, 2)
	w.run(5 * ms)
	w.ends[0] = saved
	saved.(peer.Reborn).Reborn(1)
	clear(w.names)
	w.send(0, 3)
	w.timer[0] = w.now + 20*ms // as the host does when it restarts the machine
	w.add(happening{at: w.timer[0], to: 0, timer: true})
	w.run(settled)
	if want := []int64{1, 2, 1, 3}; !slices.Equal(w.up[1], want) {
		t.Errorf("p1 has %v, want %v: 1 was unacknowledged when p0 was saved, 2 not sent", w.up[1], want)
	}
}

// TestFIFOForgets: a sender that has forgotten begins its links anew; one that
// has not heard of its receiver's new life goes on in vain until it does.
func TestFIFOForgets(t *testing.T) {
	t.Parallel()
	w := newWire(t, transport.NewFIFO)
	w.send(0, 1)
	w.send(1, 2)
	w.run(5 * ms)
	w.forget(1, 1)
	w.send(0, 3)
	w.run(10 * ms)
	if w.gaps != 1 || len(w.up[1]) != 1 {
		t.Errorf("%d gaps, p1 has %v; want the packet of a former life to be thrown away", w.gaps, w.up[1])
	}
	w.send(1, 4)
	w.run(15 * ms)
	w.send(0, 5)
	w.run(settled)
	if !slices.Equal(w.up[0], []int64{2, 4}) || !slices.Equal(w.up[1], []int64{1, 5}) {
		t.Errorf("p0 has %v and p1 %v; want [2 4] and [1 5]", w.up[0], w.up[1])
	}
}
