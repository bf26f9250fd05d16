package bench

import (
	"context"
	"fmt"
	"math"
	"runtime"

	"mpcomm/peer/order"
	"mpcomm/scenarios/run"
	"mpcomm/scenarios/standard"
	"mpcomm/scenarios/sweep"
	"mpcomm/sim/phold"
)

// Workload is one load that can be measured.
type Workload struct {
	Name    string // such as phold/1000
	Doc     string
	Unit    string // what is counted: event, delivery or run
	Workers int    // at most so many processors are busy at a time
	open    func(ctx context.Context) (load, error)
}

// load is a workload that is ready.
type load struct {
	// once does the work of one repetition, which is the same each time, and
	// says how much that was.
	once func() (done, error)
	// live is the memory that the load keeps for each delivery; NaN where nothing
	// is delivered.
	live float64
}

// done is how much one repetition does: 0 where that is not counted.
type done struct{ units, events, packets uint64 }

// The sizes of one repetition: long beside the resolution of any clock, and
// short beside the time that is given to a workload.
const (
	pholdEvents    = 2_000_000
	leastDelivered = 1_000_000 // by as many whole runs as that takes
	tinyRuns       = 10_000
)

// Workloads are the standard ones in the order in which they are shown. Sweeps
// are measured with one worker and with that many.
func Workloads(workers int) []Workload {
	var all []Workload
	for _, processes := range []int{1_000, 100_000} {
		all = append(all, Workload{
			Name: fmt.Sprintf("phold/%d", processes), Unit: "event", Workers: 1,
			Doc:  fmt.Sprintf("the queue alone, %d events pending", processes),
			open: func(context.Context) (load, error) { return openPHOLD(processes), nil },
		})
	}
	for _, shape := range standard.Shapes() {
		all = append(all, Workload{
			Name: "broadcast/" + shape.String(), Unit: "delivery", Workers: 1,
			Doc:  fmt.Sprintf("%d peers broadcast %d messages each, delivered in order of arrival", shape.Peers, shape.Messages),
			open: func(context.Context) (load, error) { return openBroadcast(shape) },
		})
	}
	for _, phases := range []string{"robust", "none"} {
		for _, w := range []struct {
			suffix  string
			workers int
		}{{"", 1}, {"/all", workers}} {
			all = append(all, Workload{
				Name: "tiny/" + phases + w.suffix, Unit: "run", Workers: w.workers,
				Doc:  fmt.Sprintf("a sweep of runs of 4 peers and 8 messages, phases: %s, workers: %d", phases, w.workers),
				open: func(ctx context.Context) (load, error) { return openTiny(ctx, phases, w.workers) },
			})
		}
	}
	return all
}

func openPHOLD(processes int) load {
	l := phold.New(processes)
	return load{live: math.NaN(), once: func() (done, error) {
		l.Run(pholdEvents)
		return done{units: pholdEvents, events: pholdEvents}, nil
	}}
}

// openBroadcast makes an engine and a first run, which grows its memory.
func openBroadcast(shape standard.Shape) (load, error) {
	s, err := standard.Broadcast(shape, "naive", "robust")
	if err != nil {
		return load{}, err
	}
	before := liveBytes()
	p, err := run.Compile(s, s.Orderings[0], order.Builtin())
	if err != nil {
		return load{}, err
	}
	e, err := run.NewEngine(p, run.Options{})
	if err != nil {
		return load{}, err
	}
	first, err := oneRun(e, shape, 1)
	if err != nil {
		return load{}, err
	}
	live := float64(liveBytes()-before) / float64(first.units)
	runs := (leastDelivered + first.units - 1) / first.units
	return load{live: live, once: func() (sum done, err error) {
		for seed := range runs {
			d, err := oneRun(e, shape, seed+1)
			if err != nil {
				return sum, err
			}
			sum = done{sum.units + d.units, sum.events + d.events, sum.packets + d.packets}
		}
		return sum, nil
	}}, nil
}

func oneRun(e *run.Engine, shape standard.Shape, seed uint64) (done, error) {
	o, err := e.Run(seed)
	if err != nil {
		return done{}, err
	}
	if o.Limit != run.LimitNone {
		return done{}, fmt.Errorf("broadcast/%v, seed %d: the run ended at a limit, %s", shape, seed, o.Limit)
	}
	deliveries := uint64(shape.Peers) * uint64(len(o.History.Broadcasts))
	return done{units: deliveries, events: o.Events, packets: o.Cost.Packets()}, nil
}

// liveBytes is the memory in use, after what is not was given back.
func liveBytes() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func openTiny(ctx context.Context, phases string, workers int) (load, error) {
	s, err := standard.Tiny(phases)
	if err != nil {
		return load{}, err
	}
	w, err := sweep.New(s, sweep.Options{Runs: tinyRuns, Seed: 1, Workers: workers})
	if err != nil {
		return load{}, err
	}
	once := func() (done, error) {
		r, err := w.Run(ctx)
		if err == nil && !r.Complete() {
			err = context.Cause(ctx)
		}
		return done{units: tinyRuns}, err
	}
	_, err = once() // the first touches memory that the others find ready
	return load{live: math.NaN(), once: once}, err
}
