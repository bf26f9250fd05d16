package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"mpcomm/reports/dataset"
	"mpcomm/scenarios"
	"mpcomm/scenarios/sweep"
	"mpcomm/scenarios/sweep/store"
)

// scenarioCopy is the scenario of a sweep as it was written, in its folder.
const scenarioCopy = "sweep.yaml"

// notes are what a file of chunks says beside the identity of its sweep: how
// the command was called, so that the manifest says the same however often the
// sweep went on, and the scenario itself.
type notes struct {
	Argument  string      `json:"argument"`
	Settings  []string    `json:"settings,omitempty"`
	Selection []string    `json:"selection,omitempty"`
	PerRun    bool        `json:"per_run,omitempty"`
	Parquet   bool        `json:"parquet,omitempty"`
	Shard     sweep.Shard `json:"shard"`
	Scenario  string      `json:"scenario"`

	Files map[string]string `json:"files,omitempty"` // that the scenario reads, with what names their content
}

// tool is what must be the same for chunks to be mixed.
func tool(program string) string { return program + " " + version() }

func (w *campaign) identity() sweep.Identity { return w.prepare.Identity(tool(w.request.program)) }

// header is that of the sweep's file of chunks.
func (w *campaign) header() (store.Header, error) {
	n := notes{
		Argument: w.request.argument, Selection: w.request.selection, PerRun: w.plan.perRun, Parquet: w.plan.parquet, Shard: w.plan.shard,
		Scenario: string(scenarios.Written(w.request.scenario)), Files: w.request.scenario.FileSums(),
	}
	for _, s := range w.request.settings {
		n.Settings = append(n.Settings, s.String())
	}
	identity, err := json.Marshal(w.identity())
	if err != nil {
		return store.Header{}, fmt.Errorf("the sweep cannot be described: %w", err)
	}
	text, err := json.Marshal(n)
	return store.Header{Identity: identity, Notes: text}, err
}

// kept is a file of chunks that was opened, and what it says.
type kept struct {
	dir      string
	log      *store.Log
	identity sweep.Identity
	notes    notes
}

// understand reads what a file of chunks says.
func understand(dir string, log *store.Log) (*kept, error) {
	k := &kept{dir: dir, log: log}
	h := log.Header()
	if err := errors.Join(json.Unmarshal(h.Identity, &k.identity), json.Unmarshal(h.Notes, &k.notes)); err != nil {
		return nil, fmt.Errorf("%s: what it says about its sweep cannot be read (%w); want the version of the program that wrote it", log.Path(), err)
	}
	return k, nil
}

// open makes the folder of a sweep that begins, with its file of chunks and the
// copy of its scenario.
func (w *campaign) open(dir string) error {
	if err := w.openFresh(dir); err != nil {
		return err
	}
	h, err := w.header()
	if err != nil {
		return err
	}
	log, err := store.Create(dir, h)
	if err != nil {
		return &failure{statusUnknown, err}
	}
	w.keep(log)
	if err := w.folder.writeCopy(w.request, scenarioCopy, scenarios.Written(w.request.scenario)); err != nil {
		return errors.Join(err, w.closeLog(err))
	}
	w.folder.written = nil // they are not what the reader asked for
	return w.start()
}

// openFresh opens a folder in which a sweep can begin.
func (w *campaign) openFresh(dir string) (err error) {
	if w.folder, err = openFolder(dir); err != nil {
		return err
	}
	return errors.Join(refuseUnfinished(dir, w.request.program), w.request.sparesCopy(dir))
}

// keep makes the log that of the sweep.
func (w *campaign) keep(log *store.Log) {
	w.log = log
	w.prepare.KeepIn(log)
}

// start begins what grows during the sweep, when the folder is its own and has
// the copy of the scenario.
func (w *campaign) start() error {
	w.copied = true
	w.folder.sweepAside()
	if w.plan.perRun && w.plan.shard.Whole() {
		if err := w.beginRows(); err != nil {
			return errors.Join(err, w.closeLog(err))
		}
	}
	return nil
}

// sweepAside removes what processes that were killed left half-written.
func (d *folder) sweepAside() {
	for _, name := range append([]string{"probe", scenarioCopy}, sweepFiles...) {
		left, err := filepath.Glob(filepath.Join(escapeGlob(d.dir), ".mpcomm-*-"+name))
		if err != nil {
			panic(fmt.Sprintf("mpcomm: the pattern of %s is bad: %v", name, err))
		}
		for _, path := range left {
			_ = os.Remove(path)
		}
	}
}

// refuseUnfinished refuses to begin a sweep where the chunks of another are.
func refuseUnfinished(dir, program string) error {
	log, err := store.Read(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.Is(err, store.ErrEmpty):
		return os.Remove(filepath.Join(dir, store.FileName))
	case errors.Is(err, syscall.ENOTDIR):
		return nil // openFolder says so
	case err != nil:
		return fmt.Errorf("%w; want another folder with -o", err)
	}
	defer log.Close()
	return fmt.Errorf("%s keeps %s of an earlier sweep; want %s sweep --resume %s, which goes on with it, another folder with -o, or that file removed",
		log.Path(), count(log.Len(), "chunk"), program, quoteShell(dir))
}

// sparesCopy refuses a folder in which the copy of the scenario would replace a
// file of the reader's own.
func (r *request) sparesCopy(dir string) error {
	name := filepath.Join(dir, scenarioCopy)
	old, err := readOwn(dir, scenarioCopy)
	if errors.Is(err, fs.ErrNotExist) || err == nil && string(old) == string(scenarios.Written(r.scenario)) {
		return nil
	}
	argument, err := os.Stat(r.argument)
	target, errTarget := os.Stat(name)
	own := err == nil && errTarget == nil && os.SameFile(argument, target)
	vouched := slices.ContainsFunc([]string{"manifest.json", store.FileName}, func(beside string) bool {
		_, err := os.Stat(filepath.Join(dir, beside))
		return err == nil
	})
	if own || !vouched {
		return fmt.Errorf("%s would be replaced by the copy of the scenario that a sweep keeps; want another folder with -o", name)
	}
	return nil
}

// closeLog ends the keeping of chunks. Those of a sweep that is complete have
// gone into its tables; those of a shard, and of one that failed, stay.
func (w *campaign) closeLog(failed error) error {
	switch {
	case w.log == nil:
		return nil
	case failed == nil && w.plan.shard.Whole() && w.result != nil && w.result.Complete():
		if err := w.folder.settle(); err != nil {
			return errors.Join(fmt.Errorf("%s could not be brought to the disk: %w", w.folder.dir, reason(err)), w.log.Close())
		}
		return w.log.Remove()
	}
	return w.log.Close()
}

// describeCopy describes the copy of the scenario and the files it reads, as
// they are in the folder.
func (w *campaign) describeCopy() ([]dataset.Produced, error) {
	if !w.copied {
		return nil, nil
	}
	text, err := readOwn(w.folder.dir, scenarioCopy)
	if err != nil {
		return nil, err
	}
	list := []dataset.Produced{dataset.Describe(scenarioCopy, text)}
	names, files, err := filesRead(text, w.folder.dir, w.request.scenario.Table())
	for _, name := range names {
		if filepath.IsLocal(name) {
			list = append(list, dataset.Describe(filepath.ToSlash(name), files[name]))
		}
	}
	return list, err
}
