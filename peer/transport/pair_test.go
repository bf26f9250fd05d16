package transport_test

import (
	"slices"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/transport"
)

const ms = peer.Instant(time.Millisecond)

// tester is what testing.T and rapid.T have in common.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// settled is later than anything a test waits for.
const settled = peer.Distant - 1

// tireless is more packets than any test needs: who sends as many never rests.
const tireless = 50_000

// wire drives two transports over a link each way. A packet's fate is decided
// by the function the test sets.
type wire struct {
	tb     tester
	ends   [2]peer.Transport
	up     [2][]int64 // stamps of the packets that went up
	timer  [2]peer.Instant
	events []happening
	now    peer.Instant
	seq    int
	out    peer.Effects
	// delays of the copies of a packet; none = lost.
	delays func(m *peer.Message) []peer.Instant
	names  map[peer.Message]bool

	sent, acks, resent, repeated, gaps int
}

type happening struct {
	at      peer.Instant
	seq     int
	to      int
	message peer.Message
	words   []int64
	timer   bool
}

func newWire(tb tester, make func() peer.Transport) *wire {
	w := &wire{tb: tb, names: map[peer.Message]bool{}}
	for i := range w.ends {
		w.ends[i] = make()
		w.ends[i].Reset(peer.ID(i), 2)
		w.timer[i] = peer.Distant
	}
	w.delays = func(*peer.Message) []peer.Instant { return []peer.Instant{ms} }
	return w
}

func reliable(tb tester, c transport.Reliable) func() peer.Transport {
	return func() peer.Transport {
		t, err := transport.NewReliable(c)
		if err != nil {
			tb.Fatal(err)
		}
		return t
	}
}

func (w *wire) add(h happening) {
	h.seq = w.seq
	w.seq++
	i, _ := slices.BinarySearchFunc(w.events, h, func(a, b happening) int {
		if a.at != b.at {
			return int(min(max(a.at-b.at, -1), 1))
		}
		return a.seq - b.seq
	})
	w.events = slices.Insert(w.events, i, h)
}

// send gives end `from` a packet with a stamp and as many words as its last digit.
func (w *wire) send(from int, stamp int64) {
	span, words := w.out.NewWords(int(stamp % 10))
	for i := range words {
		words[i] = stamp
	}
	w.out.Reset()
	w.out.ToOthers(peer.Message{
		ID: peer.MessageID{Sender: peer.ID(from), Number: int32(stamp)}, From: peer.ID(from), Kind: peer.KindData, Stamp: stamp, Words: span,
	})
	w.ends[from].Seal(w.now, 0, &w.out)
	w.apply(from)
}

func (w *wire) apply(from int) {
	for _, e := range w.out.List {
		switch e.Kind {
		case peer.EffectSend, peer.EffectOthers:
			w.transmit(from, w.out.Messages[e.Index])
		case peer.EffectTimer:
			w.timer[from] = e.At
			if e.At != peer.Distant {
				w.add(happening{at: max(e.At, w.now), to: from, timer: true})
			}
		case peer.EffectRepeated:
			w.repeated++
		case peer.EffectGap:
			w.gaps++
		}
	}
}

func (w *wire) transmit(from int, m peer.Message) {
	name := m
	name.Words, name.Stamp, name.Aux, name.Link = peer.Span{}, 0, 0, 0
	if w.names[name] {
		w.tb.Fatalf("two packets of one name: %+v", name)
	}
	w.names[name] = true
	if len(w.names) > tireless {
		w.tb.Fatalf("%d packets by %v, and no end: p%d sends %+v", len(w.names), w.now, from, m)
	}
	switch {
	case m.Kind == peer.KindLinkAck:
		w.acks++
	case m.Attempt > 0:
		w.resent++
	default:
		w.sent++
	}
	words := slices.Clone(w.out.Words(m.Words))
	for _, d := range w.delays(&m) {
		w.add(happening{at: w.now + d, to: 1 - from, message: m, words: words})
	}
	w.out.Release(m.Words)
}

// run handles what happens until the limit, and poisons what it lent.
func (w *wire) run(limit peer.Instant) {
	w.tb.Helper()
	for len(w.events) > 0 && w.events[0].at <= limit {
		h := w.events[0]
		w.events = slices.Delete(w.events, 0, 1)
		w.now = h.at
		w.out.Reset()
		if h.timer {
			if w.timer[h.to] <= h.at {
				w.timer[h.to] = peer.Distant
				w.ends[h.to].Expire(w.now, 0, &w.out)
				w.apply(h.to)
			}
			continue
		}
		m := h.message
		span, words := w.out.NewWords(len(h.words))
		copy(words, h.words)
		m.Words = span
		for _, r := range w.ends[h.to].Receive(w.now, &m, &w.out) {
			for _, x := range w.out.Words(r.Words) {
				if x != r.Stamp {
					w.tb.Fatalf("packet %d came up with the words of %d", r.Stamp, x)
				}
			}
			if int(r.Words.Len) != int(r.Stamp%10) {
				w.tb.Fatalf("packet %d came up with %d words", r.Stamp, r.Words.Len)
			}
			w.up[h.to] = append(w.up[h.to], r.Stamp)
			if r.Words != m.Words {
				w.out.Release(r.Words)
			}
		}
		for i := range words {
			w.out.Words(span)[i] = -1
		}
		w.out.Release(span)
		m = peer.Message{}
		w.apply(h.to)
	}
	if limit != settled {
		w.now = limit
	}
}
