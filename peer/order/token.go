package order

import (
	"encoding/binary"
	"math"
	"slices"
	"time"

	"mpcomm/peer"
)

// token lets only the peer broadcast that holds the token, which goes round the
// peers without rest: p0, p1 and so on. The token carries the last number given
// (seq); its holder sends what its application has broadcast since, numbered on
// from there. Agreed delivery is in the order of the numbers.
//
// The token also carries the number up to which everybody has everything (aru,
// all received up to): a holder that has less lowers it to what it has and signs
// it, and only who has signed it raises it again. What the aru has reached in
// the token that a peer sent on, this time and the time before, has been seen by
// everybody in between: it is safe, nobody lacks it. Safe delivery waits for
// that: n hops after the message was sent at its sender, n+i at the i-th peer
// after it.
//
// With the retransmissions of the paper, a holder adds to the token the numbers
// that it misses, and one that has the messages sends them again to all. Without
// them a lost message blocks its receiver. The token itself is sent once: if it
// is lost, or reaches a peer that is down, everything stops, as the paper's
// membership protocol is not here.
//
// The token ends its way when it has met nobody but peers with closed logs for a
// whole turn. Where hops take no time it pauses now and then, or time would stand
// still.
//
// Source: Amir, Moser, Melliar-Smith, Agarwal and Ciarfella, "The Totem
// single-ring ordering and membership protocol", ACM TOCS 13(4):311-342, 1995,
// section 4.
type token struct {
	peer.Base
	safe  bool
	again bool // messages are sent again on request
	hold  time.Duration
	self  peer.ID
	peers int64

	pending line[peer.MessageID] // own messages that wait for the token
	bodies  peer.MessageSet
	queue   queue                // numbers that wait for those before them
	upTo    int64                // every number up to this one is here
	kept    line[peer.MessageID] // in order of numbers: what others may lack
	lowest  int64                // the number of the first that is kept
	shown   int64                // the aru in the token that was last sent on

	hop      int32 // the hop that brought the token here last; the token's serial number
	seq, aru int64 // of the token, while it is here
	before   int64 // its seq when it came
	lacking  int64 // who has signed the aru, or nobody
	resting  int64 // how many peers in a row have closed their logs
	requests []int64
	holding  bool
	started  bool
	closed   bool
	until    peer.Instant // when a holder passes the token on
	came     peer.Instant // when it came last
	still    int32        // how often it came since the clock moved

	hops    int64
	held    int
	scratch queue // for looking through the queue in order
}

const (
	maxStill   = 100              // turns of the token at one reading of the clock
	tokenPause = time.Millisecond // after so many
)

func tokenSpec() Spec {
	return Spec{
		Kind: "token", IgnoresEnds: true, Class: "privilege",
		Doc:        "delivers in the order in which a circulating token lets peers broadcast",
		Paper:      "Amir, Moser, Melliar-Smith, Agarwal and Ciarfella, ACM TOCS 13(4):311-342, 1995, section 4",
		Packets:    "n-1, and a token each step",
		Steps:      "0..n at the sender, 1 more elsewhere; safe n and n+i more at the i-th peer after it",
		Cost:       tokenCost,
		Guarantees: peer.FIFO | peer.Causal | peer.Total | peer.Agreement,
		Needs:      peer.NoLoss | peer.NoCrash,
		Refine: func(v Values, g peer.Guarantee, n peer.Need) (peer.Guarantee, peer.Need) {
			if v.Enum("deliver") == "safe" {
				g |= peer.Uniform
			}
			return g, n
		},
		Params: []Param{
			{
				Name: "deliver", Type: Enum, Default: "agreed", Allowed: []string{"agreed", "safe"},
				Doc: "in the order of the numbers, or besides only when everybody has the message",
			},
			{Name: "hold", Type: Duration, Default: "0ms", Doc: "how long a peer keeps the token"},
			{
				Name: "retransmit", Type: Enum, Default: "none", Allowed: []string{"none", "token"},
				Doc: "who sends again what was lost: nobody (a transport may), or holders as the token asks",
			},
		},
		New: func(v Values) (peer.Ordering, error) {
			return &token{safe: v.Enum("deliver") == "safe", again: v.Enum("retransmit") == "token", hold: v.Duration("hold")}, nil
		},
	}
}

// tokenCost: a message waits for the token any part of a turn. Where peers keep
// the token, how long it waits depends on what a step is to that time.
func tokenCost(v Values, n int, from peer.ID) Cost {
	if n == 1 {
		return Cost{Delays: make([]Delay, 1)}
	}
	hold := v.Duration("hold")
	c := Cost{Basis: Mean, Packets: n - 1, Idle: Flow{Packets: 1, Every: Delay{Steps: 1, Fixed: hold}}}
	if hold > 0 {
		c.Basis = Open
		return c
	}
	c.Delays = delays(n, from, Delay{Steps: n, Over: 2}, Delay{Steps: n + 2, Over: 2})
	if v.Enum("deliver") == "safe" {
		for p := range c.Delays {
			distance := (p - int(from) + n) % n
			c.Delays[p] = Delay{Steps: 3*n + 2*distance, Over: 2}
		}
	}
	return c
}

// Start makes the token at p0; after a restart it sets the timer of a holder again.
func (o *token) Start(now peer.Instant, out *peer.Effects) {
	switch {
	case o.holding:
		out.SetTimer(timerHead, o.until)
	case !o.started && o.self == 0 && o.peers > 1:
		o.lacking = int64(nobody)
		o.visit(now, out)
	}
	o.started = true
}

func (o *token) Broadcast(_ peer.Instant, m *peer.Message, out *peer.Effects) {
	o.held++
	o.pending.push(m.ID)
	if o.holding || o.peers == 1 {
		o.send(out)
	}
}

// send numbers and sends what waits for the token.
func (o *token) send(out *peer.Effects) {
	for ; !o.pending.empty(); o.pending.drop() {
		id := *o.pending.first()
		o.seq++
		out.ToOthers(peer.Message{ID: id, Kind: peer.KindData, Ints: 1, Stamp: o.seq})
		if o.bodies.Add(id.Sender, id.Number) {
			o.take(id, o.seq, out)
		}
	}
	if o.peers == 1 {
		o.settle(o.seq, out)
	}
}

func (o *token) Receive(now peer.Instant, m *peer.Message, out *peer.Effects) {
	switch m.Kind {
	case peer.KindData, peer.KindRelay:
		if m.Stamp < 1 || m.Stamp > maxStamp || m.Kind == peer.KindData && m.From != m.ID.Sender {
			return // so far nobody counts
		}
		if m.ID.Sender != o.self && o.bodies.Add(m.ID.Sender, m.ID.Number) {
			o.held++
			o.take(m.ID, m.Stamp, out)
		}
	case peer.KindToken:
		if o.accept(m, out) {
			o.visit(now, out)
		}
	}
}

// take queues a message at its number, and delivers what is due by agreement.
// Safe delivery goes by the token.
func (o *token) take(id peer.MessageID, number int64, out *peer.Effects) {
	o.queue.push(entry{key: key{stamp: number, sender: id.Sender}, number: id.Number})
	for len(o.queue) > 0 && o.queue[0].stamp <= o.upTo+1 {
		first := o.queue.pop()
		if first.stamp <= o.upTo {
			continue // two peers gave one number, which is no work of this protocol
		}
		o.upTo++
		if o.safe || o.again {
			o.kept.push(first.id())
		}
		if !o.safe {
			out.Deliver(first.id())
			o.held--
		}
	}
}

// accept takes the token over if it comes from the peer before, and not again.
func (o *token) accept(m *peer.Message, out *peer.Effects) bool {
	words := out.Words(m.Words)
	hop, n := int64(m.Round), o.peers
	switch {
	case len(words) < 2 || len(words) > 2+maxRequests || hop <= int64(o.hop) || o.holding:
		return false // no token, or an old one
	case (hop-1)%n != int64(m.From) || hop%n != int64(o.self):
		return false // out of turn
	case m.Aux < 0 || m.Aux > m.Stamp || m.Stamp > maxStamp || words[0] < int64(nobody) || words[0] >= n || uint64(words[1]) > uint64(n):
		return false
	}
	for _, number := range words[2:] {
		if number < 1 || number > m.Stamp {
			return false
		}
	}
	o.hop = m.Round
	o.seq, o.before, o.aru = m.Stamp, m.Stamp, m.Aux
	o.lacking, o.resting = words[0], words[1]
	if o.again {
		o.requests = append(o.requests[:0], words[2:]...)
	}
	return true
}

// visit does what a holder does when the token comes, and passes it on at once
// or later.
func (o *token) visit(now peer.Instant, out *peer.Effects) {
	o.answer(out)
	o.holding = true
	o.send(out)
	if now != o.came {
		o.came, o.still = now, 0
	}
	o.still++
	keep := o.hold
	if o.still > maxStill {
		keep = max(keep, tokenPause)
	}
	if keep == 0 {
		o.pass(out)
		return
	}
	o.until = peer.Instant(saturatingAdd(int64(now), keep))
	out.SetTimer(timerHead, o.until)
}

func (o *token) Expire(now peer.Instant, t peer.TimerID, out *peer.Effects) {
	switch {
	case t != timerHead || !o.holding:
	case now < o.until:
		out.SetTimer(timerHead, o.until)
	default:
		o.pass(out)
	}
}

// pass sends the token on, with what this peer has to add to it.
func (o *token) pass(out *peer.Effects) {
	o.holding = false
	if o.aru == o.before {
		o.aru, o.lacking = o.seq, int64(nobody) // in step
	}
	if o.upTo < o.aru || o.lacking == int64(o.self) {
		o.aru, o.lacking = o.upTo, int64(o.self)
	}
	if o.aru == o.seq {
		o.lacking = int64(nobody)
	}
	o.settle(min(o.shown, o.aru), out)
	o.shown = o.aru
	if o.resting++; !o.closed {
		o.resting = 0
	}
	if o.resting >= o.peers || o.hop == math.MaxInt32 {
		return
	}
	if o.again && o.upTo < o.before {
		o.ask()
	}
	p := peer.Message{ID: peer.NoMessage, Kind: peer.KindToken, Ints: 3, Round: o.hop + 1, Stamp: o.seq, Aux: o.aru}
	var words []int64
	p.Words, words = out.NewWords(2 + len(o.requests))
	words[0], words[1] = o.lacking, o.resting
	copy(words[2:], o.requests)
	o.hops++
	out.Send(peer.ID((int64(o.self)+1)%o.peers), p)
}

// settle delivers what is safe, and forgets it: nobody will ask for it.
func (o *token) settle(number int64, out *peer.Effects) {
	for ; o.lowest <= number && !o.kept.empty(); o.lowest++ {
		if o.safe {
			out.Deliver(*o.kept.first())
			o.held--
		}
		o.kept.drop()
	}
}

// Close lets the token know that this log is closed.
func (o *token) Close(peer.Instant, *peer.Effects) { o.closed = true }

func (o *token) Held() int { return o.held }

// Counters: hops of the token that began here.
func (o *token) Counters(add func(string, int64)) { add("token_hops", o.hops) }

func (o *token) Reset(self peer.ID, peers int) {
	*o = token{
		safe: o.safe, again: o.again, hold: o.hold, self: self, peers: int64(peers), lowest: 1,
		pending: o.pending, bodies: o.bodies, queue: o.queue[:0], kept: o.kept, requests: o.requests[:0], scratch: o.scratch[:0],
	}
	o.pending.reset()
	o.kept.reset()
	o.bodies.Reset(peers)
}

func (o *token) Clone() peer.Ordering {
	c := *o
	c.pending, c.bodies, c.queue, c.kept = o.pending.clone(), o.bodies.Clone(), slices.Clone(o.queue), o.kept.clone()
	c.requests, c.scratch = slices.Clone(o.requests), nil
	return &c
}

func (o *token) AppendState(b []byte, now peer.Instant) []byte {
	flags := byte(0)
	for i, set := range [...]bool{o.holding, o.started, o.closed, o.still > 0 && o.came == now} {
		if set {
			flags |= 1 << i
		}
	}
	b = append(b, flags)
	for _, v := range [...]int64{o.upTo, o.lowest, o.shown, int64(o.hop)} {
		b = binary.AppendVarint(b, v)
	}
	if o.still > 0 && o.came == now {
		b = binary.AppendVarint(b, int64(o.still))
	}
	if o.holding || o.peers == 1 {
		for _, v := range [...]int64{o.seq, o.before, o.aru, o.lacking, o.resting} {
			b = binary.AppendVarint(b, v)
		}
	}
	if o.holding {
		b = binary.AppendVarint(b, int64(o.until-now))
		for _, number := range o.requests {
			b = binary.AppendVarint(b, number)
		}
	}
	b = binary.AppendVarint(b, 0)
	for _, list := range [...][]peer.MessageID{o.pending.rest(), o.kept.rest()} {
		b = binary.AppendUvarint(b, uint64(len(list)))
		for _, id := range list {
			b = binary.AppendVarint(b, packID(id))
		}
	}
	return o.queue.appendState(o.bodies.AppendState(b), 0)
}
