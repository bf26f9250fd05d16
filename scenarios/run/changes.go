package run

import (
	"fmt"
	"time"

	"mpcomm/network"
	"mpcomm/scenarios"
	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// change is when a change of links happens; its place in the list is that in
// the network's.
type change struct {
	at        sim.Time
	sinceData bool
	lasts     time.Duration // 0 = to the end
}

func (p *Plan) compileChanges() {
	for i := range p.scenario.Network.Changes {
		c := &p.scenario.Network.Changes[i]
		p.changes = append(p.changes, change{sim.Time(c.At), c.SinceData, c.For})
		p.network.Changes = append(p.network.Changes, network.Change{
			From: addrs(c.Links.From), To: addrs(c.Links.To), Set: propertiesOf(&c.Links), Link: patch(&c.Links),
		})
	}
}

// propertiesOf names what an entry says about its links.
func propertiesOf(o *scenarios.LinkOverride) network.Properties {
	var set network.Properties
	for _, p := range [...]struct {
		given    bool
		property network.Properties
	}{
		{o.Latency != nil, network.SetDelay},
		{o.Datagram != nil, network.SetOrder},
		{o.Loss != nil, network.SetLoss},
		{o.Duplicate != nil, network.SetDuplicate},
		{o.Reorder != nil, network.SetReorder},
		{o.Bandwidth != nil, network.SetBandwidth},
		{o.Queue != nil, network.SetQueue},
		{o.MTU != nil, network.SetMTU},
		{o.Corrupt != nil, network.SetCorrupt},
		{o.Down != nil, network.SetDown},
		{o.Correlation != nil, network.SetCorrelation},
		{o.Stalls != nil, network.SetStalls},
	} {
		if p.given {
			set |= p.property
		}
	}
	return set
}

// patch is a link with the properties that an entry gives. What it says of
// reordering waits for a datagram link.
func patch(o *scenarios.LinkOverride) network.Link {
	zero := rng.Ratio{Den: 1}
	bare := scenarios.ResolvedLink{Datagram: true, Loss: scenarios.Loss{Ratio: zero}, Duplicate: zero, Corrupt: zero}
	return link(o.Apply(bare))
}

// scheduleChanges queues the beginnings of the changes that count from the
// start of the run or, with sinceData, from now on. Those of time zero happen
// at once.
func (e *Engine) scheduleChanges(now sim.Time, sinceData bool) {
	for i := range e.plan.changes {
		c := &e.plan.changes[i]
		switch {
		case c.sinceData != sinceData:
		case c.at == 0:
			e.change(now, uint32(i)<<1)
		default:
			e.sched.Schedule(now.Add(c.at.Sub(0)), newEvent(eventChange, 0, uint32(i)<<1))
		}
	}
}

// change begins (even) or ends (odd) a change of links.
func (e *Engine) change(now sim.Time, code uint32) {
	i, ends := int(code>>1), code&1 == 1
	e.net.Change(now, i, ends)
	if lasts := e.plan.changes[i].lasts; !ends && lasts > 0 {
		e.sched.Schedule(now.Add(lasts), newEvent(eventChange, 0, code|1))
	}
}

// idleChange says that a change met no packet.
func idleChange(c *scenarios.LinkChange) string {
	since := ""
	if c.SinceData {
		since = " since data"
	}
	return fmt.Sprintf("change of links at %v%s met no packet", c.At, since)
}
