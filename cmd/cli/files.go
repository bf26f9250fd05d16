package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"mpcomm/peer"
	"mpcomm/peer/order"
	"mpcomm/reports/compare"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"
)

// writeLogs writes one log per peer under logs/ORDERING, the ordering's label
// as a folder is called.
func (d *folder) writeLogs(label string, o *run.Outcome) error {
	for p := range o.History.Logs {
		id := peer.ID(p)
		name := fmt.Sprintf("logs/%s/%v.log", scenarios.FolderName(label), id)
		file := compare.FileOf(o.History, id, label, o.Seed)
		if err := d.write(name, func(w io.Writer) error { return compare.WriteLog(w, file) }); err != nil {
			return err
		}
	}
	return nil
}

// writeScenario writes the scenario as it was run, with the files it reads.
func (d *folder) writeScenario(r *request) error {
	return d.writeCopy(r, "scenario.yaml", scenarios.Format(r.resolved()))
}

// writeCopy writes a form of the scenario, with the files it reads beside it
// where their names allow that, so that the folder repeats the work by itself.
func (d *folder) writeCopy(r *request, name string, text []byte) error {
	return d.writeCopyFrom(filepath.Dir(r.argument), r, name, text)
}

// writeCopyFrom is writeCopy with the files of another folder.
func (d *folder) writeCopyFrom(dir string, r *request, name string, text []byte) error {
	names, files, err := filesRead(text, dir, r.scenario.Table())
	if err != nil {
		panic(fmt.Sprintf("mpcomm: the scenario as run does not read back: %v", err))
	}
	for _, name := range names {
		if filepath.IsLocal(name) {
			if err := d.writeBytes(filepath.ToSlash(name), files[name]); err != nil {
				return err
			}
		}
	}
	return d.writeBytes(name, text)
}

// filesRead are the files that a scenario in a folder reads, in the order in
// which it does.
func filesRead(text []byte, dir string, table order.Table) (names []string, files map[string][]byte, err error) {
	read := scenarios.FilesIn(dir)
	files = map[string][]byte{}
	recorded := func(name string) ([]byte, error) {
		data, err := read(name)
		if err == nil && !slices.Contains(names, name) {
			names = append(names, name)
			files[name] = data
		}
		return data, err
	}
	_, err = scenarios.Parse("scenario.yaml", text, recorded, table)
	return names, files, err
}

// contents lists what was written, logs and exports as one each.
func (d *folder) contents() string {
	var names []string
	many := map[string]int{}
	for _, name := range d.written {
		if below, _, ok := strings.Cut(name, "/"); ok && (below == "logs" || below == "exports") {
			many[below]++
			continue
		}
		names = append(names, name)
	}
	for _, below := range [...]string{"exports", "logs"} {
		if n := many[below]; n > 0 {
			names = append([]string{fmt.Sprintf("%s (%d)", below, n)}, names...)
		}
	}
	return strings.Join(names, ", ")
}
