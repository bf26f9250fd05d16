package order

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"time"

	"mpcomm/peer"
)

// suspicion is a detector of failures that needs no packets of its own: a peer
// that waits for something for too long, by its own clock, suspects the one that
// should have brought it. A packet from a suspected peer proves the suspicion
// wrong, and from then on all waits are twice as long; so are they when all
// peers have had their turn and nothing has come of it. Where packets arrive at
// all, nobody who lives is suspected for ever: the detector is eventually
// strong, the weakest with which consensus can be solved.
//
// There is one timer, set while something is waited for.
//
// Source: Chandra and Toueg, JACM 43(2):225-267, 1996, section 9, where timeouts
// grow in the same way.
type suspicion struct {
	first   time.Duration // the parameter, or Never
	timeout time.Duration
	waits   []wait // in the order in which they began; those that are over are dropped late
	head    int
	base    int64 // no wait counts from before
	armed   bool
	at      int64 // what the timer is set for, if it is

	suspected []uint64 // a bit for every peer
	suspects  int32
	turn      int32 // how many rounds have passed since the last progress
}

// wait says since when something is waited for: an instance by its number, or a
// message by its negative name.
type wait struct{ since, what int64 }

const timerSuspect peer.TimerID = 0

// suspectParams describes the parameters of the orderings that use a suspicion.
func suspectParams(what string) []Param {
	return []Param{
		{Name: "suspect", Type: Duration, Default: "1s", Never: true, Doc: "how long a peer waits before it suspects another"},
		{Name: "at", Type: PeerID, Default: "0", Doc: what},
	}
}

// refineSuspect says that without suspicion nobody may crash.
func refineSuspect(v Values, g peer.Guarantee, n peer.Need) (peer.Guarantee, peer.Need) {
	if v.Duration("suspect") == Never {
		n = n&^peer.MinorityCrash | peer.NoCrash
	}
	return g, n
}

// consensusCost: the body gets to the coordinator or leader and from there to a
// majority and back; it delivers first and then tells the others. Whoever suspects
// others before all that is done sends more.
func consensusCost(packets func(n int, own bool) int) func(Values, int, peer.ID) Cost {
	return func(v Values, n int, from peer.ID) Cost {
		special := inTurn(peer.ID(v.Int("at")), 0, n)
		c := Cost{Packets: packets(n, from == special)}
		steps := 3
		if from == special {
			steps = 2
		}
		if n == 1 {
			steps = 0
		}
		c.Delays = delays(n, special, Delay{Steps: steps}, Delay{Steps: steps + 1})
		return c
	}
}

func newSuspicion(kind string, v Values) (suspicion, error) {
	s := suspicion{first: v.Duration("suspect")}
	if s.first == 0 {
		return s, errors.New("ordering " + kind + ": suspect: 0s; want a duration above 0s, or never")
	}
	return s, nil
}

// ofMessage is how a message is waited for.
func ofMessage(id peer.MessageID) int64 { return -1 - packID(id) }

// watch begins a wait.
func (s *suspicion) watch(now peer.Instant, what int64, out *peer.Effects) {
	if s.first == Never {
		return
	}
	s.waits = append(s.waits, wait{since: int64(now), what: what})
	if !s.armed {
		s.arm(out)
	}
}

func (s *suspicion) waiting() bool { return s.head < len(s.waits) }

// oldest returns what is waited for longest.
func (s *suspicion) oldest() int64 { return s.waits[s.head].what }

// over drops the oldest wait.
func (s *suspicion) over() {
	s.head++
	if s.head == len(s.waits) {
		s.waits, s.head = s.waits[:0], 0
	} else if s.head >= 32 && 2*s.head >= len(s.waits) {
		s.waits = s.waits[:copy(s.waits, s.waits[s.head:])]
		s.head = 0
	}
}

// due is when the oldest wait has lasted too long.
func (s *suspicion) due() int64 {
	return saturatingAdd(max(s.waits[s.head].since, s.base), s.timeout)
}

// arm sets the timer for the oldest wait. It is not moved when that is over: a
// timer that comes early is set again.
func (s *suspicion) arm(out *peer.Effects) {
	if s.armed = s.waiting(); s.armed {
		s.at = s.due()
		out.SetTimer(timerSuspect, peer.Instant(s.at))
	}
}

// again lets all waits begin now: somebody else is waited for.
func (s *suspicion) again(now peer.Instant) { s.base = int64(now) }

// progress says that something came of the rounds so far.
func (s *suspicion) progress() { s.turn = 0 }

// suspect marks p, unless it is this peer itself.
func (s *suspicion) suspect(p, self peer.ID) {
	if p != self && !s.isSuspected(p) {
		s.suspected[p/64] |= 1 << (p % 64)
		s.suspects++
	}
}

func (s *suspicion) isSuspected(p peer.ID) bool {
	return s.suspects > 0 && s.suspected[p/64]&(1<<(p%64)) != 0
}

// hear notes a packet from p, which proves a suspicion wrong.
func (s *suspicion) hear(p peer.ID) {
	if s.isSuspected(p) {
		s.suspected[p/64] &^= 1 << (p % 64)
		s.suspects--
		s.double()
	}
}

// double makes all waits longer, up to a few days: no delay is longer, and
// clocks do not overflow.
func (s *suspicion) double() {
	if s.timeout < 1<<48 {
		s.timeout *= 2
	}
}

// maxRound bounds rounds and ballots, maxLeap how many of them a peer may miss:
// what is farther ahead comes from nobody.
const (
	maxRound = 1 << 30
	maxLeap  = 1 << 20
)

// inTurn is the peer whose turn round r is: they take turns from at on.
func inTurn(at peer.ID, r int32, peers int) peer.ID {
	return peer.ID((int64(at) + int64(r)) % int64(peers))
}

// following is the next round after r whose turn is not that of a suspected peer.
func (s *suspicion) following(r int32, at peer.ID, peers int) int32 {
	next := r + 1
	for s.isSuspected(inTurn(at, next, peers)) {
		next++
	}
	if s.turn += next - r; int(s.turn) >= peers {
		s.turn = 0
		s.double()
	}
	return min(next, maxRound)
}

func (s *suspicion) reset(peers int) {
	words := (peers + 63) / 64
	*s = suspicion{
		first: s.first, timeout: s.first, waits: s.waits[:0], base: math.MinInt64,
		suspected: slices.Grow(s.suspected[:0], words)[:words],
	}
	clear(s.suspected)
}

func (s *suspicion) clone() suspicion {
	c := *s
	c.waits, c.head = slices.Clone(s.waits[s.head:]), 0
	c.suspected = slices.Clone(s.suspected)
	return c
}

// appendState appends the waits that are not over by over's word.
func (s *suspicion) appendState(b []byte, now peer.Instant, over func(what int64) bool) []byte {
	if s.first == Never {
		return b
	}
	b = binary.AppendVarint(binary.AppendVarint(b, int64(s.timeout)), int64(s.turn))
	if s.armed {
		b = binary.AppendVarint(append(b, 1), s.at-int64(now))
	} else {
		b = append(b, 0)
	}
	for _, word := range s.suspected {
		b = binary.AppendUvarint(b, word)
	}
	for _, w := range s.waits[s.head:] {
		if !over(w.what) {
			b = binary.AppendVarint(append(b, 1), max(w.since, s.base)-int64(now))
			b = binary.AppendVarint(b, w.what)
		}
	}
	return append(b, 0)
}

// valueOf reads a name from a word of a packet, as packID writes it, and reports
// whether it names a message of a group of so many peers, or none.
func valueOf(word int64, peers int) (peer.MessageID, bool) {
	id := unpackID(word)
	return id, id == peer.NoMessage || id.Valid(peers)
}
