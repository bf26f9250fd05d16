package result

// Adding a run to a tally is on the path of every run of a sweep, so the
// numbers that are there in every run are read in one stretch rather than
// through the table of columns; a test holds the two together.

// plainPaths are the columns that are an integer in every run.
var plainPaths = [...]string{
	"events", "virtual_ms", "absent",
	"divergence.pairs", "divergence.distinct_logs", "divergence.common_prefix", "divergence.positions",
	"divergence.positions_differing", "divergence.missing", "divergence.duplicates", "divergence.messages",
	"divergence.deliveries", "divergence.rounds_classic", "divergence.rounds_full",
	"quality.fifo_violations", "quality.fifo_gaps", "quality.causal_violations", "quality.causal_gaps",
	"cost.packets", "cost.packets_phases", "cost.packets_ordering", "cost.packets_acks", "cost.packets_resent",
	"cost.packets_lost", "cost.packets_duplicated", "cost.packets_repeated", "cost.clamped", "cost.bytes",
	"phases.too_early", "phases.too_late", "phases.resent",
}

// plain returns the numbers of plainPaths.
func plain(o *Ordering) [len(plainPaths)]int64 {
	d, q, c, p := &o.Divergence, &o.Quality, &o.Cost, &o.Phases
	return [...]int64{
		int64(o.Events), int64(o.Virtual), int64(len(o.Absent)),
		int64(d.Pairs), int64(d.DistinctLogs), int64(d.CommonPrefix), int64(d.Positions),
		int64(d.PositionsDiffering), int64(d.Missing), int64(d.Duplicates), int64(d.Messages),
		int64(d.Deliveries), int64(d.RoundsClassic), int64(d.RoundsFull),
		int64(q.FIFOViolations), int64(q.FIFOGaps), int64(q.CausalViolations), int64(q.CausalGaps),
		int64(c.Packets), int64(c.PacketsPhases), int64(c.PacketsOrdering), int64(c.PacketsAcks), int64(c.PacketsResent),
		int64(c.PacketsLost), int64(c.PacketsDuplicated), int64(c.PacketsRepeated), int64(c.Clamped), int64(c.Bytes),
		int64(p.TooEarly), int64(p.TooLate), int64(p.Resent),
	}
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

var (
	plainAt   = places(plainPaths[:])
	verdictAt = places(verdictPaths[:])
	others    = rest() // the columns that are in neither list
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

func rest() []int {
	taken := map[int]bool{}
	for _, i := range places(plainPaths[:]) {
		taken[i] = true
	}
	for _, i := range places(verdictPaths[:]) {
		taken[i], taken[i+1] = true, true
	}
	var at []int
	for i := range columns {
		if columns[i].get != nil && !taken[i] {
			at = append(at, i)
		}
	}
	return at
}

// addNumbers enters the numbers of every column.
func (t *Tally) addNumbers(o *Ordering) {
	for k, n := range plain(o) {
		t.numbers[plainAt[k]].AddInt(n)
	}
	for k, v := range o.Properties.list() {
		switch v {
		case Holds:
			t.numbers[verdictAt[k]].AddInt(1)
		case Unknown:
			t.numbers[verdictAt[k]+1].AddInt(1)
		}
	}
	for _, i := range others {
		t.addNumber(i, o)
	}
}
