package latency

import (
	"slices"
	"time"

	"mpcomm/sim/rng"
)

// Bursts are the parameters of Gilbert-Elliott loss: at each multiple of Every
// a link goes from good to bad with probability P and back with R; it loses a
// packet with probability Good or Bad.
type Bursts struct {
	P, R, Good, Bad rng.Ratio
	Every           time.Duration
}

// Preset is the links of one kind of network: a one-way delay of Base plus a
// draw of Excess, losses, duplicates and packets that wait longer.
//
// Evidence says for each figure how it is known: D computed from measurements,
// V read in a published source, M from memory of a published source, A our
// assumption. Figures marked M or A are not measured.
type Preset struct {
	Name, Doc, Evidence string
	Base                time.Duration
	Excess              Family
	Loss                Bursts
	Duplicate           rng.Ratio
	Reorder             rng.Ratio // share of packets; acts on datagram links only
	ReorderExtra        Family
}

// Presets returns all presets, from the nearest network to the farthest.
func Presets() []Preset { return slices.Clone(presets) }

// PresetByName returns the preset of a name.
func PresetByName(name string) (Preset, bool) {
	for _, p := range presets {
		if p.Name == name {
			return p, true
		}
	}
	return Preset{}, false
}

// NearestPreset returns the name of a preset most like the given one, for "did
// you mean", or "" if none is near.
func NearestPreset(name string) string {
	names := make([]string, len(presets))
	for i := range presets {
		names[i] = presets[i].Name
	}
	return nearest(name, names)
}

// excess is lognormal with sigma in hundredths.
func excess(median time.Duration, sigma int64) Family {
	return Family{Kind: LogNormal, Median: int64(median), Sigma: rng.FixedRatio(sigma, 100)}
}

// total loses everything in the bad state and nothing in the good one, so that
// a share p/(p+r) is lost and a loss lasts every/r on average. The evidence is
// of packets in a row: every is the assumed gap between them, marked A in all
// presets. The ratios are exact: p = share*r/(1-share).
func total(p, r rng.Ratio, every time.Duration) Bursts {
	return Bursts{P: p, R: r, Bad: rng.Ratio{Num: 1, Den: 1}, Every: every}
}

var presets = []Preset{
	{
		Name:     "lan",
		Doc:      "one switched network: one way 0.05 ms at the median, 0.10 ms at p99",
		Evidence: "delay D (round trips of 0.07-0.11 ms within a zone); loss 1/1000000 in bursts of 1.5 A",
		Base:     40 * time.Microsecond,
		Excess:   excess(10*time.Microsecond, 80),
		Loss:     total(rng.Ratio{Num: 2, Den: 2999997}, rng.Ratio{Num: 2, Den: 3}, time.Millisecond),
	},
	{
		Name:     "datacenter",
		Doc:      "within a data centre under load: one way 0.14 ms at the median, 0.66 ms at p99",
		Evidence: "delay M, loss 1/25000 M (Guo et al., Pingmesh, SIGCOMM 2015); bursts of 2 A",
		Base:     50 * time.Microsecond,
		Excess:   excess(85*time.Microsecond, 85),
		Loss:     total(rng.Ratio{Num: 1, Den: 49998}, rng.Ratio{Num: 1, Den: 2}, time.Millisecond),
	},
	{
		Name:     "multi-az",
		Doc:      "between the zones of one region: one way 0.38 ms at the median, 0.62 ms at p99",
		Evidence: "delay D (round trips between zones, median 0.76 ms, p95 1.82 ms); loss as datacenter: 1/25000 M, bursts of 2 A",
		Base:     300 * time.Microsecond,
		Excess:   excess(80*time.Microsecond, 60),
		Loss:     total(rng.Ratio{Num: 1, Den: 49998}, rng.Ratio{Num: 1, Den: 2}, time.Millisecond),
	},
	{
		// The base of a wan is that of the places, a matrix or sites, and all
		// of it: nothing is subtracted for the median of the excess.
		Name: "wan",
		Doc:  "between regions: 1.3 ms at the median and 10 ms at p99 beyond the base of matrix or sites",
		Evidence: "jitter D (p90-p50 of round trips between cloud regions, median 5.2 ms); reorder 2/125 V " +
			"(56% of bursts of 50 packets, PAM 2004), its extra A; loss 1/1000 in bursts of 3 and duplicates 1/100000 A",
		Excess:       excess(1300*time.Microsecond, 86),
		Loss:         total(rng.Ratio{Num: 1, Den: 2997}, rng.Ratio{Num: 1, Den: 3}, 10*time.Millisecond),
		Duplicate:    rng.Ratio{Num: 1, Den: 100_000},
		Reorder:      rng.Ratio{Num: 2, Den: 125},
		ReorderExtra: Family{Kind: Exponential, Mean: int64(time.Millisecond)},
	},
	{
		Name:     "wifi",
		Doc:      "one hop over a busy wireless network: one way 1.5 ms at the median, 63 ms at p99",
		Evidence: "delay V (round trips over the hop of p50 3, p90 20, p99 250 ms, MobiSys 2016); loss 1/200 in bursts of 4 A",
		Base:     300 * time.Microsecond,
		Excess:   excess(1200*time.Microsecond, 170),
		Loss:     total(rng.Ratio{Num: 1, Den: 796}, rng.Ratio{Num: 1, Den: 4}, 10*time.Millisecond),
	},
	{
		Name: "cellular",
		Doc:  "a mobile network: one way 13 ms at the median, 66 ms at p99",
		Evidence: "delay D and loss 3/5000 D (7,954 pings of which 5 were lost; stalls of seconds, two in that time, are left out); " +
			"bursts of 3 A",
		Base:   4750 * time.Microsecond,
		Excess: excess(8500*time.Microsecond, 85),
		Loss:   total(rng.Ratio{Num: 1, Den: 4997}, rng.Ratio{Num: 1, Den: 3}, 10*time.Millisecond),
	},
	{
		Name: "sat-leo",
		Doc:  "satellites in low orbit: one way 20 ms at the median, 50 ms at p99",
		Evidence: "delay D and loss 11/1000 D (2,425 pings of which 27 were lost, none doubled); bursts of 5 A; " +
			"spikes at the change of satellites every 15 s V, left out",
		Base:   11_500 * time.Microsecond,
		Excess: excess(8500*time.Microsecond, 65),
		Loss:   total(rng.Ratio{Num: 11, Den: 4945}, rng.Ratio{Num: 1, Den: 5}, 10*time.Millisecond),
	},
	{
		Name:     "sat-geo",
		Doc:      "a geostationary satellite: one way 275 ms at the median, 336 ms at p99",
		Evidence: "floor of 238.7 ms from physics; all else, loss 1/200 in bursts of 5 too, A",
		Base:     255 * time.Millisecond,
		Excess:   excess(20*time.Millisecond, 60),
		Loss:     total(rng.Ratio{Num: 1, Den: 995}, rng.Ratio{Num: 1, Den: 5}, 10*time.Millisecond),
	},
}
