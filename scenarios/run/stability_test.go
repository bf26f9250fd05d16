package run_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mpcomm/peer"
	"mpcomm/peer/journal"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"
	"mpcomm/sim"
)

// sentAs is the name of a packet on a link: what its draws hang on.
type sentAs struct {
	from, to peer.ID
	kind     peer.Kind
	message  peer.MessageID
	round    int32
	attempt  uint8
	copy     uint8
}

// befell is what a packet drew: how long it takes, and whether it arrives.
type befell struct {
	at      sim.Time
	delay   int64
	verdict uint8
}

// fatesIn runs the ordering of that label, or the first, and returns the fate of
// every packet by its name.
func fatesIn(t *rapid.T, text, label string) map[sentAs]befell {
	t.Helper()
	s, err := scenarios.Parse("test.yaml", []byte(text), nil, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	o := s.Orderings[0]
	if label != "" {
		if o, err = s.Ordering(label); err != nil {
			t.Fatal(err)
		}
	}
	p, err := run.Compile(s, o, s.Table())
	if err != nil {
		t.Fatal(err)
	}
	r := &journal.Recorder{}
	r.Reset(1<<20, 0, -1)
	e, err := run.NewEngine(p, run.Options{Recorder: r})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Run(s.Seed); err != nil {
		t.Fatal(err)
	}
	fates := map[sentAs]befell{}
	for _, ev := range r.Events() {
		if ev.Kind != journal.Fate {
			continue
		}
		name := sentAs{ev.Peer, ev.Other, ev.Packet, ev.Message, ev.Round, uint8(ev.Attempt), ev.Copy}
		f := befell{at: ev.At, verdict: ev.Verdict}
		if ev.Arrival != sim.Never {
			f.delay = int64(ev.Arrival - ev.At)
		}
		fates[name] = f
	}
	return fates
}

// requireSameFates: packets of one name drew the same in both, and those that
// carry a body from its own sender arrive at the same time. All of want that may
// be kept must be in got.
func requireSameFates(t *rapid.T, want, got map[sentAs]befell, kept func(sentAs) bool, text string) {
	t.Helper()
	compared := 0
	for name, w := range want {
		body := name.kind == peer.KindData
		g, there := got[name]
		switch {
		case !kept(name):
			continue
		case !there && body:
			t.Fatalf("%+v was sent, and is not in\n%s", name, text)
		case !there:
			continue // a control packet whose reason went
		}
		if !body {
			g.at = w.at
		}
		if g != w {
			t.Fatalf("%+v has %+v, had %+v, in\n%s", name, g, w, text)
		}
		compared++
	}
	if compared == 0 && len(want) > 0 && slices.ContainsFunc(keysOf(want), func(n sentAs) bool { return kept(n) && n.kind == peer.KindData }) {
		t.Fatalf("nothing was compared in\n%s", text)
	}
}

func keysOf(fates map[sentAs]befell) []sentAs {
	var all []sentAs
	for name := range fates {
		all = append(all, name)
	}
	return all
}

var everyPacket = func(sentAs) bool { return true }

// TestEditsChangeNoOtherDraw: on datagram links a peer more, a message less, an
// ordering more and a fault elsewhere leave every other packet's draws as they
// were, and every other body's arrival; whatever the ordering, which ties come
// first, and what the links do.
func TestEditsChangeNoOtherDraw(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := drawGroup(t, []string{"naive", "fifo", "causal", "{kind: timestamp, wait: WAIT}", "lamport", "skeen"}, false)
		ties := rapid.SampledFrom([]string{"", "ties: permuted\n"}).Draw(t, "ties")
		base := g.text(1, 0, g.names()) + ties
		want := fatesIn(t, base, "")

		grown := g.text(1, 0, append(g.names(), g.peers)) + ties
		requireSameFates(t, want, fatesIn(t, grown, ""), everyPacket, grown)

		own := scenarios.Label(labelled(t, base))
		more := g
		more.ordering = "{kind: timestamp, wait: 3ms, name: other}, " + g.ordering
		wider := more.text(1, 0, g.names()) + ties
		requireSameFates(t, want, fatesIn(t, wider, own), everyPacket, wider)

		faulty := base + "faults: [{at: 3ms, partition: [[0], [1]], for: 9ms}]\n"
		apart := func(n sentAs) bool { return n.from > 1 || n.to > 1 || n.from == n.to }
		requireSameFates(t, want, fatesIn(t, faulty, ""), apart, faulty)

		if len(g.sends) < 2 {
			return
		}
		gone := g.sends[rapid.IntRange(0, len(g.sends)-1).Draw(t, "without")]
		fewer := g
		fewer.sends = slices.DeleteFunc(slices.Clone(g.sends), func(s groupSend) bool { return s.from == gone.from && s.number == gone.number })
		less := fewer.text(1, 0, g.names()) + ties
		others := func(n sentAs) bool { return n.message != message(gone.from, gone.number) }
		requireSameFates(t, want, fatesIn(t, less, ""), others, less)
	})
}

// labelled is the first ordering of a scenario.
func labelled(t *rapid.T, text string) scenarios.Ordering {
	t.Helper()
	s, err := scenarios.Parse("test.yaml", []byte(text), nil, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return s.Orderings[0]
}

// TestAnotherSeedChangesDraws: the comparison above sees a difference where
// there is one.
func TestAnotherSeedChangesDraws(t *testing.T) {
	t.Parallel()
	const text = "version: 1\nname: two\npeers: 3\norderings: [naive]\nphases: none\nseed: 1\n" +
		"workload: {sends: [{at: 0ms, from: 0}]}\nnetwork: {link: datagram}\n"
	rapid.Check(t, func(t *rapid.T) {
		one, other := fatesIn(t, text, ""), fatesIn(t, strings.Replace(text, "seed: 1", "seed: 2", 1), "")
		if len(one) != 2 || len(other) != 2 {
			t.Fatalf("%d and %d packets, want 2", len(one), len(other))
		}
		for name, f := range one {
			if other[name] == f {
				t.Fatalf("%+v drew %+v under both seeds", name, f)
			}
		}
	})
}
