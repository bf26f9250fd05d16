package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mpcomm/reports/dataset"
	"mpcomm/reports/figure"
	"mpcomm/reports/html"
)

// sweepFiles are the names that a sweep gives its files, the one that vouches
// for the others first.
var sweepFiles = []string{"manifest.json", "dataset.csv", "differences.csv", "runs.csv", "columns.csv", "dataset.parquet", "differences.parquet", "runs.parquet", "divergence.svg", "divergence.png", "divergence.pdf", "divergence.csv"}

// clearSweep removes what an earlier sweep left, so that a folder never holds
// files of two: its copy of the scenario, too, unless it is that of this one.
func (d *folder) clearSweep(copied bool) error {
	names := slices.Clone(sweepFiles)
	for _, id := range figure.IDs() {
		for _, form := range figureForms {
			names = append(names, strings.ToLower(id)+form.ending)
		}
	}
	if startsWith(filepath.Join(d.dir, sweepReportName), html.Begins) {
		names = append(names, sweepReportName)
	}
	if _, err := os.Stat(filepath.Join(d.dir, "manifest.json")); err == nil && !copied {
		names = append(names, scenarioCopy)
	}
	for _, name := range names {
		path := filepath.Join(d.dir, name)
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return &failure{statusUnknown, fmt.Errorf("%s of an earlier sweep could not be removed: %w", path, reason(err))}
		}
	}
	return nil
}

// beginRows starts runs.csv, which grows during the sweep.
func (w *campaign) beginRows() error {
	var err error
	if w.rows, err = w.folder.begin("runs.csv"); err != nil {
		return err
	}
	var settings []string
	if grid := w.request.scenario.Sweep; grid != nil {
		for _, axis := range grid.Grid {
			settings = append(settings, axis.Path)
		}
	}
	var drawn []string
	for _, d := range w.request.scenario.Swarm {
		drawn = append(drawn, d.Path)
	}
	if w.table, err = dataset.NewRuns(w.rows, settings, drawn, w.prepare.Columns()); err != nil {
		w.rows.abandon()
		return w.rows.unwritten(err)
	}
	return nil
}

// writeFiles writes what the sweep found: tables always, figures of a sweep
// that is complete, the manifest last. A sweep without a whole run leaves the
// folder as it was. Of a shard only the manifest is written: its chunks are
// there already.
func (w *campaign) writeFiles() error {
	if !w.plan.shard.Whole() {
		return w.writeAll(nil)
	}
	if len(w.result.Lines) == 0 {
		if w.rows != nil {
			w.rows.abandon()
		}
		return nil
	}
	if err := w.folder.clearSweep(w.copied); err != nil {
		return err
	}
	if w.rows != nil {
		if err := w.table.Flush(); err != nil {
			w.rows.abandon()
			return w.rows.unwritten(err)
		}
		if err := w.rows.finish(); err != nil {
			return err
		}
	}
	files := []sweepFile{{"dataset.csv", func(out io.Writer) error { return dataset.Cells(out, w.result.Lines) }}}
	if dataset.Compared(w.result.Lines) {
		files = append(files, sweepFile{"differences.csv", func(out io.Writer) error { return dataset.Differences(out, w.result.Lines) }})
	}
	files = append(files, sweepFile{"columns.csv", func(out io.Writer) error { return dataset.Dictionary(out, w.result.Lines, w.table) }})
	if w.result.Complete() {
		d := w.figure()
		files = append(files, sweepFile{"divergence.svg", d.WriteSVG}, sweepFile{"divergence.png", d.WritePNG},
			sweepFile{"divergence.pdf", d.WritePDF}, sweepFile{"divergence.csv", d.WriteCSV})
	}
	return w.writeAll(w.withParquet(files))
}

// withParquet adds, if it was asked for, the same tables as Parquet.
func (w *campaign) withParquet(files []sweepFile) []sweepFile {
	if !w.plan.parquet {
		return files
	}
	for _, f := range slices.Clone(files) {
		if f.name != "dataset.csv" && f.name != "differences.csv" {
			continue
		}
		files = append(files, sweepFile{asParquet(f.name), func(out io.Writer) error {
			var table bytes.Buffer
			if err := f.fill(&table); err != nil {
				return err
			}
			return dataset.ToParquet(out, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(table.Bytes())), nil })
		}})
	}
	return files
}

func asParquet(table string) string { return strings.TrimSuffix(table, ".csv") + ".parquet" }

// rowsAsParquet writes the table of runs, which is on disk, once more.
func (w *campaign) rowsAsParquet() (dataset.Produced, error) {
	p, err := w.folder.begin(asParquet("runs.csv"))
	if err != nil {
		return dataset.Produced{}, err
	}
	err = dataset.ToParquet(p, func() (io.ReadCloser, error) { return os.Open(filepath.Join(w.folder.dir, "runs.csv")) })
	if err != nil {
		p.abandon()
		return dataset.Produced{}, p.unwritten(err)
	}
	return p.produced(), p.finish()
}

type sweepFile struct {
	name string
	fill func(io.Writer) error
}

// writeAll writes files and the manifest that describes them.
func (w *campaign) writeAll(files []sweepFile) error {
	m := dataset.NewManifest(version(), w.manifestCommand(), w.runs, w.result.Lines)
	if shard := w.plan.shard; !shard.Whole() {
		id := w.identity()
		m.Scenario, m.ScenarioHash = id.Scenario, id.ScenarioHash
		m.Seeds = dataset.Seeds{First: id.Seed, Runs: id.Runs, Shard: shard.String()}
		m.Orderings, m.Cells = w.prepare.Labels(), w.prepare.Cells()
	}
	m.Complete, m.Ratios, m.Request = w.result.Complete(), w.ratios(), w.asked()
	if !m.Complete {
		m.Continue = w.rest(w.request.program)
	}
	var err error
	if m.Files, err = w.describeCopy(); err != nil {
		return &failure{statusUnknown, err}
	}
	if w.rows != nil {
		m.Files = append(m.Files, w.rows.produced())
		if w.plan.parquet {
			rows, err := w.rowsAsParquet()
			if err != nil {
				return err
			}
			m.Files = append(m.Files, rows)
		}
	}
	for _, f := range files {
		var b bytes.Buffer
		if err := f.fill(&b); err != nil {
			return &failure{statusUnknown, fmt.Errorf("%s: %w", f.name, err)}
		}
		if err := w.folder.writeBytes(f.name, b.Bytes()); err != nil {
			return err
		}
		m.Files = append(m.Files, dataset.Describe(f.name, b.Bytes()))
	}
	return w.folder.write("manifest.json", m.Write)
}

// manifestCommand repeats everything in the folder, in another.
func (w *campaign) manifestCommand() string {
	command := w.command(w.request.program)
	switch {
	case w.lab:
		return w.request.program + " lab" + intoFolder
	case w.verb == "figures":
		return command // which writes to out by itself
	}
	if w.plan.perRun {
		command += " --per-run"
	}
	if w.plan.parquet {
		command += " --parquet"
	}
	if shard := w.plan.shard; !shard.Whole() {
		command += " --shard " + shard.String()
	}
	return command + intoFolder
}

// intoFolder makes a command write files.
const intoFolder = " -o out"
