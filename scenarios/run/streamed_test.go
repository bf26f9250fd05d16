package run_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"mpcomm/peer/order"
	"mpcomm/reports/result"

	"mpcomm/scenarios/run"

	"pgregory.net/rapid"
)

// TestStreamedRunsSayTheSame holds what is said of a run whose logs were not kept
// to what is said with them, over the library and the scenarios that bring its
// parts together: the same but for what is null, and all of that is named.
func TestStreamedRunsSayTheSame(t *testing.T) {
	t.Parallel()
	streamed := 0
	for _, trial := range trials(t) {
		err := trial.plan.Streamable()
		if err != nil {
			if _, made := run.NewEngine(trial.plan, run.Options{Stream: true}); made == nil || !strings.Contains(err.Error(), "needs its logs") {
				t.Errorf("%s: %v, and an engine all the same", trial.name, err)
			}
			continue
		}
		streamed++
		var kept, passed run.Evaluator
		want, got := judgedThrice(t, &kept, trial.plan, run.Options{}), judgedThrice(t, &passed, trial.plan, run.Options{Stream: true})
		if len(got.NotComputed) == 0 || len(passed.Barcode(nil)) != 0 {
			t.Errorf("%s: nothing is left out", trial.name)
		}
		sameBut(t, trial.name, fields(t, want), fields(t, got), got.NotComputed)
	}
	if streamed < 50 {
		t.Errorf("only %d runs could be streamed", streamed)
	}
}

func judgedThrice(t *testing.T, v *run.Evaluator, p *run.Plan, o run.Options) *result.Ordering {
	t.Helper()
	e, err := run.NewEngine(p, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, seed := range [...]uint64{5, 1} { // the second on memory that is not new
		outcome, err := e.Run(seed)
		if err != nil {
			t.Fatal(err)
		}
		v.Evaluate(p, outcome, run.Totals)
	}
	outcome, err := e.Run(2)
	if err != nil {
		t.Fatal(err)
	}
	return v.Evaluate(p, outcome, run.Totals)
}

// fields are the values of a result by path.
func fields(t rapid.TB, r *result.Ordering) map[string]string {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]json.RawMessage
	if err := json.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	flat := map[string]string{}
	flatten(flat, "", tree)
	return flat
}

func flatten(flat map[string]string, prefix string, tree map[string]json.RawMessage) {
	for key, value := range tree {
		var below map[string]json.RawMessage
		if json.Unmarshal(value, &below) == nil && below != nil {
			flatten(flat, prefix+key+".", below)
			continue
		}
		flat[prefix+key] = string(value)
	}
}

func sameBut(t *testing.T, name string, want, got map[string]string, left []string) {
	t.Helper()
	for path, value := range want {
		switch {
		case path == "quality.causal_receivers": // of a check that was not made
		case slices.Contains(left, path):
			if got[path] != "null" && got[path] != `"unknown"` {
				t.Errorf("%s: %s is %s, though it was not computed", name, path, got[path])
			}
		case got[path] != value && path == "properties.total" && got[path] == `"unknown"`:
		case got[path] != value:
			t.Errorf("%s: %s is %s with logs, %s without", name, path, value, got[path])
		}
	}
}

// TestStreamedExpectations: what cannot be told without logs is unknown.
func TestStreamedExpectations(t *testing.T) {
	t.Parallel()
	s := parse(t, `version: 1
name: expecting
peers: 4
orderings: [naive]
workload: {messages: 5, gap: {kind: exponential, mean: 5ms}}
network: {latency: {kind: exponential, mean: 20ms}}
expect: {naive: {logs: differ, causal: holds, first_difference: 100}}
`)
	p, err := run.Compile(s, s.Orderings[0], order.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	misses, _ := run.Judge(s, judgedThrice(t, &run.Evaluator{}, p, run.Options{Stream: true}))
	var said []string
	for _, m := range misses {
		said = append(said, m.Expected+": "+m.Got)
	}
	got := strings.Join(said, "\n")
	for _, want := range []string{"naive: causal holds: the run kept no logs", "naive: first_difference 100: 1"} {
		if !strings.Contains(got, want) {
			t.Errorf("misses are\n%s\nwant %q", got, want)
		}
	}
}
