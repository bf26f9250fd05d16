// Package export writes one recorded run for the tools of others: JSON lines,
// CSV, ShiViz, Perfetto, Mermaid and Wireshark. A format is an entry of
// [Formats]; all are pure functions of a [Run], so the same run gives the same
// bytes everywhere.
//
// It owns those formats. It must never know how a run was made, and leaves
// nothing out in silence: what a format cannot hold is an error, or said in the
// file. Times are true time since the run began, exact to the nanosecond.
//
// # jsonl
//
// The canonical form: every event of the run, one JSON object a line, in the
// order in which they happened, as peer/journal writes and reads it. A field
// that says nothing is left out.
//
//	at_ms       when it happened, in milliseconds
//	kind        broadcast, fate (what becomes of a packet, when it is sent), arrival, delivery,
//	            discard, timer, phase, fault, crash, restart, submit, heal
//	peer        where it happened; of a fate the sender
//	other       the other end of the link; of an arrival the sender
//	message     the message concerned, such as p2#0
//	packet      kind of the packet: data, relay, ack, ready, stop, ...
//	round       its serial number, if it concerns no message, or its ballot
//	attempt     0 for the first transmission, then the transport's repetitions
//	copy        1 for the duplicate that the network made
//	size        of a broadcast: bytes of its body
//	verdict     of a fate: arrives, lost, full, cut, held, no-link, too-big, corrupted; of an
//	            arrival: lost, if the host was down or the link was cut meanwhile
//	arrival_ms  when the packet arrives, if it does
//	local_ms    of a timer: the local time for which it was set
//	phase       the phase that the peer enters
//	value       of a fault: its place in the scenario, from 0
//	ends        true when a fault ends
//
// # csv
//
// The same events as a table with one row each: the columns are the number of
// the event, from 0, the fields above, and for deliveries position (in the log,
// from 1), latency_ms since the broadcast and hold_ms since the first arrival.
// An empty cell says nothing.
//
// # shiviz
//
// A log for ShiViz: the first line is the regular expression that reads it, the
// second, which is blank, would part executions. An event is a broadcast, a
// delivery, a crash or a comeback, with a vector clock in the sense of Fidge and
// Mattern: the clock of a delivery is at or above that of the broadcast, and that
// of an answer at or above that of what it answers, delivered or not. One
// broadcast happens before another by these clocks exactly when it is a cause of
// it, whatever stamps the ordering itself uses.
//
// # perfetto
//
// The Trace Event Format in JSON, for ui.perfetto.dev. Peers are threads.
// Broadcasts and deliveries are slices of 1 ms, or less where the next begins
// sooner, those of one instant one within the other; a flow joins a broadcast to
// its delivery at each other peer. What an ordering holds back is an
// asynchronous slice from arrival to delivery, as is the time that a peer is
// down; phases enclose what happens in them.
//
// # mermaid
//
// A sequence diagram of at most [MermaidMessages] messages, with their bodies
// alone. An arrow stands where it arrives: Mermaid cannot show overtaking.
//
// # pcapng
//
// A capture for Wireshark, as if every host had recorded its own link: one
// interface for each peer, on which a packet is outbound where it was sent and
// inbound where it arrived. Packets are IPv4 and UDP without a layer below
// (LINKTYPE_RAW), peer k has the address 10.(k/65536).(k/256 mod 256).(k mod
// 256) and a name, and the identification of IPv4 is the number of the packet
// modulo 65536, the same at both ends. The payload is text: the kind of the
// packet, the message if it concerns one, and round=, attempt= and copy= where
// they are not 0. Comments say what becomes of a packet, and when the message
// that it brings is delivered. Time 0 is 1970.
package export
