package ordertest_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/order"
	"mpcomm/scenarios/ordertest"
)

// TestBuiltin: every ordering of the library keeps its promises, with every
// combination of words its parameters take.
func TestBuiltin(t *testing.T) {
	t.Parallel()
	for _, spec := range order.Builtin() {
		variants := [][]order.Value{nil}
		for _, p := range spec.Params {
			if p.Type != order.Enum {
				continue
			}
			var more [][]order.Value
			for _, v := range variants {
				for _, word := range p.Allowed {
					more = append(more, append(v[:len(v):len(v)], order.Value{Name: p.Name, Text: word}))
				}
			}
			variants = more
		}
		for _, given := range variants {
			name := spec.Kind
			for _, v := range given {
				name += " " + v.Name + "=" + v.Text
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				ordertest.TestSpec(t, spec, given...)
			})
		}
	}
}

// TestFailureIsAScenario: what a failure prints is a file whose expectation
// fails with the same ordering, and holds with the real one.
func TestFailureIsAScenario(t *testing.T) {
	t.Parallel()
	broken := brokenTwin{kind: "fifo", make: func(order.Values) (peer.Ordering, error) {
		return &twin{kind: "fifo", flaw: "no gap detection"}, nil
	}}.spec(t)
	var failure *ordertest.Failure
	if err := ordertest.CheckSpec(broken); !errors.As(err, &failure) {
		t.Fatalf("it ends with %v", err)
	}
	for _, tt := range []struct {
		name   string
		table  order.Table
		misses int
	}{{"broken", order.Table{broken}, 1}, {"real", order.Builtin(), 0}} {
		if got := misses(t, failure.Scenario, tt.table); got != tt.misses {
			t.Errorf("%s: %d misses, want %d", tt.name, got, tt.misses)
		}
	}
}

// TestBadSpecs: what cannot be tested is said, not passed over.
func TestBadSpecs(t *testing.T) {
	t.Parallel()
	good, _ := order.Builtin().Lookup("fifo")
	for _, tt := range []struct {
		name  string
		edit  func(*order.Spec)
		given []order.Value
		says  string
	}{
		{"no kind", func(s *order.Spec) { s.Kind = "" }, nil, "kind"},
		{"no New", func(s *order.Spec) { s.New = nil }, nil, "New is nil"},
		{"unknown parameter", func(*order.Spec) {}, []order.Value{{Name: "wait", Text: "1ms"}}, "unknown parameter"},
		{"New panics", func(s *order.Spec) { s.New = func(order.Values) (peer.Ordering, error) { panic("no memory") } }, nil, "no memory"},
	} {
		s := *good
		tt.edit(&s)
		if err := ordertest.CheckSpec(s, tt.given...); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v; want an error that says %q", tt.name, err, tt.says)
		}
	}
	never, _ := order.Builtin().Lookup("timestamp")
	if err := ordertest.CheckSpec(*never, order.Value{Name: "wait", Text: "0ms"}); err == nil || !strings.Contains(err.Error(), "no schedule keeps its assumptions") {
		t.Errorf("timestamp without a wait: %v", err)
	}
}

// TestConstructor: the suite takes a constructor, what it guarantees and what
// that needs, and shows which need was left out.
func TestConstructor(t *testing.T) {
	t.Parallel()
	fresh := func() peer.Ordering { return relayed{} }
	needs := []peer.Need{peer.FIFOLinks, peer.NoLoss | peer.NoDuplicates, peer.NoCrash, peer.RepliesOnDelivery}
	ordertest.Test(t, fresh, relayedSpec.Guarantees, needs...)
	for i := range needs {
		some := append(append([]peer.Need(nil), needs[:i]...), needs[i+1:]...)
		var failure *ordertest.Failure
		if err := ordertest.Check(fresh, relayedSpec.Guarantees, some...); !errors.As(err, &failure) {
			t.Errorf("without need %b it ends with %v", needs[i], err)
		} else if !strings.Contains(failure.Scenario, "{kind: own}") {
			t.Errorf("the scenario does not name the ordering own:\n%s", failure.Scenario)
		}
	}
	if err := ordertest.Check(nil, 0); err == nil || !strings.Contains(err.Error(), "New is nil") {
		t.Errorf("no constructor gives %v", err)
	}
}

// TestSchedulesAreFrozen: the random schedules are the same on every machine and
// in every call. They change with the suite or with rapid, and then on purpose.
func TestSchedulesAreFrozen(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ kind, want string }{
		{"naive", "75248eb3b9afb0b1"},
		{"commit-wait", "ddd426a9ba4c0d7a"},
	} {
		s, _ := order.Builtin().Lookup(tt.kind)
		h := sha256.New()
		for _, text := range ordertest.RandomSchedules(t, *s) {
			h.Write([]byte(text))
		}
		if got := hex.EncodeToString(h.Sum(nil)[:8]); got != tt.want {
			t.Errorf("the schedules of %s have the digest %s, want %s", tt.kind, got, tt.want)
		}
	}
}
