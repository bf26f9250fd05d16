package network

import (
	"encoding/binary"
	"fmt"
	"slices"

	"mpcomm/sim"
)

// Properties are a set of properties of a Link.
type Properties uint16

// The properties that a Change may set, each with the fields of Link it takes.
const (
	SetDelay       Properties = 1 << iota // Excess, NoBase
	SetOrder                              // Datagram
	SetLoss                               // Loss, Burst
	SetDuplicate                          // Duplicate
	SetReorder                            // Reorder, ReorderExtra
	SetBandwidth                          // Bandwidth
	SetQueue                              // Queue
	SetMTU                                // MTU
	SetCorrupt                            // Corrupt
	SetDown                               // Down
	SetCorrelation                        // Correlation
	SetStalls                             // Stalls; its process is that of a link that always had them
	allProperties
)

// Change gives other properties to the links From x To while it lasts: those in
// Set are taken from Link, the others stay what they are. Where several last,
// the later in the list stands over the earlier, property by property.
//
// It acts on what is sent while it lasts. Packets under way keep their arrival,
// so that on a datagram link that has become faster later packets overtake
// them; on a fifo link they do not. What waits for a bandwidth leaves when it
// would have; while it waits it takes the room in the queue that the bandwidth
// of the day would need as much time for. A link that becomes fifo keeps in
// order what is sent from then on.
type Change struct {
	From, To []Addr // empty = all peers; the way p to p only if both lists name p
	Set      Properties
	Link     Link
}

// apply is l with the properties that c sets.
func (c *Change) apply(l Link) Link {
	put := func(property Properties, do func()) {
		if c.Set&property != 0 {
			do()
		}
	}
	put(SetDelay, func() { l.Excess, l.NoBase = c.Link.Excess, c.Link.NoBase })
	put(SetOrder, func() { l.Datagram = c.Link.Datagram })
	put(SetLoss, func() { l.Loss, l.Burst = c.Link.Loss, c.Link.Burst })
	put(SetDuplicate, func() { l.Duplicate = c.Link.Duplicate })
	put(SetReorder, func() { l.Reorder, l.ReorderExtra = c.Link.Reorder, c.Link.ReorderExtra })
	put(SetBandwidth, func() { l.Bandwidth = c.Link.Bandwidth })
	put(SetQueue, func() { l.Queue = c.Link.Queue })
	put(SetMTU, func() { l.MTU = c.Link.MTU })
	put(SetCorrupt, func() { l.Corrupt = c.Link.Corrupt })
	put(SetDown, func() { l.Down = c.Link.Down })
	put(SetCorrelation, func() { l.Correlation = c.Link.Correlation })
	put(SetStalls, func() { l.Stalls = c.Link.Stalls })
	return l
}

// changes are the Changes of a network and which of them last.
type changes struct {
	config  Config   // whose links they change
	lasting []int    // indexes into config.Changes, upwards
	met     []uint64 // packets sent over links under each change
	still   *classes
	known   map[string]*classes // by the indexes that last
	name    []byte              // of the present set, scratch
}

// Change begins a change of links, or ends it. It panics if there is no such
// change, if it begins while it lasts or ends when it does not. The classes of
// links are made when a packet first meets the changes that last.
func (n *Network) Change(now sim.Time, i int, ends bool) {
	c := n.changes
	if c == nil || i < 0 || i >= len(c.config.Changes) {
		panic(fmt.Sprintf("network: invariant: change %d of a network without it", i))
	}
	at, lasts := slices.BinarySearch(c.lasting, i)
	if lasts != ends {
		panic(fmt.Sprintf("network: invariant: change %d lasts: %t, on its end: %t", i, lasts, ends))
	}
	n.at(now)
	if ends {
		c.lasting = slices.Delete(c.lasting, at, at+1)
	} else {
		c.lasting = slices.Insert(c.lasting, at, i)
	}
	n.classes = nil
	n.forgetProcesses()
}

// Changed returns how many packets were sent over the links of a change while
// it lasted. A packet held by a partition counts when it is let go as well.
func (n *Network) Changed(i int) uint64 {
	if n.changes == nil || i < 0 || i >= len(n.changes.met) {
		panic(fmt.Sprintf("network: invariant: change %d of a network without it", i))
	}
	return n.changes.met[i]
}

// mostKnown is how many sets of changes keep their classes. Links that flap meet
// the same few sets again and again, those that follow a measured series none.
const mostKnown = 256

// current are the classes of links under the changes that last.
func (n *Network) current() *classes {
	if n.classes == nil {
		n.classes = n.changes.present()
	}
	return n.classes
}

// present returns the classes of links under the changes that last.
func (c *changes) present() *classes {
	if len(c.lasting) == 0 {
		return c.still
	}
	c.name = c.name[:0]
	for _, i := range c.lasting {
		c.name = binary.LittleEndian.AppendUint16(c.name, uint16(i))
	}
	k, ok := c.known[string(c.name)]
	if !ok {
		if len(c.known) == mostKnown {
			clear(c.known)
		}
		made := compileClasses(&c.config, c.lasting)
		k = &made
		c.known[string(c.name)] = k
	}
	return k
}

// forgetProcesses drops what links remember of processes in time, whose
// parameters may have changed.
func (n *Network) forgetProcesses() {
	for _, p := range n.touched {
		n.senders[p].forget()
	}
}
