package result

import (
	"strings"
	"testing"
)

// TestLivenessOfSweeps: the share of the runs that are live is one of those that
// are healed, however the runs were cut into tallies; a line without such runs
// says nothing of it.
func TestLivenessOfSweeps(t *testing.T) {
	t.Parallel()
	const healed = `"liveness":0.5,`
	verdicts := []Verdict{Holds, Violated, Unknown, Holds}
	var parts [2]Tally
	for i := range 6 { // two of them are not healed
		o := sample()
		if i < len(verdicts) {
			o.Properties.Liveness = &verdicts[i]
			o.Heal.Unrecoverable = o.Heal.Unrecoverable[:i%2]
		} else {
			o.Properties.Liveness, o.Heal = nil, nil
		}
		parts[i/3].Add(o)
	}
	parts[0].Merge(&parts[1])
	text := string(marshal(t, parts[0].Cell(Head{})))
	for _, want := range []string{healed, `"liveness_unknown":0.25,`, `"heal":{"unrecoverable":0.5,`, `"unrecoverable_n":4`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
	parts[0].Reset()
	o := sample()
	o.Properties.Liveness, o.Heal = nil, nil
	parts[0].Add(o)
	if text := string(marshal(t, parts[0].Cell(Head{}))); strings.Contains(text, "liveness") || strings.Contains(text, "heal") {
		t.Errorf("a line without a heal says %s", text)
	}
	var shape Shape
	shape.Grow(o)
	if strings.Contains(strings.Join(shape.Columns(), " "), "liveness") {
		t.Error("a table of runs without a heal has its columns")
	}
}
