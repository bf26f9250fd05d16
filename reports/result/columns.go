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
	path string
	form form
	get  func(o *Ordering) (num int64, den uint64)
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
	{"events", number, func(o *Ordering) (int64, uint64) { return count(o.Events) }},
	{"ties", number, func(o *Ordering) (int64, uint64) { return count(o.Ties) }},
	{"virtual_ms", millis, func(o *Ordering) (int64, uint64) { return int64(o.Virtual), 1 }},
	{"limit", extra, nil},
	{"complete", share, func(o *Ordering) (int64, uint64) { return yesno(o.Complete) }},
	{"absent", number, func(o *Ordering) (int64, uint64) { return whole(len(o.Absent)) }},
	{"vacuous", extra, nil},

	{"properties.integrity", share, func(o *Ordering) (int64, uint64) { return verdict(o.Properties.Integrity, Holds) }},
	{"properties.integrity_unknown", share, func(o *Ordering) (int64, uint64) { return verdict(o.Properties.Integrity, Unknown) }},
	{"properties.validity", share, func(o *Ordering) (int64, uint64) { return verdict(o.Properties.Validity, Holds) }},
	{"properties.validity_unknown", share, func(o *Ordering) (int64, uint64) { return verdict(o.Properties.Validity, Unknown) }},
	{"properties.agreement", share, func(o *Ordering) (int64, uint64) { return verdict(o.Properties.Agreement, Holds) }},
	{"properties.agreement_unknown", share, func(o *Ordering) (int64, uint64) { return verdict(o.Properties.Agreement, Unknown) }},
	{"properties.uniform", share, func(o *Ordering) (int64, uint64) { return verdict(o.Properties.Uniform, Holds) }},
	{"properties.uniform_unknown", share, func(o *Ordering) (int64, uint64) { return verdict(o.Properties.Uniform, Unknown) }},
	{"properties.fifo", share, func(o *Ordering) (int64, uint64) { return verdict(o.Properties.FIFO, Holds) }},
	{"properties.fifo_unknown", share, func(o *Ordering) (int64, uint64) { return verdict(o.Properties.FIFO, Unknown) }},
	{"properties.causal", share, func(o *Ordering) (int64, uint64) { return verdict(o.Properties.Causal, Holds) }},
	{"properties.causal_unknown", share, func(o *Ordering) (int64, uint64) { return verdict(o.Properties.Causal, Unknown) }},
	{"properties.total", share, func(o *Ordering) (int64, uint64) { return verdict(o.Properties.Total, Holds) }},
	{"properties.total_unknown", share, func(o *Ordering) (int64, uint64) { return verdict(o.Properties.Total, Unknown) }},
	{"properties.liveness", extra, nil},
	{"outside_assumptions", extra, nil},

	{"divergence.identical", share, func(o *Ordering) (int64, uint64) { return yesno(o.Divergence.Identical) }},
	{"divergence.contested", number, func(o *Ordering) (int64, uint64) { return of(o.Divergence.Contested) }},
	{"divergence.inversions_per_message", number, func(o *Ordering) (int64, uint64) { return of(o.Divergence.InversionsPerMessage) }},
	{"divergence.kendall_distance", number, func(o *Ordering) (int64, uint64) { return of(o.Divergence.KendallDistance) }},
	{"divergence.kendall_max", number, func(o *Ordering) (int64, uint64) { return some(o.Divergence.KendallMax) }},
	{"divergence.footrule", number, func(o *Ordering) (int64, uint64) { return of(o.Divergence.Footrule) }},
	{"divergence.ulam", number, func(o *Ordering) (int64, uint64) { return of(o.Divergence.Ulam) }},
	{"divergence.pairs", number, func(o *Ordering) (int64, uint64) { return whole(o.Divergence.Pairs) }},
	{"divergence.distinct_logs", number, func(o *Ordering) (int64, uint64) { return whole(o.Divergence.DistinctLogs) }},
	{"divergence.first_difference", number, func(o *Ordering) (int64, uint64) { return some(o.Divergence.FirstDifference) }},
	{"divergence.common_prefix", number, func(o *Ordering) (int64, uint64) { return whole(o.Divergence.CommonPrefix) }},
	{"divergence.positions", number, func(o *Ordering) (int64, uint64) { return whole(o.Divergence.Positions) }},
	{"divergence.positions_differing", number, func(o *Ordering) (int64, uint64) { return whole(o.Divergence.PositionsDiffering) }},
	{"divergence.missing", number, func(o *Ordering) (int64, uint64) { return whole(o.Divergence.Missing) }},
	{"divergence.duplicates", number, func(o *Ordering) (int64, uint64) { return whole(o.Divergence.Duplicates) }},
	{"divergence.messages", number, func(o *Ordering) (int64, uint64) { return whole(o.Divergence.Messages) }},
	{"divergence.deliveries", number, func(o *Ordering) (int64, uint64) { return whole(o.Divergence.Deliveries) }},
	{"divergence.prefix_consistent", share, func(o *Ordering) (int64, uint64) { return yesno(o.Divergence.PrefixConsistent) }},
	{"divergence.rounds_classic", number, func(o *Ordering) (int64, uint64) { return whole(o.Divergence.RoundsClassic) }},
	{"divergence.rounds_full", number, func(o *Ordering) (int64, uint64) { return whole(o.Divergence.RoundsFull) }},

	{"quality.fifo_violations", number, func(o *Ordering) (int64, uint64) { return whole(o.Quality.FIFOViolations) }},
	{"quality.fifo_gaps", number, func(o *Ordering) (int64, uint64) { return whole(o.Quality.FIFOGaps) }},
	{"quality.causal_violations", number, func(o *Ordering) (int64, uint64) { return whole(o.Quality.CausalViolations) }},
	{"quality.causal_gaps", number, func(o *Ordering) (int64, uint64) { return whole(o.Quality.CausalGaps) }},
	{"quality.causal_receivers", extra, nil},
	{"quality.truth_inversions_per_message", number, func(o *Ordering) (int64, uint64) { return of(o.Quality.TruthInversionsPerMessage) }},

	{"cost.packets", number, func(o *Ordering) (int64, uint64) { return count(o.Cost.Packets) }},
	{"cost.packets_phases", number, func(o *Ordering) (int64, uint64) { return count(o.Cost.PacketsPhases) }},
	{"cost.packets_ordering", number, func(o *Ordering) (int64, uint64) { return count(o.Cost.PacketsOrdering) }},
	{"cost.packets_acks", number, func(o *Ordering) (int64, uint64) { return count(o.Cost.PacketsAcks) }},
	{"cost.packets_resent", number, func(o *Ordering) (int64, uint64) { return count(o.Cost.PacketsResent) }},
	{"cost.packets_lost", number, func(o *Ordering) (int64, uint64) { return count(o.Cost.PacketsLost) }},
	{"cost.packets_no_link", number, func(o *Ordering) (int64, uint64) { return count(o.Cost.PacketsNoLink) }},
	{"cost.packets_too_big", number, func(o *Ordering) (int64, uint64) { return count(o.Cost.PacketsTooBig) }},
	{"cost.packets_corrupted", number, func(o *Ordering) (int64, uint64) { return count(o.Cost.PacketsCorrupted) }},
	{"cost.packets_stalled", number, func(o *Ordering) (int64, uint64) { return count(o.Cost.PacketsStalled) }},
	{"cost.packets_duplicated", number, func(o *Ordering) (int64, uint64) { return count(o.Cost.PacketsDuplicated) }},
	{"cost.packets_repeated", number, func(o *Ordering) (int64, uint64) { return count(o.Cost.PacketsRepeated) }},
	{"cost.clamped", number, func(o *Ordering) (int64, uint64) { return count(o.Cost.Clamped) }},
	{"cost.bytes", number, func(o *Ordering) (int64, uint64) { return count(o.Cost.Bytes) }},
	{"cost.packets_per_broadcast", number, func(o *Ordering) (int64, uint64) { return of(o.Cost.PacketsPerBroadcast) }},
	{"cost.latency_ms.mean", millis, func(o *Ordering) (int64, uint64) { return mean(o.Cost.Latency.Mean) }},
	{"cost.latency_ms", extra, nil},
	{"cost.latency_self_ms.mean", millis, func(o *Ordering) (int64, uint64) { return mean(o.Cost.LatencySelf.Mean) }},
	{"cost.latency_self_ms", extra, nil},
	{"cost.hold_ms.mean", millis, func(o *Ordering) (int64, uint64) { return mean(o.Cost.Hold.Mean) }},
	{"cost.hold_ms", extra, nil},
	{"counters", extra, nil},

	{"phases.opened_ms", extra, nil},
	{"phases.handshake_ms", millis, func(o *Ordering) (int64, uint64) { return when(o.Phases.Handshake) }},
	{"phases.data_at_ms", millis, func(o *Ordering) (int64, uint64) { return when(o.Phases.DataAt) }},
	{"phases.opened_all", share, func(o *Ordering) (int64, uint64) { return yesno(o.Phases.OpenedAll) }},
	{"phases.data_ms", millis, func(o *Ordering) (int64, uint64) { return when(o.Phases.Data) }},
	{"phases.stop_ms", millis, func(o *Ordering) (int64, uint64) { return when(o.Phases.Stop) }},
	{"phases.too_early", number, func(o *Ordering) (int64, uint64) { return count(o.Phases.TooEarly) }},
	{"phases.too_late", number, func(o *Ordering) (int64, uint64) { return count(o.Phases.TooLate) }},
	{"phases.resent", number, func(o *Ordering) (int64, uint64) { return count(o.Phases.Resent) }},
	{"faults", extra, nil},
	{"watch", extra, nil},
	{"heal.unrecoverable", extra, nil},
	{"mechanisms", extra, nil},
}
