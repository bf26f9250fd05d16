package result

import "mpcomm/reports/stats"

// Adding a run to a tally is on the path of every run of a sweep, so numbers are
// not added to moments run by run: integers are summed in single words for as
// many runs as these hold without rounding, verdicts and quotients of the same
// divisor are counted, and all are settled into the moments together. Nor are
// they read through the table of columns; a test holds the two together.

// sums are runs that are not in the moments yet.
type sums struct {
	runs     uint64
	sum      [len(integerPaths)]uint64
	squares  [len(integerPaths)]uint64
	apart    [len(integerPaths)]uint64 // runs in which the number is null, or in the moments already
	verdicts [len(verdictPaths)][3]uint64
	ratios   [len(ratioPaths)]ratioCounts
}

// Squares of as many integers fit a word.
const (
	mostUnsettled = 1 << 12 // runs
	mostInteger   = 1<<26 - 1
)

// ratioCounts counts quotients by their numerators, while they have one divisor.
type ratioCounts struct {
	den    uint64 // 0 = none yet
	counts [256]uint32
}

// integerPaths are the columns that are a small integer, 0 or 1 included, in
// most runs.
var integerPaths = [...]string{
	"divergence.kendall_max", "divergence.first_difference", // null in some runs, so see unknown
	"complete", "divergence.identical", "divergence.prefix_consistent", "phases.opened_all",
	"events", "ties", "absent",
	"divergence.pairs", "divergence.distinct_logs", "divergence.common_prefix", "divergence.positions",
	"divergence.positions_differing", "divergence.missing", "divergence.duplicates", "divergence.messages",
	"divergence.deliveries", "divergence.rounds_classic", "divergence.rounds_full",
	"quality.fifo_violations", "quality.fifo_gaps", "quality.causal_violations", "quality.causal_gaps",
	"cost.packets", "cost.packets_phases", "cost.packets_ordering", "cost.packets_acks", "cost.packets_resent",
	"cost.packets_lost", "cost.packets_no_link", "cost.packets_too_big", "cost.packets_corrupted", "cost.packets_stalled", "cost.packets_duplicated", "cost.packets_repeated", "cost.clamped", "cost.bytes",
	"phases.too_early", "phases.too_late", "phases.resent",
}

// integers returns the numbers of integerPaths.
func integers(o *Ordering) [len(integerPaths)]int64 {
	d, q, c, p := &o.Divergence, &o.Quality, &o.Cost, &o.Phases
	return [...]int64{
		d.KendallMax.N, d.FirstDifference.N,
		int64(one(o.Complete)), int64(one(d.Identical)), int64(one(d.PrefixConsistent)), int64(one(p.OpenedAll)),
		int64(o.Events), int64(o.Ties), int64(len(o.Absent)),
		d.Pairs.N, int64(d.DistinctLogs), int64(d.CommonPrefix), int64(d.Positions),
		int64(d.PositionsDiffering), int64(d.Missing), int64(d.Duplicates), int64(d.Messages),
		int64(d.Deliveries), int64(d.RoundsClassic), int64(d.RoundsFull),
		int64(q.FIFOViolations), int64(q.FIFOGaps), int64(q.CausalViolations), int64(q.CausalGaps),
		int64(c.Packets), int64(c.PacketsPhases), int64(c.PacketsOrdering), int64(c.PacketsAcks), int64(c.PacketsResent),
		int64(c.PacketsLost), int64(c.PacketsNoLink), int64(c.PacketsTooBig), int64(c.PacketsCorrupted), int64(c.PacketsStalled), int64(c.PacketsDuplicated), int64(c.PacketsRepeated), int64(c.Clamped), int64(c.Bytes),
		int64(p.TooEarly), int64(p.TooLate), int64(p.Resent),
	}
}

// unknown returns, of the first of integerPaths, 1 for those that are null.
func unknown(o *Ordering) [2]uint64 {
	d := &o.Divergence
	return [...]uint64{one(!d.KendallMax.Known), one(!d.FirstDifference.Known)}
}

// verdictPaths are the properties; the share of runs in which one is unknown
// stands behind that in which it holds.
var verdictPaths = [...]string{
	"properties.integrity", "properties.validity", "properties.agreement", "properties.uniform",
	"properties.fifo", "properties.causal", "properties.total",
}

func (p *Properties) list() [len(verdictPaths)]Verdict {
	return [...]Verdict{p.Integrity, p.Validity, p.Agreement, p.Uniform, p.FIFO, p.Causal, p.Total}
}

// ratioPaths are the columns that are quotients of small numbers.
var ratioPaths = [...]string{
	"divergence.contested", "divergence.inversions_per_message", "divergence.kendall_distance",
	"divergence.footrule", "divergence.ulam",
	"quality.truth_inversions_per_message", "cost.packets_per_broadcast",
}

func ratios(o *Ordering) [len(ratioPaths)]*stats.Ratio {
	d := &o.Divergence
	return [...]*stats.Ratio{
		&d.Contested, &d.InversionsPerMessage, &d.KendallDistance, &d.Footrule, &d.Ulam,
		&o.Quality.TruthInversionsPerMessage, &o.Cost.PacketsPerBroadcast,
	}
}

// directPaths are the columns that are added run by run: times, which are long.
var directPaths = [...]string{
	"virtual_ms", "cost.latency_ms.mean", "cost.latency_self_ms.mean", "cost.hold_ms.mean",
	"phases.handshake_ms", "phases.data_at_ms", "phases.data_ms", "phases.stop_ms",
}

func (t *Tally) addDirect(o *Ordering) {
	c, p, at := &o.Cost, &o.Phases, &directAt
	t.numbers[at[0]].AddInt(int64(o.Virtual))
	for k, m := range [...]*Mean{&c.Latency.Mean, &c.LatencySelf.Mean, &c.Hold.Mean} {
		t.addMean(at[1+k], m)
	}
	for k, when := range [...]*NullMS{&p.Handshake, &p.DataAt, &p.Data, &p.Stop} {
		if when.Known {
			t.numbers[at[4+k]].AddInt(int64(when.MS))
		}
	}
}

func (t *Tally) addMean(at int, m *Mean) {
	if m.Sum < 0 {
		panic("result: durations sum to less than nothing")
	}
	t.numbers[at].Add(stats.Ratio{Num: uint64(m.Sum), Den: m.Count})
}

var (
	integerAt = [len(integerPaths)]int(places(integerPaths[:]))
	verdictAt = [len(verdictPaths)]int(places(verdictPaths[:]))
	ratioAt   = [len(ratioPaths)]int(places(ratioPaths[:]))
	directAt  = [len(directPaths)]int(places(directPaths[:]))
)

// places returns where in columns the paths stand.
func places(paths []string) []int {
	var at []int
	for _, path := range paths {
		found := -1
		for i := range columns {
			if columns[i].path == path {
				found = i
			}
		}
		if found < 0 {
			panic("result: no column is called " + path)
		}
		at = append(at, found)
	}
	return at
}

// addNumbers enters the numbers of every column.
func (t *Tally) addNumbers(o *Ordering) {
	s := &t.unsettled
	numbers := integers(o)
	for k, n := range unknown(o) {
		if n != 0 {
			numbers[k] = 0
			s.apart[k]++
		}
	}
	for k := range numbers {
		n := uint64(numbers[k])
		if n > mostInteger {
			t.numbers[integerAt[k]].AddInt(int64(n))
			s.apart[k]++
			continue
		}
		s.sum[k] += n
		s.squares[k] += n * n
	}
	for k, v := range o.Properties.list() {
		s.verdicts[k][v]++
	}
	for k, r := range ratios(o) {
		c := &s.ratios[k]
		if r.Num < uint64(len(c.counts)) && r.Den == c.den && r.Den != 0 {
			c.counts[r.Num]++
		} else {
			t.addRatio(k, r)
		}
	}
	t.addDirect(o)
	if s.runs++; s.runs == mostUnsettled {
		t.settle()
	}
}

// addRatio enters a quotient that is not counted yet, or cannot be.
func (t *Tally) addRatio(k int, r *stats.Ratio) {
	c := &t.unsettled.ratios[k]
	if c.den == 0 && r.Num < uint64(len(c.counts)) && r.Den != 0 {
		c.den = r.Den
		c.counts[r.Num]++
		return
	}
	t.numbers[ratioAt[k]].Add(*r)
}

// settle enters into the moments what is not there yet.
func (t *Tally) settle() {
	s := &t.unsettled
	if s.runs == 0 {
		return
	}
	for k, at := range integerAt {
		t.numbers[at].AddInts(s.runs-s.apart[k], s.sum[k], s.squares[k])
	}
	for k, at := range verdictAt {
		for i, v := range [2]Verdict{Holds, Unknown} {
			n := s.verdicts[k][v]
			t.numbers[at+i].AddInts(s.runs, n, n)
		}
	}
	for k, at := range ratioAt {
		c := &s.ratios[k]
		for num, n := range c.counts {
			t.numbers[at].AddTimes(stats.Ratio{Num: uint64(num), Den: c.den}, uint64(n))
		}
	}
	*s = sums{}
}
