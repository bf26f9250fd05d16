package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mpcomm/reports/dataset"
	"mpcomm/scenarios"
)

// alreadyDone reports whether the folder's manifest vouches for the whole sweep,
// and says so. What is asked for must be what was; what is not said is as it was.
func (a *app) alreadyDone(c *cobra.Command, args []string, f *sweepFlags) (bool, error) {
	m, err := dataset.ReadManifest(os.DirFS(f.resume))
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, dataset.ErrNoManifest):
		return false, orphaned(f.resume, err)
	case err != nil: // nobody knows what it vouches for
		return false, fmt.Errorf("%s: %w", f.resume, err)
	case !m.Complete || m.Seeds.Shard != "": // of a shard the chunks are all there is
		return false, nil
	}
	v := &vouched{m, asked(m)}
	list := v.otherThan(c, f)
	if len(args) > 0 {
		r, err := a.read(c, args, &f.choice)
		if err != nil {
			return false, err
		}
		list = append(a.scenarioApart(f.resume, m, r.scenario), list...)
	}
	if len(list) > 0 {
		return false, fmt.Errorf("%s holds another sweep, which is complete:%s\nwant the same, another folder, or -o to replace it", f.resume, otherwise(list))
	}
	if err := a.checkFiles(f.resume, m); err != nil {
		return false, err
	}
	a.say("%s is complete; nothing is left to do", f.resume)
	return true, nil
}

// orphaned refuses to begin a sweep over the tables of one for which no manifest
// vouches and of which no chunks are left, so that nobody could make them again.
func orphaned(dir string, why error) error {
	if !holds(dir, "dataset.csv") {
		return nil
	}
	missing := "no manifest.json"
	if errors.Is(why, dataset.ErrNoManifest) {
		missing = "a manifest.json that is none"
	}
	return fmt.Errorf("%s holds the dataset.csv of a sweep, but %s and no chunks to go on with; want another folder, or -o to replace it", dir, missing)
}

// checkFiles refuses to call a folder complete whose tables or scenario are not
// as the manifest has them. Pictures are drawn again from the tables, so that of
// them it only says so.
func (a *app) checkFiles(dir string, m *dataset.Manifest) error {
	list, err := m.Mismatches(os.DirFS(dir))
	if err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	state := map[bool]string{true: "is not there", false: "has other bytes than the sweep wrote"}
	var bad, drawn []string
	for _, f := range list {
		words := f.Name + " " + state[f.Missing]
		if strings.HasPrefix(f.Name, "divergence.") {
			drawn = append(drawn, words)
			continue
		}
		bad = append(bad, "\n  "+words)
	}
	if len(bad) > 0 {
		return fmt.Errorf("%s is complete, but not as it was:%s\nwant the files as they were, another folder, or -o to make the sweep again", dir, strings.Join(bad, ""))
	}
	for _, words := range drawn {
		a.say("warning: %s: %s; %s figures %s --figure %s draws it", dir, words, a.name, quoteShell(dir), divergence)
	}
	return nil
}

// scenarioApart lists in what a scenario is not that of a folder's manifest. If
// the folder's copy is no more that either, only the hashes are known.
func (a *app) scenarioApart(dir string, m *dataset.Manifest, here *scenarios.Scenario) []scenarios.Difference {
	hash := scenarios.Hash(here)
	if hash == m.ScenarioHash {
		return nil
	}
	if there := a.scenarioOf(dir); there != nil && scenarios.Hash(there) == m.ScenarioHash {
		if list := scenarios.Differences(there, here); len(list) > 0 {
			return list
		}
	}
	return []scenarios.Difference{{Path: "scenario hash", Old: m.ScenarioHash, New: hash}}
}

// vouched is what the manifest of a folder says of a sweep that is complete.
type vouched struct {
	*dataset.Manifest
	asked *dataset.Request
}

// otherThan lists what the flags that are given ask for otherwise than the
// sweep was made.
func (m *vouched) otherThan(c *cobra.Command, f *sweepFlags) []scenarios.Difference {
	var list []scenarios.Difference
	differ := func(path, there, here string) {
		list = append(list, scenarios.Difference{Path: path, Old: there, New: here})
	}
	if here := strings.Join(f.orderings, ","); here != "" && !m.has(strings.Split(here, ",")) {
		differ("orderings", strings.Join(m.Orderings, ","), here)
	}
	if there := uint64(m.Seeds.Runs); f.runs != 0 && f.runs != there {
		differ("runs", decimal(there), decimal(f.runs))
	}
	if there := m.Seeds.First; c.Flags().Changed("seed") && f.seed != there {
		differ("seed", decimal(there), decimal(f.seed))
	}
	if f.shard != "" {
		differ("shard", "the whole sweep", f.shard)
	}
	if there := m.asked.Versus; c.Flags().Changed("versus") && f.versus != there {
		differ("--versus", cmp.Or(there, "the first of each cell"), cmp.Or(f.versus, "the first of each cell"))
	}
	for _, flag := range []struct {
		name        string
		here, there bool
	}{{"--parquet", f.parquet, m.asked.Parquet}, {"--per-run", f.perRun, m.asked.PerRun}, {"--why", f.why, m.asked.Why}} {
		if flag.here && !flag.there {
			differ(flag.name, "not given", "given")
		}
	}
	return list
}

// has reports whether the words name every ordering of the sweep, in any order:
// they are those that it was asked for with, or by label or kind.
func (m *vouched) has(words []string) bool {
	if slices.Equal(slices.Sorted(slices.Values(words)), slices.Sorted(slices.Values(m.asked.Selection))) {
		return true
	}
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
