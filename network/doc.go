// Package network says where a packet goes and when.
//
// It owns the links of a group of peers: the delay of every packet, loss,
// duplication, reordering, corruption, the queue before a slow link, partitions,
// changes of links over time, and what each of them has done. A caller hands in a packet and the present time and
// gets back one Fate for each packet and for each duplicate: none is lost
// silently. What the caller does with a fate, such as scheduling the arrival,
// is the caller's business.
//
// A drawn delay, and whether a packet is lost or doubled, is a pure function
// of the seed, the purpose of the draw and the packet's name: it does not
// depend on what else is sent, nor on how many peers there are. Burst loss,
// correlation of delays and stalls are processes in time of each directed link,
// pure functions of the seed, the link and the time; what a link remembers of
// them spares work and changes nothing. Only two things have a state, each per
// directed link: the rule of fifo links (no packet arrives before one sent
// earlier), and the queue of links with a bandwidth.
//
// Everything is integer arithmetic on nanoseconds and bytes, so that a run is
// the same on every machine.
//
// It must never know the event queue, a peer's clock, what a packet means, or
// why somebody sent it. It starts no goroutine and reads no clock.
package network
