package order_test

import (
	"fmt"
	"slices"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

func tokenValues(deliver, retransmit string) order.Values {
	return order.Values{{Name: "deliver", Text: deliver}, {Name: "retransmit", Text: retransmit}}
}

func init() {
	agreed, safe := tokenValues("agreed", "none"), tokenValues("safe", "none")
	repaired, both := tokenValues("agreed", "token"), tokenValues("safe", "token")
	kept := order.Values{{Name: "hold", Text: "2ms"}}
	for _, v := range []order.Values{agreed, safe, repaired, both, kept} {
		everyKind = append(everyKind, variant{"token", v})
	}
	// The token is at p0 at 0, 3, 6... milliseconds, a step later at p1, two at p2.
	three := []send{{0, p1}, {ms, p0}, {4 * ms, p2}}
	noBody := []link{{p1, peer.KindData, 2, -1}}
	noToken := []link{{peer.NoMessage, peer.KindToken, 2, -1}}
	whole := "[p1#0 p0#0 p2#0][p1#0 p0#0 p2#0][p1#0 p0#0 p2#0]"
	litmus = append(litmus,
		litmusTest{"the token comes to p1 before p0 has it again", "token", agreed, three, nil, nil, false, whole},
		litmusTest{
			"LT2 is no matter for the token", "token", agreed,
			[]send{{0, p1}, {2 * ms, message(1, 1)}},
			[]link{{p1, peer.KindData, 0, 10 * ms}},
			nil, false, "[p1#0 p1#1][p1#0 p1#1][p1#0 p1#1]",
		},
		litmusTest{"a lost body blocks one", "token", agreed, three, noBody, nil, false, "[p1#0 p0#0 p2#0][p1#0 p0#0 p2#0][]"},
		litmusTest{"a lost body is safe nowhere", "token", safe, three, noBody, nil, false, "[][][]"},
		litmusTest{"a lost body is asked for", "token", repaired, three, noBody, nil, false, whole},
		litmusTest{"a lost body is asked for, and safe", "token", both, three, noBody, nil, false, whole},
		litmusTest{"a lost token stops all", "token", agreed, three, noToken, nil, false, "[p1#0][p1#0][p1#0]"},
		litmusTest{"a lost token leaves nothing safe", "token", safe, three, noToken, nil, false, "[][][]"},
		litmusTest{"a holder sends at once", "token", kept, []send{{ms, p0}, {2 * ms, p1}}, nil, nil, false, "[p0#0 p1#0][p0#0 p1#0][p0#0 p1#0]"},
	)
	properties := []property{complete, total, causal, inOrder}
	for _, v := range []struct {
		values order.Values
		extra  property
		flaws  []string
	}{
		{agreed, nil, []string{
			"every holder numbers from one", "delivers numbers as they come", "broadcasts without the token", "copies are logged",
			"forgets all but the first", "delivers its own at once",
		}},
		{safe, everywhere, []string{"one visit is safe", "goes by its own aru", "delivers by agreement", "who lacks nothing raises the aru"}},
		{repaired, nil, nil},
		{both, everywhere, nil},
	} {
		p := promise{
			name: "token " + fmt.Sprint(v.values), kind: "token", values: v.values, properties: properties, flaws: v.flaws,
			twin: func(flaw string) peer.Ordering {
				return &plainToken{twin: twin{flaw: flaw}, safe: v.values.Enum("deliver") == "safe", again: v.values.Enum("retransmit") == "token"}
			},
		}
		if v.extra != nil {
			p.properties = append(slices.Clone(properties), v.extra)
		}
		promises = append(promises, p)
	}
	promises = append(promises,
		promise{name: "token on FIFO links", kind: "token", fifo: true, properties: properties},
		promise{name: "token that is kept", kind: "token", values: kept, properties: properties},
		promise{
			name: "token that is kept, safe", kind: "token", values: order.Values{{Name: "deliver", Text: "safe"}, {Name: "hold", Text: "1ms"}},
			properties: append(slices.Clone(properties), everywhere),
		})
}

// everywhere holds when nothing was delivered anywhere before it was everywhere.
func everywhere(g *group) string {
	for p, log := range g.logs {
		for i, id := range log {
			for q := range g.came {
				if came, ok := g.came[q][id]; !ok || came > g.times[p][i]-g.skew[p] {
					return fmt.Sprintf("p%d has logged %v before p%d has it", p, id, q)
				}
			}
		}
	}
	return ""
}

// plainToken keeps all messages by their numbers and counts from one each time.
type plainToken struct {
	twin
	safe, again bool
	peers       int64
	waiting     []peer.MessageID
	numbers     map[int64]peer.MessageID
	arus        []int64 // in the tokens it has sent on
	last        int64   // greatest number heard of
	log         int64
	hop         int32
}

func (o *plainToken) Clone() peer.Ordering { panic("twins are not cloned") }

func (o *plainToken) Reset(self peer.ID, n int) {
	*o = plainToken{twin: twin{flaw: o.flaw}, safe: o.safe, again: o.again, peers: int64(n), numbers: map[int64]peer.MessageID{}, arus: []int64{0}}
	o.twin.Reset(self, n)
}

func (o *plainToken) Start(_ peer.Instant, out *peer.Effects) {
	if o.self == 0 && o.peers > 1 {
		o.visit(0, 0, -1, nil, out)
	}
}

func (o *plainToken) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	o.waiting = append(o.waiting, m.ID)
	switch o.flaw {
	case "broadcasts without the token":
		o.sendWaiting(o.last, out)
	case "delivers its own at once":
		out.Deliver(m.ID)
	}
}

// sendWaiting numbers what waits on from a number, and returns the last given.
func (o *plainToken) sendWaiting(seq int64, out *peer.Effects) int64 {
	if o.flaw == "every holder numbers from one" {
		seq = o.sent
	}
	for i, id := range o.waiting {
		if i > 0 && o.flaw == "forgets all but the first" {
			break
		}
		seq++
		o.sent = seq
		o.last = max(o.last, seq)
		o.numbers[seq], o.had[id] = id, true
		out.ToOthers(peer.Message{ID: id, Kind: peer.KindData, Stamp: seq})
	}
	o.waiting = nil
	return seq
}

func (o *plainToken) all() int64 {
	k := int64(0)
	for o.numbers[k+1] != (peer.MessageID{}) || k+1 == o.zero() {
		k++
	}
	return k
}

// zero is the number of p0#0, whose name is the zero value.
func (o *plainToken) zero() int64 {
	for number, id := range o.numbers {
		if id == p0 {
			return number
		}
	}
	return -1
}

func (o *plainToken) Receive(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	if m.Kind == peer.KindToken {
		if m.Round <= o.hop {
			return
		}
		o.hop = m.Round
		words := slices.Clone(out.Words(m.Words))
		o.visit(m.Stamp, m.Aux, words[0], words[2:], out)
		return
	}
	if o.flaw == "copies are logged" && o.had[m.ID] {
		out.Deliver(m.ID)
	}
	o.had[m.ID] = true
	o.numbers[m.Stamp] = m.ID
	o.last = max(o.last, m.Stamp)
	if o.flaw == "delivers numbers as they come" && m.Stamp > o.log {
		o.log = m.Stamp
		out.Deliver(m.ID)
	}
	o.deliverUpTo(o.all(), !o.safe || o.flaw == "delivers by agreement", out)
}

func (o *plainToken) deliverUpTo(number int64, now bool, out *peer.Effects) {
	for now && o.log < number {
		o.log++
		if id := o.numbers[o.log]; o.flaw != "delivers its own at once" || id.Sender != o.self {
			out.Deliver(id)
		}
	}
}

func (o *plainToken) visit(seq, aru, lacking int64, requests []int64, out *peer.Effects) {
	var open []int64
	for _, number := range requests {
		if id, here := o.numbers[number]; here {
			out.ToOthers(peer.Message{ID: id, Kind: peer.KindRelay, Round: o.hop, Stamp: number})
		} else {
			open = append(open, number)
		}
	}
	before := seq
	o.last = max(o.last, seq)
	seq = o.sendWaiting(seq, out)
	all := o.all()
	o.deliverUpTo(all, !o.safe || o.flaw == "delivers by agreement", out)
	if aru == before {
		aru, lacking = seq, -1
	}
	if all < aru || lacking == int64(o.self) || o.flaw == "who lacks nothing raises the aru" && all > aru {
		aru, lacking = all, int64(o.self)
	}
	if o.flaw == "goes by its own aru" {
		aru = all
	}
	if aru == seq {
		lacking = -1
	}
	o.arus = append(o.arus, aru)
	line := min(aru, o.arus[len(o.arus)-2])
	if o.flaw == "one visit is safe" {
		line = aru
	}
	o.deliverUpTo(min(line, all), o.safe, out)
	for number := all + 1; o.again && number <= before; number++ {
		if _, here := o.numbers[number]; !here && !slices.Contains(open, number) {
			open = append(open, number)
		}
	}
	p := peer.Message{ID: peer.NoMessage, Kind: peer.KindToken, Round: o.hop + 1, Stamp: seq, Aux: aru}
	var words []int64
	p.Words, words = out.NewWords(2 + len(open))
	words[0] = lacking
	copy(words[2:], open)
	out.Send(peer.ID((int64(o.self)+1)%o.peers), p)
}
