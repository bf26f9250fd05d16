package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mpcomm/network/latency"
	"mpcomm/peer"
)

func (d *decoder) network(r record, s *Scenario) Network {
	n, path, f := r.value("network")
	q := d.record(n, path, f.object)
	net := Network{
		Inflation: q.fixed("inflation"), Datagram: q.word("link") == "datagram", Overhead: q.amount("overhead"),
		Bandwidth: q.amount("bandwidth"), Queue: q.amount("queue"), Corrupt: q.ratio("corrupt"), Transport: d.transport(q),
		Preset: q.word("preset"),
	}
	d.places(q, &net)
	d.siteNames(&net)
	d.groups(r)
	d.self(q, &net)
	if q.has("reorder") {
		net.Reorder = d.reorder(q, net.Datagram)
	}
	if q.has("loss") {
		net.Loss = d.loss(q)
	}
	if q.has("duplicate") {
		net.Duplicate = q.ratio("duplicate")
	}
	net.resolvePreset(q)
	if net.Queue > 0 && net.Bandwidth == 0 {
		at, where, _ := q.value("queue")
		d.warn(at, where, "has no effect without bandwidth")
	}
	net.MTU, net.Correlation, net.Stalls = d.mtu(q, net.Overhead), d.correlation(q), d.stalls(q)
	q.items("links", func(n *node, path string) { net.Links = append(net.Links, d.link(n, path, &net)) })
	q.items("changes", func(n *node, path string) { net.Changes = append(net.Changes, d.change(n, path, &net)) })
	q.items("delays", func(n *node, path string) {
		net.Delays = append(net.Delays, d.delay(n, path, s, net.Self))
	})
	d.distinctDelays(q, net.Delays)
	return net
}

func presetNames() []string {
	var names []string
	for _, p := range latency.Presets() {
		names = append(names, p.Name)
	}
	return names
}

// maxSites bounds the base matrix, which has a cell for each pair of sites.
const maxSites = 2000

// places reads matrix, sites and server, and resolves the base delays.
func (d *decoder) places(r record, net *Network) {
	before := len(d.problems)
	r.items("sites", func(n *node, path string) {
		if !d.scalar(n, path, &textForm) {
			return
		}
		net.Sites = append(net.Sites, n.scalar)
	})
	sites, sitesPath, _ := r.value("sites")
	if sites != nil && (len(sites.items) == 0 || len(sites.items) > maxSites) && sites.kind == listNode {
		d.problem(sites, sitesPath, "has %d entries; want 1..%d", len(sites.items), maxSites)
	}
	net.Matrix = d.matrix(r)
	server, serverPath, _ := r.value("server")
	if server != nil {
		net.Server = r.text("server")
	}
	if r.has("inflation") && (net.Matrix != nil || net.Sites == nil) {
		n, path, _ := r.value("inflation")
		d.warn(n, path, "has no effect without sites that are cities")
	}
	if len(d.problems) > before {
		return
	}
	switch {
	case net.Matrix != nil:
		d.matrixBase(r, net)
	case net.Sites != nil:
		d.cityBase(r, net)
	case server != nil:
		d.problem(server, serverPath, "needs sites or a matrix, so that peers have a place too")
	}
	if preset, _ := latency.PresetByName(net.Preset); net.Preset != "" && preset.Base == 0 && net.base == nil && !r.has("latency") {
		n, path, _ := r.value("preset")
		d.warn(n, path, "takes its base delay from sites or a matrix; without them packets take the jitter alone, about %s",
			durations.print(preset.Excess.Median))
	}
}

func (d *decoder) matrix(r record) *Matrix {
	n, path, f := r.value("matrix")
	if n == nil {
		return nil
	}
	q := d.record(n, path, f.object)
	m := &Matrix{File: q.text("file"), Jitter: q.optionalFamily("jitter")}
	for _, u := range durations.units {
		if q.word("unit") == u.name {
			m.Unit = time.Duration(u.worth)
		}
	}
	at, where, _ := q.value("file")
	if m.File == "" || m.Unit == 0 {
		return m
	}
	data, err := d.files.matrix(m.File, m.Unit)
	if err != nil {
		d.problem(at, where, "%v", err)
		return m
	}
	m.Data = data
	return m
}

// usedSites are the sites at which peers sit: with fewer peers than sites the
// later ones stay empty.
func usedSites(sites []string, peers int) []string { return sites[:min(len(sites), max(peers, 1))] }

func (d *decoder) matrixBase(r record, net *Network) {
	before := len(d.problems)
	rows := net.Matrix.Data.Names
	if net.Sites != nil {
		rows = net.Sites
		sites, path, _ := r.value("sites")
		for i, name := range net.Sites {
			if !slices.Contains(net.Matrix.Data.Names, name) {
				d.problem(sites.items[i], joinPath(path, sites.items[i].place(sites)),
					"%q is no row of the matrix%s; beside a matrix, sites pick and order its rows", clip(name),
					didYouMean(name, net.Matrix.Data.Names))
			}
		}
	}
	names := slices.Clone(usedSites(rows, d.peers))
	if net.Server != "" {
		n, path, _ := r.value("server")
		if !slices.Contains(net.Matrix.Data.Names, net.Server) {
			d.problem(n, path, "%q is no row of the matrix%s", clip(net.Server), didYouMean(net.Server, net.Matrix.Data.Names))
			return
		}
		names = append(names, net.Server)
	}
	if len(d.problems) > before {
		return
	}
	place := fmt.Sprintf("matrix %d %q %q", net.Matrix.Unit, net.Matrix.File, names)
	base, err := d.files.base(place, func() (*latency.Matrix, error) {
		// A site may stand more than once, and the server may be at a peer's:
		// between those the site's own cell counts, once it is known to be 0.
		sorted := slices.Sorted(slices.Values(names))
		picked, err := net.Matrix.Data.Select(slices.Compact(sorted))
		if err == nil {
			err = picked.Complete(nil)
		}
		if err != nil {
			return nil, err
		}
		return picked.Select(names)
	})
	if err != nil {
		n, path, _ := r.value("matrix")
		d.problem(n, path, "%v", err)
		return
	}
	net.base = base
}

func (d *decoder) cityBase(r record, net *Network) {
	before := len(d.problems)
	check := func(n *node, path string) {
		if _, known := latency.Lookup(n.scalar); !known {
			suggestion := ""
			if near := latency.Nearest(n.scalar); near != "" {
				suggestion = " (did you mean \"" + near + "\"?)"
			}
			d.problem(n, path, "unknown city %q%s; want lower-case cities with hyphens, such as sao-paulo, or a matrix with this row",
				clip(n.scalar), suggestion)
		}
	}
	sites, path, _ := r.value("sites")
	for _, n := range sites.items {
		check(n, joinPath(path, n.place(sites)))
	}
	names := slices.Clone(usedSites(net.Sites, d.peers))
	if net.Server != "" {
		n, path, _ := r.value("server")
		check(n, path)
		names = append(names, net.Server)
	}
	if len(d.problems) > before {
		return
	}
	place := fmt.Sprintf("cities %d %q", net.Inflation, names)
	base, err := d.files.base(place, func() (*latency.Matrix, error) { return latency.Geography(names, net.Inflation) })
	if err != nil {
		d.problem(sites, path, "%v", err)
		return
	}
	net.base = base
}

func (d *decoder) self(r record, net *Network) {
	n, path, f := r.value("self")
	net.SelfDelay = constantFamily(0)
	if n == nil {
		return
	}
	modes := map[string]SelfMode{"immediate": SelfImmediate, "loopback": SelfLoopback, "ordered": SelfOrdered}
	if n.kind == scalarNode && !isNull(n) {
		if mode, ok := modes[n.scalar]; ok {
			net.Self = mode
			return
		}
		if number, _ := splitNumber(n.scalar); number == "" {
			d.problem(n, path, "unknown %q%s; want %s, a duration or a distribution", clip(n.scalar),
				didYouMean(n.scalar, f.words), strings.Join(f.words, ", "))
			return
		}
	}
	net.Self, net.SelfDelay = SelfFamily, d.family(n, path, f)
}

// reorder reads a reorder value that the file gives; nil for none.
func (d *decoder) reorder(r record, datagram bool) *Reorder {
	n, path, f := r.value("reorder")
	if n == nil || r.is("reorder", "none") {
		return nil
	}
	q := d.record(n, path, f.object)
	reorder := &Reorder{Share: q.ratio("share"), Extra: q.family("extra")}
	if reorder.Share.Num == 0 {
		return nil
	}
	if !datagram {
		d.problem(n, path, "packets on fifo links never overtake; want link: datagram, or reorder: none")
	}
	return reorder
}

// loss reads a loss value that the file gives.
func (d *decoder) loss(r record) Loss {
	n, path, f := r.value("loss")
	if n == nil || n.kind != mapNode {
		return Loss{Ratio: r.d.ratio(n, path, f)}
	}
	q := d.record(n, path, f.object)
	q.word("kind")
	return Loss{Ratio: zeroRatio, Bursts: &Bursts{
		P: q.ratio("p"), R: q.ratio("r"), Every: time.Duration(q.amount("every")),
		Good: q.ratio("good"), Bad: q.ratio("bad"),
	}}
}

func (d *decoder) transport(r record) Transport {
	n, path, f := r.value("transport")
	q := d.record(n, path, f.object)
	t := Transport{Kind: q.word("kind")}
	rto, backoff, nack := time.Duration(q.amount("rto")), q.integer("backoff"), q.bool("nack")
	if t.Kind == "reliable" {
		t.RTO, t.Backoff, t.NACK = rto, backoff, nack
		return t
	}
	for _, name := range []string{"rto", "backoff", "nack"} {
		if c := q.n.child(name); c != nil {
			d.warn(c, joinPath(path, name), "has no effect without kind: reliable")
		}
	}
	return t
}

func (d *decoder) delay(n *node, path string, s *Scenario, self SelfMode) Delay {
	q := d.record(n, path, &delayObject)
	x := Delay{Message: q.message("message"), To: q.peer("to"), Lost: q.bool("lost")}
	d.known(q, "message", x.Message, s)
	x.From = max(x.Message.Sender, 0)
	if q.has("from") {
		x.From = q.peer("from")
	}
	switch {
	case q.n == nil:
	case x.Lost:
		q.exclude("beside lost: true", "delay")
	case !q.has("delay"):
		d.problem(n, path, "no fate is given; want delay: DURATION or lost: true")
	default:
		x.Delay = time.Duration(q.amount("delay"))
	}
	if x.From == x.To && x.Message != peer.NoMessage && self != SelfLoopback && self != SelfFamily {
		at, where, _ := q.value("to")
		if at != nil {
			d.problem(at, where, "%s reaches %s itself without a packet; want another peer, or self: loopback", x.Message, x.To)
		}
	}
	return x
}

// distinctDelays reports a second fate of one packet.
func (d *decoder) distinctDelays(r record, delays []Delay) {
	type packet struct {
		message  peer.MessageID
		from, to peer.ID
	}
	n, path, _ := r.value("delays")
	first := map[packet]int{}
	for i, x := range delays {
		p := packet{x.Message, x.From, x.To}
		if j, twice := first[p]; twice && x.Message != peer.NoMessage {
			d.problem(n.items[i], joinPath(path, n.items[i].place(n)), "the packet with %s from %s to %s has a fate already, in line %d; remove one",
				x.Message, x.From, x.To, n.items[j].line)
			continue
		}
		first[p] = i
	}
}
