package dataset_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mpcomm/reports/dataset"
	"mpcomm/reports/result"
	"mpcomm/reports/stats"
)

// TestReadersAgree: what is written is what the standard reader reads.
func TestReadersAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 4).Draw(t, "columns")
		text := rapid.StringMatching(`[a-z ,"\n.0-9]{0,6}`)
		rows := [][]string{slices.Clone([]string{"a", "b", "c, \"d\"", "e"}[:n])}
		var b bytes.Buffer
		w, err := dataset.NewWriter(&b, rows[0])
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(0, 5).Draw(t, "rows") {
			row := rapid.SliceOfN(text, n, n).Draw(t, "row")
			rows = append(rows, row)
			if err := w.Row(row); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		got, err := csv.NewReader(&b).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(rows, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestBadTables(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		columns []string
		want    string
	}{
		{nil, "a table without columns"},
		{[]string{"a", ""}, "column 2 has no name"},
		{[]string{"a", "b", "a"}, `two columns are called "a"`},
	} {
		if _, err := dataset.NewWriter(&bytes.Buffer{}, test.columns); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: got %v, want %s", test.columns, err, test.want)
		}
	}
	w, err := dataset.NewWriter(&bytes.Buffer{}, []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	if err = w.Row([]string{"1"}); err == nil || !strings.Contains(err.Error(), "row 1 has 1 values; want 2") {
		t.Errorf("a short row: %v", err)
	}
}

// full is a disk with no room.
type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteErrorsAreReported(t *testing.T) {
	t.Parallel()
	if err := dataset.Cells(full{}, lines()); !errors.Is(err, errFull) {
		t.Errorf("Cells: %v", err)
	}
	if err := dataset.NewManifest("v1", "x", 1, lines()).Write(full{}); !errors.Is(err, errFull) {
		t.Errorf("Manifest: %v", err)
	}
}

// lines are two cells under orderings with different counters.
func lines() []result.Cell {
	var out []result.Cell
	for i, mean := range []string{"5ms", "20ms"} {
		for k, ordering := range []string{"naive", "timestamp wait=80ms"} {
			var tally result.Tally
			for run := range 2 {
				o := &result.Ordering{Ordering: ordering, Kind: strings.Fields(ordering)[0], Events: uint64(10*i + run)}
				o.Divergence.Contested = stats.Share(run, k)
				if k == 1 {
					o.Counters = result.Counters{{Name: "late", Value: stats.Of(3)}}
				}
				tally.Add(o)
			}
			head := result.Head{
				Scenario: "lab", ScenarioHash: "00ff", Seed: 7, Peers: 6,
				Cell: []result.Setting{{Path: "network.latency.mean", Value: mean}},
			}
			out = append(out, tally.Cell(head))
		}
	}
	return out
}

func TestCells(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := dataset.Cells(&b, lines()); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 5 {
		t.Fatalf("%d rows, want a header and 4", len(rows))
	}
	column := func(name string) int { return slices.Index(rows[0], name) }
	for _, test := range []struct {
		row          int
		column, want string
	}{
		{1, "cell.network.latency.mean", "5ms"},
		{4, "cell.network.latency.mean", "20ms"},
		{2, "ordering", "timestamp wait=80ms"},
		{1, "seed", "7"},
		{1, "runs", "2"},
		{1, "peers", "6"},
		{1, "events", "0.5"},
		{3, "events", "10.5"},
		{1, "counters.late", ""},
		{2, "counters.late", "3"},
		{1, "divergence.contested", ""},
		{1, "divergence.contested_n", "0"},
		{2, "divergence.contested", "0.5"},
		{2, "divergence.contested_n", ""},
		{1, "limit", `{"":2,"quiet":0,"until":0,"events":0}`},
	} {
		at := column(test.column)
		if at < 0 || rows[test.row][at] != test.want {
			t.Errorf("row %d: %s is not %q: %v", test.row, test.column, test.want, rows[test.row])
		}
	}
	if column("counters") >= 0 {
		t.Error("an empty object has a column")
	}
	if !(column("cell.network.latency.mean") == 0 && column("ordering") == 1 &&
		column("divergence.contested_sd")+1 == column("divergence.contested_n") &&
		column("cost.hold_ms.max") < column("counters.late") && column("counters.late") < column("phases.handshake_ms")) {
		t.Errorf("columns are out of order: %v", rows[0])
	}
}

func TestRuns(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	o := &result.Ordering{Ordering: "naive", Limit: "quiet", Digest: result.Digest{15: 0xff}, Phases: result.Phases{Opened: result.List[result.NullMS]{result.Millis(1_500_000), {}}}}
	var shape result.Shape
	shape.Grow(o)
	runs, err := dataset.NewRuns(&b, []string{"peers"}, []string{"network.loss"}, shape.Columns())
	if err != nil {
		t.Fatal(err)
	}
	if err = runs.Row([]result.Setting{{Path: "peers", Value: "4"}}, []result.Setting{{Path: "network.loss", Value: "0.02"}}, "naive", 9, shape.Values(o)); err != nil {
		t.Fatal(err)
	}
	if err = runs.Flush(); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[1][:5], "|") + " " + rows[0][1]; got != "4|0.02|naive|9|0 swarm.network.loss" {
		t.Errorf("a row begins %s", got)
	}
	if at := slices.Index(rows[0], "phases.opened_ms.0"); at < 0 || rows[1][at] != "1.5" || rows[1][at+1] != "" {
		t.Errorf("openings by peer: %v", rows)
	}
}

func TestManifest(t *testing.T) {
	t.Parallel()
	m := dataset.NewManifest("v1", "mpcomm sweep lab --runs 2 --seed 7", 2, lines())
	m.Files = append(m.Files, dataset.Describe("dataset.csv", []byte("a\n")))
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if m.Cells != 2 || len(m.Orderings) != 2 || len(m.Digests) != 4 || !m.Complete || m.Seeds != (dataset.Seeds{First: 7, Runs: 2}) {
		t.Errorf("got %+v", m)
	}
	if !strings.Contains(b.String(), `"cell": {
        "network.latency.mean": "5ms"
      }`) {
		t.Errorf("cells do not stand as written:\n%s", &b)
	}
	if want := "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7"; m.Files[0].SHA256 != want || m.Files[0].Bytes != 2 {
		t.Errorf("got %+v, want sha256 %s", m.Files[0], want)
	}
	if cut := dataset.NewManifest("v1", "x", 3, lines()); cut.Complete {
		t.Error("a sweep that lacks runs is complete")
	}
}

func Example() {
	w, err := dataset.NewWriter(os.Stdout, []string{"ordering", "divergence.identical"})
	if err != nil {
		panic(err)
	}
	for _, row := range [][]string{{"naive", "0.25"}, {"sequencer, ub", "1"}} {
		if err := w.Row(row); err != nil {
			panic(err)
		}
	}
	if err := w.Flush(); err != nil {
		panic(err)
	}
	// Output:
	// ordering,divergence.identical
	// naive,0.25
	// "sequencer, ub",1
}
