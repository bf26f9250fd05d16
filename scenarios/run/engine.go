package run

import (
	"slices"

	"mpcomm/network"
	"mpcomm/peer"
	"mpcomm/peer/clock"
	"mpcomm/peer/history"
	"mpcomm/peer/journal"
	"mpcomm/peer/workload"
	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// Options are checks and recordings that cost time and change no history.
type Options struct {
	// Recorder, if not nil, is told every event.
	Recorder *journal.Recorder
	// Explain keeps what a first difference is explained with: packets that
	// did not arrive, and the stamps of the orderings.
	Explain bool
	// Stream looks at every delivery once, when it happens, and keeps no logs; see
	// Outcome.Streamed and Plan.Streamable. Explain has no effect then.
	Stream bool
	// Poison overwrites every borrowed message after the step it was lent to.
	Poison bool
	// DetectNames makes a run fail in which two packets of one name were sent
	// on one link, since they would silently share their delay.
	DetectNames bool
}

// Engine runs one plan over and over, with one seed after another, on the
// same memory. It is not safe for use by several goroutines.
type Engine struct {
	plan       *Plan
	options    Options
	sched      sim.Agenda[event]
	throng     int // see gather
	crowd      int
	shuffle    *sim.Shuffle[event] // nil = ties come in order of insertion
	root       rng.Key             // of the draws to come
	tieKey     rng.Key
	last       sim.Time // of the last event that was not stale
	beforeLast sim.Time
	net        *network.Network
	src        workload.Source
	machines   []peer.Machine
	made       bool // the machines have their configs
	configs    []peer.Config
	seeded     bool // some ordering needs chance
	counting   bool // some stage has counters
	clocks     clock.Group
	hosts      []host
	logLen     []int32 // entries of each peer's log
	ends       []int   // scratch of sortLogs
	slab       []slot
	bodies     []uint32 // by ref, the slot that embody made last, if it still is
	fetched    int      // events until the next fetch
	glimpse    int32    // what fetch has read
	large      bool     // so many peers that no cache holds their state
	free       []uint32
	fates      []network.Fate
	out        peer.Effects
	digest     journal.Digest
	hist       history.History
	refs       []history.Ref // backing of the logs
	held       []sim.Time    // first arrival + 1, by ref and peer, of bodies not delivered at once
	heldUsed   bool
	atHand     history.Ref    // the body that the present step was given
	handID     peer.MessageID // its name
	handAt     sim.Time       // when it first reached the host
	logged     bool           // whether the present step has delivered it
	plain      bool           // nothing is watched and no application reacts
	passes     bool           // and the ordering need not be asked, nor a clock; see pass
	relays     bool           // a body was sent on, so that it may reach a host twice
	anyDown    bool
	healed     bool       // nothing is broken any more
	follows    bool       // bodies are followed: carried and marks count
	carried    []carriage // by ref and peer
	delivered  []sim.Time // scratch of the judgement of liveness
	marks      uint32     // bodies that hosts have taken
	refusal    bool       // the step at hand took no notice of its body
	inFlight   bool       // whether a fault may strike packets under way
	faults     []faultState
	clogs      int     // clogs that last
	clogged    []event // arrivals that they keep, in order
	stalled    int     // hosts whose inputs wait
	recurring  int     // queued strikes and flips that come whether or not anything happens
	pending    []int32 // faults that strike when the event at hand is over
	watches    bool    // some fault waits for an event
	saving     bool    // some peer's state is saved
	reborn     bool    // some peer has begun another life
	flying     int     // packets of the handshake under way
	settled    int     // peers that submitted or crashed for good
	restarts   int     // crashed peers that will come back
	scratch    peer.Message
	names      map[packetName]struct{}
	crashedMem []bool
	addCounter func(string, int64)
	parking    uint32 // slot of the packet at hand
	recheck    bool   // whether T0 may have come in the present step
	serial     uint32 // packets sent so far, for the digest
	now        sim.Time
	until      sim.Time
	maxEvents  uint64
	done       bool // no event comes any more; see rest
	stepwise   bool // see advance
	err        error
	outcome    Outcome
}

// packetName is the identity of a packet on a link.
type packetName struct {
	name rng.Key
	to   network.Addr
}

// NewEngine makes an engine for p.
func NewEngine(p *Plan, o Options) (*Engine, error) {
	net, err := network.New(p.network)
	if err != nil {
		return nil, err
	}
	e := &Engine{plan: p, options: o, net: net, throng: throng, crowd: crowd, large: p.peers >= manyPeers}
	if p.scenario.Permuted {
		e.shuffle = sim.NewShuffle(&e.sched.Scheduler, e.rank)
	}
	n := p.peers
	e.machines = make([]peer.Machine, n)
	e.hosts = make([]host, n)
	e.logLen, e.ends = make([]int32, n), make([]int, n)
	if !p.perfectClocks {
		e.clocks = make(clock.Group, n)
		e.outcome.clocks = e.clocks
	}
	e.hist.Logs = make([]history.Log, n)
	e.outcome.Opened = make([]sim.Time, n)
	e.outcome.Closed = make([]sim.Time, n)
	e.outcome.GivenUp = make([]int32, n)
	e.outcome.History = &e.hist
	e.crashedMem = make([]bool, n)
	e.addCounter = e.outcome.count
	if o.Stream {
		if e.outcome.Streamed, err = newStreamed(p); err != nil {
			return nil, err
		}
		e.options.Explain = false
	}
	for i := range e.machines {
		cfg, err := p.machine(peer.ID(i))
		if err != nil {
			return nil, err
		}
		e.configs = append(e.configs, cfg)
		e.lookInto(&cfg)
	}
	return e, nil
}

// Run makes the history of one seed. The Outcome is borrowed until the next
// Run. An error names an ordering that broke the rules of its interface; the
// scenario itself was checked when the plan was made.
func (e *Engine) Run(seed uint64) (*Outcome, error) {
	e.start(seed)
	for e.advance() {
	}
	return e.stop()
}

// start makes everything ready for the first event of a seed.
func (e *Engine) start(seed uint64) {
	e.reset(seed)
	e.powerOn()
}

// advance handles one event, or all up to the first that is more than a delivery
// unless it must go stepwise, and reports whether there may be another.
func (e *Engine) advance() bool {
	if e.done {
		return false
	}
	for {
		if e.fetched--; e.fetched < 0 {
			e.fetch()
		}
		var at sim.Time
		var ev event
		if e.shuffle == nil && e.sched.Scheduler.More() {
			at, ev = e.sched.Take() // the usual way, in place
		} else {
			var ok bool
			if at, ev, ok = e.next(); !ok {
				e.outcome.Limit = LimitQuiet
				return false
			}
		}
		switch {
		case at > e.until:
			e.outcome.Limit = LimitUntil
			return false
		case e.outcome.Events == e.maxEvents:
			e.outcome.Limit = LimitEvents
			return false
		}
		e.outcome.Events++
		if at == e.last {
			e.outcome.Ties++
		}
		before := e.now
		e.now, e.last, e.beforeLast = at, at, e.last
		if ev.kind() != eventPass || e.anyDown || !e.pass(at, ev) {
			return e.occur(at, ev, before)
		}
		if e.stepwise {
			return true
		}
	}
}

// occur handles an event, after one at before, and reports whether there may be
// another.
func (e *Engine) occur(at sim.Time, ev event, before sim.Time) bool {
	switch ev.kind() {
	case eventArrival:
		e.arrive(at, ev)
	case eventPass:
		if e.anyDown || !e.passLast(at, ev) {
			e.arrive(at, e.embody(ev))
		}
	case eventTimer:
		e.expire(at, ev)
	case eventSend:
		e.send(at, int(ev.to()))
	case eventFault:
		if !e.fault(at, int(ev.ref()), edge(ev.copy())) {
			e.outcome.Limit, e.now = LimitQuiet, before
			e.stale()
			return false
		}
	case eventChange:
		e.change(at, ev.ref())
	case eventSubmit:
		e.submitted(int(ev.to()), at)
	case eventClock:
		e.changeClock(at, int(ev.to()), &e.plan.clockChanges[ev.ref()])
	case eventServe:
		e.served(at, int(ev.to()))
	case eventHeal:
		e.repair(at)
	}
	if len(e.pending) > 0 {
		e.strikePending(at)
	}
	e.rest()
	return true
}

// rest sees whether the run is over: everybody's log was handed in, or something
// went wrong. A delivery that is all there is to an event changes neither.
func (e *Engine) rest() {
	e.done = e.settled == e.plan.peers && e.restarts == 0 || e.err != nil
}

// stop closes the books on a run.
func (e *Engine) stop() (*Outcome, error) {
	e.outcome.End = e.now
	if e.outcome.Limit == LimitUntil {
		e.outcome.End = e.until
	}
	if e.options.Stream {
		e.flush()
	} else {
		e.sortLogs()
	}
	e.finish()
	return &e.outcome, e.err
}

// reset makes the engine new for a seed.
func (e *Engine) reset(seed uint64) {
	p := e.plan
	root := rng.Root(seed)
	e.root = root
	e.sched.Reset()
	e.resetTies(root)
	e.net.Reset(root)
	e.src.Reset(&p.load, root)
	e.digest.Reset()
	e.out.Reset()
	e.out.ResetArena()
	e.slab = e.slab[:0]
	e.free = e.free[:0]
	e.clocks.Set(p.clocks, root)
	for i := range e.machines {
		if e.reborn || !e.made {
			e.machines[i].Reset(e.configs[i])
		} else {
			e.machines[i].Renew()
		}
		if e.seeded {
			e.giveChance(root, i, 0)
		}
		e.resetHost(&e.hosts[i])
	}
	e.made = true
	e.resetHistory()
	e.atHand, e.handID, e.logged = history.NoRef, peer.NoMessage, false
	e.relays = false
	e.resetHeal()
	e.anyDown, e.inFlight = false, e.net.StrikesInFlight()
	e.plain = e.options == Options{Stream: e.options.Stream} && !e.inFlight && !p.hampers && !p.trackArrivals && !p.reacts
	e.passes = e.plain && p.spec.PassThrough && e.clocks == nil
	e.flying, e.settled, e.restarts = 0, 0, 0
	e.serial, e.now, e.recheck = 0, 0, false
	e.until, e.maxEvents = p.until, p.maxEvents
	if p.untilData {
		e.until = sim.Never
	}
	e.err = nil
	if e.options.DetectNames {
		e.names = make(map[packetName]struct{})
	}
	e.outcome.reset(seed, len(p.faults))
	if e.options.Stream {
		e.outcome.Streamed.reset(p)
	}
	e.resetFaults()
}

// resetHistory empties the history. The first time it makes room for all that
// is known to come.
func (e *Engine) resetHistory() {
	h, total := &e.hist, e.plan.broadcasts
	if h.Broadcasts == nil && total > 0 {
		if !e.options.Stream {
			h.Stream.Grow(e.plan.peers * total)
		}
		h.Broadcasts = make([]history.Broadcast, 0, total)
	}
	h.Peers = e.plan.peers
	clear(e.logLen)
	h.Broadcasts = h.Broadcasts[:0]
	h.Stream.Reset()
	h.Crashed = nil
	h.Lost, h.Submitted, h.Strays = h.Lost[:0], h.Submitted[:0], h.Strays[:0]
	for i := range h.Logs {
		h.Logs[i] = history.Log{Times: h.Logs[i].Times[:0]}
	}
	if e.heldUsed {
		clear(e.held)
		e.heldUsed = false
	}
}

// sortLogs deals the stream of deliveries out to the logs of the peers.
func (e *Engine) sortLogs() {
	h := &e.hist
	n := h.Stream.Len()
	e.refs = slices.Grow(e.refs[:0], n)[:n]
	from := 0
	for p := range h.Logs {
		to := from + int(e.logLen[p])
		h.Logs[p].Refs = e.refs[from:to:to]
		e.ends[p] = from
		from = to
	}
	h.Stream.Deal(e.refs, e.ends)
}

// powerOn makes the changes and strikes the faults of time zero, then starts
// every machine.
func (e *Engine) powerOn() {
	e.scheduleChanges(0, false)
	e.scheduleHeal(0, false)
	e.announceFaults()
	for i := range e.machines {
		if !e.hosts[i].down {
			e.tell(i, 0, (*peer.Machine).Start)
		}
	}
	e.begin(0)
	e.strikePending(0)
	e.rest()
}
