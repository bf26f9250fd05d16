package scenarios_test

import (
	"fmt"

	"mpcomm/scenarios"
)

// A scenario is text; everything it leaves out has a default.
func ExampleParse() {
	source := []byte(`
peers: 4
orderings: [naive, {kind: timestamp, wait: 50ms}]
network: {preset: wan, sites: [oregon, paris], loss: 0}
`)
	s, err := scenarios.Parse("two-sites.yaml", source, nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range s.Orderings {
		fmt.Println(scenarios.Label(o), "in", scenarios.FolderName(scenarios.Label(o)))
	}
	place, oneWay := s.BaseMatrix()
	fmt.Println("p0 to p1 at least", oneWay[place[0]][place[1]].Round(1e6))
	// Output:
	// naive in naive
	// timestamp wait=50ms in timestamp_wait=50ms
	// p0 to p1 at least 82ms
}

// Every problem is reported at once, each with its line and what is allowed.
func ExampleParse_errors() {
	source := []byte("peers: 10000000\nnetwork:\n  latncy: 20ms\n  loss: 1.5\n")
	_, err := scenarios.Parse("lab.yaml", source, nil, nil)
	fmt.Println(err)
	// Output:
	// lab.yaml:1:8: peers: 10000000 is out of range; want 1..65536
	//     peers: 10000000
	//            ^
	// lab.yaml:3:3: network.latncy: unknown key (did you mean "latency"?); the keys here are latency preset sites inflation matrix server self link reorder loss duplicate overhead bandwidth queue correlation stalls mtu corrupt transport links changes delays
	//       latncy: 20ms
	//       ^
	// lab.yaml:4:9: network.loss: probability "1.5": want 0..1 (0%..100%)
	//       loss: 1.5
	//             ^
}

// Settings change single values; what they name is created where it is absent.
func ExampleScenario_With() {
	lab, err := scenarios.Builtin("lab")
	if err != nil {
		fmt.Println(err)
		return
	}
	slow, err := lab.With([]scenarios.Setting{
		{Path: "orderings.1.wait", Value: "300ms"},
		{Path: "clocks.peers.3.offset", Value: "-25ms"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(scenarios.Label(slow.Orderings[1]))
	_, err = lab.With([]scenarios.Setting{{Path: "orderings.1.wait", Value: "300"}})
	fmt.Println(err)
	// Output:
	// timestamp wait=300ms
	// --set orderings.1.wait=300: orderings.1.wait: missing unit after 300; want a duration such as 20ms (units: ns us ms s h m)
	//     300
	//     ^
}

// The cells of a sweep are all combinations of its grid.
func ExampleScenario_Cells() {
	source := []byte(`
network: {latency: {kind: exponential, mean: 20ms}}
sweep: {grid: {network.latency.mean: [5ms, 80ms], peers: [3, 6]}}
`)
	s, err := scenarios.Parse("sweep.yaml", source, nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	cells, err := s.Cells()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range cells {
		fmt.Println(c.Settings[0], c.Settings[1])
	}
	// Output:
	// network.latency.mean=5ms peers=3
	// network.latency.mean=5ms peers=6
	// network.latency.mean=80ms peers=3
	// network.latency.mean=80ms peers=6
}

// The printed form says everything, and is itself a scenario.
func ExampleFormat() {
	s, err := scenarios.Parse("x.yaml", []byte("peers: 2\nworkload: {sends: [{at: 1.5ms, from: 0}]}"), nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	again, err := scenarios.Parse("x.yaml", scenarios.Format(s), nil, nil)
	fmt.Println(err, scenarios.Hash(s) == scenarios.Hash(again))
	// Output:
	// <nil> true
}
