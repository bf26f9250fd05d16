package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mpcomm/peer/journal"
	"mpcomm/reports/export"
	"mpcomm/reports/result"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"
)

// mostExported bounds the events of a run that is exported, at about a hundred
// bytes each.
const mostExported = 1 << 22

// exports are the formats in which a run is written, and what is recorded for
// them.
type exports struct {
	program  string // with its version
	formats  []export.Format
	recorder *journal.Recorder // of the run at hand; nil = nothing is exported
	leftOut  []error           // what a format could not hold
}

// exportFormats reads the formats of --export.
func exportFormats(c *cobra.Command, lists []string, dir string) ([]export.Format, error) {
	var formats []export.Format
	taken := map[string]bool{}
	for _, list := range lists {
		for name := range strings.SplitSeq(list, ",") {
			f, known := export.Find(name)
			if !known {
				return nil, &usageError{c, fmt.Errorf("--export: no format %q; want some of %s", name, strings.Join(formatNames(), " "))}
			}
			if !taken[name] {
				formats = append(formats, f)
			}
			taken[name] = true
		}
	}
	if len(formats) > 0 && dir == "" {
		return nil, &usageError{c, fmt.Errorf("--export: no folder to write to; want one, with -o")}
	}
	return formats, nil
}

func formatNames() []string {
	var names []string
	for _, f := range export.Formats() {
		names = append(names, f.Name)
	}
	return names
}

// formatList is the part of the help that names the formats.
func formatList() string {
	var b strings.Builder
	for _, f := range export.Formats() {
		fmt.Fprintf(&b, "  %-9s %s\n", f.Name, f.Doc)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func completeFormats(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return formatNames(), cobra.ShellCompDirectiveNoFileComp
}

// holds refuses a scenario that a format cannot hold whatever happens in it.
func (x *exports) holds(s *scenarios.Scenario) error {
	for _, f := range x.formats {
		if n := broadcastsOf(s); f.Name == "mermaid" && n > export.MermaidMessages {
			return fmt.Errorf("%s: %d messages do not fit in a diagram of Mermaid; want at most %d, or another format than %s",
				s.Name, n, export.MermaidMessages, f.Name)
		}
	}
	return nil
}

// begin makes ready for the run of one ordering.
func (x *exports) begin() {
	if x.recorder != nil {
		x.recorder.Reset(mostExported, 0, -1)
	}
}

// write writes a run in every format that can hold it into
// exports/ORDERING.ENDING.
func (x *exports) write(d *folder, s *scenarios.Scenario, label string, o *run.Outcome) error {
	name := "exports/" + scenarios.FolderName(label)
	if n := x.recorder.Count(); n > mostExported {
		x.leftOut = append(x.leftOut, fmt.Errorf("left out %s: a run of %d events is not exported; want at most %d: fewer messages or peers", name, n, mostExported))
		return nil
	}
	r := &export.Run{
		Program: x.program, Scenario: s.Name, Ordering: label, Seed: o.Seed,
		Events: x.recorder.Events(), History: o.History,
	}
	for _, f := range x.formats {
		err := d.write(name+f.Ending, func(w io.Writer) error { return f.Write(w, r) })
		var unfit *export.Unfit
		switch {
		case errors.As(err, &unfit):
			x.leftOut = append(x.leftOut, fmt.Errorf("left out %s: %w", name+f.Ending, unfit))
		case err != nil:
			return err
		}
	}
	return nil
}

// whole is an exit status if something was left out; the reader has been told.
func (x *exports) whole() error {
	if len(x.leftOut) == 0 {
		return nil
	}
	return &failure{status: statusUnknown}
}

// earlierExports are files that a call before wrote of the very runs that a job
// makes, in formats that it does not write: they stay.
type earlierExports struct {
	files  map[string][]string // by label
	digest map[string]result.Digest
}

// earlier looks for such files in the folder. Its result says of which runs they
// are.
func (j *job) earlier() earlierExports {
	e := earlierExports{files: map[string][]string{}, digest: map[string]result.Digest{}}
	var was struct {
		Scenario string
		Hash     string `json:"scenario_hash"`
		Seed     uint64
		Runs     []struct {
			Ordering string
			Digest   result.Digest
		}
	}
	text, err := readOwn(j.folder.dir, "result.json")
	now := &j.result
	if err != nil || json.Unmarshal(text, &was) != nil ||
		was.Scenario != now.Scenario || was.Hash != now.ScenarioHash || was.Seed != now.Seed {
		return e
	}
	for i := range was.Runs {
		e.digest[was.Runs[i].Ordering] = was.Runs[i].Digest
	}
	there := j.folder.exported()
	for _, p := range j.plans {
		label := p.Label()
		if _, ran := e.digest[label]; !ran {
			continue
		}
		for _, f := range export.Formats() {
			path := filepath.Join(j.folder.dir, "exports", scenarios.FolderName(label)+f.Ending)
			written := slices.ContainsFunc(j.exports.formats, func(g export.Format) bool { return g.Name == f.Name })
			if !written && slices.Contains(there, path) {
				e.files[label] = append(e.files[label], path)
			}
		}
	}
	return e
}

// all are the files of every ordering.
func (e *earlierExports) all() []string {
	return slices.Concat(slices.Collect(maps.Values(e.files))...)
}

// check removes the files of a run whose history came out otherwise, as that of
// another version of the program may.
func (e *earlierExports) check(label string, digest result.Digest) error {
	if e.digest[label] == digest {
		return nil
	}
	for _, path := range e.files[label] {
		if err := os.Remove(path); err != nil {
			return &failure{statusUnknown, fmt.Errorf("%s of another run could not be removed: %w", path, reason(err))}
		}
	}
	return nil
}

// exported are the files of an earlier run that have the names and the
// beginnings of exports.
func (d *folder) exported() []string {
	var files []string
	for _, f := range export.Formats() {
		paths, err := filepath.Glob(filepath.Join(escapeGlob(d.dir), "exports", "*"+f.Ending))
		if err != nil {
			panic(fmt.Sprintf("mpcomm: the pattern of exports is bad: %v", err))
		}
		for _, path := range paths {
			if startsWith(path, f.Begins) {
				files = append(files, path)
			}
		}
	}
	return files
}
