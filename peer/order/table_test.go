package order_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

func TestTableIsSortedAndUsable(t *testing.T) {
	t.Parallel()
	table := order.Builtin()
	if !slices.IsSorted(table.Kinds()) {
		t.Errorf("kinds %v are not sorted", table.Kinds())
	}
	for i := range table {
		s := &table[i]
		if s.Class == "" || s.Doc == "" || s.Paper == "" || s.Packets == "" || s.Steps == "" {
			t.Errorf("%s: a description is missing: %+v", s.Kind, s)
		}
		if got, ok := table.Lookup(s.Kind); !ok || got.Kind != s.Kind {
			t.Errorf("Lookup(%s) = %v, %v", s.Kind, got, ok)
		}
		o, err := s.Build(nil)
		if err != nil {
			t.Errorf("%s with its defaults: %v", s.Kind, err)
			continue
		}
		o.Reset(0, 1)
		if _, err := table.With(*s); err == nil {
			t.Errorf("With took a second %s", s.Kind)
		}
	}
	if _, ok := table.Lookup("none"); ok {
		t.Error("Lookup found an ordering that is not there")
	}
}

func TestBuildRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind, name, text string
		want             string // "" = accepted
	}{
		{"timestamp", "wait", "20ms", ""},
		{"timestamp", "wait", "0s", ""},
		{"timestamp", "wait", "-1ms", `ordering timestamp: wait: "-1ms"; want a duration from 0s up`},
		{"timestamp", "wait", "20", `wait: "20"; want a duration`},
		{"timestamp", "wait", "never", `wait: "never"; want a duration`},
		{"timestamp", "late", "drop", ""},
		{"timestamp", "late", "perhaps", `late: "perhaps"; want deliver or drop`},
		{"timestamp", "hold", "", `hold: ""; want stamp or arrival`},
		{"timestamp", "gaps", "skip", `unknown parameter "gaps"; want wait, late, hold`},
		{"naive", "wait", "1s", `ordering naive: unknown parameter "wait"; want none, it has no parameters`},
		{"lamport", "gaps", "detect", ""},
		{"moving-sequencer", "batch", "1", ""},
		{"token", "hold", "2ms", ""},
		{"token", "hold", "never", `hold: "never"; want a duration from 0s up`},
		{"token", "deliver", "soon", `deliver: "soon"; want agreed or safe`},
		{"moving-sequencer", "batch", "2", `batch: "2"; want all or 1`},
		{"moving-sequencer", "resilience", "4", ""},
		{"moving-sequencer", "resilience", "-1", `resilience: "-1"; want a whole number 0..65535`},
	}
	for _, tt := range tests {
		spec, _ := order.Builtin().Lookup(tt.kind)
		_, err := spec.Build(order.Values{{Name: tt.name, Text: tt.text}})
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%s %s=%s: %v", tt.kind, tt.name, tt.text, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s %s=%q: error %v, want %s", tt.kind, tt.name, tt.text, err, tt.want)
		}
	}
	spec, _ := order.Builtin().Lookup("timestamp")
	if _, err := spec.Build(order.Values{{Name: "wait", Text: "1s"}, {Name: "wait", Text: "2s"}}); err == nil {
		t.Error("a parameter given twice was taken")
	}
}

func TestPromisesDependOnParameters(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind  string
		value order.Values
		g     peer.Guarantee
		n     peer.Need
	}{
		{"naive", nil, 0, 0},
		{"fifo", nil, peer.FIFO, peer.NoLoss},
		{"lamport", nil, peer.FIFO | peer.Causal | peer.Total | peer.Agreement | peer.Uniform, peer.FIFOLinks | peer.NoLoss | peer.NoCrash | peer.RepliesOnReceipt},
		{
			"lamport",
			order.Values{{Name: "gaps", Text: "detect"}},
			peer.FIFO | peer.Causal | peer.Total | peer.Agreement | peer.Uniform, peer.NoLoss | peer.NoCrash | peer.RepliesOnReceipt,
		},
		{"moving-sequencer", nil, peer.Total | peer.Agreement, peer.NoLoss | peer.NoCrash},
		{"moving-sequencer", order.Values{{Name: "resilience", Text: "1"}}, peer.Total | peer.Agreement | peer.Uniform, peer.NoLoss | peer.NoCrash},
		{"token", nil, peer.FIFO | peer.Causal | peer.Total | peer.Agreement, peer.NoLoss | peer.NoCrash},
		{"token", order.Values{{Name: "deliver", Text: "safe"}}, peer.FIFO | peer.Causal | peer.Total | peer.Agreement | peer.Uniform, peer.NoLoss | peer.NoCrash},
		{"timestamp", order.Values{{Name: "hold", Text: "arrival"}}, peer.Agreement, peer.NoLoss | peer.NoCrash},
	}
	for _, tt := range tests {
		spec, _ := order.Builtin().Lookup(tt.kind)
		if g, n, err := spec.Promises(tt.value); g != tt.g || n != tt.n || err != nil {
			t.Errorf("%s %v promises %b needing %b (%v), want %b needing %b", tt.kind, tt.value, g, n, err, tt.g, tt.n)
		}
	}
}

// own is a user's ordering with a parameter of every type.
func own() order.Spec {
	return order.Spec{
		Kind: "own-2",
		Params: []order.Param{
			{Name: "d", Type: order.Duration, Default: "3ms", Never: true},
			{Name: "e", Type: order.Enum, Default: "b", Allowed: []string{"a", "b"}},
			{Name: "i", Type: order.Int, Default: "7", Min: -1, Max: 9},
			{Name: "p", Type: order.PeerID, Default: "0"},
			{Name: "derived", Type: order.Duration},
		},
		New: func(order.Values) (peer.Ordering, error) { return &plainFIFO{}, nil },
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	spec := own()
	v, err := spec.Resolve(order.Values{{Name: "p", Text: "65535"}, {Name: "d", Text: "none"}})
	if err != nil {
		t.Fatal(err)
	}
	if v.Duration("d") != order.Never || v.Enum("e") != "b" || v.Int("i") != 7 || v.Int("p") != 65535 {
		t.Errorf("resolved to %v", v)
	}
	if _, given := v.Text("derived"); given {
		t.Error("a parameter without default has a value")
	}
	if v, err = spec.Resolve(nil); err != nil || v.Duration("d") != 3*time.Millisecond {
		t.Errorf("defaults: %v, %v", v, err)
	}
	for _, bad := range []order.Value{{Name: "i", Text: "10"}, {Name: "i", Text: "-2"}, {Name: "p", Text: "65536"}, {Name: "p", Text: "p1"}, {Name: "d", Text: "ever"}} {
		if _, err := spec.Resolve(order.Values{bad}); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
}

func TestWith(t *testing.T) {
	t.Parallel()
	table, err := order.Builtin().With(own())
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := table.Lookup("own-2"); !ok || !slices.IsSorted(table.Kinds()) || len(order.Builtin()) != len(table)-1 {
		t.Errorf("the table has %v", table.Kinds())
	}
	for name, spoil := range map[string]func(*order.Spec){
		"no kind":         func(s *order.Spec) { s.Kind = "" },
		"capitals":        func(s *order.Spec) { s.Kind = "Own" },
		"digit first":     func(s *order.Spec) { s.Kind = "2own" },
		"no constructor":  func(s *order.Spec) { s.New = nil },
		"bad default":     func(s *order.Spec) { s.Params[1].Default = "c" },
		"bad name":        func(s *order.Spec) { s.Params[0].Name = "a b" },
		"doubled":         func(s *order.Spec) { s.Params[0].Name = "e" },
		"type out of use": func(s *order.Spec) { s.Params[0].Type = 9 },
	} {
		s := own()
		spoil(&s)
		if _, err := order.Builtin().With(s); err == nil {
			t.Errorf("%s: With took %+v", name, s)
		}
	}
}
