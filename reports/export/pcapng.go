package export

import (
	"encoding/binary"
	"fmt"

	"mpcomm/peer"
	"mpcomm/peer/journal"
	"mpcomm/sim"
)

// The capture format is that of the IETF draft "PCAP Next Generation (pcapng)
// Capture File Format", little-endian: blocks of a section header, interfaces,
// names and packets.
const (
	pcapngBegins = "\x0a\x0d\x0d\x0a"

	blockSection   = 0x0a0d0d0a
	blockInterface = 1
	blockNames     = 4
	blockPacket    = 6

	optionComment     = 1
	optionFlags       = 2 // of a packet: bits 0 and 1, 1 inbound, 2 outbound
	optionName        = 2 // of an interface
	optionApplication = 4 // of a section
	optionResolution  = 9 // of an interface: the power of ten of its clock, negated

	inbound, outbound = 1, 2

	linkRaw = 101 // packets begin with their IP header
)

// writePCAPNG writes a capture of every packet at both of its ends.
func writePCAPNG(w *writer, r *Run) error {
	c := capture{w: w, run: r, pairing: pair(r.Events), diary: newDiary(r.History)}
	c.deliveries()
	c.section()
	for p := range r.History.Peers {
		c.port(peer.ID(p))
	}
	c.names()
	for i := range r.Events {
		e := &r.Events[i]
		k := c.of[i]
		if k < 0 {
			continue
		}
		x := &c.packets[k]
		switch {
		case e.Kind == journal.Fate && x.sent == int32(i) && e.Copy == 0:
			c.packet(e, x, e.Peer, outbound, c.future(x))
		case e.Kind == journal.Arrival && e.Verdict == 0:
			c.packet(e, x, e.Peer, inbound, c.present(e, int32(i)))
		}
	}
	return nil
}

// capture is a file under way.
type capture struct {
	*pairing
	w         *writer
	run       *Run
	diary     *diary
	delivered map[receipt]string // where a body first came: what became of it
	block     []byte
}

// receipt is the first arrival of a body at a peer.
type receipt struct {
	peer    peer.ID
	message peer.MessageID
}

// deliveries finds when each message was first delivered at each peer.
func (c *capture) deliveries() {
	c.delivered = map[receipt]string{}
	for i := range c.run.Events {
		switch e := &c.run.Events[i]; e.Kind {
		case journal.Broadcast:
			c.diary.broadcast(e)
		case journal.Delivery:
			x := c.diary.delivery(e)
			key := receipt{e.Peer, e.Message}
			if _, known := c.delivered[key]; !known {
				c.delivered[key] = fmt.Sprintf("delivered at %s ms, position %d", ms(e.At), x.position)
			}
		}
	}
}

// future says what becomes of a packet that is sent.
func (c *capture) future(x *packet) string {
	sent, fate := &c.run.Events[x.sent], &c.run.Events[x.fate]
	words := ""
	if x.fate != x.sent {
		words = "held by a partition until " + ms(fate.At) + " ms, then "
	}
	switch word := journal.VerdictName(fate.Verdict); word {
	case "arrives":
		words += "arrives at " + ms(fate.Arrival) + " ms"
	case "lost":
		words += "lost on the way"
	case "full":
		words += "lost: the queue of the link is full"
	case "cut":
		words += "lost: a partition cuts the link"
	case "held":
		words += "held by a partition until the end of the run"
	case "no-link":
		words += "lost: the link is down"
	case "too-big":
		words += "lost: larger than the link takes"
	case "corrupted":
		words += "corrupted on the way, and thrown away at " + ms(fate.Arrival) + " ms"
	default:
		words += word
	}
	if came := x.came; came >= 0 {
		at := &c.run.Events[came]
		switch {
		case at.Verdict != 0:
			words += ", but is lost there: the host is down, or the link is cut by then"
		case at.At != fate.Arrival:
			words = "arrives at " + ms(at.At) + " ms, kept back on the way since " + ms(fate.Arrival) + " ms"
		}
	} else if fate.Verdict == 0 {
		words += ", after the end of the run"
	}
	if sent.Peer == sent.Other {
		words += " (loopback)"
	}
	return words
}

// present says what a packet that arrives is, and what becomes of what it
// brings.
func (c *capture) present(e *journal.Event, i int32) string {
	words := ""
	if e.Copy > 0 {
		words = "duplicate made by the network"
	}
	key := receipt{e.Peer, e.Message}
	if what, known := c.delivered[key]; known && e.Packet.Body() {
		if words != "" {
			words += "; "
		}
		words += what
		delete(c.delivered, key) // a second body brings nothing new
	}
	return words
}

// begin starts a block of that kind.
func (c *capture) begin(kind uint32) { c.block = binary.LittleEndian.AppendUint32(c.block[:0], kind) }

// option adds one option of a block; an empty text is none.
func (c *capture) option(code uint16, value string) {
	if value == "" {
		return
	}
	c.block = binary.LittleEndian.AppendUint16(c.block, code)
	c.block = binary.LittleEndian.AppendUint16(c.block, uint16(len(value)))
	c.pad(append(c.block, value...))
}

// pad fills a block up to a multiple of four bytes.
func (c *capture) pad(b []byte) {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	c.block = b
}

// end writes a block: its kind, its length, what is in it, its length again.
func (c *capture) end() {
	length := binary.LittleEndian.AppendUint32(nil, uint32(len(c.block)+8))
	for _, part := range [...][]byte{c.block[:4], length, c.block[4:], length} {
		_, _ = c.w.Write(part) // an error comes out when the buffer is flushed
	}
}

func (c *capture) endOptions() { c.block = append(c.block, 0, 0, 0, 0) }

func (c *capture) section() {
	c.begin(blockSection)
	c.block = binary.LittleEndian.AppendUint32(c.block, 0x1a2b3c4d) // little-endian
	c.block = append(c.block, 1, 0, 0, 0)                           // version 1.0
	c.block = binary.LittleEndian.AppendUint64(c.block, 1<<64-1)    // of a length that is not said
	c.option(optionComment, c.run.title())
	c.option(optionApplication, c.run.Program)
	c.endOptions()
	c.end()
}

// port is the interface at which a peer's packets are seen.
func (c *capture) port(p peer.ID) {
	c.begin(blockInterface)
	c.block = append(c.block, linkRaw, 0, 0, 0, 0, 0, 0, 0) // no limit of bytes a packet
	c.option(optionName, p.String())
	c.option(optionResolution, "\x09")
	c.endOptions()
	c.end()
}

func (c *capture) names() {
	c.begin(blockNames)
	for p := range c.run.History.Peers {
		id := peer.ID(p)
		value := append(address(id), id.String()+"\x00"...)
		c.block = append(c.block, 1, 0) // a name of IPv4
		c.block = binary.LittleEndian.AppendUint16(c.block, uint16(len(value)))
		c.pad(append(c.block, value...))
	}
	c.block = append(c.block, 0, 0, 0, 0)
	c.end()
}

func (c *capture) packet(e *journal.Event, x *packet, at peer.ID, direction byte, comment string) {
	data := datagram(nameOf(e), uint16(x.number))
	c.begin(blockPacket)
	c.block = binary.LittleEndian.AppendUint32(c.block, uint32(at))
	ns := uint64(max(e.At, sim.Time(0)))
	c.block = binary.LittleEndian.AppendUint32(c.block, uint32(ns>>32))
	c.block = binary.LittleEndian.AppendUint32(c.block, uint32(ns))
	c.block = binary.LittleEndian.AppendUint32(c.block, uint32(len(data)))
	c.block = binary.LittleEndian.AppendUint32(c.block, uint32(len(data)))
	c.pad(append(c.block, data...))
	c.option(optionComment, comment)
	c.option(optionFlags, string([]byte{direction, 0, 0, 0}))
	c.endOptions()
	c.end()
}
