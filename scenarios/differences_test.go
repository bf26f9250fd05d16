package scenarios

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestDifferences(t *testing.T) {
	t.Parallel()
	read := func(source, matrix string) *Scenario {
		t.Helper()
		s, err := Parse("x.yaml", []byte(source), func(string) ([]byte, error) { return []byte(matrix), nil }, nil)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	const csv, other = "from,a,b\na,,10\nb,10,\n", "from,a,b\na,,11\nb,11,\n"
	const source = "name: x\nseed: 4\norderings: [naive, {kind: timestamp, wait: 10ms}]\nnetwork: {matrix: {file: m.csv}, loss: 1%}\nsweep: {grid: {peers: [3, 4]}}\n"
	edit := func(old, now string) string { return strings.Replace(source, old, now, 1) }
	for _, test := range []struct {
		source, matrix string
		want           []string
	}{
		{source, csv, nil},
		{edit("seed: 4", "seed: 5\ndoc: other words # and a comment"), csv, nil},
		{edit("loss: 1%", "loss: 1/100"), csv, nil},
		{edit("loss: 1%", "loss: 2%"), csv, []string{"network.loss: 1/100 became 1/50"}},
		{edit("wait: 10ms", "wait: 11ms"), csv, []string{"orderings.1.wait: 10ms became 11ms"}},
		{edit(", {kind: timestamp, wait: 10ms}", ""), csv, []string{"orderings: [naive, {kind: timestamp, wait: 10ms}] became [naive]"}},
		{edit("grid: {peers: [3, 4]}", "runs: 7"), csv, []string{"sweep.runs: 500 became 7", "sweep.grid: {peers: [3, 4]} became nothing"}},
		{source, other, []string{"file m.csv: SHA-256 4dcdaac4 became SHA-256 2bb24f1b"}},
		{edit("matrix: {file: m.csv}", "matrix: {file: n.csv}"), other, []string{"network.matrix.file: m.csv became n.csv"}},
	} {
		var got []string
		before, after := read(source, csv), read(test.source, test.matrix)
		for _, d := range Differences(before, after) {
			got = append(got, d.String())
		}
		if len(got) > 0 && strings.HasPrefix(got[0], "file ") && len(test.want) == 1 {
			got[0], test.want[0] = got[0][:11], test.want[0][:11] // which digits matters to nobody
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s", diff)
		}
		if same := Hash(before) == Hash(after); same != (len(test.want) == 0) {
			t.Errorf("hashes equal: %v, differences: %v", same, got)
		}
	}
}

// requireDifferencesAreTheHash: two scenarios have differences exactly when their
// hashes differ.
func requireDifferencesAreTheHash(t *rapid.T, a, b *Scenario) {
	if list := Differences(a, b); (len(list) == 0) != (Hash(a) == Hash(b)) {
		t.Errorf("hashes %s and %s, differences %v", Hash(a), Hash(b), fmt.Sprint(list))
	}
}

// requireWrittenReadsBack: what is printed as it was written reads back as the
// same scenario, and prints to the same bytes.
func requireWrittenReadsBack(t *rapid.T, s *Scenario, files Files) {
	text := Written(s)
	back, err := Parse("copy.yaml", text, files, nil)
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	if diff := cmp.Diff(s, back, sameScenario...); diff != "" {
		t.Fatalf("%s\n%s", text, diff)
	}
	if again := Written(back); string(again) != string(text) {
		t.Fatal(cmp.Diff(string(text), string(again)))
	}
}

// TestWrittenHasTheSameCells: a sweep goes on from the copy of its scenario.
func TestWrittenHasTheSameCells(t *testing.T) {
	t.Parallel()
	all := []*Scenario{mustParse(t, "name: x\nnetwork: {preset: wan}\nworkload: {messages: 1}\nsweep: {grid: {network.preset: [lan, wifi], peers: [2, 3]}}\n")}
	for _, name := range Names() {
		s, err := Builtin(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
		if name == "lab" { // a grid over what other values hang on, in settings
			if s, err = s.With([]Setting{{Path: "sweep.grid", Value: "{network.preset: [lan, wan], workload.messages: [1, 3]}"}, {Path: "seed", Value: "9"}}); err != nil {
				t.Fatal(err)
			}
			all = append(all, s)
		}
	}
	for _, s := range all {
		back, err := Parse("copy.yaml", Written(s), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		want, err := s.Cells()
		if err != nil {
			t.Fatal(err)
		}
		got, err := back.Cells()
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(want) || back.Seed != s.Seed || Hash(back) != Hash(s) {
			t.Fatalf("%s: %d cells of the copy, want %d; seed %d, want %d", s.Name, len(got), len(want), back.Seed, s.Seed)
		}
		for i := range want {
			if diff := cmp.Diff(want[i].Settings, got[i].Settings); diff != "" || Hash(want[i].Scenario) != Hash(got[i].Scenario) {
				t.Errorf("%s: cell %d of the copy differs: %s %v", s.Name, i, diff, Differences(want[i].Scenario, got[i].Scenario))
			}
		}
	}
}
