package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"mpcomm/scenarios"
	"mpcomm/scenarios/sweep"
	"mpcomm/scenarios/sweep/store"
)

// Example makes a sweep in two shards, each with a file of its own, and joins
// them into the whole.
func Example() {
	s, err := scenarios.Builtin("two-senders")
	must(err)
	prepare := func(shard sweep.Shard) (*sweep.Sweep, store.Header) {
		w, err := sweep.New(s, sweep.Options{Runs: 8, Seed: 1, Shard: shard})
		must(err)
		identity, err := json.Marshal(w.Identity("example 1"))
		must(err)
		return w, store.Header{Identity: identity}
	}
	var parts []*store.Log
	for k := range 2 {
		dir, err := os.MkdirTemp("", "part")
		must(err)
		defer os.RemoveAll(dir)
		w, header := prepare(sweep.Shard{Number: k, Of: 2})
		log, err := store.Create(dir, header)
		must(err)
		w.KeepIn(log)
		r, err := w.Run(context.Background())
		must(err)
		must(log.Close())
		log, err = store.Read(dir)
		must(err)
		fmt.Printf("shard %d: %d chunks, %d runs\n", k, log.Len(), r.Done)
		parts = append(parts, log)
	}
	joined, err := store.Join(parts)
	must(err)
	w, _ := prepare(sweep.Shard{})
	w.KeepIn(joined)
	r, err := w.Run(context.Background())
	must(err)
	must(joined.Close())
	for _, line := range r.Lines {
		differ, _ := line.Number("divergence.identical")
		fmt.Printf("%s: %d runs, logs identical in %.0f%%\n", line.Ordering, line.Runs, 100*differ)
	}
	// Output:
	// shard 0: 4 chunks, 8 runs
	// shard 1: 4 chunks, 8 runs
	// naive: 8 runs, logs identical in 38%
	// lamport: 8 runs, logs identical in 100%
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
