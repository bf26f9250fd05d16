package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mpcomm/reports/dataset"
	"mpcomm/scenarios"
)

// alreadyDone reports whether the folder's manifest vouches for the whole sweep,
// and says so. If a scenario is named, it must be the manifest's.
func (a *app) alreadyDone(c *cobra.Command, args []string, f *sweepFlags) (bool, error) {
	text, err := readOwn(f.resume, "manifest.json")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil: // nobody knows what it vouches for
		return false, fmt.Errorf("%s: %w", filepath.Join(f.resume, "manifest.json"), err)
	}
	var m vouched
	if json.Unmarshal(text, &m) != nil || !m.Complete || m.Seeds.Shard != "" { // of a shard the chunks are all there is
		return false, nil
	}
	if len(args) == 0 {
		if list := m.otherThan(c, f); len(list) > 0 {
			return false, fmt.Errorf("%s holds another sweep, which is complete:%s\nwant the same, or another folder", f.resume, otherwise(list))
		}
	}
	if len(args) > 0 {
		if f.runs == 0 {
			f.runs = uint64(m.Seeds.Runs)
		}
		w, err := a.prepare(c, args, f)
		if err != nil {
			return false, err
		}
		if !c.Flags().Changed("seed") {
			w.request.seed = m.Seeds.First
		}
		w.plan.perRun = w.plan.perRun || strings.Contains(m.Command, " --per-run")
		w.plan.parquet = w.plan.parquet || strings.Contains(m.Command, " --parquet")
		// A manifest of old may leave out where the command writes.
		if here := w.manifestCommand(); strings.TrimSuffix(here, intoFolder) != strings.TrimSuffix(m.Command, intoFolder) {
			return false, fmt.Errorf("%s holds another sweep, which is complete:\n  there: %s\n  here:  %s\nwant another folder, or -o to replace it", f.resume, m.Command, here)
		}
	}
	a.say("%s is complete; nothing is left to do", f.resume)
	return true, nil
}

// vouched is what the manifest of a folder says of a sweep that is complete.
type vouched struct {
	Complete  bool
	Command   string
	Seeds     dataset.Seeds
	Orderings []string
}

// otherThan lists what the flags that are given ask for otherwise than the
// sweep was made. No scenario is named, so that its own values are not in doubt.
func (m *vouched) otherThan(c *cobra.Command, f *sweepFlags) []scenarios.Difference {
	var list []scenarios.Difference
	differ := func(path, there, here string) {
		list = append(list, scenarios.Difference{Path: path, Old: there, New: here})
	}
	if there := m.Seeds.First; c.Flags().Changed("seed") && f.seed != there {
		differ("seed", decimal(there), decimal(f.seed))
	}
	if there := uint64(m.Seeds.Runs); f.runs != 0 && f.runs != there {
		differ("runs", decimal(there), decimal(f.runs))
	}
	if here := strings.Join(f.orderings, ","); here != "" && !m.says("--ordering", here) && !m.has(strings.Split(here, ",")) {
		differ("orderings", strings.Join(m.Orderings, ","), here)
	}
	if f.versus != "" && !m.says("--versus", f.versus) {
		differ("--versus", "not "+f.versus, f.versus)
	}
	if f.shard != "" {
		differ("shard", "the whole sweep", f.shard)
	}
	for flag, given := range map[string]bool{"--why": f.why, "--per-run": f.perRun, "--parquet": f.parquet} {
		if given && !m.says(flag) {
			differ(flag, "not given", "given")
		}
	}
	slices.SortStableFunc(list, func(a, b scenarios.Difference) int { return strings.Compare(a.Path, b.Path) })
	return list
}

// has reports whether the words name every ordering of the sweep, in any order.
func (m *vouched) has(words []string) bool {
	left := slices.Clone(m.Orderings)
	for _, word := range words {
		at := slices.IndexFunc(left, func(label string) bool { return isCalled(label, word) })
		if at < 0 {
			return false
		}
		left = slices.Delete(left, at, at+1)
	}
	return len(left) == 0
}

// isCalled reports whether an ordering of that label may be given by a word: the
// label, or the kind that it begins with.
func isCalled(label, word string) bool {
	word = strings.TrimSpace(word)
	return label == word || strings.HasPrefix(label, word+" ")
}

// says reports whether the command of the manifest has a flag, with a value.
func (m *vouched) says(words ...string) bool {
	for i, word := range words[1:] {
		words[i+1] = quoteShell(word)
	}
	return strings.Contains(m.Command+" ", " "+strings.Join(words, " ")+" ")
}
