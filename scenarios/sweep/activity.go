package sweep

import "sync/atomic"

// Activity is how far a sweep is, at an instant while it is carried out.
type Activity struct {
	Kept    uint64 // runs that were in the store when it began
	Total   uint64 // runs of the sweep, or of the shard
	Workers []WorkerActivity
}

// Done is the number of runs that are finished.
func (a *Activity) Done() uint64 {
	done := a.Kept
	for _, w := range a.Workers {
		done += w.Runs
	}
	return done
}

// WorkerActivity is what one worker has done and is at.
type WorkerActivity struct {
	Runs, Chunks uint64 // finished
	Seed         uint64 // at hand, if it is busy
	Busy         bool
}

// activity is a worker's own count, on cache lines of its own since it changes
// with every run.
type activity struct {
	runs, chunks, seed atomic.Uint64
	busy               atomic.Bool
	_                  [96]byte
}

// Activity may be asked for at any time, also while Run goes on.
func (w *Sweep) Activity() Activity {
	a := Activity{Kept: w.kept.Load(), Total: w.Total(), Workers: make([]WorkerActivity, len(w.activity))}
	for i := range w.activity {
		from := &w.activity[i]
		a.Workers[i] = WorkerActivity{
			Runs: from.runs.Load(), Chunks: from.chunks.Load(), Seed: from.seed.Load(), Busy: from.busy.Load(),
		}
	}
	return a
}
