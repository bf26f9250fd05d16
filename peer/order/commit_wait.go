package order

import (
	"encoding/binary"
	"math"
	"slices"
	"time"

	"mpcomm/peer"
)

// commitWait delivers in the order of stamps that are certainly not in the
// past: the local clock plus its stated error epsilon. A message is sent only
// when the stamp is certainly over, commit later: then whoever broadcasts after
// it was sent has a greater stamp, and the order is that of real time. As with
// timestamp, receivers hold it until its stamp is wait old by their clocks.
//
// If epsilon is less than a clock is really off, the order of real time is lost
// in silence, and nothing else is.
//
// Source: Corbett et al., "Spanner: Google's globally-distributed database",
// OSDI 2012, sections 3 and 4.1.2 (start and commit wait). The hold-back is that
// of Cristian, Aghili, Strong and Dolev, Information and Computation 118(1),
// 1995, section 4.
type commitWait struct {
	holdback
	self    peer.ID
	epsilon time.Duration
	commit  time.Duration

	stamp      int64 // of the last own broadcast
	broadcasts int64
	unsent     []unsent // own messages before their release, in order of broadcast
	sent       int      // how many of unsent are gone
}

type unsent struct {
	stamp  int64
	rank   int64
	number int32
}

const timerCommit peer.TimerID = 1

func commitWaitSpec() Spec {
	return Spec{
		Kind: "commit-wait", IgnoresEnds: true, Class: "communication history",
		Doc:     "delivers by clocks of known error, each message sent when its stamp is certainly over",
		Paper:   "Corbett et al., Spanner, OSDI 2012, sections 3 and 4.1.2",
		Packets: "n-1", Steps: "max(2·epsilon, epsilon+wait)/max(2·epsilon+1, epsilon+wait)",
		Cost:       commitWaitCost,
		Guarantees: peer.FIFO | peer.Causal | peer.Total | peer.Agreement,
		Needs: peer.BoundedDelay | peer.BoundedSkew | peer.NoLoss | peer.NoCrash | peer.MonotoneClock |
			peer.RepliesOnReceipt,
		Refine: refineCommit,
		Params: append(holdbackParams()[:2], []Param{
			{Name: "epsilon", Type: Duration, Default: "7ms", Doc: "how far a clock may be from true time"},
			{Name: "commit", Type: Duration, Doc: "from the broadcast to the sending; 2·epsilon if not given"},
		}...),
		New: newCommitWait,
	}
}

func newCommitWait(v Values) (peer.Ordering, error) {
	o := &commitWait{epsilon: v.Duration("epsilon"), commit: CommitOf(v)}
	o.wait, o.drop = v.Duration("wait"), v.Enum("late") == "drop"
	return o, nil
}

// refineCommit says what is left where a message is sent before its stamp is
// certainly over: whoever answers it before it is delivered may have a clock
// that does not show it yet.
func refineCommit(v Values, g peer.Guarantee, n peer.Need) (peer.Guarantee, peer.Need) {
	if CommitOf(v)/2 < v.Duration("epsilon") {
		n |= peer.RepliesOnDelivery
	}
	return g, n
}

// commitWaitCost: the sending waits for commit, the delivery for the stamp to be
// wait old.
func commitWaitCost(v Values, n int, from peer.ID) Cost {
	d := Delay{Fixed: CommitOf(v), AtLeast: time.Duration(saturatingAdd(int64(v.Duration("epsilon")), v.Duration("wait")))}
	own := d
	d.Steps = 1
	return Cost{Packets: n - 1, Delays: delays(n, from, own, d)}
}

// CommitOf returns how long a commit-wait of these values, defaults included,
// keeps a message from its broadcast to its sending.
func CommitOf(v Values) time.Duration {
	if _, given := v.Text("commit"); given {
		return v.Duration("commit")
	}
	return time.Duration(saturatingAdd(int64(v.Duration("epsilon")), v.Duration("epsilon")))
}

// Start arms the timers again after a restart.
func (o *commitWait) Start(now peer.Instant, out *peer.Effects) {
	o.arm(out)
	o.release(now, out)
}

func (o *commitWait) Broadcast(now peer.Instant, m *peer.Message, out *peer.Effects) {
	o.stamp = max(saturatingAdd(o.stamp, 1), saturatingAdd(int64(now), o.epsilon))
	o.unsent = append(o.unsent, unsent{stamp: o.stamp, rank: o.broadcasts, number: m.ID.Number})
	o.broadcasts++
	if len(o.unsent) == o.sent+1 { // else the timer is set for an earlier one
		o.release(now, out)
	}
}

// release sends what is over and sets the timer for the next.
func (o *commitWait) release(now peer.Instant, out *peer.Effects) {
	for o.sent < len(o.unsent) {
		u := o.unsent[o.sent]
		if at := saturatingAdd(u.stamp-int64(o.epsilon), o.commit); at > int64(now) {
			out.SetTimer(timerCommit, peer.Instant(at))
			break
		}
		o.sent++
		out.ToAll(peer.Message{
			ID: peer.MessageID{Sender: o.self, Number: u.number}, Kind: peer.KindData,
			Stamp: u.stamp, Aux: u.rank, Ints: 1,
		})
	}
	if o.sent == len(o.unsent) || o.sent >= 32 && 2*o.sent >= len(o.unsent) {
		o.unsent = o.unsent[:copy(o.unsent, o.unsent[o.sent:])]
		o.sent = 0
	}
}

func (o *commitWait) Receive(now peer.Instant, m *peer.Message, out *peer.Effects) {
	if m.Kind != peer.KindData || uint64(m.Aux) > peer.MaxNumber || !o.seen.Add(m.ID.Sender, int32(m.Aux)) {
		return
	}
	o.receive(now, entry{key: key{stamp: m.Stamp, sender: m.ID.Sender, rank: uint32(m.Aux)}, number: m.ID.Number}, out)
}

func (o *commitWait) Expire(now peer.Instant, t peer.TimerID, out *peer.Effects) {
	if t == timerCommit {
		o.release(now, out)
		return
	}
	o.holdback.Expire(now, t, out)
}

// Held counts the own messages that are not sent yet, too: the log must not
// close before them.
func (o *commitWait) Held() int { return o.holdback.Held() + len(o.unsent) - o.sent }

func (o *commitWait) Reset(self peer.ID, peers int) {
	o.self, o.stamp, o.broadcasts, o.unsent, o.sent = self, math.MinInt64, 0, o.unsent[:0], 0
	o.reset(peers)
}

func (o *commitWait) Clone() peer.Ordering {
	c := *o
	c.holdback, c.unsent, c.sent = o.clone(), slices.Clone(o.unsent[o.sent:]), 0
	return &c
}

func (o *commitWait) AppendState(b []byte, now peer.Instant) []byte {
	zero := int64(now)
	b = binary.AppendVarint(appendStamp(b, o.stamp, zero), o.broadcasts)
	b = binary.AppendUvarint(b, uint64(len(o.unsent)-o.sent))
	for _, u := range o.unsent[o.sent:] {
		b = binary.AppendVarint(b, u.stamp-zero)
		b = binary.AppendVarint(b, int64(u.number))
	}
	return o.appendState(b, now)
}
