package scenarios

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

var update = flag.Bool("update", false, "rewrite golden files")

// The committed schema is the one that the tables make.
func TestSchemaIsCurrent(t *testing.T) {
	t.Parallel()
	const file = "schema.json"
	if *update {
		if err := os.WriteFile(file, Schema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	committed, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(committed, Schema()) {
		t.Errorf("%s is stale; run go test ./scenarios -run TestSchemaIsCurrent -update", file)
	}
}

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("scenario.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("scenario.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// instance is a YAML file as the values that a schema speaks of.
func instance(t *testing.T, data []byte) any {
	t.Helper()
	var v any
	if err := yaml.Load(data, &v); err != nil {
		t.Fatal(err)
	}
	return jsonValue(v)
}

// jsonValue turns the maps that YAML allows into those of JSON.
func jsonValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, item := range v {
			v[k] = jsonValue(item)
		}
		return v
	case map[any]any:
		m := map[string]any{}
		for k, item := range v {
			m[fmt.Sprint(k)] = jsonValue(item)
		}
		return m
	case []any:
		for i := range v {
			v[i] = jsonValue(v[i])
		}
		return v
	}
	return v
}

// Every built-in scenario, as written and resolved, is valid by the schema.
func TestSchemaTakesTheLibrary(t *testing.T) {
	t.Parallel()
	compiled := compiledSchema(t)
	for _, name := range Names() {
		written, err := library.ReadFile("library/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		s, err := Builtin(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, data := range [][]byte{written, Format(s)} {
			if err := compiled.Validate(instance(t, data)); err != nil {
				t.Errorf("%s: %v\n%s", name, err, data)
			}
		}
	}
}

// What is wrong by shape alone is wrong by the schema too.
func TestSchemaRefuses(t *testing.T) {
	t.Parallel()
	compiled := compiledSchema(t)
	for _, bad := range []string{
		"peers: 0",
		"peers: 65537",
		"peers: six",
		"sed: 1",
		"version: 2",
		"name: a@b",
		"orderings: [lamprt]",
		"orderings: [{kind: timestamp, wiat: 80ms}]",
		"orderings: [{wait: 80ms}]",
		"orderings: [{kind: moving-sequencer, batch: 2}]",
		"orderings: [{kind: moving-sequencer, resilience: -1}]",
		"phases: swift",
		"phases: {kind: robust, backoff: 17}",
		"workload: {gap: 5}",
		"workload: {gap: {mean: 5ms}}",
		"workload: {gap: {kind: uniform, max: 5ms, sd: 1ms}}",
		"workload: {messages: 3, sends: []}",
		"workload: {sends: [{from: 0}]}",
		"workload: {sends: [{from: 0, at: 1ms, after: p0#1}]}",
		"network: {loss: 2}",
		"network: {loss: 1 in 5}",
		"network: {loss: {kind: gilbert}}",
		"network: {latency: -5ms}",
		"network: {delays: [{message: x, to: 1}]}",
		"clocks: {peers: {three: {}}}",
		"clocks: {default: {drift: 5}}",
		"faults: [{at: 1s}]",
		"faults: [{at: 1s, crash: 0, partition: [[0], [1]]}]",
		"expect: {naive: {logs: same}}",
		"expect: {naive: {causal: unknown}}",
		"sweep: {grid: {seed: 4}}",
	} {
		if err := compiled.Validate(instance(t, []byte(bad))); err == nil {
			t.Errorf("the schema takes %s", bad)
		}
		if _, err := Parse("bad.yaml", []byte(bad), nil, nil); err == nil {
			t.Errorf("the decoder takes %s", bad)
		}
	}
}
