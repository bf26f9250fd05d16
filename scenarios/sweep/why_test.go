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
	if strings.Join(rows, "\n") != strings.Join(rowsToo, "\n") {
		t.Error("the runs are others")
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
