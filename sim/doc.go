// Package sim owns virtual time and the order in which events happen in it.
//
// A [Scheduler] holds events that are still to come and hands them out one by
// one, least (time, sequence) first: events of equal time come out in the
// order in which they were scheduled. The caller owns the loop; there are no
// callbacks, no goroutines, no clock and no randomness, so the history of a
// run is a pure function of the calls that were made.
//
// The queue is a calendar queue (R. Brown, "Calendar queues: a fast O(1)
// priority queue implementation for the simulation event set problem", CACM
// 31(10), 1988) made stable, with buckets that are kept unsorted until they
// are opened and a list for what lies beyond its horizon, as in the ladder
// queue (W. T. Tang, R. S. M. Goh, I. L.-J. Thng, "Ladder queue: an O(1)
// priority queue structure for large-scale discrete event simulation", ACM
// TOMACS 15(3), 2005). It tunes itself from counts of events, in integers;
// its tuning decides how fast an event comes out, never which.
//
// The package must never know what an event means: peers, packets, clocks and
// seeds live above it.
package sim
