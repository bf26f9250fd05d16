package ordertest_test

import (
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
