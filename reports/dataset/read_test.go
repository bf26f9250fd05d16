package dataset_test

import (
	"bytes"
	"io/fs"
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"mpcomm/reports/dataset"
	"mpcomm/reports/result"
)

// folder writes the lines as a sweep does, with two runs of each.
func folder(t *testing.T) fstest.MapFS {
	t.Helper()
	all := lines()
	m := dataset.NewManifest("v1", "mpcomm sweep lab --runs 2 --seed 7", 2, all)
	m.Ratios = []dataset.CellRatio{
		{Cell: dataset.Settings(all[0].Cell), Ratio: 0.1},
		{Cell: dataset.Settings{{Path: "a", Value: "0.02"}, {Path: "b", Value: "{kind: x}"}}, Ratio: 3},
	}
	var manifest, cells, runs bytes.Buffer
	if err := m.Write(&manifest); err != nil {
		t.Fatal(err)
	}
	if err := dataset.Cells(&cells, all); err != nil {
		t.Fatal(err)
	}
	table, err := dataset.NewRuns(&runs, []string{"network.latency.mean"}, nil, []string{"events", "divergence.contested"})
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(2) { // seed by seed, as sweeps write them
		for i := range all {
			contested := []string{"", "0.5"}[seed]
			if err := table.Row(all[i].Cell, nil, all[i].Ordering, 7+seed, []string{strings.Repeat("1", i+1), contested}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := table.Flush(); err != nil {
		t.Fatal(err)
	}
	return fstest.MapFS{
		"manifest.json": {Data: manifest.Bytes()}, "dataset.csv": {Data: cells.Bytes()}, "runs.csv": {Data: runs.Bytes()},
	}
}

// TestReadBack: a folder is read as it was written, its runs dealt to its lines.
func TestReadBack(t *testing.T) {
	t.Parallel()
	f, err := dataset.Open(folder(t), "events", "divergence.contested", "counters.nobody.has", "events") // asked for by two readers
	if err != nil {
		t.Fatal(err)
	}
	if f.Scenario != "lab" || f.Seeds != (dataset.Seeds{First: 7, Runs: 2}) || !f.Complete || !f.PerRun || f.Command != "mpcomm sweep lab --runs 2 --seed 7" {
		t.Errorf("the head is %+v", f)
	}
	want := []dataset.CellRatio{
		{Cell: dataset.Settings{{Path: "network.latency.mean", Value: "5ms"}}, Ratio: 0.1},
		{Cell: dataset.Settings{{Path: "a", Value: "0.02"}, {Path: "b", Value: "{kind: x}"}}, Ratio: 3},
	}
	if diff := cmp.Diff(want, f.Ratios); diff != "" {
		t.Error(diff)
	}
	all := lines()
	if len(f.Lines) != len(all) {
		t.Fatalf("%d lines, want %d", len(f.Lines), len(all))
	}
	for i := range all {
		got := &f.Lines[i]
		if diff := cmp.Diff(all[i].Cell, got.Cell.Cell); diff != "" || got.Ordering != all[i].Ordering || got.Kind != all[i].Kind ||
			got.Runs != 2 || got.Peers != 6 || got.Digest != all[i].Digest {
			t.Errorf("line %d: %+v %s", i, got.Head, diff)
		}
		for _, field := range all[i].Fields {
			was, known := all[i].Number(field.Path)
			is, still := got.Number(field.Path)
			if known && (was != is || !still) {
				t.Errorf("line %d: %s is %v, was %v", i, field.Path, is, was)
			}
		}
		if e := got.Each["events"]; len(e) != 2 || e[0] != e[1] || int(math.Log10(e[0])) != i {
			t.Errorf("line %d has the events %v", i, e)
		}
		if c := got.Each["divergence.contested"]; len(c) != 2 || !math.IsNaN(c[0]) || c[1] != 0.5 {
			t.Errorf("line %d has the contested shares %v", i, c)
		}
	}
	var cells []result.Cell
	for i := range f.Lines {
		cells = append(cells, f.Lines[i].Cell)
	}
	var again bytes.Buffer
	if err := dataset.Cells(&again, cells); err != nil {
		t.Fatal(err)
	}
	if string(folder(t)["dataset.csv"].Data) != again.String() {
		t.Error("the table that was read is not the one that was written")
	}
}

func TestReadErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file, old, new string // what is changed; an empty old takes the file away
		want           string
	}{
		{"manifest.json", "", "", "manifest.json: file does not exist"},
		{"manifest.json", "{", "", "manifest.json: "},
		{"dataset.csv", "", "", "dataset.csv: file does not exist"},
		{"dataset.csv", "ordering,kind", "order,kind", `dataset.csv: no column "ordering"`},
		{"dataset.csv", ",7,2,6,", ",7,two,6,", `dataset.csv:2:19: runs: "two" is no whole number`},
		{"runs.csv", "naive,7,1,", "naive,7,one,", `runs.csv:2:13: events: "one" is no number`},
		{"runs.csv", "5ms,naive,7", "5ms,other,7", `runs.csv:2:5: ordering: a run of "other" in a cell that dataset.csv does not have`},
		{"runs.csv", "5ms,naive,8,1,0.5\n", "", "runs.csv: it has 1 rows of line 2 of dataset.csv, naive, which has 2 runs"},
	} {
		files := folder(t)
		if c.old == "" {
			delete(files, c.file)
		} else {
			text := string(files[c.file].Data)
			if !strings.Contains(text, c.old) {
				t.Fatalf("%s has no %q:\n%s", c.file, c.old, text[:min(len(text), 600)])
			}
			files[c.file] = &fstest.MapFile{Data: []byte(strings.Replace(text, c.old, c.new, 1))}
		}
		if _, err := dataset.Open(files, "events"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s without %q: %v; want %s", c.file, c.old, err, c.want)
		}
	}
	files := folder(t)
	delete(files, "runs.csv")
	f, err := dataset.Open(files, "events")
	if err != nil || f.PerRun || f.Lines[0].Each != nil {
		t.Errorf("without runs: %+v, %v", f, err)
	}
	files["dataset.csv"] = &fstest.MapFile{Data: nil}
	if _, err := dataset.Open(files); err == nil || !strings.Contains(err.Error(), "want a header") {
		t.Errorf("an empty table: %v", err)
	}
}

// TestNoPipeIsRead: what is no regular file is named and not opened, for reading
// it might never end.
func TestNoPipeIsRead(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"manifest.json", "dataset.csv", "runs.csv"} {
		for _, mode := range []fs.FileMode{fs.ModeNamedPipe, fs.ModeDevice, fs.ModeSocket, fs.ModeDir} {
			files := folder(t)
			files[name].Mode = mode
			if _, err := dataset.Open(files); err == nil || !strings.HasPrefix(err.Error(), name+": it is no regular file") {
				t.Errorf("%s of mode %v: %v", name, mode, err)
			}
		}
	}
}

// TestChanged: tables are compared with the checksums of the manifest as they are
// read, and so is every file that it lists when asked.
func TestChanged(t *testing.T) {
	t.Parallel()
	of := func(edit func(fstest.MapFS)) ([]string, []dataset.Mismatch) {
		files := folder(t)
		m := dataset.NewManifest("v1", "mpcomm sweep lab", 2, lines())
		for _, name := range []string{"dataset.csv", "runs.csv"} {
			m.Files = append(m.Files, dataset.Describe(name, files[name].Data))
		}
		var manifest bytes.Buffer
		if err := m.Write(&manifest); err != nil {
			t.Fatal(err)
		}
		files["manifest.json"] = &fstest.MapFile{Data: manifest.Bytes()}
		edit(files)
		f, err := dataset.Open(files, "events")
		if err != nil {
			t.Fatal(err)
		}
		list, err := f.Mismatches(files)
		if err != nil {
			t.Fatal(err)
		}
		return f.Changed, list
	}
	if changed, list := of(func(fstest.MapFS) {}); changed != nil || list != nil {
		t.Errorf("as it was written, %v and %v are others", changed, list)
	}
	for name, edit := range map[string]func(fstest.MapFS){
		"dataset.csv": func(files fstest.MapFS) { files["dataset.csv"].Data = append(files["dataset.csv"].Data, '\n') },
		"runs.csv": func(files fstest.MapFS) {
			files["runs.csv"].Data = bytes.Replace(files["runs.csv"].Data, []byte("1"), []byte("2"), 1)
		},
	} {
		changed, list := of(edit)
		if diff := cmp.Diff([]string{name}, changed); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]dataset.Mismatch{{Name: name}}, list); diff != "" {
			t.Error(diff)
		}
	}
	changed, list := of(func(files fstest.MapFS) { delete(files, "runs.csv") })
	if diff := cmp.Diff([]dataset.Mismatch{{Name: "runs.csv", Missing: true}}, list); changed != nil || diff != "" {
		t.Errorf("%v %s", changed, diff)
	}
}
