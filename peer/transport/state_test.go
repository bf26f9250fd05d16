package transport_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/transport"
	"pgregory.net/rapid"
)

// step is one thing that is done to a transport in the tests of its state.
type step struct {
	kind   int // 0 receive, 1 acknowledge, 2 send to one, 3 send to others, 4 timer
	q      peer.ID
	number uint32
	after  peer.Instant
}

func drawSteps(t *rapid.T, label string) []step {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) step {
		return step{
			kind: rapid.IntRange(0, 4).Draw(t, "kind"), q: peer.ID(rapid.IntRange(1, 2).Draw(t, "q")),
			number: uint32(rapid.IntRange(1, 6).Draw(t, "number")), after: peer.Instant(rapid.IntRange(0, 12).Draw(t, "after")) * ms,
		}
	}), 0, 25).Draw(t, label)
}

// play applies steps to p0's transport and returns all that it answered.
func play(tr peer.Transport, now *peer.Instant, steps []step) string {
	var out peer.Effects
	var b bytes.Buffer
	for _, s := range steps {
		*now += s.after
		out.Reset()
		m := peer.Message{ID: peer.MessageID{Sender: s.q}, From: s.q, Kind: peer.KindData, Link: s.number, Stamp: int64(s.number)}
		switch s.kind {
		case 0:
			fmt.Fprintln(&b, tr.Receive(*now, &m, &out))
		case 1:
			m.Kind, m.Round = peer.KindLinkAck, int32(s.number)
			fmt.Fprintln(&b, tr.Receive(*now, &m, &out))
		case 2, 3:
			m = peer.Message{From: 0, Kind: peer.KindData, Stamp: int64(s.number)}
			if s.kind == 2 {
				out.Send(s.q, m)
			} else {
				out.ToOthers(m)
			}
			tr.Seal(*now, 0, &out)
		case 4:
			tr.Expire(*now, 0, &out)
		}
		for _, e := range out.List {
			if e.Kind == peer.EffectTimer {
				e.At -= *now
			}
			fmt.Fprintln(&b, e)
		}
		fmt.Fprintln(&b, out.Messages, tr.Held())
	}
	return b.String()
}

func kinds(t tester) map[string]func() peer.Transport {
	return map[string]func() peer.Transport{
		"fifo":     transport.NewFIFO,
		"reliable": reliable(t, transport.Reliable{RTO: 10 * time.Millisecond, Backoff: 2}),
		"nack":     reliable(t, transport.Reliable{RTO: 10 * time.Millisecond, Backoff: 1, NACK: true}),
	}
}

// TestStateIsAllThereIs: a clone goes on like its original and leaves it alone,
// a reset transport is like a new one, states tell apart what answers
// differently, and nothing depends on where the clock's zero is.
func TestStateIsAllThereIs(t *testing.T) {
	t.Parallel()
	for name, make := range kinds(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				before, after := drawSteps(t, "before"), drawSteps(t, "after")
				now, shifted := peer.Instant(0), 1000*ms
				original, other := make(), make()
				original.Reset(0, 3)
				other.Reset(0, 3)
				play(other, new(peer.Instant), drawSteps(t, "an earlier run"))
				other.Reset(0, 3)
				if a, b := play(original, &now, before), play(other, &shifted, before); a != b {
					t.Fatalf("a reset transport, a second later, answers\n%s\nwant\n%s", b, a)
				}
				state := original.AppendState(nil, now)
				if !bytes.Equal(state, other.AppendState(nil, shifted)) {
					t.Fatal("equal histories, unequal states")
				}
				clone := original.Clone()
				then := now
				if a, b := play(clone, &now, after), play(other, &shifted, after); a != b {
					t.Fatalf("the clone answers\n%s\nwant\n%s", a, b)
				}
				if !bytes.Equal(state, original.AppendState(nil, then)) {
					t.Fatal("the clone has changed its original")
				}
			})
		})
	}
}

// TestResequencerAgainstMap compares with the obvious: keep everything in a
// map, and let up whatever is next.
func TestResequencerAgainstMap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := transport.NewFIFO()
		f.Reset(0, 2)
		var out peer.Effects
		had, next := map[uint32]bool{}, uint32(1)
		for _, k := range rapid.SliceOf(rapid.Uint32Range(1, 12)).Draw(t, "numbers") {
			out.Reset()
			m := peer.Message{From: 1, Kind: peer.KindData, Link: k, Stamp: int64(k)}
			var got, want []int64
			for _, r := range f.Receive(0, &m, &out) {
				got = append(got, r.Stamp)
			}
			wantEffect := peer.EffectKind(0)
			switch {
			case had[k]:
				wantEffect = peer.EffectRepeated
			case k != next:
				wantEffect = peer.EffectGap
			}
			had[k] = true
			for had[next] {
				want = append(want, int64(next))
				next++
			}
			if !slices.Equal(got, want) {
				t.Fatalf("after %d: up %v, want %v", k, got, want)
			}
			if effect := append(out.List, peer.Effect{})[0].Kind; effect != wantEffect {
				t.Fatalf("after %d: effect %d, want %d", k, effect, wantEffect)
			}
			if held := len(had) - int(next-1); f.Held() != held {
				t.Fatalf("after %d: %d held, want %d", k, f.Held(), held)
			}
		}
	})
}

// TestSteadyStateAllocatesNothing runs one load over and over.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	for name, make := range kinds(t) {
		tr := make()
		var out peer.Effects
		var lent peer.Message
		load := func() {
			tr.Reset(0, 3)
			for k := range uint32(200) {
				out.Reset()
				span, _ := out.NewWords(3)
				out.ToOthers(peer.Message{From: 0, Kind: peer.KindData, Words: span})
				tr.Seal(peer.Instant(k), 0, &out)
				out.Release(span)
				number := (k ^ 1) + 1
				span, _ = out.NewWords(3)
				for _, m := range [...]peer.Message{
					{From: 1, Kind: peer.KindData, Link: number, Words: span},
					{From: 1, Kind: peer.KindLinkAck, Link: number, Round: int32(number)},
					{From: 2, Kind: peer.KindLinkAck, Link: number, Round: int32(number)},
				} {
					lent = m
					for _, r := range tr.Receive(peer.Instant(k), &lent, &out) {
						if r.Words != span {
							out.Release(r.Words)
						}
					}
				}
				out.Release(span)
			}
			tr.Expire(peer.Instant(time.Second), 0, &out)
		}
		load()
		if allocs := testing.AllocsPerRun(5, load); allocs > 0 {
			t.Errorf("%s: %.0f allocations a run", name, allocs)
		}
	}
}
