package order_test

import (
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

func message(sender peer.ID, number int32) peer.MessageID {
	return peer.MessageID{Sender: sender, Number: number}
}

// link is one hand-set delay: of the packets of one kind that concern a message.
type link struct {
	id    peer.MessageID
	kind  peer.Kind
	to    peer.ID
	delay peer.Instant // negative = lost
}

type send struct {
	at peer.Instant
	id peer.MessageID
}

var (
	p0, p1, p2 = message(0, 0), message(1, 0), message(2, 0)

	slow = link{p0, peer.KindData, 2, 10 * ms}
	lost = link{p0, peer.KindData, 2, -1}
	race = []send{{0, p0}, {ms / 2, p1}}
)

// litmusTest is a schedule small enough to work out by hand; unless a link says
// otherwise every packet takes a millisecond.
type litmusTest struct {
	name   string
	kind   string
	values order.Values
	sends  []send
	links  []link
	skew   []peer.Instant
	fifo   bool
	want   string
}

// litmus holds the schedules; the larger protocols add theirs in files of their own.
var litmus = []litmusTest{
	{"LT1 without FIFO links", "lamport", nil, race, []link{slow}, nil, false, "[p0#0 p1#0][p0#0 p1#0][p1#0 p0#0]"},
	{"LT1 with FIFO links", "lamport", nil, race, []link{slow}, nil, true, "[p0#0 p1#0][p0#0 p1#0][p0#0 p1#0]"},
	{
		"LT1 with detection", "lamport",
		order.Values{{Name: "gaps", Text: "detect"}},
		race,
		[]link{slow},
		nil, false,
		"[p0#0 p1#0][p0#0 p1#0][p0#0 p1#0]",
	},
	{"LT7 skips what is lost", "lamport", nil, race, []link{lost}, nil, true, "[p0#0 p1#0][p0#0 p1#0][p1#0]"},
	{
		"LT7 with detection", "lamport",
		order.Values{{Name: "gaps", Text: "detect"}},
		race,
		[]link{lost},
		nil, true,
		"[p0#0 p1#0][p0#0 p1#0][]",
	},
	{
		"LT8 equal clocks", "lamport", nil,
		[]send{{0, p2}, {0, p1}, {0, p0}},
		nil, nil, true,
		"[p0#0 p1#0 p2#0][p0#0 p1#0 p2#0][p0#0 p1#0 p2#0]",
	},
	{
		"LT8 equal timestamps", "timestamp", nil,
		[]send{{0, p2}, {0, p1}, {0, p0}},
		nil, nil, false,
		"[p0#0 p1#0 p2#0][p0#0 p1#0 p2#0][p0#0 p1#0 p2#0]",
	},
	{
		"LT9 own message first", "naive", nil,
		[]send{{0, p0}, {0, p1}, {0, p2}},
		nil, nil, false,
		"[p0#0 p1#0 p2#0][p1#0 p0#0 p2#0][p2#0 p0#0 p1#0]",
	},
	{
		"LT9 is no matter for fifo", "fifo", nil,
		[]send{{0, p0}, {0, p1}, {0, p2}},
		nil, nil, false,
		"[p0#0 p1#0 p2#0][p1#0 p0#0 p2#0][p2#0 p0#0 p1#0]",
	},
	{
		"fifo waits for the overtaken", "fifo", nil,
		[]send{{0, p0}, {ms, message(0, 1)}, {ms + 1, p1}},
		[]link{slow},
		nil, false,
		"[p0#0 p0#1 p1#0][p0#0 p1#0 p0#1][p1#0 p0#0 p0#1]",
	},
	{
		"fifo blocks behind the lost", "fifo", nil,
		[]send{{0, p0}, {ms, message(0, 1)}, {ms + 1, p1}},
		[]link{lost},
		nil, false,
		"[p0#0 p0#1 p1#0][p0#0 p1#0 p0#1][p1#0]",
	},
	{"LT3 concurrent", "causal", nil, race, []link{{p0, peer.KindData, 2, 5 * ms}}, nil, false, "[p0#0 p1#0][p1#0 p0#0][p1#0 p0#0]"},
	{
		"LT3 a reply waits for its question", "causal", nil,
		[]send{{0, p0}, {2 * ms, p1}},
		[]link{slow},
		nil, false,
		"[p0#0 p1#0][p0#0 p1#0][p0#0 p1#0]",
	},
	{
		"LT3 by arrival the reply is first", "naive", nil,
		[]send{{0, p0}, {2 * ms, p1}},
		[]link{slow},
		nil, false,
		"[p0#0 p1#0][p0#0 p1#0][p1#0 p0#0]",
	},
	{
		"causal blocks behind a lost cause", "causal", nil,
		[]send{{0, p0}, {ms / 2, p2}, {2 * ms, p1}},
		[]link{lost},
		nil, false,
		"[p0#0 p2#0 p1#0][p0#0 p2#0 p1#0][p2#0]",
	},
	{
		"naive shows the overtaking", "naive", nil,
		[]send{{0, p0}, {ms, message(0, 1)}},
		[]link{slow},
		nil, false,
		"[p0#0 p0#1][p0#0 p0#1][p0#1 p0#0]",
	},
	{
		"a skewed clock puts the second first", "timestamp", nil,
		[]send{{0, p0}, {ms, p1}},
		nil,
		[]peer.Instant{5 * ms, 0, 0},
		false, "[p1#0 p0#0][p1#0 p0#0][p1#0 p0#0]",
	},
	{
		"LT5 by clocks the reply is first", "timestamp", nil,
		[]send{{0, p0}, {2 * ms, p1}},
		nil,
		[]peer.Instant{50 * ms, 0, 0},
		false, "[p1#0 p0#0][p1#0 p0#0][p1#0 p0#0]",
	},
	{
		"LT5 by hybrid clocks it is not", "hlc", nil,
		[]send{{0, p0}, {2 * ms, p1}},
		nil,
		[]peer.Instant{50 * ms, 0, 0},
		false, "[p0#0 p1#0][p0#0 p1#0][p0#0 p1#0]",
	},
	{
		"LT8 equal hybrid stamps", "hlc", nil,
		[]send{{0, p2}, {0, p1}, {0, p0}},
		nil, nil, false,
		"[p0#0 p1#0 p2#0][p0#0 p1#0 p2#0][p0#0 p1#0 p2#0]",
	},
	{
		"late is delivered at once", "timestamp", nil,
		[]send{{0, p0}, {ms, p1}},
		[]link{{p0, peer.KindData, 2, 82 * ms}},
		nil,
		false, "[p0#0 p1#0][p0#0 p1#0][p1#0 p0#0]",
	},
	{
		"late is dropped", "timestamp",
		order.Values{{Name: "late", Text: "drop"}},
		[]send{{0, p0}, {ms, p1}},
		[]link{{p0, peer.KindData, 2, 82 * ms}},
		nil, false, "[p0#0 p1#0][p0#0 p1#0][p1#0]",
	},
	{
		"at the last instant is not late", "timestamp",
		order.Values{{Name: "late", Text: "drop"}},
		[]send{{0, p0}, {ms, p1}},
		[]link{{p0, peer.KindData, 2, 80 * ms}},
		nil, false, "[p0#0 p1#0][p0#0 p1#0][p0#0 p1#0]",
	},
	{
		"held from arrival the slow one loses", "timestamp",
		order.Values{{Name: "hold", Text: "arrival"}, {Name: "wait", Text: "5ms"}},
		race,
		[]link{{p0, peer.KindData, 2, 7 * ms}},
		nil, false, "[p0#0 p1#0][p0#0 p1#0][p1#0 p0#0]",
	},
	{
		"held from arrival a smaller key goes first", "timestamp",
		order.Values{{Name: "hold", Text: "arrival"}, {Name: "wait", Text: "8ms"}},
		race,
		[]link{{p0, peer.KindData, 2, 7 * ms}},
		nil, false, "[p0#0 p1#0][p0#0 p1#0][p0#0 p1#0]",
	},
}

func TestLitmus(t *testing.T) {
	t.Parallel()
	for _, tt := range litmus {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := newGroup(t, 3, func(peer.ID) peer.Ordering { return build(t, tt.kind, tt.values...) }, noPhases)
			g.fifoLinks = tt.fifo
			if tt.skew != nil {
				g.skew = tt.skew
			}
			g.delay = func(_, to peer.ID, m *peer.Message) peer.Instant {
				for _, l := range tt.links {
					if l.id == m.ID && l.kind == m.Kind && l.to == to {
						return l.delay
					}
				}
				return ms
			}
			for _, s := range tt.sends {
				g.at(s.at, s.id)
			}
			g.run(long)
			if got := g.text(); got != tt.want {
				t.Errorf("logs %s\nwant %s", got, tt.want)
			}
		})
	}
}
