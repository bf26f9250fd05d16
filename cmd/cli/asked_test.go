package cli

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"mpcomm/reports/dataset"
	"mpcomm/scenarios"
)

// TestRequestIn: the words of a manifest's command say what its fields do, of
// whatever quotes and flags the reader's own words are made.
func TestRequestIn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`([a-z0-9.=:]|'| |\\|--runs |--set | sweep ){0,6}[a-z]`)
		w := &campaign{verb: rapid.SampledFrom([]string{"sweep", "figures"}).Draw(t, "verb"), runs: 7, request: &request{
			program: "mpcomm", argument: "./" + word.Draw(t, "argument"), scenario: &scenarios.Scenario{},
			selection: rapid.SliceOfN(rapid.StringMatching(`[a-z]+(:wait=[0-9]ms)?`), 0, 3).Draw(t, "selection"),
			why:       rapid.Bool().Draw(t, "why"),
		}}
		for range rapid.IntRange(0, 2).Draw(t, "settings") {
			w.request.settings = append(w.request.settings, scenarios.Setting{Path: "name", Value: word.Draw(t, "value")})
		}
		if rapid.Bool().Draw(t, "compared") {
			w.request.versus = word.Draw(t, "versus")
		}
		w.plan.perRun = w.verb == "figures" || rapid.Bool().Draw(t, "per run")
		w.plan.parquet = w.verb == "sweep" && rapid.Bool().Draw(t, "parquet")
		command := w.manifestCommand()
		if diff := cmp.Diff(w.asked(), asked(&dataset.Manifest{Command: command}), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", command, diff)
		}
	})
	if got := asked(&dataset.Manifest{Command: "mpcomm lab -o out"}); got.Verb != "lab" || got.Argument != "lab" || got.PerRun {
		t.Errorf("the lab is %+v", got)
	}
}
