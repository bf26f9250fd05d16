package compare

import (
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/sim"
)

const msec = sim.Time(time.Millisecond)

// told is a host that knows a few facts.
type told struct {
	NoFacts
	missing string
	late    map[history.Ref]time.Duration
	stamps  []Stamp
	offset  time.Duration
}

func (f told) Missing(peer.ID, history.Ref) string { return f.missing }
func (f told) Late(_ peer.ID, m history.Ref) (came, wait time.Duration, late bool) {
	came, late = f.late[m]
	return came, 80 * time.Millisecond, late
}

func (f told) Stamp(m history.Ref) (Stamp, bool) {
	if int(m) < len(f.stamps) {
		return f.stamps[m], true
	}
	return Stamp{}, false
}
func (f told) Offset(peer.ID, history.Ref) (time.Duration, bool) { return f.offset, f.offset != 0 }

// times builds a log with arrivals in milliseconds.
func times(refs []uint32, arrived ...sim.Time) history.Log {
	log := history.Log{Refs: refs}
	for _, at := range arrived {
		log.Times = append(log.Times, history.Times{Delivered: at * msec, Arrived: at * msec})
	}
	return log
}

func id(sender peer.ID, number int32) peer.MessageID {
	return peer.MessageID{Sender: sender, Number: number}
}

// question is p1's broadcast at 20 ms and p2's answer, which p2 sent after it
// had the question.
func question() []history.Broadcast {
	return []history.Broadcast{
		{ID: id(1, 0), At: 20 * msec, Cause: history.NoRef},
		{ID: id(2, 0), At: 40 * msec, LogLen: 1, Cause: 0},
	}
}

func TestMechanisms(t *testing.T) {
	t.Parallel()
	race := []history.Broadcast{
		{ID: id(1, 0), At: 10 * msec, Cause: history.NoRef},
		{ID: id(2, 0), At: 39 * msec, Cause: history.NoRef},
	}
	stream := []history.Broadcast{
		{ID: id(1, 0), At: 10 * msec, Cause: history.NoRef},
		{ID: id(1, 1), At: 12 * msec, Rank: 1, Cause: history.NoRef},
	}
	for _, test := range []struct {
		name       string
		broadcasts []history.Broadcast
		logs       []history.Log
		facts      Facts
		why        Mechanism
		text       string
	}{
		{
			"race", race,
			[]history.Log{times([]uint32{0, 1}, 22, 79), times([]uint32{0, 1}, 10, 50), times([]uint32{1, 0}, 39, 74)},
			nil, Race,
			"p1#0 and p2#0 were sent 29 ms apart; p0 had p1#0 after 12 ms and p2#0 after 40 ms; " +
				"p2 had its own p2#0 after 0 ms and p1#0 after 64 ms; neither caused the other.",
		},
		{
			"relay", question(),
			[]history.Log{times([]uint32{1, 0}, 50, 70), times([]uint32{0, 1}, 20, 60), times([]uint32{0, 1}, 40, 40)},
			nil, Relay,
			"p2 had p1#0 before sending p2#0; p2#0 reached p0 20 ms before p1#0 did.",
		},
		{
			"fifo", stream,
			[]history.Log{times([]uint32{0, 1}, 20, 30), times([]uint32{0, 1}, 10, 12), times([]uint32{1, 0}, 30, 61)},
			nil, FIFO,
			"p1 sent p1#0 before p1#1; the link p1>p2 delivered them 31 ms apart the wrong way round.",
		},
		{
			"missing", race,
			[]history.Log{times([]uint32{0, 1}, 20, 50), times([]uint32{0, 1}, 10, 50), times([]uint32{1}, 39)},
			told{missing: "lost on the link p1>p2 at 10 ms"},
			Missing,
			"p2 never logged p1#0: lost on the link p1>p2 at 10 ms.",
		},
		{
			"ended", race,
			[]history.Log{times([]uint32{0, 1}, 20, 50), times([]uint32{0}, 10)},
			nil, Missing,
			"p1 never logged p2#0.",
		},
		{
			"late beats race", race,
			[]history.Log{times([]uint32{0, 1}, 22, 79), times([]uint32{1, 0}, 50, 107)},
			told{late: map[history.Ref]time.Duration{0: 97 * time.Millisecond}},
			Late,
			"p1#0 came 97 ms after its stamp; p0 waits only 80 ms.",
		},
		{
			"skew beats relay", question(),
			[]history.Log{times([]uint32{1, 0}, 50, 70), times([]uint32{0, 1}, 20, 60), times([]uint32{0, 1}, 40, 40)},
			told{stamps: []Stamp{{Value: 20e6, Clock: true}, {Value: 15e6, Clock: true}}, offset: -25 * time.Millisecond},
			Skew,
			"p2#0 comes from p1#0 but carries the older stamp, 15 ms < 20 ms: p2's clock is 25 ms slow.",
		},
		{
			"tie", race,
			[]history.Log{times([]uint32{0, 1}, 22, 79), times([]uint32{1, 0}, 50, 107)},
			told{stamps: []Stamp{{Value: 7}, {Value: 7}}},
			Tie,
			"p1#0 and p2#0 carry the same key 7 and this ordering has no tie-break.",
		},
		{
			"a tie that is broken is none", race,
			[]history.Log{{Refs: []uint32{0, 1}}, {Refs: []uint32{1, 0}}},
			told{stamps: []Stamp{{Value: 7, Decides: true}, {Value: 7, Decides: true}}},
			Race,
			"p1#0 and p2#0 were sent 29 ms apart; neither caused the other.",
		},
		{
			"repeat", race,
			[]history.Log{times([]uint32{0, 0, 1}, 1, 2, 3), times([]uint32{0, 1}, 1, 2)},
			nil, Missing,
			"p0 logged p1#0 again; p1 did not.",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := &history.History{Peers: len(test.logs), Broadcasts: test.broadcasts, Logs: test.logs}
			var c Comparer
			c.Compare(h, Options{})
			d := c.FirstDifference(test.facts)
			if d.Why != string(test.why) || d.Text != test.text {
				t.Errorf("%s: %s\nwant %s: %s", d.Why, d.Text, test.why, test.text)
			}
			if d.Peers[0] != 0 || d.Position != int(c.Compare(h, Options{}).FirstDifference.N) {
				t.Errorf("position %d of peers %v", d.Position, d.Peers)
			}
		})
	}
}

// TestClassifyAnyPair: the mechanism of a pair does not need it to be first.
func TestClassifyAnyPair(t *testing.T) {
	t.Parallel()
	h := &history.History{Peers: 3, Broadcasts: question(), Logs: []history.Log{
		times([]uint32{1, 0}, 50, 70), times([]uint32{0, 1}, 20, 60), times([]uint32{0, 1}, 40, 40),
	}}
	if why, text := Classify(h, 0, 1, 1, 0, nil); why != Relay {
		t.Errorf("%s: %s; want relay", why, text)
	}
}

func TestCauses(t *testing.T) {
	t.Parallel()
	// p0 sends a; p1 delivers it, then sends b; p2 delivers b, then sends c;
	// p3 sends d knowing nothing; p3 sends e after d as an answer to a.
	b := func(sender peer.ID, rank, logLen int32, cause history.Ref) history.Broadcast {
		return history.Broadcast{ID: id(sender, rank), Rank: rank, LogLen: logLen, Cause: cause}
	}
	h := &history.History{
		Peers: 4,
		Broadcasts: []history.Broadcast{
			b(0, 0, 0, history.NoRef), b(1, 0, 1, history.NoRef),
			b(2, 0, 1, history.NoRef), b(3, 0, 0, history.NoRef), b(3, 1, 0, 0),
		},
		Logs: []history.Log{{}, {Refs: []uint32{0, 1}}, {Refs: []uint32{1, 2}}, {}},
	}
	want := map[[2]history.Ref]bool{{0, 1}: true, {1, 2}: true, {0, 2}: true, {0, 4}: true, {3, 4}: true}
	for x := range history.Ref(5) {
		for y := range history.Ref(5) {
			if got := causes(h, x, y); got != want[[2]history.Ref{x, y}] {
				t.Errorf("causes(%d, %d) = %v", x, y, got)
			}
		}
	}
}

func TestDifferenceNames(t *testing.T) {
	t.Parallel()
	h := of(3, []uint32{2, 0, 1}, []uint32{0, 1, 2}, []uint32{0, 1, 2}, []uint32{0, 2, 1})
	h.Crashed = []bool{true, false, false, false}
	var c Comparer
	c.Compare(h, Options{})
	d := c.FirstDifference(nil)
	if d.Position != 2 || d.Peers != [2]peer.ID{1, 3} || *d.Messages[0] != h.Broadcasts[1].ID.String() || *d.Messages[1] != h.Broadcasts[2].ID.String() {
		t.Errorf("got position %d, peers %v, messages %s %s", d.Position, d.Peers, *d.Messages[0], *d.Messages[1])
	}
	h.Logs[3].Refs = []uint32{0}
	c.Compare(h, Options{})
	if d = c.FirstDifference(nil); d.Messages[1] != nil || d.Why != "missing" {
		t.Errorf("an ended log has no message there: got %v, %s", d.Messages[1], d.Why)
	}
	c.Compare(of(2, []uint32{1, 0}, []uint32{1, 0}), Options{})
	if d = c.FirstDifference(nil); d != nil {
		t.Errorf("identical logs differ: %+v", d)
	}
}

func TestMillisecondsInSentences(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0 ms", 64 * time.Millisecond: "64 ms", 28_731_902: "28.7 ms", 1_234_567: "1.235 ms",
		-25_040_000: "-25 ms", 120: "0.00012 ms", 96_999: "0.097 ms",
	} {
		if got := ms(d); got != want {
			t.Errorf("ms(%d) = %q, want %q", int64(d), got, want)
		}
	}
}

func TestBarcode(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		logs [][]uint32
		want []int32
	}{
		{"identical", [][]uint32{{0, 1}, {0, 1}}, []int32{0, 0}},
		{"swap", [][]uint32{{0, 1, 2, 3}, {0, 2, 1, 3}}, []int32{0, 1, 1, 0}},
		{"moved to the front", [][]uint32{{0, 1, 2, 3}, {3, 0, 1, 2}}, []int32{3, 1, 1, 3}},
		{"missing", [][]uint32{{0, 1, 2}, {0, 2}}, []int32{0, Gone, 1}},
		{"ended", [][]uint32{{0, 1, 2}, {0, 1}}, []int32{0, 0, Gone}},
		{"repeat", [][]uint32{{0, 0, 1}, {0, 1}}, []int32{0, 1, 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var c Comparer
			d := c.Compare(of(4, test.logs...), Options{})
			got := c.Barcode(nil)
			if !equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
			marked := 0
			for _, x := range got {
				if x != 0 {
					marked++
				}
			}
			if marked != d.PositionsDiffering {
				t.Errorf("%d positions are marked, %d differ", marked, d.PositionsDiffering)
			}
		})
	}
}

func equal(a, b []int32) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
