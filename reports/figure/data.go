package figure

import (
	"fmt"
	"slices"
	"strings"

	"mpcomm/reports/dataset"
)

// Data is a sweep as figures see it: its lines with the runs of each.
type Data struct {
	Scenario string
	Seed     uint64 // of the first run
	Runs     int    // of each line
	Command  string // repeats the sweep
	Lines    []dataset.Line
	Ratios   []dataset.CellRatio // spread of delays over gap between sends, by cell; nil = not known
}

// FromFolder takes the data from the folder of a sweep. The command does not
// repeat tables that were changed since, and says so.
func FromFolder(f *dataset.Folder) *Data {
	d := &Data{Scenario: f.Scenario, Seed: f.Seeds.First, Runs: f.Seeds.Runs, Command: f.Command, Lines: f.Lines, Ratios: f.Ratios}
	if len(f.Changed) > 0 {
		d.Command += " (" + strings.Join(f.Changed, " and ") + " changed since)"
	}
	return d
}

// Columns of the table of runs that figures are drawn from.
func Columns() []string {
	columns := []string{
		colIdentical, colInversions, colKendallMax, colFirst, colPositions, colDiffering, colMessages, colDeliveries, colCausal,
	}
	for _, m := range append(mechanisms[:], "missing") {
		columns = append(columns, colSwaps+m)
	}
	return columns
}

const (
	colIdentical  = "divergence.identical"
	colInversions = "divergence.inversions_per_message"
	colKendallMax = "divergence.kendall_max"
	colFirst      = "divergence.first_difference"
	colPositions  = "divergence.positions"
	colDiffering  = "divergence.positions_differing"
	colMessages   = "divergence.messages"
	colDeliveries = "divergence.deliveries"
	colCausal     = "quality.causal_violations"
	colSwaps      = "mechanisms.disagree." // and the mechanism
)

// metric is a number of a line's runs.
type metric func(*dataset.Line) summary

func overtaken(l *dataset.Line) summary { return summarise(l.Each[colInversions]) }

// differing is the share of log positions at which peers hold different
// messages, in percent.
func differing(l *dataset.Line) summary {
	return summarise(per(l.Each[colDiffering], l.Each[colPositions], 100))
}

// acausal counts effects logged before their causes, per 1000 entries of logs.
func acausal(l *dataset.Line) summary {
	return summarise(per(l.Each[colCausal], l.Each[colDeliveries], 1000))
}

// disagreeing is the share of runs in which any two logs differ, in percent.
func disagreeing(l *dataset.Line) summary {
	var holds []bool
	for _, same := range l.Each[colIdentical] {
		holds = append(holds, same == 0)
	}
	return share(holds).times(100)
}

// times returns s with every number multiplied.
func (s summary) times(factor float64) summary {
	s.mean *= factor
	s.interval.Lo *= factor
	s.interval.Hi *= factor
	s.low *= factor
	s.high *= factor
	s.each = scaled(s.each, factor)
	if len(s.each) == 0 {
		s.each = nil
	}
	return s
}

// lacks says why a figure cannot be drawn from a sweep.
type lacks string

// Error implements error.
func (l lacks) Error() string { return "the sweep " + string(l) }

// perRun refuses data without the runs themselves.
func (d *Data) perRun() error {
	for i := range d.Lines {
		if len(d.Lines[i].Each[colIdentical]) == 0 {
			return lacks("has no table of runs (want one made with --per-run)")
		}
	}
	return nil
}

// contender is the lines of one ordering.
type contender struct {
	ordering, kind string
	look           look
	lines          []*dataset.Line
}

// contenders returns the orderings in their order, each with its look.
func (d *Data) contenders() []contender {
	var all []contender
	for i := range d.Lines {
		l := &d.Lines[i]
		at := slices.IndexFunc(all, func(s contender) bool { return s.ordering == l.Ordering })
		if at < 0 {
			at = len(all)
			all = append(all, contender{ordering: l.Ordering, kind: l.Kind})
		}
		all[at].lines = append(all[at].lines, l)
	}
	kinds := make([]string, len(all))
	for i := range all {
		kinds[i] = all[i].kind
	}
	for i, l := range looksOf(kinds) {
		all[i].look = l
	}
	return all
}

// cells returns the cells in their order.
func (d *Data) cells() [][]Setting {
	var cells [][]Setting
	for i := range d.Lines {
		if c := d.Lines[i].Cell.Cell; !slices.ContainsFunc(cells, func(o []Setting) bool { return slices.Equal(o, c) }) {
			cells = append(cells, c)
		}
	}
	return cells
}

// varying returns the paths of the grid that have more than one value.
func (d *Data) varying() []string {
	cells := d.cells()
	if len(cells) < 2 {
		return nil
	}
	return varyingPaths(cells)
}

// pathOf returns the one path that varies and begins with one of the prefixes;
// empty if there is none, or more than one.
func (d *Data) pathOf(prefixes ...string) string {
	found := ""
	for _, path := range d.varying() {
		if slices.ContainsFunc(prefixes, func(p string) bool { return path == p || strings.HasPrefix(path, p+".") }) {
			if found != "" {
				return ""
			}
			found = path
		}
	}
	return found
}

// varies reports what else than paths that begin with the prefixes varies;
// empty if nothing does.
func (d *Data) varies(prefixes ...string) string {
	for _, path := range d.varying() {
		if !slices.ContainsFunc(prefixes, func(p string) bool { return path == p || strings.HasPrefix(path, p+".") }) {
			return path
		}
	}
	return ""
}

// values returns the values of a path in order of appearance.
func (d *Data) values(path string) []string {
	var all []string
	for _, c := range d.cells() {
		if v := valueOf(c, path); !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

// numbers reads the values of a path as numbers of one unit; not ok if one is
// none.
func (d *Data) numbers(path string) (map[string]float64, bool) {
	numbers := map[string]float64{}
	for _, v := range d.values(path) {
		x, _, ok := parseQuantity(v)
		if !ok {
			return nil, false
		}
		numbers[v] = x
	}
	return numbers, len(numbers) > 0
}

// facts begin every caption: the scenario, what all runs share, and the seeds.
func (d *Data) facts(of string) string {
	var shared []string
	peers, messages := d.Lines[0].Peers, d.Lines[0].Each[colMessages]
	same := func(ok func(l *dataset.Line) bool) bool {
		return !slices.ContainsFunc(d.Lines, func(l dataset.Line) bool { return !ok(&l) })
	}
	if same(func(l *dataset.Line) bool { return l.Peers == peers }) {
		shared = append(shared, count(uint64(peers), "peer"))
	}
	if len(messages) > 0 && same(func(l *dataset.Line) bool {
		return !slices.ContainsFunc(l.Each[colMessages], func(m float64) bool { return m != messages[0] })
	}) {
		shared = append(shared, count(uint64(messages[0]), "message"))
	}
	varying := d.varying()
	for _, s := range d.Lines[0].Cell.Cell {
		if !slices.Contains(varying, s.Path) {
			shared = append(shared, s.Path+" = "+s.Value)
		}
	}
	seeds := fmt.Sprintf("%s for each %s, seeds %d to %d, the same for every ordering",
		count(uint64(d.Runs), "run"), of, d.Seed, d.Seed+uint64(d.Runs)-1)
	if d.Runs == 1 {
		seeds = fmt.Sprintf("one run for each %s, seed %d", of, d.Seed)
	}
	return d.Scenario + ": " + strings.Join(append(shared, seeds), ", ") + "."
}

// bandsSaid is what a caption says of lines with two bands.
func (d *Data) bandsSaid() string {
	if d.Runs < fewRuns {
		return "Lines: means over runs; dots: single runs, which are too few for an interval."
	}
	return "Lines: means over runs. Dark bands: 95% intervals of the mean (bootstrap over seeds); light bands: 5th to 95th percentile of runs."
}

// settingOf returns the value of a path in a line's cell.
func settingOf(l *dataset.Line, path string) string { return valueOf(l.Cell.Cell, path) }
