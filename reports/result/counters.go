package result

import (
	"fmt"
	"strings"
)

// CounterNames are the names of the counters of a sweep, each with an ordering
// that has it. All share the columns of the sweep's tables.
type CounterNames []counterName

type counterName struct{ name, ordering string }

// Add adds the name of a counter of an ordering. It is an error if its columns
// would be those of another: a counter x has the columns x_lo, x_hi, x_sd and x_n
// too, and dots lead into objects of JSON.
func (n *CounterNames) Add(name, ordering string) error {
	if name == "" || strings.Contains(name, ".") {
		return fmt.Errorf("ordering %s: a counter is called %q; want a name, without dots", ordering, name)
	}
	for _, other := range *n {
		if other.name == name {
			return nil
		}
	}
	for _, other := range *n {
		for _, end := range lineEnds {
			short, long := other, counterName{name, ordering}
			if len(short.name) > len(long.name) {
				short, long = long, short
			}
			if long.name == short.name+end {
				return fmt.Errorf("ordering %s: the counter %q would share a column with the counter %q of %s, of which a sweep writes %s, %s, %s and %s beside its mean; want another name for one of them, such as %q",
					long.ordering, long.name, short.name, short.ordering,
					short.name+lineEnds[0], short.name+lineEnds[1], short.name+lineEnds[2], short.name+lineEnds[3],
					strings.TrimPrefix(end, "_")+"_"+short.name)
			}
		}
	}
	*n = append(*n, counterName{name, ordering})
	return nil
}

// lineEnds are what a sweep appends to the path of a mean: the ends of its
// interval, the standard deviation, and the number of runs that have one.
var lineEnds = [...]string{"_lo", "_hi", "_sd", "_n"}

// NoteCounters adds the counters of the tally.
func (t *Tally) NoteCounters(n *CounterNames) error {
	for i := range t.counters {
		if err := n.Add(t.counters[i].name, t.label); err != nil {
			return err
		}
	}
	return nil
}
