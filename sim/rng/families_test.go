package rng

// named is a distribution under the name that goldens and benchmarks give it.
type named struct {
	name string
	dist Dist
}

// families is one distribution of every family at the scale of network delays
// in nanoseconds.
func families() []named {
	ms := int64(1_000_000)
	return []named{
		{"constant", Constant(20 * ms)},
		{"uniform", Uniform(10*ms, 99*ms)},
		{"exponential", Exponential(5*ms, 20*ms)},
		{"normal", Normal(0, 10*ms)},
		{"lognormal", LogNormal(2*ms, 20*ms, FixedRatio(1, 2))},
		{"pareto", Pareto(10*ms, FixedRatio(5, 2))},
		{"empirical", Empirical([]int64{3 * ms, 5 * ms, 6 * ms, 6 * ms, 7 * ms, 11 * ms, 40 * ms})},
	}
}
