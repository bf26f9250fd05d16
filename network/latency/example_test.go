package latency_test

import (
	"fmt"
	"strings"
	"time"

	"mpcomm/network/latency"
	"mpcomm/sim/rng"
)

func ExampleFamily() {
	f := latency.Family{Kind: latency.Exponential, Min: int64(20 * time.Millisecond), Mean: int64(12 * time.Millisecond)}
	for _, fault := range f.Check() {
		fmt.Printf("%s: %s\n", fault.Param, fault.Problem)
	}
	f.Mean = int64(25 * time.Millisecond)
	d := f.Dist()
	fmt.Println("median:", time.Duration(d.Sample(1<<63)).Round(time.Microsecond))
	// Output:
	// mean: 12ms is below min 20ms; want at least min
	// median: 23.466ms
}

func ExampleGeography() {
	m, err := latency.Geography([]string{"montreal", "sao-paulo", "oregon"}, latency.DefaultInflation())
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, name := range m.Names {
		fmt.Printf("%-9s", name)
		for j := range m.Names {
			fmt.Printf(" %5.1f", m.OneWay[i][j].Seconds()*1000)
		}
		fmt.Println()
	}
	_, err = latency.Geography([]string{"montrael"}, rng.FixedInt(2))
	fmt.Println(err)
	// Output:
	// montreal    0.0  81.5  36.5
	// sao-paulo  81.5   0.0 107.4
	// oregon     36.5 107.4   0.0
	// sites: "montrael" is not one of the 102 known cities; did you mean "montreal"?
}

func ExampleReadMatrix() {
	m, err := latency.ReadMatrix(strings.NewReader("site,oslo,rome\noslo,,31\nrome,,0.2\n"), time.Millisecond)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := m.Complete(nil); err != nil { // rome to oslo was not measured
		fmt.Println(err)
		return
	}
	fmt.Println(m.OneWay)
	// Output:
	// [[0s 15.5ms] [15.5ms 100µs]]
}

func ExamplePresetByName() {
	p, _ := latency.PresetByName("sat-geo")
	fmt.Println(p.Doc)
	fmt.Println(p.Evidence)
	// Output:
	// a geostationary satellite: one way 275 ms at the median, 336 ms at p99
	// floor of 238.7 ms from physics; all else, loss 1/200 in bursts of 5 too, A
}
