// Package compare is the comparator: it takes the logs of a group of peers and
// says whether they are the same, how far they are apart, where they part
// first, and why.
//
// It owns the metrics of divergence, the classification of the first
// difference, and the text forms of logs. Divergence is agreement between
// logs; how far a log is from the true order of sending is another question,
// answered apart by Truth.
//
// It must never know how logs came about: no engine, no ordering, no network.
// What only the host can know (why a message is missing, what an ordering
// stamped on it) it asks of Facts.
package compare
