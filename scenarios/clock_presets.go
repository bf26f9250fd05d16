package scenarios

import (
	"slices"
	"time"

	"mpcomm/network/latency"
	"mpcomm/peer/clock"
	"mpcomm/sim/rng"
)

// ClockPreset is the clocks of one kind of host: what clocks.default.preset
// stands for. Its Clock sets offset, offset_max, sign, drift, wander, sync and
// bound.
//
// Evidence says for each figure how it is known: D computed from measurements,
// V read in a published source, M from memory of a published source, A our
// assumption. Figures marked M or A are not measured.
type ClockPreset struct {
	Name, Doc, Evidence string
	Clock               Clock
}

// ClockPresets returns all presets of clocks, from the best clock to the worst.
func ClockPresets() []ClockPreset { return slices.Clone(clockPresets) }

// ClockPresetByName returns the preset of a name.
func ClockPresetByName(name string) (ClockPreset, bool) {
	for _, p := range clockPresets {
		if p.Name == name {
			return p, true
		}
	}
	return ClockPreset{}, false
}

func clockPresetNames() []string {
	var names []string
	for _, p := range clockPresets {
		names = append(names, p.Name)
	}
	return names
}

// around is a clock whose offset has a size with this median, a logarithm that
// is normal with sigma in ten-thousandths, and either sign. Known of it are the
// median and the 99th percentile: sigma = ln(p99/median)/2.3263; that the size
// is lognormal is assumed. A draw beyond most becomes most and is counted as
// clamped: 1 in 400 peers of ntp-lan-loaded, 1 in 800 of ntp-cloud, 1 in 1700
// of ntp-wan, fewer than 1 in 10^7 of ptp and ntp-lan. The rate wanders by a
// normal draw a second whose size has the median wander, in parts per 10^9; sd =
// wander/0.6745. The second is assumed.
func around(median time.Duration, sigma int64, most time.Duration, wander int64) Clock {
	return Clock{
		Offset:    latency.Family{Kind: latency.LogNormal, Median: int64(median), Sigma: rng.FixedRatio(sigma, 10_000)},
		OffsetMax: most, Either: true, Drift: constantFamily(0),
		Wander: &Wander{SD: (wander*10_000 + 3372) / 6745, Every: time.Second},
	}
}

var clockPresets = []ClockPreset{
	{
		Name: "perfect", Doc: "true time", Evidence: "by definition",
		Clock: Clock{Offset: constantFamily(0), Drift: constantFamily(0)},
	},
	{
		Name: "ptp",
		Doc:  "hardware timestamps: off by 0.2 us at the median, 1 us at p99, 10 us at most",
		Evidence: "offset D (disciplined hosts: p50 0.2, p99 0.7, maximum 1.2-8.1 us) and V (below a microsecond; " +
			"a bound of 5 us for a cloud's hardware clock); wander of 0.015 ppm, its shape and interval A",
		Clock: around(200*time.Nanosecond, 6918, 10*time.Microsecond, 15),
	},
	{
		Name: "ntp-lan",
		Doc:  "NTP within an idle network: off by 5 us at the median, 30 us at p99, 550 us at most",
		Evidence: "offset D (hardware timestamps, idle, p99 of 17, 31 and 83 us after one, two and three hops, maximum 551 us) " +
			"and V (tens of microseconds); wander of 0.03 ppm, its shape and interval A",
		Clock: around(5*time.Microsecond, 7702, 550*time.Microsecond, 30),
	},
	{
		Name: "ntp-lan-loaded",
		Doc:  "NTP within a loaded network: off by 0.4 ms at the median, 2 ms at p99, 2.8 ms at most",
		Evidence: "offset D (under full load p50 0.2-1.2 ms, p99 0.7-2.8 ms; one spike of 18.5 ms left out); " +
			"wander of 0.15 ppm, its shape and interval A",
		Clock: around(400*time.Microsecond, 6918, 2800*time.Microsecond, 150),
	},
	{
		Name:     "ntp-cloud",
		Doc:      "NTP of a cloud's own servers: off by 0.1 ms at the median, 1 ms at p99, 2 ms at most",
		Evidence: "offset V (a bound of 98 us for a provider's time service; bounds of 0.5-2 ms in its documents); wander of 0.05 ppm, its shape and interval A",
		Clock:    around(100*time.Microsecond, 9898, 2*time.Millisecond, 50),
	},
	{
		Name: "ntp-wan",
		Doc:  "NTP over the internet: off by 2 ms at the median, 20 ms at p99, 50 ms at most",
		Evidence: "offset V (a few milliseconds; a survey of 1997: most hosts within 10 ms, all within 20 ms on average; bounds of 10-50 ms); " +
			"wander of 0.1 ppm, its shape and interval A",
		Clock: around(2*time.Millisecond, 9898, 50*time.Millisecond, 100),
	},
	{
		// The error itself is not published, only its bound: here it is as bad
		// as the bound allows, 200 ppm each way after a synchronisation that
		// leaves up to 1 ms less a microsecond, so that rounding stays inside.
		Name: "truetime",
		Doc:  "true-time intervals: within a bound that rises from 1 to 7 ms each 30 s",
		Evidence: "bound V and M (Corbett et al., Spanner, OSDI 2012: half-width 1 ms + 200 us/s, synchronised each 30 s); " +
			"that clocks err by as much as the bound allows A",
		Clock: Clock{
			Offset: uniformAround(999 * int64(time.Microsecond)), Drift: uniformAround(200_000),
			Sync:  &ClockSync{Every: 30 * time.Second, First: 30 * time.Second, Error: uniformAround(999 * int64(time.Microsecond))},
			Bound: &clock.Bound{Min: time.Millisecond, Max: 7 * time.Millisecond, Every: 30 * time.Second},
		},
	},
	{
		Name: "unsynchronised",
		Doc:  "nobody sets the clock: off by 0.5 s at the median, 60 s at p99, gaining or losing 78 ppm at the median, 500 ppm at p99",
		Evidence: "drift V (about 20000 hosts: median of its size 78 ppm, some beyond 500); wander of 0.2 ppm V (40 ppm from one start to the next); " +
			"offset, that 500 ppm is p99, shapes and interval A",
		Clock: unsynchronised(),
	},
}

func uniformAround(size int64) latency.Family {
	return latency.Family{Kind: latency.Uniform, Min: -size, Max: size}
}

func unsynchronised() Clock {
	c := around(500*time.Millisecond, 20579, 0, 200)
	c.Drift = latency.Family{Kind: latency.LogNormal, Median: 78_000, Sigma: rng.FixedRatio(7986, 10_000)}
	return c
}
