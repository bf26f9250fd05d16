// Package sweep runs one scenario many times: every cell of its grid, every
// ordering, every seed.
//
// Run i of every cell and every ordering uses seed S+i, so that cells and
// orderings share their draws and differ in a paired way (common random
// numbers). The seeds of a cell are cut into chunks, each under all orderings, so
// that what orderings differ by on one seed is summed where it is known; workers
// take chunks, and the chunks' sums, which are exact, are merged in order. The
// result therefore does not depend on the number of workers or on who finished
// first.
//
// A chunk is a pure function of the scenario and of its place in the sweep. So a
// [Store] of finished chunks is all that a sweep needs to go on after it was
// stopped or killed, and a [Shard] of its chunks can be made anywhere: whatever
// machine made which, the merged bytes are the same.
//
// It owns the distribution of work and nothing else: scenarios/run makes the
// histories, reports/result sums them up.
package sweep
