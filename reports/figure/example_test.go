package figure_test

import (
	"fmt"
	"strings"

	"mpcomm/reports/figure"
)

// Two orderings at two places of the axis, as CSV; WriteSVG and WritePNG draw
// the same points.
func ExampleDivergence() {
	never := figure.Estimate{Value: 0, Lo: 0, Hi: 0.0095, Runs: 400}
	none := figure.Estimate{Runs: 400}
	d := &figure.Divergence{
		Scenario: "lab", Peers: 6, Seed: 1, Runs: 400, Command: "mpcomm sweep lab --runs 400",
		Axis: figure.RatioAxis(),
		Series: []figure.Series{
			{Ordering: "naive", Kind: "naive", Points: []figure.Point{
				{X: 0.1, Differ: figure.Estimate{Value: 0.2, Lo: 0.16, Hi: 0.24, Runs: 400}, Overtaken: figure.Estimate{Value: 0.1, Lo: 0.08, Hi: 0.12, Runs: 400}},
				{X: 1, Differ: figure.Estimate{Value: 1, Lo: 0.99, Hi: 1, Runs: 400}, Overtaken: figure.Estimate{Value: 2, Lo: 1.9, Hi: 2.1, Runs: 400}},
			}},
			{Ordering: "lamport", Kind: "lamport", Points: []figure.Point{
				{X: 0.1, Differ: never, Overtaken: none}, {X: 1, Differ: never, Overtaken: none},
			}},
		},
	}
	fmt.Println(d.Title())
	var csv strings.Builder
	if err := d.WriteCSV(&csv); err != nil {
		fmt.Println(err)
	}
	fmt.Print(strings.ReplaceAll(csv.String(), "\r\n", "\n"))
	// Output:
	// From ratio 1 on, most naive runs differ; lamport: none
	// ordering,cell,x,differ,differ_lo,differ_hi,differ_runs,overtaken,overtaken_lo,overtaken_hi,overtaken_runs
	// naive,,0.1,0.2,0.16,0.24,400,0.1,0.08,0.12,400
	// naive,,1,1,0.99,1,400,2,1.9,2.1,400
	// lamport,,0.1,0,0,0.0095,400,0,0,0,400
	// lamport,,1,0,0,0.0095,400,0,0,0,400
}
