package run

import (
	"testing"

	"mpcomm/peer/order"
	"mpcomm/scenarios"
)

// TestCrowds: a run whose packets wait in windows of time is the run in which the
// scheduler gets all of them at once. Here every packet makes a crowd.
func TestCrowds(t *testing.T) {
	t.Parallel()
	for _, name := range scenarios.Names() {
		s, err := scenarios.Builtin(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range s.Orderings {
			p, err := Compile(s, o, order.Builtin())
			if err != nil {
				t.Fatal(err)
			}
			sameCrowd(t, p, s.Seed)
		}
	}
	p := benchEngine(t, "naive", "robust", throng+20, 4).plan
	if windowed := sameCrowd(t, p, 1); !windowed {
		t.Error("nothing ever waited in a window")
	}
}

// TestLargeGroups: a group so large that it keeps few bits for each pair, looks
// ahead and lets packets wait in windows makes the run that one makes which does
// nothing of the sort.
func TestLargeGroups(t *testing.T) {
	t.Parallel()
	large := benchEngine(t, "naive", "robust", manyPeers+8, 1)
	plain, err := NewEngine(large.plan, Options{})
	if err != nil {
		t.Fatal(err)
	}
	plain.large, plain.throng = false, 1<<30
	for i := range plain.configs {
		plain.configs[i].IgnoresEnds, plain.configs[i].PassThrough = false, false // deliveries are counted at once, each sender's in a word
	}
	var made [2]Outcome
	for i, e := range []*Engine{plain, large} {
		o, err := e.Run(3)
		if err != nil {
			t.Fatal(err)
		}
		made[i] = *o
	}
	sameOutcome(t, large.plan, 3, &made[0], &made[1])
}

func sameCrowd(t *testing.T, p *Plan, seed uint64) (windowed bool) {
	var made [2]Outcome
	for i := range made {
		e, err := NewEngine(p, Options{})
		if err != nil {
			t.Fatal(err)
		}
		e.throng, e.crowd = []int{1 << 30, 1}[i], 0
		e.start(seed)
		for e.advance() {
			windowed = windowed || e.sched.Windowed()
		}
		o, err := e.stop()
		if err != nil {
			t.Fatal(err)
		}
		made[i] = *o
	}
	sameOutcome(t, p, seed, &made[0], &made[1])
	return windowed
}

func sameOutcome(t *testing.T, p *Plan, seed uint64, a, b *Outcome) {
	t.Helper()
	if a.Digest != b.Digest || a.Events != b.Events || a.Ties != b.Ties || a.End != b.End || a.Limit != b.Limit {
		t.Errorf("%s, %s, seed %d: %x, %d events, %d ties, end %v %q; otherwise %x, %d, %d, %v %q", p.scenario.Name, p.Label(), seed,
			a.Digest, a.Events, a.Ties, a.End, a.Limit, b.Digest, b.Events, b.Ties, b.End, b.Limit)
	}
}
