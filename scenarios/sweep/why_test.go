package sweep

import (
	"math"
	"strings"
	"testing"

	"mpcomm/reports/result"
)

// TestWhy: with mechanisms a sweep says all that it says without, and the
// mechanisms add up to the swaps: of three logs there are three pairs.
func TestWhy(t *testing.T) {
	t.Parallel()
	plain, rows, _ := sweepRun(t, t.Context(), grid, Options{Seed: 5, Runs: 20})
	lines, rowsToo, r := sweepRun(t, t.Context(), grid, Options{Seed: 5, Runs: 20, Why: true})
	if len(rows) != len(rowsToo) {
		t.Fatalf("%d runs, want %d", len(rowsToo), len(rows))
	}
	for i := range rows { // the columns of mechanisms stand behind all others
		if !strings.HasPrefix(rowsToo[i], rows[i]+",") {
			t.Errorf("the runs are others: %s, want %s", rowsToo[i], rows[i])
		}
	}
	swapped := 0.0
	for i := range lines {
		without, counted, _ := strings.Cut(lines[i], `,"mechanisms":{"disagree":{"missing":`)
		if counted == "" || !strings.HasPrefix(plain[i], without) || strings.Contains(plain[i], "mechanisms") {
			t.Errorf("%s\nwith mechanisms\n%s", plain[i], lines[i])
		}
		line := &r.Lines[i]
		distance, _ := line.Number("divergence.kendall_distance")
		sum := 0.0
		for _, name := range append(result.ReasonNames[1:], "left_out") {
			mean, ok := line.Number("mechanisms.disagree." + name)
			if !ok {
				t.Errorf("%s is null", name)
			}
			sum += mean
		}
		if math.Abs(sum-3*distance) > 1e-9 {
			t.Errorf("%v %s: %v swaps by mechanism, %v in all", line.Cell, line.Ordering, sum, 3*distance)
		}
		swapped += sum
	}
	if swapped == 0 {
		t.Error("nothing was swapped: the test is empty")
	}
}
