package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"mpcomm/peer/order"
	"mpcomm/scenarios"
	"mpcomm/scenarios/sweep"
	"mpcomm/scenarios/sweep/store"
)

// resume prepares a sweep that goes on in its folder. It begins the sweep if the
// folder has none and there is a scenario, so that the same command serves for
// the first time and for every time after. Nothing is left to do, and nil is
// returned, if the folder holds the whole sweep.
func (a *app) resume(c *cobra.Command, args []string, f *sweepFlags) (*campaign, error) {
	if f.repair {
		if err := a.repair(f.resume); err != nil {
			return nil, err
		}
	}
	log, err := store.Open(f.resume)
	var damaged *store.DamagedError
	switch {
	case err == nil:
		return a.goOn(c, args, f, log)
	case errors.As(err, &damaged):
		return nil, &failure{statusUnknown, fmt.Errorf("%w\nto go on with them and make the others again: %s sweep --resume %s --repair (which keeps the damaged file as %s)",
			err, a.name, quoteShell(f.resume), store.DamagedName)}
	case errors.Is(err, store.ErrInUse):
		return nil, &failure{statusUnknown, err}
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, store.ErrEmpty):
		done, err := a.alreadyDone(c, args, f)
		switch {
		case err != nil || done:
			return nil, err
		case len(args) == 0:
			return nil, fmt.Errorf("%s holds no sweep that could go on%s; to begin one there, name its scenario", f.resume, a.partsIn(f.resume))
		}
		return a.begin(c, args, f)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return nil, &failure{statusUnknown, err}
	}
	return nil, err
}

// partsIn says which folders in a folder hold sweeps, or shards of one, which the
// reader may have meant; empty if none does.
func (a *app) partsIn(dir string) string {
	logs, err := filepath.Glob(filepath.Join(escapeGlob(dir), "*", store.FileName))
	if err != nil {
		panic(fmt.Sprintf("mpcomm: the pattern of files of chunks is bad: %v", err))
	}
	if len(logs) == 0 {
		return ""
	}
	first := filepath.Dir(logs[0])
	if len(logs) == 1 {
		return fmt.Sprintf(", but %s does", first)
	}
	return fmt.Sprintf(", but %s in it do, %s first; %s missing says which of a sweep's shards are not complete, %s merge joins them",
		count(len(logs), "folder"), first, a.name, a.name)
}

// repair sets a damaged file of chunks aside.
func (a *app) repair(dir string) error {
	damages, err := store.Repair(dir)
	if err != nil {
		return &failure{statusUnknown, err}
	}
	for _, d := range damages {
		a.say("left out: %v", d)
	}
	if len(damages) > 0 {
		a.say("the damaged file is kept as %s", filepath.Join(dir, store.DamagedName))
	}
	return nil
}

// goOn prepares the sweep of a file of chunks. What the command line does not
// say is as the file says; what it says must agree.
func (a *app) goOn(c *cobra.Command, args []string, f *sweepFlags, log *store.Log) (w *campaign, err error) {
	defer func() {
		if err != nil {
			_ = log.Close()
		}
	}()
	k, err := understand(f.resume, log)
	if err != nil {
		return nil, err
	}
	if len(args) == 0 {
		if err := k.copyStands(a.table); err != nil {
			return nil, err
		}
	}
	r, err := a.requestOf(c, args, f, k)
	if err != nil {
		return nil, err
	}
	p := plan{runs: k.identity.Runs, workers: int(f.workers), perRun: k.notes.PerRun || f.perRun, parquet: k.notes.Parquet || f.parquet, shard: k.notes.Shard}
	if f.runs != 0 {
		p.runs = int(f.runs)
	}
	if f.shard != "" {
		p.shard, _ = sweep.ParseShard(f.shard)
	}
	if w, err = newCampaign(r, p); err != nil {
		return nil, err
	}
	list, err := k.differences(w)
	if err != nil {
		return nil, err
	}
	if p.perRun != k.notes.PerRun {
		list = append(list, scenarios.Difference{Path: "--per-run", Old: "not given", New: "given"})
	}
	if there, here := k.notes.Shard, p.shard; there != here {
		list = append(list, scenarios.Difference{Path: "shard", Old: there.String(), New: here.String()})
	}
	if len(list) > 0 {
		return nil, fmt.Errorf("%s is of another sweep:%s\nwant the same, or another folder", log.Path(), otherwise(list))
	}
	if w.folder, err = openFolder(f.resume); err != nil {
		return nil, err
	}
	if err := k.sayAgain(r); err != nil {
		return nil, err
	}
	w.keep(log)
	a.tellOf(k, f.quiet)
	from := f.resume
	if len(args) > 0 {
		from = filepath.Dir(args[0])
	}
	if err := k.restoreCopy(w, from); err != nil {
		return nil, err
	}
	return w, w.start()
}

// sayAgain gives a request of the same sweep the words of the first, so that the
// manifest is the same however often and in what words the sweep went on.
func (k *kept) sayAgain(r *request) (err error) {
	r.argument, r.selection = k.notes.Argument, k.notes.Selection
	r.settings, err = k.settings()
	return err
}

// copyStands refuses to go on with the copy of a scenario that says something else
// than the chunks: who changed it asks for another sweep. What cannot be read, as a
// kill may leave it, asks for nothing.
func (k *kept) copyStands(table order.Table) error {
	text, err := readOwn(k.dir, scenarioCopy)
	if err != nil || strings.HasPrefix(k.notes.Scenario, string(text)) {
		return nil // nothing, all of it or a beginning, which is no change by anybody
	}
	there, errThere := k.scenario(table)
	here, errHere := k.parse(text, table)
	if errThere != nil || errHere != nil || scenarios.Hash(there) == scenarios.Hash(here) {
		return nil
	}
	list, err := valuesApart(there, here)
	if err != nil {
		return nil
	}
	name := filepath.Join(k.dir, scenarioCopy)
	return fmt.Errorf("%s is of another sweep than %s:%s\nwant it as it was, or removed, since the chunks hold it too; or another folder for another sweep",
		name, k.log.Path(), otherwise(list))
}

// restoreCopy writes the copy of the scenario again if it is not whole: a process
// may be killed when it has just made the file of chunks.
func (k *kept) restoreCopy(w *campaign, from string) error {
	text, err := readOwn(k.dir, scenarioCopy)
	if err == nil && string(text) == k.notes.Scenario {
		return nil
	}
	err = w.folder.writeCopyFrom(from, w.request, scenarioCopy, []byte(k.notes.Scenario))
	w.folder.written = nil
	return err
}

// tellOf says what was found where a sweep goes on.
func (a *app) tellOf(k *kept, quiet bool) {
	if n := k.log.Torn(); n > 0 {
		a.say("%s: its last record was not finished; its %d bytes are cut off, and its chunk is made again", k.log.Path(), n)
	}
	if n := k.log.Twice(); n > 0 {
		a.say("%s: %s there twice, with the same bytes", k.log.Path(), count(n, "chunk"))
	}
	if !k.log.Locked() {
		a.say("%s: this system cannot lock it; mind that no other process goes on with it", k.log.Path())
	}
	if !quiet {
		a.say("going on with %s of %d", count(k.log.Len(), "chunk"), k.chunks())
	}
}

// chunks is how many the sweep has, or its shard.
func (k *kept) chunks() int {
	n := 0
	for index := range k.identity.Chunks {
		if k.notes.Shard.Has(index) {
			n++
		}
	}
	return n
}

// requestOf is the request of a sweep that goes on: the scenario that is named,
// or the copy, with the flags of now where they are given, else those of then.
func (a *app) requestOf(c *cobra.Command, args []string, f *sweepFlags, k *kept) (*request, error) {
	given := c.Flags().Changed
	if !given("ordering") && len(k.notes.Selection) > 0 {
		f.orderings = []string{strings.Join(k.notes.Selection, ",")}
	}
	var r *request
	var err error
	if len(args) > 0 {
		r, err = a.read(c, args, &f.choice)
	} else {
		r, err = a.copyOf(k, f.orderings)
	}
	if err != nil {
		return nil, err
	}
	r.versus = k.identity.Versus
	if given("versus") {
		r.versus = f.versus
	}
	r.why = k.identity.Why || f.why
	if r.seed = k.identity.Seed; given("seed") {
		r.seed = f.seed
	}
	return r, nil
}

// copyOf is the request that made a file of chunks, from the copy of its
// scenario.
func (a *app) copyOf(k *kept, orderings []string) (*request, error) {
	s, err := k.scenario(a.table)
	if err != nil {
		return nil, fmt.Errorf("the scenario in %s cannot be read: %w\nwant the scenario named as well", k.log.Path(), err)
	}
	r := &request{program: a.program, argument: k.notes.Argument, scenario: s, seeded: true}
	if r.settings, err = k.settings(); err != nil {
		return nil, err
	}
	for _, list := range orderings {
		r.selection = append(r.selection, strings.Split(list, ",")...)
	}
	return r, r.choose(s)
}

// settings are those of --set that the scenario has already.
func (k *kept) settings() ([]scenarios.Setting, error) {
	var list []scenarios.Setting
	for _, text := range k.notes.Settings {
		setting, err := scenarios.ParseSetting(text)
		if err != nil {
			return nil, err
		}
		list = append(list, setting)
	}
	return list, nil
}

// scenario reads the scenario as it was. Files that it reads are beside the
// chunks, or, when their names lead out of the folder, where they were.
func (k *kept) scenario(table order.Table) (*scenarios.Scenario, error) {
	return k.parse([]byte(k.notes.Scenario), table)
}

// parse reads a text that stands for the scenario in the folder.
func (k *kept) parse(text []byte, table order.Table) (*scenarios.Scenario, error) {
	here, there := scenarios.FilesIn(k.dir), scenarios.FilesIn(filepath.Dir(k.notes.Argument))
	return scenarios.Parse(filepath.Join(k.dir, scenarioCopy), text, func(name string) ([]byte, error) {
		data, err := here(name)
		if err != nil && !filepath.IsLocal(name) {
			return there(name)
		}
		return data, err
	}, table)
}

// differences lists what a campaign is otherwise than the sweep of the file,
// values of the scenario first.
func (k *kept) differences(w *campaign) ([]scenarios.Difference, error) {
	list := k.identity.Differences(w.identity())
	aboutScenario := func(path string) bool { return path == "scenario hash" || path == "cells" }
	var values []scenarios.Difference
	for _, d := range list {
		if aboutScenario(d.Path) && values == nil {
			there, err := k.scenario(w.request.scenario.Table())
			if err != nil {
				return list, nil // the hashes are all that is known
			}
			if values, err = valuesApart(there, w.request.scenario); err != nil {
				return nil, err
			}
			values = append(values, k.filesApart(w.request.scenario)...)
		}
	}
	for _, d := range list {
		if len(values) == 0 || !aboutScenario(d.Path) {
			values = append(values, d)
		}
	}
	return values, nil
}

// filesApart lists the files that the scenario read then and reads now, with
// another content.
func (k *kept) filesApart(s *scenarios.Scenario) []scenarios.Difference {
	var list []scenarios.Difference
	for name, now := range s.FileSums() {
		if old, read := k.notes.Files[name]; read && old != now {
			list = append(list, scenarios.Difference{Path: "file " + name, Old: old, New: now})
		}
	}
	slices.SortFunc(list, func(a, b scenarios.Difference) int { return strings.Compare(a.Path, b.Path) })
	return list
}

// valuesApart are the values in which two scenarios differ, or else their cells:
// what a grid varies may be the default of a value that only one of them writes.
func valuesApart(there, here *scenarios.Scenario) ([]scenarios.Difference, error) {
	list := scenarios.Differences(there, here)
	if len(list) > 0 {
		return list, nil
	}
	a, err := there.Cells()
	if err != nil {
		return nil, err
	}
	b, err := here.Cells()
	if err != nil {
		return nil, err
	}
	for i := range min(len(a), len(b)) {
		var words []string
		for _, s := range a[i].Settings {
			words = append(words, s.String())
		}
		for _, d := range scenarios.Differences(a[i].Scenario, b[i].Scenario) {
			d.Path = "cell " + strings.Join(words, " ") + ": " + d.Path
			list = append(list, d)
		}
	}
	return list, nil
}
