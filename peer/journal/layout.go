package journal

import (
	"mpcomm/peer"
	"mpcomm/sim"
)

// Kind says what an event or a record of the digest is about.
type Kind uint8

// The kinds of events. Their numbers are part of the record layout.
const (
	KindNone Kind = iota
	Broadcast
	Sent
	Fate
	Arrival
	Delivery
	Discard
	Timer
	Phase
	Fault
	Crash
	Restart
	Submit
	Heal
)

var kindNames = [...]string{
	KindNone: "none", Broadcast: "broadcast", Sent: "sent", Fate: "fate", Arrival: "arrival", Delivery: "delivery",
	Discard: "discard", Timer: "timer", Phase: "phase", Fault: "fault", Crash: "crash", Restart: "restart", Submit: "submit",
	Heal: "heal",
}

// String returns the word for k in journals.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "kind" + decimal(int64(k))
}

// BroadcastWords is the record of an application's broadcast of size bytes:
// the broadcast with reference ref, number `number` of its sender.
func BroadcastWords(at sim.Time, sender peer.ID, ref uint32, number, size int32) (a, b, c uint64) {
	return uint64(at), uint64(Broadcast) | uint64(uint16(sender))<<16 | uint64(ref)<<32,
		uint64(uint32(number)) | uint64(uint32(size))<<32
}

// SentWords is the record of a packet handed to the network; name is the key
// of its random draws.
func SentWords(name uint64, kind peer.Kind, from peer.ID, serial uint32) (a, b uint64) {
	return name, uint64(Sent) | uint64(kind)<<8 | uint64(uint16(from))<<16 | uint64(serial)<<32
}

// FateWords is the record of what the network decided for one receiver of a
// packet; at is when it arrives, if it does.
func FateWords(at sim.Time, to peer.ID, verdict, copied uint8, serial uint32) (a, b uint64) {
	return uint64(at), uint64(Fate) | uint64(verdict&15)<<8 | uint64(copied&15)<<12 | uint64(uint16(to))<<16 | uint64(serial)<<32
}

// ArrivalWords is the record of a packet that reached a host.
func ArrivalWords(at sim.Time, to peer.ID, copied uint8, serial uint32) (a, b uint64) {
	return uint64(at), uint64(Arrival) | uint64(copied&15)<<12 | uint64(uint16(to))<<16 | uint64(serial)<<32
}

// PeerWords is the record of a delivery, a discard, a timer, a crash, a
// restart or a submission at a peer. What is the reference of the message, or
// the timer, or 0.
func PeerWords(k Kind, at sim.Time, p peer.ID, what uint32) (a, b uint64) {
	return uint64(at), uint64(k) | uint64(uint16(p))<<16 | uint64(what)<<32
}

// PhaseWords is the record of a peer that entered a phase.
func PhaseWords(at sim.Time, p peer.ID, phase peer.Phase) (a, b uint64) {
	return uint64(at), uint64(Phase) | uint64(phase)<<8 | uint64(uint16(p))<<16
}

// FaultWords is the record of the fault in place `index` of the scenario that
// begins or ends.
func FaultWords(at sim.Time, index int, ends bool) (a, b uint64) {
	edge := uint64(0)
	if ends {
		edge = 1
	}
	return uint64(at), uint64(Fault) | edge<<8 | uint64(uint32(index))<<32
}

// HealWords is the record of the time from which on nothing is broken.
func HealWords(at sim.Time) (a, b uint64) { return uint64(at), uint64(Heal) }
