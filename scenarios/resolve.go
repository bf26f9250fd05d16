package scenarios

import (
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"mpcomm/network/latency"
	"mpcomm/peer"
	"mpcomm/sim/rng"
)

var zeroRatio = rng.Ratio{Num: 0, Den: 1}

// ResolvedLink is what one class of directed links does, after presets and
// defaults.
type ResolvedLink struct {
	Excess    latency.Family // beyond the base delay
	NoBase    bool           // Excess is the whole delay
	Datagram  bool
	Loss      Loss
	Duplicate rng.Ratio
	Reorder   *Reorder // nil on fifo links
	Bandwidth int64    // bit/s, 0 = unlimited
	Queue     int64    // bytes, 0 = unlimited
	MTU       int64    // bytes, 0 = unlimited
	Corrupt   rng.Ratio
	Down      bool // carries nothing

	Correlation *Correlation // nil = none
	Stalls      *Stalls      // nil = none
}

// ResolvedOverride is a ResolvedLink for the directed links From x To; nil =
// every peer. Of overrides for the same link the last one counts, whole.
type ResolvedOverride struct {
	From, To []peer.ID
	Link     ResolvedLink
}

// defaultMean is the mean excess of links about which a file says nothing.
const defaultMean = 20 * time.Millisecond

// resolvePreset fills in what the file leaves to the preset or to the defaults.
func (net *Network) resolvePreset(r record) {
	omitted := net.omitted()
	net.Latency = omitted.Latency
	if r.has("latency") {
		net.Latency = r.family("latency")
	}
	if !r.has("loss") {
		net.Loss = omitted.Loss
	}
	if !r.has("duplicate") {
		net.Duplicate = omitted.Duplicate
	}
	if !r.has("reorder") {
		net.Reorder = omitted.Reorder
	}
}

// omitted is what links do as far as the file says nothing: what the measured
// jitter or the preset says, else the defaults.
func (net *Network) omitted() Network {
	o := Network{Loss: Loss{Ratio: zeroRatio}, Duplicate: zeroRatio}
	preset, known := latency.PresetByName(net.Preset)
	switch {
	case net.Matrix != nil && net.Matrix.Jitter != nil:
		o.Latency = *net.Matrix.Jitter
	case known:
		o.Latency = preset.Excess
		if net.base == nil {
			// The preset's own floor, where no place gives one.
			o.Latency.Min += int64(preset.Base)
		}
	case net.Matrix != nil || net.Sites != nil:
		o.Latency = constantFamily(0)
	default:
		o.Latency = latency.Family{Kind: latency.Exponential, Mean: int64(defaultMean)}
	}
	if !known {
		return o
	}
	b := preset.Loss
	o.Loss.Bursts = &Bursts{P: b.P, R: b.R, Every: b.Every, Good: written(b.Good), Bad: written(b.Bad)}
	o.Duplicate = written(preset.Duplicate)
	if preset.Reorder.Num > 0 {
		o.Reorder = &Reorder{Share: preset.Reorder, Extra: preset.ReorderExtra}
	}
	return o
}

// written is a ratio as parsing its text gives it: 0/1 for the zero value.
func written(r rng.Ratio) rng.Ratio {
	if r.Num == 0 {
		return zeroRatio
	}
	return r
}

// Link is what links do unless an override says otherwise.
func (s *Scenario) Link() ResolvedLink {
	net := &s.Network
	link := ResolvedLink{
		Excess: net.Latency, Datagram: net.Datagram, Loss: net.Loss, Duplicate: net.Duplicate,
		Bandwidth: net.Bandwidth, Queue: net.Queue, MTU: net.MTU, Corrupt: net.Corrupt,
		Correlation: net.Correlation, Stalls: net.Stalls,
	}
	if net.Datagram {
		link.Reorder = net.Reorder
	}
	return link
}

// SelfLink is how a peer's own message travels to its own ordering; ok is false
// when it is there at once. Only delay counts: loss, duplication, reordering
// and partitions do not touch it unless links name the pair.
func (s *Scenario) SelfLink() (link ResolvedLink, ok bool) {
	switch s.Network.Self {
	case SelfLoopback:
		d := s.Link()
		return ResolvedLink{Excess: d.Excess, Datagram: d.Datagram, Loss: Loss{Ratio: zeroRatio}, Duplicate: zeroRatio, Corrupt: zeroRatio}, true
	case SelfFamily:
		return ResolvedLink{
			Excess: s.Network.SelfDelay, NoBase: true, Datagram: s.Network.Datagram,
			Loss: Loss{Ratio: zeroRatio}, Duplicate: zeroRatio, Corrupt: zeroRatio,
		}, true
	}
	return ResolvedLink{}, false
}

// Apply is the link with the properties that o gives, and no others.
func (o *LinkOverride) Apply(link ResolvedLink) ResolvedLink { return o.apply(link, nil) }

// apply puts the keys that o gives over link.
func (o *LinkOverride) apply(link ResolvedLink, preset *Reorder) ResolvedLink {
	if o.Latency != nil {
		link.Excess, link.NoBase = *o.Latency, true
	}
	if o.Loss != nil {
		link.Loss = *o.Loss
	}
	if o.Duplicate != nil {
		link.Duplicate = *o.Duplicate
	}
	if o.Bandwidth != nil {
		link.Bandwidth = *o.Bandwidth
	}
	if o.Queue != nil {
		link.Queue = *o.Queue
	}
	if o.MTU != nil {
		link.MTU = *o.MTU
	}
	if o.Corrupt != nil {
		link.Corrupt = *o.Corrupt
	}
	if o.Down != nil {
		link.Down = *o.Down
	}
	if o.Correlation != nil {
		link.Correlation = o.Correlation.orNone()
	}
	if o.Stalls != nil {
		link.Stalls = o.Stalls.orNone()
	}
	if o.Datagram != nil {
		link.Datagram = *o.Datagram
		if !link.Datagram {
			link.Reorder = nil
		} else if link.Reorder == nil {
			link.Reorder = preset
		}
	}
	if o.Reorder != nil && link.Datagram {
		link.Reorder = nil
		if o.Reorder.Share.Num > 0 {
			link.Reorder = o.Reorder
		}
	}
	return link
}

// orNone is nil where an exception says none.
func (c *Correlation) orNone() *Correlation {
	if c == nil || c.Share.Num == 0 {
		return nil
	}
	return c
}

// orNone is nil where an exception says none.
func (s *Stalls) orNone() *Stalls {
	if s == nil || s.Every.Kind == "" {
		return nil
	}
	return s
}

// Overrides are the exceptions of links, resolved: where entries of the file
// meet, the later one's keys stand over the earlier one's. Where several name a
// link, the last one stands.
func (s *Scenario) Overrides() []ResolvedOverride {
	base, reorder := s.Link(), s.Network.Reorder
	all := overrides{last: make(map[string]int)}
	for i := range s.Network.Links {
		o := &s.Network.Links[i]
		earlier := len(all.list)
		all.step = i + 1
		all.put(ResolvedOverride{From: o.From, To: o.To, Link: o.apply(base, reorder)})
		for k := range earlier {
			if all.hidden[k] != 0 && all.hidden[k] < all.step {
				continue
			}
			for _, met := range meet(&all.list[k], o, reorder) {
				all.put(met)
			}
		}
	}
	var shown []ResolvedOverride
	for k := range all.list {
		if all.hidden[k] == 0 {
			shown = append(shown, all.list[k])
		}
	}
	return shown
}

// overrides are the exceptions of links while they are made. One that names the
// very links of an earlier one hides it; without that, entries of which each
// meets all before it would be twice as many with every entry.
type overrides struct {
	list   []ResolvedOverride
	hidden []int // the step at which each was hidden; 0 = it is not
	last   map[string]int
	step   int // entries of the file so far, from 1
}

func (a *overrides) put(o ResolvedOverride) {
	name := string(appendPeers(appendPeers(nil, o.From), o.To))
	if k, ok := a.last[name]; ok {
		a.hidden[k] = a.step
	}
	a.last[name] = len(a.list)
	a.list, a.hidden = append(a.list, o), append(a.hidden, 0)
}

// appendPeers appends a set of peers, nil = every peer, in a form that only the
// same set has.
func appendPeers(b []byte, peers []peer.ID) []byte {
	if peers == nil {
		return binary.AppendUvarint(b, 0)
	}
	set := slices.Clone(peers)
	slices.Sort(set)
	set = slices.Compact(set)
	b = binary.AppendUvarint(b, uint64(len(set))+1)
	for _, p := range set {
		b = binary.AppendUvarint(b, uint64(p))
	}
	return b
}

// meet is e under o, on the links that both name. Rows in which a peer's link to
// itself would be named by neither are cut in two, since only what is named
// counts there.
func meet(e *ResolvedOverride, o *LinkOverride, reorder *Reorder) []ResolvedOverride {
	from, okFrom := common(e.From, o.From)
	to, okTo := common(e.To, o.To)
	if !okFrom || !okTo {
		return nil
	}
	link := o.apply(e.Link, reorder)
	whole := []ResolvedOverride{{From: from, To: to, Link: link}}
	named := e.From != nil && e.To != nil && o.From != nil && o.To != nil
	if named || from == nil || to == nil {
		return whole
	}
	var rows []ResolvedOverride
	for _, p := range from {
		others := slices.DeleteFunc(slices.Clone(to), func(q peer.ID) bool { return q == p })
		if len(others) > 0 {
			rows = append(rows, ResolvedOverride{From: []peer.ID{p}, To: others, Link: link})
		}
	}
	return rows
}

// common is the intersection of two sets of peers, nil = every peer; ok is false
// when it is empty.
func common(a, b []peer.ID) (both []peer.ID, ok bool) {
	switch {
	case a == nil:
		return b, true
	case b == nil:
		return a, true
	}
	for _, p := range a {
		if slices.Contains(b, p) {
			both = append(both, p)
		}
	}
	return both, len(both) > 0
}

// BaseMatrix gives the one-way base delays: peer i sits at row place[i], and
// oneWay[r][c] is the delay from row r to row c; a row's own cell is the base
// between peers of one place and of loopback. Both are nil without sites and
// matrix. The server's row, if any, is the last, and no peer's.
func (s *Scenario) BaseMatrix() (place []uint16, oneWay [][]time.Duration) {
	base := s.Network.base
	if base == nil {
		return nil, nil
	}
	rows := len(base.Names)
	if s.Network.Server != "" {
		rows--
	}
	place = make([]uint16, s.Peers)
	for i := range place {
		place[i] = uint16(i % rows)
	}
	return place, base.OneWay
}

// PlaceNames names the rows of BaseMatrix.
func (s *Scenario) PlaceNames() []string {
	if s.Network.base == nil {
		return nil
	}
	return s.Network.base.Names
}

// Trip is the base delay of one peer to the comparison server and back.
type Trip struct{ There, Back time.Duration }

// ServerDelays gives each peer's base delays to the comparison server. It is an
// error if the file does not place the server.
func (s *Scenario) ServerDelays() ([]Trip, error) {
	place, oneWay := s.BaseMatrix()
	if s.Network.Server == "" || oneWay == nil {
		return nil, errors.New("network.server: the scenario does not place the comparison server; want one of its sites")
	}
	server := len(oneWay) - 1
	trips := make([]Trip, s.Peers)
	for i, row := range place {
		trips[i] = Trip{There: oneWay[row][server], Back: oneWay[server][row]}
	}
	return trips, nil
}
