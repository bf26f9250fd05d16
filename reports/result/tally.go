package result

import (
	"fmt"
	"slices"

	"mpcomm/reports/stats"
)

// Tally sums the runs of one cell and one ordering of a sweep. Sums are exact,
// so tallies of consecutive stretches of runs, merged in order, are the tally
// of all runs however they were cut. The zero value is empty. Add allocates
// only for what it has not met before.
type Tally struct {
	// The host records here every duration that pooled quantiles are to cover;
	// without records they are null.
	Latency, LatencySelf, Hold stats.Histogram
	// ByRun are the same durations run by run, of the first runs of a cell, as many
	// as stats.MostClusters: what an interval of their quantiles needs.
	ByRun [3]stats.Clusters

	runs       uint64
	label      string
	kind       string
	numbers    [len(columns)]stats.Moments // of the runs but for those in unsettled
	unsettled  sums
	limits     [len(limitNames)]uint64
	digest     fold
	opened     stats.Moments // every peer of every run
	openedRuns stats.Moments // means of runs
	receivers  []int32
	vacuous    []string
	outside    []string
	counters   []counterTally
	faults     []faultTally
	watch      []watchTally
	paired     *paired // nil = runs are not compared with another ordering's

	healed        uint64    // runs whose scenario is healed
	lively        [3]uint64 // of these, by verdict
	unrecoverable stats.Moments

	mechanisms *mechanismMoments // nil = they were not counted
}

var limitNames = [...]string{"", "quiet", "until", "events"}

type counterTally struct {
	name   string
	values stats.Moments
}

type faultTally struct {
	fault  Fault
	struck stats.Moments
}

type watchTally struct {
	watch    Watch
	happened uint64
	runs     uint64
}

// Runs returns how many runs the tally holds.
func (t *Tally) Runs() uint64 { return t.runs }

// Add enters the next run. It keeps none of o's lists.
func (t *Tally) Add(o *Ordering) {
	t.name(o.Ordering, o.Kind)
	t.runs++
	t.addNumbers(o)
	limit := slices.Index(limitNames[:], o.Limit)
	if limit < 0 {
		panic(fmt.Sprintf("result: a run ended at limit %q", o.Limit))
	}
	t.limits[limit]++
	t.digest.add(o.Digest)
	t.addOpened(o.Phases.Opened)
	if l := o.Properties.Liveness; l != nil {
		t.healed++
		t.lively[*l]++
		t.unrecoverable.AddInt(int64(len(o.Heal.Unrecoverable)))
	}
	t.addMechanisms(o.Mechanisms)
	if len(t.receivers) == 0 {
		for _, p := range o.Quality.CausalReceivers {
			t.receivers = append(t.receivers, int32(p))
		}
	}
	t.vacuous = someOf(unite(t.vacuous, o.Vacuous))
	t.outside = someOf(unite(t.outside, o.OutsideAssumptions))
	for _, c := range o.Counters {
		t.counter(c.Name).Add(c.Value)
	}
	for i, f := range o.Faults {
		if i == len(t.faults) {
			t.faults = append(t.faults, faultTally{fault: f})
		}
		t.faults[i].struck.AddInt(int64(f.Struck))
	}
	for i, w := range o.Watch {
		if i == len(t.watch) {
			t.watch = append(t.watch, watchTally{watch: w})
		}
		t.watch[i].runs++
		if w.Happened {
			t.watch[i].happened++
		}
	}
}

func (t *Tally) name(label, kind string) {
	if t.runs == 0 {
		t.label, t.kind = label, kind
	}
	if t.label != label {
		panic(fmt.Sprintf("result: runs of %q and %q in one tally", t.label, label))
	}
}

func (t *Tally) addOpened(opened []NullMS) {
	var sum int64
	known := uint64(0)
	for _, at := range opened {
		if at.Known {
			t.opened.AddInt(int64(at.MS))
			sum += int64(at.MS)
			known++
		}
	}
	t.openedRuns.Add(stats.Ratio{Num: uint64(sum), Den: known})
}

// unite appends what list lacks. Lists are a few entries long.
func unite(list, more []string) []string {
	for _, s := range more {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// mostSaid bounds the remarks of a line: under a swarm each run may have its own.
const mostSaid = 64

// someOf are the first of a list. Those of two stretches of runs, joined, are
// those of the whole.
func someOf(list []string) []string { return list[:min(len(list), mostSaid)] }

func (t *Tally) counter(name string) *stats.Moments {
	for i := range t.counters {
		if t.counters[i].name == name {
			return &t.counters[i].values
		}
	}
	t.counters = append(t.counters, counterTally{name: name})
	return &t.counters[len(t.counters)-1].values
}

// Merge enters the runs of next, which follow those of t.
func (t *Tally) Merge(next *Tally) {
	if next.runs == 0 {
		return
	}
	t.name(next.label, next.kind)
	t.settle()
	next.settle()
	t.runs += next.runs
	t.Latency.Merge(&next.Latency)
	t.LatencySelf.Merge(&next.LatencySelf)
	t.Hold.Merge(&next.Hold)
	for i := range t.ByRun {
		t.ByRun[i].Merge(&next.ByRun[i])
	}
	for i := range t.numbers {
		t.numbers[i].Merge(&next.numbers[i])
	}
	for i := range t.limits {
		t.limits[i] += next.limits[i]
	}
	t.digest.merge(next.digest)
	t.mergePairs(next)
	t.opened.Merge(&next.opened)
	t.openedRuns.Merge(&next.openedRuns)
	t.healed += next.healed
	for i := range t.lively {
		t.lively[i] += next.lively[i]
	}
	t.unrecoverable.Merge(&next.unrecoverable)
	t.mergeMechanisms(next)
	if len(t.receivers) == 0 {
		t.receivers = append(t.receivers, next.receivers...)
	}
	t.vacuous = someOf(unite(t.vacuous, next.vacuous))
	t.outside = someOf(unite(t.outside, next.outside))
	for i := range next.counters {
		t.counter(next.counters[i].name).Merge(&next.counters[i].values)
	}
	for i := range next.faults {
		if i == len(t.faults) {
			t.faults = append(t.faults, faultTally{fault: next.faults[i].fault})
		}
		t.faults[i].struck.Merge(&next.faults[i].struck)
	}
	for i, w := range next.watch {
		if i == len(t.watch) {
			t.watch = append(t.watch, watchTally{watch: w.watch})
		}
		t.watch[i].happened += w.happened
		t.watch[i].runs += w.runs
	}
}

// Reset forgets all runs and keeps the memory.
func (t *Tally) Reset() {
	t.Latency.Reset()
	t.LatencySelf.Reset()
	t.Hold.Reset()
	if t.paired != nil {
		*t.paired = paired{}
	}
	*t = Tally{
		paired:  t.paired,
		Latency: t.Latency, LatencySelf: t.LatencySelf, Hold: t.Hold,
		receivers: t.receivers[:0], vacuous: t.vacuous[:0], outside: t.outside[:0],
		counters: t.counters[:0], faults: t.faults[:0], watch: t.watch[:0],
	}
}
