package journal

import (
	"strconv"
	"strings"

	"mpcomm/peer"
	"mpcomm/sim"
)

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

var verdictNames = [...]string{"arrives", "lost", "full", "cut", "held", "no-link", "too-big", "corrupted"}

// VerdictName is the word for the verdict of a fate, such as "lost".
func VerdictName(v uint8) string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return "verdict" + decimal(int64(v))
}

// PacketName is the word for a kind of packet in journals. It differs from peer.Kind.String for the kinds of the library's
// users only: there every kind needs a word of its own to be read back.
func PacketName(k peer.Kind) string {
	if k < peer.KindUser {
		return k.String()
	}
	return "user" + decimal(int64(k-peer.KindUser))
}

func peerName(p peer.ID) string {
	if p == NoPeer {
		return "-"
	}
	return p.String()
}

// Describe returns the one-line text of an event, such as
//
//	12.5ms p2 delivery p0#3
//
// Texts of events in golden files come from here and nowhere else.
func Describe(e Event) string {
	var b strings.Builder
	b.Write(e.At.AppendMS(nil))
	b.WriteString("ms ")
	b.WriteString(peerName(e.Peer))
	b.WriteByte(' ')
	b.WriteString(e.Kind.String())
	if e.Packet != peer.KindNone {
		b.WriteByte(' ')
		b.WriteString(PacketName(e.Packet))
	}
	if e.Message != peer.NoMessage {
		b.WriteByte(' ')
		b.WriteString(e.Message.String())
	}
	switch e.Kind {
	case Sent, Fate:
		if e.Other == NoPeer {
			b.WriteString(" to others")
		} else {
			b.WriteString(" to " + e.Other.String())
		}
	case Arrival:
		b.WriteString(" from ")
		b.WriteString(peerName(e.Other))
	case Timer:
		b.WriteString(" set for local ")
		b.Write(sim.Time(e.Value).AppendMS(nil))
		b.WriteString("ms")
	case Phase:
		b.WriteByte(' ')
		b.WriteString(phaseName(e.Value))
	case Fault:
		b.WriteString(" " + decimal(e.Value))
		if e.Ends {
			b.WriteString(" ends")
		} else {
			b.WriteString(" begins")
		}
	}
	describePacket(&b, e)
	return b.String()
}

func describePacket(b *strings.Builder, e Event) {
	for _, part := range [...]struct {
		name  string
		value int64
	}{{"round", int64(e.Round)}, {"attempt", int64(e.Attempt)}, {"copy", int64(e.Copy)}, {"size", int64(e.Size)}} {
		if part.value != 0 {
			b.WriteString(" " + part.name + "=" + decimal(part.value))
		}
	}
	if e.Kind != Fate {
		return
	}
	b.WriteString(": " + VerdictName(e.Verdict))
	if e.Arrival != sim.Never {
		b.WriteString(" at ")
		b.Write(e.Arrival.AppendMS(nil))
		b.WriteString("ms")
	}
}

func phaseName(v int64) string {
	if knownPhase(v) {
		return peer.Phase(v).String()
	}
	return "phase" + decimal(v)
}

func knownPhase(v int64) bool { return v >= int64(peer.Idle) && v <= int64(peer.Stopped) }
