package peer_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/order"
	"mpcomm/peer/transport"
	"pgregory.net/rapid"
)

// wordy is an ordering whose packets carry words, go to single peers, and are
// relayed by the receiver: what a Machine must get right for others to build on.
// A broadcast goes to the next peer alone; who gets it sends it on to all.
type wordy struct {
	peer.Base
	self, n int
	had     map[peer.MessageID]bool
	ended   []peer.ID
	wrong   string
}

func (o *wordy) Reset(self peer.ID, n int) {
	*o = wordy{self: int(self), n: n, had: map[peer.MessageID]bool{}}
}

func (o *wordy) words(id peer.MessageID, out *peer.Effects) peer.Span {
	span, w := out.NewWords(3)
	w[0], w[1], w[2] = int64(id.Sender), int64(id.Number), 42
	return span
}

func (o *wordy) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	p := *m
	p.Words = o.words(m.ID, out)
	out.Send(peer.ID((o.self+1)%o.n), p)
}

func (o *wordy) Receive(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	if w := out.Words(m.Words); !slices.Equal(w, []int64{int64(m.ID.Sender), int64(m.ID.Number), 42}) {
		o.wrong = fmt.Sprintf("p%d got %v with words %v", o.self, m.ID, w)
	}
	if m.Kind == peer.KindData {
		p := *m
		p.Kind, p.Words = peer.KindRelay, o.words(m.ID, out)
		out.ToAll(p)
		return
	}
	if !o.had[m.ID] {
		o.had[m.ID] = true
		out.Deliver(m.ID)
	}
}

func (o *wordy) Ended(_ peer.Instant, from peer.ID, _ *peer.Effects) {
	for k := range 2 {
		if !o.had[peer.MessageID{Sender: from, Number: int32(k)}] {
			o.wrong = fmt.Sprintf("p%d is told that p%d has ended before its message %d", o.self, from, k)
		}
	}
	o.ended = append(o.ended, from)
}
func (o *wordy) Clone() peer.Ordering                        { panic("not cloned here") }
func (o *wordy) AppendState(b []byte, _ peer.Instant) []byte { return b }

// TestWordsRelaysAndEnds runs it over every transport, alone and in groups,
// with copies by way of the network and at once.
func TestWordsRelaysAndEnds(t *testing.T) {
	t.Parallel()
	for name, tr := range map[string]func() peer.Transport{
		"none": func() peer.Transport { return nil }, "fifo": transport.NewFIFO, "reliable": newReliable,
	} {
		for n := 1; n <= 3; n++ {
			for _, loopback := range []bool{false, true} {
				orderings := make([]*wordy, n)
				s := newSoup(t, n, func(p int) peer.Config {
					c := config(p, n, peer.Robust)
					orderings[p] = &wordy{}
					c.Ordering, c.Transport, c.Loopback = orderings[p], tr(), loopback
					return c
				})
				s.start()
				s.settle()
				for k := range int32(2) {
					for p := range n {
						s.broadcast(p, k)
					}
					s.settle()
				}
				s.finish()
				s.settle()
				s.wantPhases(peer.Stopped)
				for p, o := range orderings {
					slices.Sort(o.ended)
					want := n
					if config(p, n, peer.Robust).IgnoresEnds {
						want = 0
					}
					if o.wrong != "" || len(s.logs[p]) != 2*n || len(o.ended) != want || len(slices.Compact(o.ended)) != want {
						t.Errorf("%s, %d peers, loopback %v: p%d: %s; log %v, ended %v", name, n, loopback, p, o.wrong, s.logs[p], o.ended)
					}
				}
			}
		}
	}
}

func newReliable() peer.Transport {
	tr, err := transport.NewReliable(transport.Reliable{RTO: 50 * time.Millisecond, Backoff: 2})
	if err != nil {
		panic(err)
	}
	return tr
}

// TestReliableRepairsAnyOrdering loses, doubles and reorders at will; with the
// transport every ordering still delivers everything once, and lamport in one
// order.
func TestReliableRepairsAnyOrdering(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]string{"naive", "fifo", "timestamp", "lamport"}).Draw(t, "kind")
		spec, _ := order.Builtin().Lookup(kind)
		n := rapid.IntRange(2, 3).Draw(t, "peers")
		s := newSoup(t, n, func(p int) peer.Config {
			o, err := spec.Build(nil)
			if err != nil {
				t.Fatal(err)
			}
			c := config(p, n, peer.Robust)
			c.Ordering, c.Transport = o, newReliable()
			return c
		})
		s.start()
		s.settle()
		sent := 0
		for range rapid.IntRange(0, 50).Draw(t, "steps") {
			switch choice := rapid.IntRange(0, 7).Draw(t, "choice"); {
			case choice < 4 && len(s.flight) > 0:
				s.arrive(s.take(rapid.IntRange(0, len(s.flight)-1).Draw(t, "packet")))
			case choice == 4 && len(s.flight) > 0:
				s.take(rapid.IntRange(0, len(s.flight)-1).Draw(t, "lost"))
			case choice == 5 && len(s.flight) > 0:
				s.arrive(s.flight[rapid.IntRange(0, len(s.flight)-1).Draw(t, "doubled")])
			case choice == 6:
				s.tick()
			default:
				s.broadcast(sent%n, int32(sent/n))
				sent++
			}
		}
		for range 300 {
			s.settle()
			if !s.tick() {
				break
			}
		}
		s.finish()
		for range 300 {
			s.settle()
			if !s.tick() {
				break
			}
		}
		s.wantPhases(peer.Stopped)
		for p, log := range s.logs {
			if len(log) != sent {
				t.Fatalf("%s: p%d has logged %v of %d messages", kind, p, log, sent)
			}
			if kind == "lamport" && !slices.Equal(log, s.logs[0]) {
				t.Fatalf("p0 has %v, p%d has %v", s.logs[0], p, log)
			}
		}
	})
}
