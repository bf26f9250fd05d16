package run

import (
	"math"
	"time"

	"mpcomm/peer"
	"mpcomm/sim"
)

// timer is one entry of a host's table. An event of the queue is stale unless
// the table says otherwise.
type timer struct {
	at    sim.Time // true time of the event that counts; Never when disarmed
	local peer.Instant
}

// parcel is a packet that came before data opened, so many nanoseconds after it
// was sent. In a large group there are tens of millions. One that took too long
// says so with tooLong and is followed by the time at which it came.
type parcel struct{ slot, after uint32 }

const tooLong = math.MaxUint32

// mostParked is how many parcels a host has memory for from one run to the next.
const mostParked = 1 << 12

// park keeps a packet.
func (h *host) park(slot uint32, sent, now sim.Time) {
	if took := now - sent; took < tooLong {
		h.parked = append(h.parked, parcel{slot, uint32(took)})
		return
	}
	h.parked = append(h.parked, parcel{slot, tooLong}, parcel{uint32(now >> 32), uint32(now)})
}

// nextParcel reads the place of the next parcel and returns a number without
// meaning.
func (h *host) nextParcel() int32 {
	if at := len(h.parked); at < cap(h.parked) {
		return int32(h.parked[:at+1][at].slot)
	}
	return 0
}

// unpark returns the slot of the parcel at k, when it came, and where the next is.
func (e *Engine) unpark(parked []parcel, k int) (slot uint32, came sim.Time, next int) {
	x := parked[k]
	if x.after != tooLong {
		return x.slot, e.slab[x.slot].sent + sim.Time(x.after), k + 1
	}
	at := parked[k+1]
	return x.slot, sim.Time(at.slot)<<32 | sim.Time(at.after), k + 2
}

// host is what the engine keeps beside each machine.
type host struct {
	nextSend sim.Time // when the queue will ask the application next
	opened   sim.Time
	closed   sim.Time
	ready    bool // data is open in its present life
	finished bool
	waiting  bool // its machine knows that the application can only react
	despairs bool // and has waited as long as a log does
	down     bool
	crashed  bool   // crashed and lost its state, or never came back
	arrived  bool   // its log reached the comparison server
	joining  bool   // down because it has not joined yet
	left     bool   // its application broadcasts no more
	given    int32  // peers that gave this one up
	culprit  int32  // the fault that took it down
	lives    uint16 // begun without the state of the life before, whole
	timers   [3][]timer
	parked   []parcel
	trap     int32         // fault that strikes in the step of a delivery, or -1
	paused   int32         // pauses that last
	service  time.Duration // of each step while the host is slow, else 0
	servedAt sim.Time      // when the step at hand of a slow host is over, or Never
	backlog  []waiting
	head     int           // of the first that waits in backlog
	jumped   time.Duration // by faults of its clock
}

func (e *Engine) resetHost(h *host) {
	h.nextSend, h.opened, h.closed = sim.Never, sim.Never, sim.Never
	h.ready, h.finished, h.down, h.crashed, h.arrived = false, false, false, false, false
	h.waiting, h.despairs = false, false
	h.joining, h.left = false, false
	h.given, h.trap, h.lives = 0, -1, 0
	h.paused, h.service, h.servedAt, h.jumped = 0, 0, sim.Never, 0
	h.backlog, h.head = h.backlog[:0], 0
	h.parked = h.parked[:0]
	for s := range h.timers {
		h.timers[s] = h.timers[s][:0]
	}
}
