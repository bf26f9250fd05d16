package run

import (
	"fmt"
	"time"

	"mpcomm/network"
	"mpcomm/peer"
	"mpcomm/peer/clock"
	"mpcomm/peer/order"
	"mpcomm/peer/transport"
	"mpcomm/peer/workload"
	"mpcomm/scenarios"
	"mpcomm/sim"
)

// Plan is one scenario under one of its orderings, compiled: everything that
// does not depend on the seed. It is immutable and may be shared by engines.
type Plan struct {
	scenario *scenarios.Scenario
	ordering scenarios.Ordering
	label    string
	spec     *order.Spec
	values   order.Values // complete
	promises peer.Guarantee
	needs    peer.Need
	outside  []string // assumptions that the scenario does not keep

	peers           int
	phases          peer.Phases
	network         network.Config
	load            workload.Plan
	clocks          []clock.Config
	perfectClocks   bool
	clockChanges    []clockChange  // those counted from T0
	bounds          []*clock.Bound // what is promised of each clock; nil = nothing of any
	changes         []change       // of links, as in the network's list
	faults          []fault
	submission      []time.Duration // from each peer to the comparison server; nil = at once
	until           sim.Time
	untilData       bool // until counts from T0
	maxEvents       uint64
	messagesPerPeer int // the lab's M
	broadcasts      int // known number of broadcasts, or 0
	overhead        int32
	repeats         bool // bodies may arrive or be logged more than once
	trackArrivals   bool
	reacts          bool
	reactsToArrival bool
	loopback        bool
	hampers         bool            // some fault looks at more than what the plain path sees
	heal            *scenarios.Heal // nil = never
	mending         int             // of the network's changes the one that the heal begins
	revives         bool            // some fault brings a peer back again and again
}

// maxDeliveries bounds what a run may keep in memory: twenty bytes each.
const maxDeliveries = 1 << 30

// Compile makes the plan of ordering o of scenario s, with the kinds of table.
// Errors name what the scenario asks for that cannot be run.
func Compile(s *scenarios.Scenario, o scenarios.Ordering, table order.Table) (*Plan, error) {
	p := &Plan{scenario: s, ordering: o, label: scenarios.Label(o), peers: s.Peers, phases: s.Phases}
	spec, ok := table.Lookup(o.Kind)
	if !ok {
		return nil, fmt.Errorf("ordering %q: no such kind", o.Kind)
	}
	p.spec = spec
	if err := p.resolve(o); err != nil {
		return nil, fmt.Errorf("ordering %s: %w", p.label, err)
	}
	p.until, p.untilData = sim.Time(s.Limits.Until), s.Limits.SinceData
	p.maxEvents = s.Limits.Events
	if p.maxEvents == 0 {
		p.maxEvents = ^uint64(0)
	}
	p.overhead = int32(s.Network.Overhead)
	p.compileWorkload()
	p.compileClocks()
	if err := p.compileNetwork(); err != nil {
		return nil, err
	}
	p.compileFaults() // after the clocks, which it may move
	p.outside = outsideAssumptions(p)
	if n := p.broadcasts * p.peers; n > maxDeliveries || n/p.peers != p.broadcasts {
		return nil, fmt.Errorf("scenario %s: %d messages to %d peers are %d deliveries; at most %d fit in memory: use fewer peers or messages",
			s.Name, p.broadcasts, p.peers, n, maxDeliveries)
	}
	return p, nil
}

// Label returns the label of the plan's ordering.
func (p *Plan) Label() string { return p.label }

// Kind returns the kind of the plan's ordering.
func (p *Plan) Kind() string { return p.spec.Kind }

// resolve completes the parameters of the ordering and what it promises with them.
func (p *Plan) resolve(o scenarios.Ordering) error {
	var given []order.Value
	for _, param := range o.Params {
		given = append(given, order.Value{Name: param.Name, Text: param.Value})
	}
	given = p.promisedEpsilon(given)
	v, err := order.NewValues(given...)
	if err != nil {
		return err
	}
	if p.values, err = p.spec.Resolve(v); err != nil {
		return err
	}
	p.promises, p.needs, err = p.spec.Promises(v)
	return err
}

// compileWorkload turns the scenario's workload into the plan of the sources.
func (p *Plan) compileWorkload() {
	w := &p.scenario.Workload
	l := &p.load
	l.Peers, l.Messages = p.peers, w.Messages
	l.Gap, l.Start, l.Size = w.Gap.Dist(), w.Start.Dist(), w.Size.Dist()
	senders := p.peers
	if w.Senders != nil {
		senders = len(w.Senders)
		l.Senders = make([]bool, p.peers)
		for _, q := range w.Senders {
			l.Senders[q] = true
		}
	}
	p.broadcasts, p.messagesPerPeer = senders*w.Messages, w.Messages
	count := make([]int, p.peers)
	for _, s := range w.Sends {
		l.Sends = append(l.Sends, workload.Send{
			From: s.From, Number: s.Number, At: s.At.Dist(), After: s.After, Delay: s.Delay.Dist(),
			OnArrival: s.OnArrival || p.spec.Offline,
		})
		p.broadcasts = len(w.Sends)
		count[s.From]++
		p.messagesPerPeer = max(p.messagesPerPeer, count[s.From])
		p.reacts = p.reacts || s.After != peer.NoMessage
		p.reactsToArrival = p.reactsToArrival || s.After != peer.NoMessage && (s.OnArrival || p.spec.Offline)
	}
	if r := w.Replies; r != nil {
		arrival := r.OnArrival || p.spec.Offline
		l.Replies = &workload.Replies{Probability: r.Probability, Delay: r.Delay.Dist(), OnArrival: arrival, Depth: r.Depth}
		p.broadcasts, p.reacts, p.reactsToArrival = 0, true, p.reactsToArrival || arrival
	}
}

// compileNetwork turns links, places and explicit delays into the network's
// configuration.
func (p *Plan) compileNetwork() error {
	s := p.scenario
	n := &s.Network
	c := &p.network
	c.Peers = p.peers
	c.Default = link(s.Link())
	for _, o := range s.Overrides() {
		c.Overrides = append(c.Overrides, network.Override{From: addrs(o.From), To: addrs(o.To), Link: link(o.Link)})
	}
	place, base := s.BaseMatrix()
	c.Place, c.Base = place, base
	if self, ok := s.SelfLink(); ok && p.spec.Loopback {
		loopback := link(self)
		p.loopback, c.Loopback = true, &loopback
	}
	for _, d := range n.Delays {
		c.Explicit = append(c.Explicit, network.Explicit{
			Body: bodyName(d.Message), From: network.Addr(d.From), To: network.Addr(d.To), Delay: d.Delay, Lost: d.Lost,
		})
	}
	p.compileChanges()
	p.compileHeal()
	if n.Server != "" {
		rows, err := s.ServerDelays()
		if err != nil {
			return err
		}
		for _, r := range rows {
			p.submission = append(p.submission, r.There+r.Back+r.There)
		}
	}
	p.repeats = mayRepeat(c)
	p.trackArrivals = p.repeats || n.Transport.Kind == "reliable"
	return nil
}

// mayRepeat reports whether some link may double packets.
func mayRepeat(c *network.Config) bool {
	if c.Default.Duplicate.Num > 0 {
		return true
	}
	for i := range c.Overrides {
		if c.Overrides[i].Link.Duplicate.Num > 0 {
			return true
		}
	}
	for i := range c.Changes {
		if c.Changes[i].Link.Duplicate.Num > 0 {
			return true
		}
	}
	return false
}

func link(l scenarios.ResolvedLink) network.Link {
	out := network.Link{
		Datagram: l.Datagram, NoBase: l.NoBase, Excess: l.Excess.Dist(), Loss: l.Loss.Ratio, Duplicate: l.Duplicate,
		Bandwidth: l.Bandwidth, Queue: l.Queue, MTU: l.MTU, Corrupt: l.Corrupt, Down: l.Down,
	}
	if c := l.Correlation; c != nil {
		out.Correlation = &network.Correlation{Share: c.Share, Span: c.Span, Every: c.Every}
	}
	if st := l.Stalls; st != nil {
		out.Stalls = &network.Stalls{Every: st.Every.Dist(), For: st.For.Dist(), Stragglers: st.Stragglers, Later: st.Later.Dist()}
	}
	if b := l.Loss.Bursts; b != nil {
		out.Burst = &network.GilbertElliott{P: b.P, R: b.R, Every: b.Every, Good: b.Good, Bad: b.Bad}
	}
	if l.Reorder != nil {
		out.Reorder, out.ReorderExtra = l.Reorder.Share, l.Reorder.Extra.Dist()
	}
	return out
}

func addrs(ids []peer.ID) []network.Addr {
	var out []network.Addr
	for _, id := range ids {
		out = append(out, network.Addr(id))
	}
	return out
}

// Counters returns the names of what the ordering and the transport count.
func (p *Plan) Counters() ([]string, error) {
	c, err := p.machine(0)
	if err != nil {
		return nil, err
	}
	var o Outcome
	name := func(name string, _ int64) { o.count(name, 0) }
	if counting, ok := c.Ordering.(peer.Counting); ok {
		c.Ordering.Reset(0, p.peers)
		counting.Counters(name)
	}
	if counting, ok := c.Transport.(peer.Counting); ok {
		c.Transport.Reset(0, p.peers)
		counting.Counters(name)
	}
	var names []string
	for _, c := range o.Counters {
		names = append(names, c.Name)
	}
	return names, nil
}

// machine returns the configuration of one peer's machine, with an ordering
// and a transport of its own.
func (p *Plan) machine(self peer.ID) (peer.Config, error) {
	ordering, err := p.spec.New(p.values)
	if err != nil {
		return peer.Config{}, fmt.Errorf("ordering %s: %w", p.label, err)
	}
	c := peer.Config{
		Self: self, Peers: p.peers, Phases: p.phases, Ordering: ordering, Loopback: p.loopback,
		ByReceipt: p.spec.Offline, Repeats: p.repeats, IgnoresEnds: p.spec.IgnoresEnds,
		PassThrough: p.spec.PassThrough,
	}
	switch t := &p.scenario.Network.Transport; t.Kind {
	case "", "none":
	case "fifo":
		c.Transport = transport.NewFIFO()
	case "reliable":
		c.Transport, err = transport.NewReliable(transport.Reliable{RTO: t.RTO, Backoff: int(t.Backoff), NACK: t.NACK})
	default:
		return c, fmt.Errorf("transport %q: want none, fifo or reliable", t.Kind)
	}
	return c, err
}
