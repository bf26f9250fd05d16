package peer

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// Config is what a Machine is made of.
type Config struct {
	Self ID

	// Loopback sends the own copy of a ToAll by the network instead of handing
	// it back at once: EffectAll stays in the list, and the copy comes in as an
	// InputArrival from this peer itself.
	Loopback bool
	// ByReceipt closes the log when all announced bodies were received: for
	// offline orderings, which deliver only at the close.
	ByReceipt bool
	// Repeats says that packets may be duplicated or that the ordering may log
	// a message twice: only distinct messages count toward the close.
	Repeats bool
	// IgnoresEnds says that the ordering's Ended does nothing, so that it is not
	// told.
	IgnoresEnds bool
	// PassThrough says that the ordering broadcasts a message as it is to all,
	// delivers each body when its packet arrives and does nothing else, so that
	// it need not be asked; see Pass. It wants IgnoresEnds.
	PassThrough bool

	Peers     int // 1..MaxPeers
	Ordering  Ordering
	Transport Transport // nil = none
	Phases    Phases

	// Incarnation counts the lives that this peer began without its state, so
	// that its packets of phases never share a name with those of an earlier life.
	Incarnation uint16
	// Broadcasts is how many messages this peer broadcast in earlier lives; its
	// STOP announces them too.
	Broadcasts int32
}

// Machine is one peer: its phases, its ordering and its transport as one pure
// state machine. It must not be used by two goroutines at once. The zero value
// needs a Reset.
//
// What most packets need comes first, so that in a large group few lines of a
// cache are read for each.
type Machine struct {
	stance
	flags []flag
	ended []ID // peers whose stream is over and the ordering not told yet

	backlog []uint16  // senders of what was delivered and not counted yet: the first of noted
	own     []ownCopy // copies of own sends that wait for the ordering, first in first out
	dues
	c Config

	tally []tally // nil if narrow
	standing
	answers [2][]int32 // READYs and STOPs repeated to each peer; empty until somebody asks

	outgoing  Message // what Broadcast lends to the ordering
	lent      Message // what an own copy lends to it
	bodies    MessageSet
	delivered MessageSet

	_ [2]uint64 // so that Machines in a row begin with a line
}

// stance is what a Machine does with what comes.
type stance struct {
	phase     Phase
	direct    bool // packets of the ordering go straight to it: data is open, nothing stands between
	passes    bool // and it need not be asked; see Pass
	deferring bool // deliveries are noted in backlog and not counted yet
	narrow    bool // tallies are kept in flags; see narrow.go
	finished  bool // the application has finished
	waiting   bool // in data: the application only waits for messages of others
	full      bool // classic: n STOPs were counted, no more bodies are taken

	progress Instant // the last own STOP, STOP heard or delivery
}

// dues is how much a Machine still waits for.
type dues struct {
	missing     int32  // handshake: READYs still waited for
	stopsDue    int32  // STOPs of others still waited for
	outstanding int32  // peers whose STOP or messages the close still waits for
	noted       uint32 // see backlog
}

// standing is the rest of where a Machine stands, as far as it has the same size
// in every group.
type standing struct {
	broadcasts int32
	questions  int32 // rounds of questions of the present phase
	ready      int   // classic: READY packets counted
	stops      int   // classic: STOP packets counted
	resent     int
	impatient  bool // the log closed because patience ended
	closing    bool // inside Ordering.Close

	asked    Instant // the last round of questions, or when waiting began
	giveUpAt Instant
	stopAt   Instant // when a STOP that waits for its gap is due, or Distant
	interval time.Duration
}

// tally counts down one sender's messages. Before its STOP both start at
// unannounced, which no count of messages reaches, so that zero always means
// "announced and all in".
type tally struct{ undelivered, unreceived int32 }

const unannounced = 1 << 30

type flag uint8

const (
	flagReady   flag = 1 << iota // READY heard
	flagStopped                  // STOP heard
	flagGivenUp
	flagEnded // the ordering was told
	flagsEnd  // the first bit that is no flag
)

// ownCopy is a message of this peer to itself: its place in the list of effects
// at hand. Its words are released after it was handled when no other packet
// shares them.
type ownCopy struct {
	index   int32
	release bool
}

// timerPhase is the Machine's one timer: the phases wait for one thing at a time.
const timerPhase TimerID = 0

// Reset makes the Machine new, keeping its memory, and resets the ordering and
// the transport of c. A Config outside its ranges is a broken invariant.
func (m *Machine) Reset(c Config) {
	switch {
	case c.Peers < 1 || c.Peers > MaxPeers:
		panic(fmt.Sprintf("peer: Config.Peers is %d; want 1..%d", c.Peers, MaxPeers))
	case c.Self < 0 || int(c.Self) >= c.Peers:
		panic(fmt.Sprintf("peer: Config.Self is %d; want 0..%d", c.Self, c.Peers-1))
	case c.Ordering == nil:
		panic("peer: Config.Ordering is nil")
	case c.Phases.Protocol == Robust && (c.Phases.Retry <= 0 || c.Phases.Backoff < 1):
		panic("peer: Config.Phases: robust needs Retry > 0 and Backoff >= 1")
	case c.Phases.StopGap < 0 || c.Phases.Drain < 0 || c.Phases.GiveUp < 0:
		panic("peer: Config.Phases holds a negative time")
	}
	m.c = c
	m.flags = slices.Grow(m.flags[:0], c.Peers)[:c.Peers]
	m.Renew()
}

// Renew is Reset with the Config that the Machine has.
func (m *Machine) Renew() {
	c, n := &m.c, m.c.Peers
	m.stance = stance{}
	m.dues = dues{missing: int32(n - 1), stopsDue: int32(n - 1), outstanding: int32(n)}
	m.standing = standing{broadcasts: c.Broadcasts, giveUpAt: Distant, stopAt: Distant}
	clear(m.flags)
	m.tally = m.tally[:0]
	m.own, m.ended = m.own[:0], m.ended[:0]
	m.answers[0], m.answers[1] = m.answers[0][:0], m.answers[1][:0]
	m.deferring = m.defers()
	if m.narrow = m.deferring && n >= narrowFrom; !m.narrow {
		m.startTallies()
	}
	if c.Repeats {
		m.bodies.Reset(n)
		m.delivered.Reset(n)
	}
	c.Ordering.Reset(c.Self, n)
	if c.Transport != nil {
		c.Transport.Reset(c.Self, n)
		m.beginLife()
	}
}

// expire hands a timer to the stage that owns it.
func (m *Machine) expire(now Instant, t TimerID, out *Effects) error {
	switch t.Stage() {
	case StageMachine:
		if t != timerPhase {
			return m.reject("unknown timer %d of the phases", t.Number())
		}
		m.expirePhase(now, out)
	case StageTransport:
		if m.c.Transport == nil {
			return m.reject("timer %d of a transport; there is none", t.Number())
		}
		from := len(out.List)
		m.c.Transport.Expire(now, t.Number(), out)
		claimTimers(out, from)
	case StageOrdering:
		if m.phase < Data {
			return m.reject("timer %d of the ordering before data opened", t.Number())
		}
		from := len(out.List)
		m.c.Ordering.Expire(now, t.Number(), out)
		m.settle(now, from, out)
	default:
		return m.reject("timer %#x of an unknown stage", uint32(t))
	}
	return nil
}

// expirePhase does what is due by now in the present phase. A timer that comes
// early, because what it was set for has moved, is set again.
func (m *Machine) expirePhase(now Instant, out *Effects) {
	switch m.phase {
	case Handshake:
		m.expireHandshake(now, out)
	case Data:
		switch {
		case now >= m.stopAt:
			m.becomeDraining(now, out)
		case m.waiting && now >= m.patience():
			m.waiting = false
			out.Add(Effect{Kind: EffectImpatient})
		default:
			m.arm(now, out)
		}
	case Draining:
		m.expireDraining(now, out)
	}
}

// restart arms the timers again that a crash has taken away.
func (m *Machine) restart(now Instant, out *Effects) {
	m.arm(now, out)
	if m.phase < Data {
		return
	}
	if m.c.Transport != nil {
		from := len(out.List)
		m.c.Transport.Expire(now, 0, out)
		claimTimers(out, from)
	}
	from := len(out.List)
	m.c.Ordering.Start(now, out)
	m.settle(now, from, out)
}

// arm sets the timer of the phases for the next thing that will be due.
func (m *Machine) arm(now Instant, out *Effects) {
	switch m.phase {
	case Handshake:
		if m.c.Phases.Protocol == Robust {
			out.SetTimer(timerPhase, min(m.giveUpAt, m.questionAt()))
		}
	case Data:
		at := m.stopAt
		if m.waiting {
			at = min(at, m.patience())
		}
		if at != Distant {
			out.SetTimer(timerPhase, at)
		}
	case Draining:
		m.armDraining(out)
	}
}

// Finished reports whether the application has said that it broadcasts no more.
func (m *Machine) Finished() bool { return m.finished }

// Stages returns the ordering and the transport, which is nil if there is none.
// A Machine that was restored has others than those of its Config.
func (m *Machine) Stages() (Ordering, Transport) { return m.c.Ordering, m.c.Transport }

// Phase returns where the Machine stands.
func (m *Machine) Phase() Phase { return m.phase }

// Broadcasts returns how many messages this peer has broadcast.
func (m *Machine) Broadcasts() int32 { return m.broadcasts }

// Resent returns how many READYs and STOPs were sent again because somebody asked.
func (m *Machine) Resent() int { return m.resent }

// Waiting appends to buf, in ascending order, the peers whose READY, STOP or
// messages this peer waits for, and says in which phase; a log that closed by
// its patience goes on naming those it missed. It appends nothing when there is
// nobody to wait for.
func (m *Machine) Waiting(buf []ID) (Phase, []ID) {
	m.count()
	switch m.phase {
	case Handshake:
		for q, f := range m.flags {
			if ID(q) != m.c.Self && f&(flagReady|flagGivenUp) == 0 {
				buf = append(buf, ID(q))
			}
		}
		return Handshake, buf
	case Data:
		others := len(buf)
		for q := range m.flags {
			if ID(q) != m.c.Self && m.flags[q]&flagGivenUp == 0 && m.left(ID(q)) != 0 {
				buf = append(buf, ID(q))
			}
		}
		if len(buf) == others { // its own copy went by the network, and was lost there
			buf = append(buf, m.c.Self)
		}
		return Data, buf
	case Draining, Stopped:
		if m.phase == Stopped && !m.impatient {
			return Stopped, buf
		}
		for q := range m.flags {
			if m.waitsFor(ID(q)) {
				buf = append(buf, ID(q))
			}
		}
		return Draining, buf
	}
	return m.phase, buf
}

func (m *Machine) waitsFor(q ID) bool {
	if m.c.Phases.Protocol == Classic {
		return m.flags[q]&flagStopped == 0 || m.full && m.left(q) != 0
	}
	return m.flags[q]&flagGivenUp == 0 && m.left(q) != 0
}

// after returns t+d, or Distant if no clock reaches it.
func after(t Instant, d time.Duration) Instant {
	if d > 0 && t > math.MaxInt64-Instant(d) {
		return Distant
	}
	return t + Instant(d)
}
