// Package journal holds what happened in a run as values: a digest of every
// record, a recorder of events, their text and JSON-lines forms, and the first
// difference between two recordings.
//
// # Record layout
//
// A [Digest] folds records of two or three 64-bit words. The low eight bits of
// the second word are the [Kind] and decide how many words there are, so a
// stream of records can be cut in one way only. Words are numbers, not bytes:
// the digest does not depend on the byte order or word size of the machine.
// Bits are counted from the least significant.
//
//	record     first word   second word, above bits 0-7 = kind                        third word
//	broadcast  time in ns   16-31 sender, 32-63 reference of the broadcast            0-31 number, 32-63 size in bytes
//	sent       name         8-15 packet kind, 16-31 sender, 32-63 serial number       -
//	fate       time in ns   8-11 verdict, 12-15 copy, 16-31 receiver, 32-63 serial    -
//	arrival    time in ns   12-15 copy, 16-31 receiver, 32-63 serial                  -
//	delivery   time in ns   16-31 peer, 32-63 reference                               -
//	discard    time in ns   16-31 peer, 32-63 reference                               -
//	timer      time in ns   16-31 peer, 32-63 timer                                   -
//	phase      time in ns   8-15 phase, 16-31 peer                                    -
//	fault      time in ns   8-15 edge (0 begins, 1 ends), 32-63 place in the file     -
//	crash      time in ns   16-31 peer                                                -
//	restart    time in ns   16-31 peer                                                -
//	submit     time in ns   16-31 peer                                                -
//
// Time is true time since the run began; the serial number of a packet counts
// from 0 in order of sending, modulo 2^32; its name is the 64-bit key of its
// random draws. The words of a record are built by the functions in layout.go.
// Which kinds of record a digest covers is the choice of whoever writes it, and
// is part of its meaning.
//
// # Fold
//
// The state is two words. A pair of words (a, b) is folded in by
//
//	v = s0 xor a
//	h, l = the high and low half of the 128-bit product v * K0
//	s0 = rotate left by 23 (s1 xor h) + rotate left by 32 (b * K1 mod 2^64)
//	s1 = l
//
// For fixed words this is a bijection of the state, and for a fixed state an
// injection of the words, because K0 and K1 are odd. Two streams of as many
// records that differ in one record alone therefore never have the same digest;
// for any other difference equality is a matter of chance.
//
// # Boundaries
//
// The package owns the record layout and the texts of events. It must never
// know how a run is driven, decide anything about it, or read a clock.
package journal
