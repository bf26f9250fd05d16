package figure

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"

	"mpcomm/reports/dataset"
	"mpcomm/reports/result"
	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// maker says what a run of a made-up sweep measures.
type maker func(l *dataset.Line, run int, noise float64) map[string]float64

// sweepOf makes up a sweep: every cell under every ordering, given as label and
// kind.
func sweepOf(cells [][]Setting, orderings [][2]string, runs int, make maker) *Data {
	d := &Data{Scenario: "made-up", Seed: 1, Runs: runs, Command: "mpcomm figures made-up --runs " + fmt.Sprint(runs) + " --seed 1"}
	for c, cell := range cells {
		for _, o := range orderings {
			l := dataset.Line{Each: map[string][]float64{}}
			l.Cell = result.Cell{
				Head: result.Head{Scenario: "made-up", Seed: 1, Peers: 4, Cell: cell}, Runs: uint64(runs), Ordering: o[0], Kind: o[1],
			}
			if peers := valueOf(cell, "peers"); peers != "default" {
				l.Peers = int(parsed(peers))
			}
			for run := range runs {
				noise := float64(rng.Root(9).With(uint64(c)).Word(uint64(run))>>11) / (1 << 53)
				numbers := map[string]float64{colIdentical: 0, colMessages: 40, colPositions: 40, colDeliveries: 160, colCausal: 0, colKendallMax: 0}
				for path, v := range make(&l, run, noise) {
					numbers[path] = v
				}
				for _, path := range Columns() {
					v, ok := numbers[path]
					if !ok {
						v = 0
					}
					l.Each[path] = append(l.Each[path], v)
				}
			}
			d.Lines = append(d.Lines, l)
		}
	}
	return d
}

// steps are cells of one path.
func steps(path string, values ...string) [][]Setting {
	var cells [][]Setting
	for _, v := range values {
		cells = append(cells, []Setting{set(path, v)})
	}
	return cells
}

// crossed are all combinations of cells of two paths.
func crossed(a, b [][]Setting) [][]Setting {
	var cells [][]Setting
	for _, x := range a {
		for _, y := range b {
			cells = append(cells, slices.Concat(x, y))
		}
	}
	return cells
}

var three = [][2]string{{"naive", "naive"}, {"timestamp 80 ms", "timestamp"}, {"lamport", "lamport"}}

// worse is an ordering's weight: naive 1, timestamps a half, others nothing.
func worse(l *dataset.Line) float64 {
	switch l.Kind {
	case "naive":
		return 1
	case "timestamp":
		return 0.5
	}
	return 0
}

// usual are runs in which numbers grow with the place of the cell.
func usual(cells [][]Setting) maker {
	return func(l *dataset.Line, run int, noise float64) map[string]float64 {
		at := slices.IndexFunc(cells, func(c []Setting) bool { return slices.Equal(c, l.Cell.Cell) }) + 1
		x := worse(l) * float64(at) * (0.5 + noise)
		first := math.NaN()
		if x > 0.3 {
			first = math.Ceil(20 / (x + 0.6))
		}
		same := 0.0
		if x < 0.3 {
			same = 1
		}
		return map[string]float64{
			colInversions: x, colIdentical: same, colFirst: first, colDiffering: math.Min(40, math.Round(10*x)),
			colCausal: math.Round(3 * x), colKendallMax: math.Round(20 * x),
			colSwaps + "race": math.Round(100 * x), colSwaps + "relay": math.Round(20 * x), colSwaps + "late": math.Round(2 * x),
		}
	}
}

func usualSweep(cells [][]Setting, orderings [][2]string, runs int) *Data {
	return sweepOf(cells, orderings, runs, usual(cells))
}

// waits gives the lines of a sweep their holding times.
func waits(d *Data) *Data {
	for i := range d.Lines {
		l := &d.Lines[i]
		wait := float64(10 * i)
		l.Fields = append(l.Fields, result.Field{Path: "cost.hold_ms.p50", JSON: exact(wait)}, result.Field{Path: "cost.hold_ms.p99", JSON: exact(3*wait + 5)})
	}
	return d
}

// ratios gives the cells of a sweep rising ratios.
func ratios(d *Data) *Data {
	for i, c := range d.cells() {
		d.Ratios = append(d.Ratios, dataset.CellRatio{Cell: c, Ratio: 0.03 * math.Pow(3, float64(i))})
	}
	return d
}

// madeUp are sweeps for each figure of sweeps.
func madeUp(runs int, orderings [][2]string) map[string]*Data {
	gaps := steps("workload.gap.mean", "1s", "250ms", "62.5ms", "15.625ms")
	skews := steps("clocks.default.offset.sd", "0ms", "5ms", "10ms", "20ms", "160ms")
	jitter := steps("network.latency.sigma", "0.1", "0.4", "1")
	return map[string]*Data{
		"F1": ratios(usualSweep(steps("network.latency.median", "6ms", "20ms", "60ms", "200ms", "1s"), orderings, runs)),
		"F2": usualSweep(skews, orderings, runs),
		"F3": usualSweep(crossed(jitter, gaps), orderings, runs),
		"F4": usualSweep(steps("peers", "2", "3", "4", "8", "16"), orderings, runs),
		"F5": waits(usualSweep([][]Setting{{}}, orderings, runs)),
		"F6": usualSweep(crossed(skews, gaps), orderings, runs),
		"F7": usualSweep(jitter, orderings, runs),
		"F8": usualSweep([][]Setting{{}}, orderings, runs),
		"F9": usualSweep(steps("network.link", "fifo", "datagram"), orderings, runs),
	}
}

// madeLogs are logs of four peers that swap neighbours, or not.
func madeLogs(ordering, kind string, messages, swap int) Logs {
	l := Logs{Ordering: ordering, Kind: kind}
	for m := range messages {
		l.Names = append(l.Names, fmt.Sprintf("p%d#%d", m%4, m/4))
		l.Sent = append(l.Sent, sim.Time(m)*10_000_000)
	}
	for p := range 4 {
		order := make([]int, messages)
		for m := range order {
			order[m] = m
		}
		for m := p; swap > 0 && m+p+1 < messages; m += swap {
			order[m], order[m+p+1] = order[m+p+1], order[m]
		}
		var log []Delivery
		for k, m := range order {
			log = append(log, Delivery{m, sim.Time(k)*10_000_000 + sim.Time(p)*1_000_000})
		}
		l.Peers = append(l.Peers, log)
	}
	return l
}

var someRun = RunFacts{Scenario: "made-up", Peers: 4, Seed: 7, Command: "mpcomm figures made-up --figure F11 --seed 7"}

func madeBranches(differs bool, shares ...int) []Branches {
	b := Branches{Logs: madeLogs("naive", "naive", 24, 5), Reruns: 200, Differs: differs}
	for i, n := range shares {
		b.At, b.Differ = append(b.At, sim.Time(i)*50_000_000), append(b.Differ, n)
	}
	still := Branches{Logs: madeLogs("lamport", "lamport", 24, 0), Reruns: 200, At: b.At, Differ: make([]int, len(b.At))}
	return []Branches{b, still}
}

// gallery draws every figure in several ways: as meant, with few runs, and with
// many orderings of long names.
func gallery(t *testing.T) map[string]*Figure {
	t.Helper()
	all, err := drawnOnce()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var drawnOnce = sync.OnceValues(drawGallery)

func drawGallery() (map[string]*Figure, error) {
	all := map[string]*Figure{}
	many := [][2]string{
		{"naive", "naive"}, {"timestamp with a wait that is long, 80 ms", "timestamp"}, {"timestamp 160 ms", "timestamp"}, {"lamport", "lamport"},
	}
	for way, sweeps := range map[string]map[string]*Data{"meant": madeUp(40, three), "few": madeUp(6, three), "many": madeUp(12, many)} {
		for id, d := range sweeps {
			f, err := Draw(id, d)
			if err != nil {
				return nil, fmt.Errorf("%s, %s: %w", id, way, err)
			}
			all[id+" "+way] = f
		}
	}
	logs := []Logs{madeLogs("naive", "naive", 120, 9), madeLogs("timestamp 80 ms", "timestamp", 120, 31), madeLogs("lamport", "lamport", 120, 0)}
	long := []Logs{madeLogs("an ordering whose name is long", "skeen", 1000, 7)}
	for name, draw := range map[string]func() (*Figure, error){
		"F10 meant": func() (*Figure, error) { return WhenDecided(someRun, madeBranches(true, 120, 90, 30, 150, 200, 200)) },
		"F11 meant": func() (*Figure, error) { return Barcode(someRun, logs) },
		"F11 many":  func() (*Figure, error) { return Barcode(someRun, long) },
		"F12 meant": func() (*Figure, error) { return Tanglegram(someRun, logs) },
		"F12 many":  func() (*Figure, error) { return Tanglegram(someRun, long) },
	} {
		f, err := draw()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all[name] = f
	}
	return all, nil
}
