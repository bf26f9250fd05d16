package scenarios

import (
	"reflect"
	"strings"
	"time"
)

// link reads one entry of links.
func (d *decoder) link(n *node, path string, net *Network) LinkOverride {
	return d.linksOf(d.record(n, path, &linkObject), net)
}

// linksOf reads which links an entry is about, and what it says about them.
func (d *decoder) linksOf(q record, net *Network) LinkOverride {
	o := LinkOverride{From: q.peersList("from"), To: q.peersList("to")}
	for _, name := range []string{"from", "to"} {
		if c := q.n.child(name); c != nil && c.kind == listNode && len(c.items) == 0 {
			d.problem(c, joinPath(q.path, name), "the list is empty; want at least one peer, or no list for every peer")
		}
	}
	d.linkProperties(q, &o, net)
	return o
}

// change reads one entry of changes.
func (d *decoder) change(n *node, path string, net *Network) LinkChange {
	q := d.record(n, path, &changeObject)
	c := LinkChange{
		At: time.Duration(q.amount("at")), SinceData: q.word("since") == "data", For: time.Duration(q.amount("for")),
		Links: d.linksOf(q, net),
	}
	if q.n != nil && c.Links.empty() {
		d.problem(n, path, "nothing changes; want one or more of %s", strings.Join(propertiesOfLinks(), " "))
	}
	return c
}

// empty reports whether an entry says nothing about its links.
func (o *LinkOverride) empty() bool {
	bare := LinkOverride{From: o.From, To: o.To}
	return reflect.DeepEqual(*o, bare)
}

func propertiesOfLinks() []string {
	o := object{keys: linkProperties}
	return o.names()
}

// linkProperties reads what an entry says about its links.
func (d *decoder) linkProperties(q record, o *LinkOverride, net *Network) {
	if q.has("down") {
		down := q.bool("down")
		o.Down = &down
		if down {
			for i := range linkProperties {
				if name := linkProperties[i].name; name != "down" {
					q.exclude("beside down: true", name)
				}
			}
		}
	}
	o.Latency = q.optionalFamily("latency")
	datagram := net.Datagram
	if q.has("link") {
		datagram = q.word("link") == "datagram"
		o.Datagram = &datagram
	}
	if q.has("loss") {
		loss := d.loss(q)
		o.Loss = &loss
	}
	o.Duplicate, o.Corrupt = q.optionalRatio("duplicate"), q.optionalRatio("corrupt")
	if q.has("reorder") {
		o.Reorder = d.reorder(q, datagram)
		if o.Reorder == nil {
			o.Reorder = &Reorder{Share: zeroRatio, Extra: constantFamily(0)}
		}
	}
	o.Bandwidth, o.Queue = q.optionalAmount("bandwidth"), q.optionalAmount("queue")
	if q.has("mtu") {
		mtu := d.mtu(q, net.Overhead)
		o.MTU = &mtu
	}
}

// mtu reads the largest packet, which must hold the overhead at least.
func (d *decoder) mtu(r record, overhead int64) int64 {
	before := len(d.problems)
	mtu := r.amount("mtu")
	if n, path, _ := r.value("mtu"); len(d.problems) == before && 0 < mtu && mtu < overhead {
		d.problem(n, path, "%s is smaller than network.overhead, %s: no packet would pass; want at least that", sizes.print(mtu), sizes.print(overhead))
	}
	return mtu
}
