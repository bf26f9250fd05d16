package html

import (
	"cmp"
	"slices"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/trace"
	"mpcomm/sim"
)

// logs adds the logs, in the shortest of three ways: entry by entry with its
// time; or, message by message and peer by peer, how long after its arrival or
// after its broadcast it was delivered, and then how the log differs from what
// these times say.
func (c *recording) logs() error {
	lengths := make([]int, len(c.run.Hosts))
	for p := range c.run.Hosts {
		lengths[p] = len(c.run.Hosts[p].Log)
	}
	c.head["logs"] = lengths
	best, way := c.entries(), "entries"
	least, err := weight(best...)
	if err != nil {
		return err
	}
	if c.once() {
		for _, since := range []string{"arrival", "broadcast"} {
			list := c.delays(since)
			n, err := weight(list...)
			if err != nil {
				return err
			}
			if n < least {
				best, way, least = list, since, n
			}
		}
	}
	c.head["logged_since"] = way
	c.list = append(c.list, best...)
	return nil
}

// entries are the logs one after another.
func (c *recording) entries() []column {
	var refs, times []int64
	for p := range c.run.Hosts {
		for _, e := range c.run.Hosts[p].Log {
			refs, times = append(refs, reference(e.Message)), append(times, c.units(e.At))
		}
	}
	return []column{{Name: "log", Delta: true, values: refs}, {Name: "logged", Delta: true, values: times}}
}

// once reports whether every log holds each message once at most, after its
// arrival, and nothing that nobody broadcast.
func (c *recording) once() bool {
	for p := range c.run.Hosts {
		for k, e := range c.run.Hosts[p].Log {
			if e.Message == history.NoRef {
				return false
			}
			if x := c.run.At(e.Message, peer.ID(p)); x.Position != int32(k+1) || x.Arrived == sim.Never {
				return false
			}
		}
	}
	return true
}

// delays are the logs as times of delivery: by message and peer, in units
// from 1, 0 where there is none; and by peer, the entries of its log as places
// in the order of delivery, arrival and number.
func (c *recording) delays(since string) []column {
	r := c.run
	waits := make([]int64, len(r.Receipts))
	for i := range r.Receipts {
		x := &r.Receipts[i]
		if x.Position == 0 {
			continue
		}
		from := r.Messages[i/r.Peers].At
		if since == "arrival" {
			from = x.Arrived
		}
		waits[i] = c.units(x.Delivered) - c.units(from) + 1
		if waits[i] <= 0 { // was delivered before it began
			waits[i]--
		}
	}
	var places []int64
	for p := range r.Hosts {
		places = append(places, c.places(peer.ID(p))...)
	}
	return []column{{Name: "wait", values: waits}, {Name: "place", Delta: true, values: places}}
}

// places are the entries of a log as places in the order that their times say.
func (c *recording) places(p peer.ID) []int64 {
	log := c.run.Hosts[p].Log
	order := make([]int, len(log))
	for k := range order {
		order[k] = k
	}
	slices.SortFunc(order, func(x, y int) int {
		a, b := &log[x], &log[y]
		return cmp.Or(cmp.Compare(c.units(a.At), c.units(b.At)), cmp.Compare(c.arrived(a, p), c.arrived(b, p)), cmp.Compare(a.Message, b.Message))
	})
	places := make([]int64, len(log))
	for place, k := range order {
		places[k] = int64(place)
	}
	return places
}

func (c *recording) arrived(e *trace.Entry, p peer.ID) int64 {
	return c.units(c.run.At(e.Message, p).Arrived)
}
