package cli

import (
	"testing"

	"mpcomm/network/latency"
)

// The columns of the table speak of a lognormal excess, and of losses that are
// whole in one state and none in the other.
func TestPresetsAreAsTheirColumnsSay(t *testing.T) {
	t.Parallel()
	for _, p := range latency.Presets() {
		if p.Excess.Kind != latency.LogNormal || p.Excess.Min != 0 || share(p.Loss.Good) != 0 || share(p.Loss.Bad) != 1 {
			t.Errorf("%s: excess %v, loss %v: the table has no columns for that", p.Name, p.Excess, p.Loss)
		}
		if share(p.Reorder) != 0 && p.ReorderExtra.Kind != latency.Exponential {
			t.Errorf("%s: reorder extra %v has no mean to show", p.Name, p.ReorderExtra)
		}
	}
}
