// Package barcode draws where logs disagree, at one glance for runs of any
// size: a strip for each ordering, a row for each peer, log positions to the
// right. Marked columns are positions at which the peers hold different
// messages; bars say how far a message stands from its place in the true order
// of sending.
//
// It owns that picture and what is measured for it. It must never judge: two
// logs may agree on an order that is far from the true one, and then all rows
// of a strip look the same, whatever the bars say.
package barcode
