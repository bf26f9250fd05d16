package scenarios

import (
	"reflect"
	"strings"
	"time"

	"mpcomm/network/latency"
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
	if q.has("correlation") {
		if o.Correlation = d.correlation(q); o.Correlation == nil {
			o.Correlation = &Correlation{}
		}
	}
	if q.has("stalls") {
		if o.Stalls = d.stalls(q); o.Stalls == nil {
			o.Stalls = &Stalls{}
		}
	}
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

// MaxKnots and MinStallGap are the bounds that network sets for correlation and
// stalls.
const (
	MaxKnots    = 1024
	MinStallGap = time.Millisecond
)

// correlation reads how delays hang together; nil for none.
func (d *decoder) correlation(r record) *Correlation {
	n, path, f := r.value("correlation")
	if n == nil || r.is("correlation", "none") {
		return nil
	}
	before := len(d.problems)
	q := d.record(n, path, f.object)
	c := &Correlation{Share: q.ratio("share"), Span: time.Duration(q.amount("span")), Every: time.Duration(q.amount("every"))}
	if len(d.problems) == before && (c.Span < c.Every || c.Span%c.Every != 0 || c.Span/c.Every > MaxKnots) {
		at, where, _ := q.value("span")
		if !q.has("span") {
			at, where = n, path
		}
		d.problem(at, where, "span %s is no multiple of every %s; want 1..%d times it", durations.print(int64(c.Span)),
			durations.print(int64(c.Every)), MaxKnots)
	}
	return c.orNone()
}

// stalls reads how links freeze; nil for never.
func (d *decoder) stalls(r record) *Stalls {
	n, path, f := r.value("stalls")
	if n == nil || r.is("stalls", "none") {
		return nil
	}
	before := len(d.problems)
	q := d.record(n, path, f.object)
	s := &Stalls{Every: q.family("every"), For: q.family("for"), Stragglers: q.ratio("stragglers"), Later: q.family("later")}
	if len(d.problems) > before {
		return s
	}
	for _, k := range []struct {
		name   string
		family latency.Family
	}{{"every", s.Every}, {"for", s.For}} {
		dist := k.family.Dist()
		at, where, _ := q.value(k.name)
		if dist.CanBeNegative() {
			d.problem(at, where, "may be negative; want a distribution that is not, such as a lognormal")
		} else if median := dist.Sample(1 << 63); k.name == "every" && median < int64(MinStallGap) {
			d.problem(at, where, "has a median of %s; want %s or more", durations.print(median), durations.print(int64(MinStallGap)))
		}
	}
	return s
}
