package compare_test

import (
	"fmt"
	"strings"

	"mpcomm/reports/compare"
)

// Three logs in the lab's own form: p1 had the two messages the other way
// round.
func Example() {
	var files []compare.File
	for i, text := range []string{"[(0, 0), (1, 0)]", "[(1, 0), (0, 0)]", "[(0, 0), (1, 0)]"} {
		f, err := compare.ReadLog(fmt.Sprintf("p%d.log", i), strings.NewReader(text))
		if err != nil {
			panic(err)
		}
		files = append(files, f)
	}
	var c compare.Comparer
	d := c.Compare(compare.FromFiles(files), compare.Options{})
	fmt.Println("identical:", d.Identical, "contested:", d.Contested, "positions that differ:", d.PositionsDiffering)
	first := c.FirstDifference(nil)
	fmt.Println("position", first.Position, "of", first.Peers, first.Why)
	fmt.Println(first.Text)
	// Output:
	// identical: false contested: 1 positions that differ: 2
	// position 1 of [p0 p1] race
	// p0 logged p0#0 first, p1 logged p1#0 first; neither is known to have caused the other.
}
