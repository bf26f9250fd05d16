package run

import (
	"fmt"

	"mpcomm/network"
	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/peer/journal"
	"mpcomm/scenarios"
	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// transmit hands one send of the peer p to the network. At most limit packets
// leave, which a crash in the middle of a step makes fewer than all; it
// returns how many did.
func (e *Engine) transmit(p int, now sim.Time, ef *peer.Effect, limit int) int {
	m := &e.out.Messages[ef.Index]
	m.From = peer.ID(p)
	ref := history.NoRef
	if m.ID != peer.NoMessage {
		if r, ok := e.refOf(m.ID); ok {
			ref = r
		}
	}
	packet := e.packet(m, ref)
	packet.Ref = e.hold(m, ref, now)
	e.relays = e.relays || m.Kind == peer.KindRelay
	fates := e.fates[:0]
	sent := 0
	switch {
	case ef.Kind == peer.EffectSend:
		packet.To = network.Addr(ef.To)
		if limit > 0 {
			fates = e.net.Send(now, packet, fates)
			if int(ef.To) != p { // the own copy, sealed by a transport, is in no packet figure
				sent = 1
			}
		}
	case limit >= e.plan.peers-1:
		fates = e.net.Broadcast(now, packet, fates)
		sent = e.plan.peers - 1
	default:
		for q := 0; q < e.plan.peers && sent < limit; q++ {
			if q != p {
				packet.To = network.Addr(q)
				fates = e.net.Send(now, packet, fates)
				sent++
			}
		}
	}
	e.outcome.Cost.count(m, sent, packet.Bytes)
	if ef.Kind == peer.EffectAll && sent < limit {
		packet.To = network.Addr(p)
		fates = e.net.Self(now, packet, fates)
	}
	e.fates = fates
	if e.watches {
		e.observeFates(m, fates)
	}
	e.schedule(now, packet.Ref, fates)
	return sent
}

// packet returns the packet that carries a message, still without a slot and a
// receiver, and notes that it was sent.
func (e *Engine) packet(m *peer.Message, ref history.Ref) network.Packet {
	packet := network.Packet{
		From: network.Addr(m.From), Name: e.name(m, ref),
		Bytes: e.plan.overhead + 8*(int32(m.Ints)+int32(m.Words.Len)),
	}
	if m.Kind.Body() && ref != history.NoRef {
		packet.Bytes += e.src.Size(ref)
		packet.Body = bodyName(m.ID)
	}
	e.sent(packet.Name, m.Kind, m.From)
	return packet
}

// sent notes that a packet was sent.
func (e *Engine) sent(name rng.Key, kind peer.Kind, from peer.ID) {
	e.serial++
	e.digest.Add2(journal.SentWords(uint64(name), kind, from, e.serial))
}

// bodyName names a message's body for explicit delays; zero names none.
func bodyName(id peer.MessageID) uint64 {
	return uint64(uint32(id.Sender))<<32 | uint64(uint32(id.Number)) + 1
}

// maxPending bounds the packets under way, at sixteen bytes each and half as
// much again. The READYs of ten thousand peers are 10^8.
const maxPending = 1 << 27

// schedule records the fates of the packets of slot i and queues the arrivals.
func (e *Engine) schedule(now sim.Time, i uint32, fates []network.Fate) {
	refs := e.queue(now, arrivalEvent(i, 0, 0), fates)
	s := &e.slab[i]
	s.refs += refs
	if s.msg.Kind.Handshake() {
		e.flying += int(refs)
	}
	if !e.plain {
		e.inspect(now, i, fates)
	}
	if s.refs == 0 {
		e.release(i)
	}
}

// queue records fates and queues the arrivals, each as ev with its receiver and
// copy. It returns how many packets are still to come, those that are held with
// the others.
func (e *Engine) queue(now sim.Time, ev event, fates []network.Fate) (coming int32) {
	if e.sched.Len() > maxPending {
		e.overfull(now)
	}
	if len(fates) >= e.throng && e.sched.Scheduler.Len() >= e.crowd {
		e.gather(now, fates)
	}
	near := !e.sched.Windowed()
	for k := range fates {
		f := &fates[k]
		e.digest.Add2(journal.FateWords(f.At, peer.ID(f.To), uint8(f.Verdict), f.Copy, e.serial))
		if f.Verdict != network.Arrives {
			if f.Verdict == network.Held {
				coming++
			}
			continue
		}
		coming++
		if at := ev.toCopy(uint16(f.To), f.Copy); near {
			e.sched.Scheduler.Schedule(f.At, at)
		} else {
			e.sched.Schedule(f.At, at)
		}
	}
	return coming
}

// inspect tells of fates those who watch.
func (e *Engine) inspect(now sim.Time, i uint32, fates []network.Fate) {
	if e.options.DetectNames {
		e.checkNames(i, fates)
	}
	if e.options.Recorder != nil {
		e.recordFates(now, i, fates)
	}
	if e.options.Explain || e.follows {
		e.explain(i, fates)
	}
}

func (e *Engine) overfull(now sim.Time) {
	if e.err == nil {
		e.err = fmt.Errorf("run: %s, seed %d: more than %d packets are under way at %s ms, which fills the memory: use fewer peers or messages, or longer gaps",
			e.plan.label, e.outcome.Seed, maxPending, now.AppendMS(nil))
	}
}

// arrive hands a packet to the machine it reaches: here where nothing is
// watched and nothing can go wrong on the way, by arriveWatched otherwise, which
// does the same and more.
func (e *Engine) arrive(now sim.Time, ev event) {
	if !e.plain || e.anyDown {
		e.arriveWatched(now, ev)
		return
	}
	i, p := ev.ref(), int(ev.to())
	s := &e.slab[i]
	ref := s.ref
	handshake := s.msg.Kind.Handshake()
	if handshake {
		e.flying--
	}
	body, came := ref != history.NoRef && s.msg.Kind.Body(), now
	if body {
		if e.relays {
			came = e.holdArrival(p, now, ref)
		}
		e.atHand, e.handID, e.handAt, e.logged = ref, s.msg.ID, came, false
	}
	e.parking = i
	e.out.Reset()
	if err := e.machines[p].Arrive(e.local(p, now), &s.msg, &e.out); err != nil {
		e.fail(p, now, err)
	} else if list := e.out.List; body && len(list) == 1 && list[0].Kind == peer.EffectDeliver && list[0].ID == e.handID {
		e.logged = true
		e.append(p, now, came, ref)
	} else if len(list) > 0 {
		e.carryOut(p, now, &s.msg)
	}
	if body {
		if !e.logged {
			e.holdArrival(p, now, ref)
		}
		e.putDown()
	}
	e.drop(i)
	if handshake && e.flying == 0 {
		e.begin(now)
	}
}

// putDown says that no body is at hand any more.
func (e *Engine) putDown() { e.atHand, e.handID = history.NoRef, peer.NoMessage }

// refOf returns the broadcast that a message's name stands for.
func (e *Engine) refOf(id peer.MessageID) (history.Ref, bool) {
	if id == e.handID {
		return e.atHand, e.atHand != history.NoRef
	}
	return e.src.Lookup(id)
}

// arriveWatched is arrive under faults, and with everything on that watches a
// run.
func (e *Engine) arriveWatched(now sim.Time, ev event) {
	if e.clogs > 0 && e.clog(now, ev) {
		return
	}
	e.land(now, ev, e.inFlight)
}

// land is the arrival of a packet at its host; strikes says whether faults that
// strike packets in flight may still do so.
func (e *Engine) land(now sim.Time, ev event, strikes bool) {
	s := &e.slab[ev.ref()]
	p := int(ev.to())
	kind, ref := s.msg.Kind, s.ref
	if kind.Handshake() {
		e.flying--
	}
	lost := e.anyDown && e.lostToCrash(p)
	if !lost && strikes {
		verdict := e.net.Arrive(now, s.sent, network.Addr(s.msg.From), network.Addr(p))
		if lost = verdict != network.Arrives; lost {
			e.digest.Add2(journal.FateWords(now, peer.ID(p), uint8(verdict), ev.copy(), 0))
		}
	}
	if e.options.Recorder != nil {
		e.recordArrival(now, ev, lost)
	}
	if lost && kind.Body() {
		e.lose(Loss{Ref: ref, From: s.msg.From, To: peer.ID(p), At: now, Verdict: network.Cut, Crash: e.hosts[p].down})
	}
	if !lost && e.watches {
		e.observePacket(scenarios.PacketReaches, &s.msg, s.msg.From, peer.ID(p))
	}
	switch {
	case lost:
		e.drop(ev.ref())
	case e.stalled > 0 && e.hosts[p].stalls():
		e.wait(p, now, ev)
	default:
		e.handIn(p, now, now, ev.ref(), kind, ref)
		e.drop(ev.ref())
	}
	if e.flying == 0 && kind.Phase() {
		e.begin(now)
	}
}

// handIn steps machine p with the packet of a slot, which reached the host at
// came, and remembers that time for a body that stays behind.
func (e *Engine) handIn(p int, now, came sim.Time, i uint32, kind peer.Kind, ref history.Ref) {
	if !kind.Body() || ref == history.NoRef {
		e.stepMessage(p, now, i)
		return
	}
	if e.plan.trackArrivals || e.relays {
		came = e.holdArrival(p, came, ref)
	}
	e.atHand, e.handID, e.handAt, e.logged = ref, e.slab[i].msg.ID, came, false
	e.stepMessage(p, now, i)
	if e.follows {
		e.took(p, ref, came)
	}
	if !e.logged {
		e.holdArrival(p, came, ref)
	}
	e.putDown()
	if e.plan.reactsToArrival {
		e.src.Arrived(peer.ID(p), ref, now)
		e.consult(p, now)
	}
}

func (e *Engine) stepMessage(p int, now sim.Time, i uint32) {
	e.parking = i
	if e.options.Poison {
		e.scratch = e.slab[i].msg
		e.step(p, now, peer.Input{Kind: peer.InputArrival, Message: &e.scratch})
		e.scratch = peer.Message{ID: peer.MessageID{Sender: -7, Number: -7}, Kind: 255, Stamp: -1 << 62, Aux: -1 << 62, From: -7}
		return
	}
	e.step(p, now, peer.Input{Kind: peer.InputArrival, Message: &e.slab[i].msg})
}

// holdArrival notes the first arrival of a body at p and returns it.
func (e *Engine) holdArrival(p int, came sim.Time, ref history.Ref) sim.Time {
	k := int(ref)*e.plan.peers + p
	if k >= len(e.held) {
		grow := max(k+1, e.plan.broadcasts*e.plan.peers, 2*len(e.held))
		e.held = append(make([]sim.Time, 0, grow), e.held...)[:grow]
	}
	e.heldUsed = true
	if e.held[k] == 0 {
		e.held[k] = came + 1
	}
	return e.held[k] - 1
}

// arrivalOf returns when the body of ref, which is not at hand, first reached
// p. A peer's own message is there from the broadcast on.
func (e *Engine) arrivalOf(p int, now sim.Time, ref history.Ref) sim.Time {
	if k := int(ref)*e.plan.peers + p; k < len(e.held) && e.held[k] != 0 {
		return e.held[k] - 1
	}
	if b := &e.hist.Broadcasts[ref]; int(b.ID.Sender) == p {
		return b.At
	}
	return now
}

func (e *Engine) recordFates(now sim.Time, i uint32, fates []network.Fate) {
	m := &e.slab[i].msg
	for k := range fates {
		f := &fates[k]
		ev := packetEvent(journal.Fate, m, now)
		ev.Peer, ev.Other = m.From, peer.ID(f.To)
		ev.Arrival, ev.Copy, ev.Verdict = f.At, f.Copy, uint8(f.Verdict)
		if f.Verdict != network.Arrives && f.Verdict != network.Corrupted {
			ev.Arrival = sim.Never
		}
		e.options.Recorder.Add(ev)
	}
}

func (e *Engine) recordArrival(now sim.Time, ev event, lost bool) {
	s := &e.slab[ev.ref()]
	out := packetEvent(journal.Arrival, &s.msg, now)
	out.Peer, out.Other, out.Copy = peer.ID(ev.to()), s.msg.From, ev.copy()
	out.Arrival = now
	if lost {
		out.Verdict = uint8(network.Lost)
	}
	e.options.Recorder.Add(out)
}

func packetEvent(kind journal.Kind, m *peer.Message, now sim.Time) journal.Event {
	ev := journal.New(kind, now, m.From)
	ev.Message, ev.Packet, ev.Round, ev.Attempt = m.ID, m.Kind, m.Round, m.Attempt
	return ev
}
