package run

import "mpcomm/peer/history"

// eventKind says what an event of the queue is about.
type eventKind uint8

const (
	eventArrival  eventKind = iota // packet ref reaches host to
	eventSend                      // the application at to has a broadcast due
	eventTimer                     // timer ref of to may be due
	eventFault                     // fault ref strikes or ends
	eventSubmit                    // the log of to reaches the comparison server
	eventChange                    // change of links ref begins or ends
	eventClock                     // change ref of the clock of to happens
	eventServe                     // the slow host to has finished a step
	eventHeal                      // everything is repaired
	eventAnnounce                  // in the queue of a host only: ref broadcasts no more
	eventPass                      // the body of broadcast ref reaches host to, where the ordering need not be asked
)

// event is what the queue holds, in one word: the fields of its methods, which
// stay in one register on their way to the queue and back.
type event uint64

// newEvent is an event of a kind that concerns peer to, or none, and ref.
func newEvent(kind eventKind, to uint16, ref uint32) event {
	return event(ref) | event(to)<<32 | event(kind)<<48
}

// arrivalEvent is the arrival of the packet in slot i at host to, or of its copy.
func arrivalEvent(i uint32, to uint16, copied uint8) event {
	return event(i) | event(to)<<32 | event(eventArrival)<<48 | event(copied)<<56
}

// passEvent is the arrival of the body of broadcast ref at host to.
func passEvent(ref history.Ref, to uint16) event { return newEvent(eventPass, to, ref) }

// faultEvent is an edge of fault i.
func faultEvent(i int, edge edge) event {
	return event(uint32(i)) | event(eventFault)<<48 | event(edge)<<56
}

// toCopy is an event that concerns no peer and no copy yet, with both.
func (ev event) toCopy(to uint16, copied uint8) event {
	return ev | event(to)<<32 | event(copied)<<56
}

// ref is the slot, timer, fault or change that the event concerns.
func (ev event) ref() uint32 { return uint32(ev) }

// to is the peer that the event concerns.
func (ev event) to() uint16 { return uint16(ev >> 32) }

// kind is what the event is about.
func (ev event) kind() eventKind { return eventKind(ev >> 48) }

// copy tells a packet from its duplicate, and the edges of a fault apart.
func (ev event) copy() uint8 { return uint8(ev >> 56) }
