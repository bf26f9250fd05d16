package result

import "mpcomm/reports/stats"

// form says what a number of a run is, and so what a sweep makes of it.
type form uint8

const (
	share  form = iota // 0 or 1 in a run, the share of runs in a sweep, with Wilson's interval
	number             // a count or a ratio; its mean in a sweep
	millis             // nanoseconds that print as milliseconds; their mean in a sweep
	extra              // no number of every run: extras writes what a sweep has there
)

// column is one number of a run. get returns it as a quotient; a divisor of 0
// is null.
type column struct {
	path  string
	form  form
	unit  string // of what is no flag, nor text
	means string // in one run, for the dictionary of columns
	get   func(o *Ordering) (num int64, den uint64)
}

func yesno(b bool) (int64, uint64) {
	if b {
		return 1, 1
	}
	return 0, 1
}

func whole(n int) (int64, uint64)           { return int64(n), 1 }
func count(n uint64) (int64, uint64)        { return int64(n), 1 }
func some(n NullInt) (int64, uint64)        { return n.N, one(n.Known) }
func when(t NullMS) (int64, uint64)         { return int64(t.MS), one(t.Known) }
func mean(m Mean) (int64, uint64)           { return m.Sum, m.Count }
func of(r stats.Ratio) (int64, uint64)      { return int64(r.Num), r.Den }
func verdict(v, is Verdict) (int64, uint64) { return yesno(v == is) }

func one(known bool) uint64 {
	if known {
		return 1
	}
	return 0
}

// columns are the numbers of a run, in the order of its JSON.
var columns = [...]column{
	{"events", number, "events", "events of the run", func(o *Ordering) (int64, uint64) { return count(o.Events) }},
	{"ties", number, "events", "events at the same instant as the one before", func(o *Ordering) (int64, uint64) { return count(o.Ties) }},
	{"virtual_ms", millis, "ms", "true time at which the run ended", func(o *Ordering) (int64, uint64) { return int64(o.Virtual), 1 }},
	{"limit", extra, "", "how the run ended: nothing left to do (empty), quiet, or a limit, until or events", nil},
	{"complete", share, "", "every log was submitted and holds every message of a correct peer", func(o *Ordering) (int64, uint64) { return yesno(o.Complete) }},
	{"absent", number, "peers", "peers whose log was not submitted", func(o *Ordering) (int64, uint64) { return whole(len(o.Absent)) }},
	{"vacuous", extra, "", "what made a verdict empty", nil},

	{"properties.integrity", share, "", "the property integrity holds: nothing twice, nothing that was never broadcast", func(o *Ordering) (int64, uint64) { return verdict(o.Properties.Integrity, Holds) }},
	{"properties.integrity_unknown", share, "", "it cannot be told whether integrity holds", func(o *Ordering) (int64, uint64) { return verdict(o.Properties.Integrity, Unknown) }},
	{"properties.validity", share, "", "the property validity holds: what a correct peer broadcast is in some compared log", func(o *Ordering) (int64, uint64) { return verdict(o.Properties.Validity, Holds) }},
	{"properties.validity_unknown", share, "", "it cannot be told whether validity holds", func(o *Ordering) (int64, uint64) { return verdict(o.Properties.Validity, Unknown) }},
	{"properties.agreement", share, "", "the property agreement holds: what is in one compared log is in all", func(o *Ordering) (int64, uint64) { return verdict(o.Properties.Agreement, Holds) }},
	{"properties.agreement_unknown", share, "", "it cannot be told whether agreement holds", func(o *Ordering) (int64, uint64) { return verdict(o.Properties.Agreement, Unknown) }},
	{"properties.uniform", share, "", "the property uniform agreement holds: what is in any log, of a crashed peer too, is in all compared ones", func(o *Ordering) (int64, uint64) { return verdict(o.Properties.Uniform, Holds) }},
	{"properties.uniform_unknown", share, "", "it cannot be told whether uniform agreement holds", func(o *Ordering) (int64, uint64) { return verdict(o.Properties.Uniform, Unknown) }},
	{"properties.fifo", share, "", "the property FIFO holds: messages of one sender stand in the order of their broadcasts", func(o *Ordering) (int64, uint64) { return verdict(o.Properties.FIFO, Holds) }},
	{"properties.fifo_unknown", share, "", "it cannot be told whether FIFO holds", func(o *Ordering) (int64, uint64) { return verdict(o.Properties.FIFO, Unknown) }},
	{"properties.causal", share, "", "the property causal order holds: every message stands after its causes", func(o *Ordering) (int64, uint64) { return verdict(o.Properties.Causal, Holds) }},
	{"properties.causal_unknown", share, "", "it cannot be told whether causal order holds", func(o *Ordering) (int64, uint64) { return verdict(o.Properties.Causal, Unknown) }},
	{"properties.total", share, "", "the property total order holds: no two compared logs hold two messages in opposite orders", func(o *Ordering) (int64, uint64) { return verdict(o.Properties.Total, Holds) }},
	{"properties.total_unknown", share, "", "it cannot be told whether total order holds", func(o *Ordering) (int64, uint64) { return verdict(o.Properties.Total, Unknown) }},
	{"properties.liveness", extra, "", "the property liveness holds: in time after the heal every compared log had every message of a correct peer", nil},
	{"outside_assumptions", extra, "", "assumptions of the ordering that the scenario does not meet", nil},

	{"divergence.identical", share, "", "all compared logs are identical", func(o *Ordering) (int64, uint64) { return yesno(o.Divergence.Identical) }},
	{"divergence.contested", number, "share of messages", "messages in all compared logs that some two order differently", func(o *Ordering) (int64, uint64) { return of(o.Divergence.Contested) }},
	{"divergence.inversions_per_message", number, "pairs of messages a message", "how often one message overtakes another between two logs: Kendall distance by common messages, mean over pairs of logs", func(o *Ordering) (int64, uint64) { return of(o.Divergence.InversionsPerMessage) }},
	{"divergence.kendall_distance", number, "pairs of messages", "pairs of messages that two logs hold in opposite orders, mean over pairs of logs", func(o *Ordering) (int64, uint64) { return of(o.Divergence.KendallDistance) }},
	{"divergence.kendall_max", number, "pairs of messages", "the largest Kendall distance of two logs", func(o *Ordering) (int64, uint64) { return some(o.Divergence.KendallMax) }},
	{"divergence.footrule", number, "positions", "Spearman's footrule of two logs: how far messages are displaced, in sum, mean over pairs of logs", func(o *Ordering) (int64, uint64) { return of(o.Divergence.Footrule) }},
	{"divergence.ulam", number, "messages", "fewest messages to move to make two logs equal, mean over pairs of logs", func(o *Ordering) (int64, uint64) { return of(o.Divergence.Ulam) }},
	{"divergence.pairs", number, "pairs of logs", "pairs of logs that were compared", func(o *Ordering) (int64, uint64) { return some(o.Divergence.Pairs) }},
	{"divergence.distinct_logs", number, "logs", "logs that differ from each other", func(o *Ordering) (int64, uint64) { return whole(o.Divergence.DistinctLogs) }},
	{"divergence.first_difference", number, "position", "first position, from 1, at which not all compared logs hold the same message; none where they are identical", func(o *Ordering) (int64, uint64) { return some(o.Divergence.FirstDifference) }},
	{"divergence.common_prefix", number, "positions", "positions before the first difference", func(o *Ordering) (int64, uint64) { return whole(o.Divergence.CommonPrefix) }},
	{"divergence.positions", number, "positions", "length of the longest compared log", func(o *Ordering) (int64, uint64) { return whole(o.Divergence.Positions) }},
	{"divergence.positions_differing", number, "positions", "positions at which not all compared logs hold the same message", func(o *Ordering) (int64, uint64) { return whole(o.Divergence.PositionsDiffering) }},
	{"divergence.missing", number, "messages", "messages of some compared log that another lacks, summed over logs", func(o *Ordering) (int64, uint64) { return whole(o.Divergence.Missing) }},
	{"divergence.duplicates", number, "messages", "entries of compared logs that were there before, summed over logs", func(o *Ordering) (int64, uint64) { return whole(o.Divergence.Duplicates) }},
	{"divergence.messages", number, "messages", "messages that were broadcast", func(o *Ordering) (int64, uint64) { return whole(o.Divergence.Messages) }},
	{"divergence.deliveries", number, "messages", "entries of the compared logs", func(o *Ordering) (int64, uint64) { return whole(o.Divergence.Deliveries) }},
	{"divergence.prefix_consistent", share, "", "of any two compared logs one begins with the other", func(o *Ordering) (int64, uint64) { return yesno(o.Divergence.PrefixConsistent) }},
	{"divergence.rounds_classic", number, "rounds", "rounds that differ as the lab's comparison server counts them, which looks neither at the last position nor at the last log", func(o *Ordering) (int64, uint64) { return whole(o.Divergence.RoundsClassic) }},
	{"divergence.rounds_full", number, "rounds", "rounds that differ, of all positions and logs", func(o *Ordering) (int64, uint64) { return whole(o.Divergence.RoundsFull) }},

	{"quality.fifo_violations", number, "messages", "messages delivered after a later one of their sender, summed over compared logs", func(o *Ordering) (int64, uint64) { return whole(o.Quality.FIFOViolations) }},
	{"quality.fifo_gaps", number, "messages", "messages delivered though an earlier one of their sender never comes, summed over compared logs", func(o *Ordering) (int64, uint64) { return whole(o.Quality.FIFOGaps) }},
	{"quality.causal_violations", number, "messages", "messages delivered before a cause that comes later, summed over the logs checked", func(o *Ordering) (int64, uint64) { return whole(o.Quality.CausalViolations) }},
	{"quality.causal_gaps", number, "messages", "messages delivered though a cause never comes, summed over the logs checked", func(o *Ordering) (int64, uint64) { return whole(o.Quality.CausalGaps) }},
	{"quality.causal_receivers", extra, "", "peers whose logs were checked for causality; none = all", nil},
	{"quality.truth_inversions_per_message", number, "pairs of messages a message", "how often one message overtakes another between a log and the true order of sending, by message", func(o *Ordering) (int64, uint64) { return of(o.Quality.TruthInversionsPerMessage) }},

	{"cost.packets", number, "packets", "packets handed to links", func(o *Ordering) (int64, uint64) { return count(o.Cost.Packets) }},
	{"cost.packets_phases", number, "packets", "packets of the phases: handshake, stop, logs", func(o *Ordering) (int64, uint64) { return count(o.Cost.PacketsPhases) }},
	{"cost.packets_ordering", number, "packets", "packets of the ordering", func(o *Ordering) (int64, uint64) { return count(o.Cost.PacketsOrdering) }},
	{"cost.packets_acks", number, "packets", "acknowledgements of the transport", func(o *Ordering) (int64, uint64) { return count(o.Cost.PacketsAcks) }},
	{"cost.packets_resent", number, "packets", "packets that the transport sent again", func(o *Ordering) (int64, uint64) { return count(o.Cost.PacketsResent) }},
	{"cost.packets_lost", number, "packets", "packets lost on the way", func(o *Ordering) (int64, uint64) { return count(o.Cost.PacketsLost) }},
	{"cost.packets_no_link", number, "packets", "packets lost because their link was down", func(o *Ordering) (int64, uint64) { return count(o.Cost.PacketsNoLink) }},
	{"cost.packets_too_big", number, "packets", "packets lost because they were larger than the MTU of their link", func(o *Ordering) (int64, uint64) { return count(o.Cost.PacketsTooBig) }},
	{"cost.packets_corrupted", number, "packets", "packets lost because they were damaged on the way", func(o *Ordering) (int64, uint64) { return count(o.Cost.PacketsCorrupted) }},
	{"cost.packets_stalled", number, "packets", "packets and copies that a stall of their link froze", func(o *Ordering) (int64, uint64) { return count(o.Cost.PacketsStalled) }},
	{"cost.packets_duplicated", number, "packets", "copies made on the way", func(o *Ordering) (int64, uint64) { return count(o.Cost.PacketsDuplicated) }},
	{"cost.packets_repeated", number, "packets", "copies that the transport threw away", func(o *Ordering) (int64, uint64) { return count(o.Cost.PacketsRepeated) }},
	{"cost.clamped", number, "packets", "drawn delays below 0, counted as 0", func(o *Ordering) (int64, uint64) { return count(o.Cost.Clamped) }},
	{"cost.bytes", number, "bytes", "bytes handed to links", func(o *Ordering) (int64, uint64) { return count(o.Cost.Bytes) }},
	{"cost.packets_per_broadcast", number, "packets a message", "packets of the ordering for each broadcast", func(o *Ordering) (int64, uint64) { return of(o.Cost.PacketsPerBroadcast) }},
	{"cost.latency_ms.mean", millis, "ms", "from broadcast to delivery at another peer, mean", func(o *Ordering) (int64, uint64) { return mean(o.Cost.Latency.Mean) }},
	{"cost.latency_ms", extra, "ms", "from broadcast to delivery at another peer", nil},
	{"cost.latency_self_ms.mean", millis, "ms", "from broadcast to delivery at the sender, mean", func(o *Ordering) (int64, uint64) { return mean(o.Cost.LatencySelf.Mean) }},
	{"cost.latency_self_ms", extra, "ms", "from broadcast to delivery at the sender", nil},
	{"cost.hold_ms.mean", millis, "ms", "from first arrival to delivery at another peer, mean", func(o *Ordering) (int64, uint64) { return mean(o.Cost.Hold.Mean) }},
	{"cost.hold_ms", extra, "ms", "from first arrival to delivery at another peer", nil},
	{"counters", extra, "count", "a counter of the ordering", nil},

	{"phases.opened_ms", extra, "ms", "true time at which a peer opened", nil},
	{"phases.handshake_ms", millis, "ms", "true time of the last opening; none where a peer never opened", func(o *Ordering) (int64, uint64) { return when(o.Phases.Handshake) }},
	{"phases.data_at_ms", millis, "ms", "true time at which the data phase began", func(o *Ordering) (int64, uint64) { return when(o.Phases.DataAt) }},
	{"phases.opened_all", share, "", "every peer opened", func(o *Ordering) (int64, uint64) { return yesno(o.Phases.OpenedAll) }},
	{"phases.data_ms", millis, "ms", "from the first opening to the last broadcast", func(o *Ordering) (int64, uint64) { return when(o.Phases.Data) }},
	{"phases.stop_ms", millis, "ms", "from the last broadcast to the last close", func(o *Ordering) (int64, uint64) { return when(o.Phases.Stop) }},
	{"phases.too_early", number, "packets", "packets of data dropped before the opening", func(o *Ordering) (int64, uint64) { return count(o.Phases.TooEarly) }},
	{"phases.too_late", number, "packets", "packets of data dropped after the last stop", func(o *Ordering) (int64, uint64) { return count(o.Phases.TooLate) }},
	{"phases.resent", number, "packets", "questions and repeated answers of the phases", func(o *Ordering) (int64, uint64) { return count(o.Phases.Resent) }},
	{"faults", extra, "inputs", "what a fault of the scenario struck: packets, steps or inputs", nil},
	{"watch", extra, "", "the first message of a watch of the scenario was in that log with the other not before it", nil},
	{"heal.unrecoverable", extra, "messages", "pairs of a message and a correct peer that lacks it where no living host had it any more", nil},
	{"mechanisms", extra, "", "differences that a mechanism made", nil},
}
