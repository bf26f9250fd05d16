package sweep

import (
	"strings"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/order"
	"mpcomm/scenarios"
)

// counted is an ordering with counters of any name; the last only once it is not 0.
type counted struct {
	peer.Base
	names []string
	late  string
	n     int64
}

func (o *counted) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) { out.ToAll(*m) }

func (o *counted) Receive(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	o.n++
	out.Deliver(m.ID)
}

func (o *counted) Counters(add func(string, int64)) {
	for _, name := range o.names {
		add(name, o.n)
	}
	if o.late != "" && o.n > 0 {
		add(o.late, o.n)
	}
}
func (o *counted) Reset(peer.ID, int)                          { o.n = 0 }
func (o *counted) Clone() peer.Ordering                        { c := *o; return &c }
func (o *counted) AppendState(b []byte, _ peer.Instant) []byte { return b }

// TestCounters: counters that would share a column of the tables are refused
// before any run, and at the latest when they come.
func TestCounters(t *testing.T) {
	t.Parallel()
	sweep := func(one, two counted) (begun bool, err error) {
		table := order.Builtin()
		for kind, o := range map[string]counted{"one": one, "two": two} {
			if table, err = table.With(order.Spec{Kind: kind, New: func(order.Values) (peer.Ordering, error) { c := o; return &c, nil }}); err != nil {
				t.Fatal(err)
			}
		}
		s, err := scenarios.Parse("s.yaml", []byte("name: s\npeers: 2\norderings: [one, two]\nworkload: {messages: 1}\nsweep: {runs: 3}\n"), nil, table)
		if err != nil {
			t.Fatal(err)
		}
		w, err := New(s, Options{Table: table})
		if err != nil {
			return false, err
		}
		_, err = w.Run(t.Context())
		return true, err
	}
	for _, c := range []struct {
		one, two counted
		begun    bool
		want     string // "" = no error
	}{
		{one: counted{names: []string{"under_lo", "n", "xn"}}, two: counted{names: []string{"n", "under_lo_x"}}, begun: true},
		{one: counted{names: []string{"x", "x_lo"}}, want: `ordering one: the counter "x_lo" would share a column with the counter "x" of one, of which a sweep writes x_lo, x_hi, x_sd and x_n beside its mean; want another name for one of them, such as "lo_x"`},
		{one: counted{names: []string{"x_n"}}, two: counted{names: []string{"x"}}, want: `ordering one: the counter "x_n" would share a column with the counter "x" of two, `},
		{one: counted{names: []string{"x"}}, two: counted{late: "x_sd"}, begun: true, want: `ordering two: the counter "x_sd" would share a column with the counter "x" of one, `},
		{one: counted{names: []string{"a.b"}}, want: `ordering one: a counter is called "a.b"; want a name, without dots`},
		{two: counted{names: []string{""}}, want: `ordering two: a counter is called ""`},
	} {
		begun, err := sweep(c.one, c.two)
		if begun != c.begun || (err != nil) != (c.want != "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v %v: begun %t, %v; want %t, %q", c.one, c.two, begun, err, c.begun, c.want)
		}
	}
}
