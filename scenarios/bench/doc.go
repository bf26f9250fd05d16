// Package bench measures the speed of mpcomm on the machine at hand, by the
// standard workloads: the queue alone under PHOLD, broadcasts of three shapes in
// order of arrival with robust phases, and sweeps of tiny runs with one worker
// and with all. They are those of the benchmarks of Go, BenchmarkPHOLD in sim,
// BenchmarkRun/naive in scenarios/run and BenchmarkSweepTiny in scenarios/sweep,
// and go through the same public types, so that the numbers compare.
//
// It owns what one repetition is, how many are made, and what is computed of
// their times. It must never be part of what it measures: no other package of
// the simulation may import it, since it reads the clock of the machine.
package bench
