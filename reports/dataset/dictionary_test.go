package dataset_test

import (
	"bytes"
	"encoding/csv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mpcomm/reports/dataset"
	"mpcomm/reports/result"
	"mpcomm/reports/stats"
)

// TestDictionaryIsOfTheTables: it names the columns that the tables have, in
// their order, and no others, and says something of each.
func TestDictionaryIsOfTheTables(t *testing.T) {
	t.Parallel()
	var rows bytes.Buffer
	o := &result.Ordering{Ordering: "naive", Counters: result.Counters{{Name: "late", Value: stats.Of(1)}}, Mechanisms: &result.Mechanisms{}}
	var shape result.Shape
	shape.Grow(o)
	runs, err := dataset.NewRuns(&rows, []string{"network.latency.mean"}, []string{"network.loss"}, shape.Columns())
	if err != nil {
		t.Fatal(err)
	}
	if err := runs.Flush(); err != nil {
		t.Fatal(err)
	}
	compared := lines()
	for _, versus := range []*result.Versus{nil, {Ordering: "naive", Differences: []result.PairedDifference{{Path: "complete"}}}} {
		compared[1].Versus = versus
		var dictionary, cells, differences bytes.Buffer
		for _, err := range []error{dataset.Dictionary(&dictionary, compared, runs), dataset.Cells(&cells, compared), dataset.Differences(&differences, compared)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		want := columnsIn(t, "dataset", cells)
		if versus != nil {
			want = append(want, columnsIn(t, "differences", differences)...)
		}
		want = append(want, columnsIn(t, "runs", rows)...)
		entries, err := csv.NewReader(&dictionary).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var got [][2]string
		for _, e := range entries[1:] {
			got = append(got, [2]string{e[0], e[1]})
			if e[3] == "" {
				t.Errorf("nothing is said of %s in %s", e[1], e[0])
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

// columnsIn pairs the name of a table with those of its columns.
func columnsIn(t *testing.T, table string, text bytes.Buffer) (list [][2]string) {
	t.Helper()
	header, err := csv.NewReader(&text).Read()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range header {
		list = append(list, [2]string{table, name})
	}
	return list
}
