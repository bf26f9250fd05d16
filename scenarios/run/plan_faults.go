package run

import (
	"time"

	"mpcomm/network"
	"mpcomm/peer"
	"mpcomm/scenarios"
	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// fault is a scenario's fault as the engine needs it.
type fault struct {
	kind           scenarios.FaultKind
	title          string // names its draws
	at             sim.Time
	sinceData      bool
	after          *scenarios.Trigger
	delay          time.Duration
	chance         *rng.Ratio
	every          rng.Dist
	recurs         bool // every counts
	lasts          time.Duration
	down, up       time.Duration // 0 = it does not flap
	cut            int           // index in the network's list, of cuts and clogs
	peer           int
	trap           bool // strikes in the step of a delivery instead of at a time
	atDelivery     peer.MessageID
	sent           int
	restart        sim.Time // or Never
	state          scenarios.FaultState
	save           time.Duration
	saveDeliveries int
	service        time.Duration
	by             time.Duration
	heals          bool // everything is repaired at some time
}

// returns reports whether the peer of a crash comes back.
func (f *fault) returns() bool { return f.ends() || f.heals }

// ends reports whether a crash says itself when its peer comes back.
func (f *fault) ends() bool { return f.restart != sim.Never || f.lasts > 0 }

func (p *Plan) compileFaults() {
	for i := range p.scenario.Faults {
		p.compileFault(&p.scenario.Faults[i])
	}
}

func (p *Plan) compileFault(f *scenarios.Fault) {
	out := fault{
		kind: f.Kind, title: f.Title(), at: sim.Time(f.At), sinceData: f.SinceData, after: f.After, delay: f.Delay, chance: f.Chance,
		lasts: f.For, down: f.Down, up: f.Up, peer: int(f.Peer), atDelivery: f.AtDelivery, trap: f.AtDelivery != peer.NoMessage,
		sent: f.Sent, restart: sim.Never, state: f.State, save: f.Save, saveDeliveries: f.SaveDeliveries, service: f.Service, by: f.By,
		heals: p.heal != nil,
	}
	if f.Every != nil {
		out.every, out.recurs = f.Every.Dist(), true
		p.revives = p.revives || f.Kind == scenarios.FaultCrash
	}
	p.hampers = p.hampers || f.After != nil
	switch f.Kind {
	case scenarios.FaultCrash:
		if f.Restart > 0 {
			out.restart = sim.Time(f.Restart)
		}
		p.repeats = p.repeats || f.Returns() || p.heal != nil
		p.hampers = p.hampers || f.State == scenarios.StateSaved
	case scenarios.FaultPause, scenarios.FaultSlow, scenarios.FaultClog, scenarios.FaultJoin:
		p.hampers = true
	case scenarios.FaultClock:
		p.perfectClocks = p.perfectClocks && f.By == 0
	}
	if f.Kind.Cuts() {
		out.cut = len(p.network.Partitions)
		p.network.Partitions = append(p.network.Partitions, cutOf(f, p.peers))
	}
	p.faults = append(p.faults, out)
}

// cutOf turns a fault of links into what the network understands.
func cutOf(f *scenarios.Fault, peers int) network.Partition {
	c := network.Partition{Hold: f.Hold, DropInFlight: f.DropInFlight}
	everybody := func(list []peer.ID) []network.Addr {
		if list != nil {
			return addrs(list)
		}
		var all []network.Addr
		for p := range peers {
			all = append(all, network.Addr(p))
		}
		return all
	}
	sides := f.Sides(peers)
	switch {
	case f.Kind == scenarios.FaultRing:
		c.Ring = addrs(f.Ring)
	case f.Kind == scenarios.FaultClog:
		c.Clog, c.From, c.To = true, everybody(f.From), everybody(f.To)
	case f.OneWay:
		c.From, c.To = addrs(sides[0]), addrs(sides[1])
	default:
		for _, g := range sides {
			c.Groups = append(c.Groups, addrs(g))
		}
	}
	return c
}
