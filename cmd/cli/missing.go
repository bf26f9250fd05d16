package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"mpcomm/reports/result"
	"mpcomm/scenarios/sweep/store"
)

func (a *app) missingCommand() *cobra.Command {
	var lines, asJSON bool
	c := &cobra.Command{
		Use:   "missing DIR...",
		Short: "The shards of a sweep that are still to be run",
		Long: "missing reads the folders of a sweep's shards, those that there are, and prints the numbers of\n" +
			"the shards of which some chunk is in none of them, in one line as `sbatch --array` takes it:\n" +
			"3,7-9. With --lines it prints one number a line, for xargs. Numbers count from 0, as --shard does.\n" +
			"Folders that do not exist or in which no chunk was finished count as empty.\n\n" +
			"Exit status: 0 when nothing is missing, and nothing is printed; 1 when something is; 64 when the\n" +
			"folders are not of one sweep.",
		Example: "  sbatch --array=\"$(mpcomm missing part-*)\" sweep.sh\n" +
			"  mpcomm missing --lines part-* | xargs -I{} \\\n" +
			"    mpcomm sweep lab --runs 1000000 --shard {}/64 --resume part-{}",
		Args: arguments(1, 1<<30, "the folders of shards"),
		RunE: func(_ *cobra.Command, args []string) error { return a.missing(args, lines, asJSON) },
	}
	c.Flags().BoolVar(&lines, "lines", false, "one number a line")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

// missingShards is the answer of `missing --json`.
type missingShards struct {
	Shards  int              `json:"shards"`
	Chunks  int              `json:"chunks"`
	Lacking int              `json:"chunks_missing"`
	Missing result.List[int] `json:"missing"`
}

func (a *app) missing(dirs []string, lines, asJSON bool) error {
	parts, err := a.presentParts(dirs)
	defer closeParts(parts)
	if err != nil {
		return err
	}
	l := lackingOf(parts)
	err = a.answer(func(w io.Writer) error {
		switch {
		case asJSON:
			return writeJSON(w, missingShards{Shards: l.of, Chunks: parts[0].identity.Chunks, Lacking: l.chunks, Missing: l.shards})
		case len(l.shards) == 0:
			return nil
		case !lines:
			_, err := fmt.Fprintln(w, ranges(l.shards))
			return err
		}
		for _, k := range l.shards {
			if _, err := fmt.Fprintln(w, k); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if l.chunks == 0 {
		a.say("nothing is missing: %s of %s are there", count(parts[0].identity.Chunks, "chunk"), count(l.of, "shard"))
		return nil
	}
	between := " in " // of shards
	if l.of == 1 {
		between = ": "
	}
	a.say("missing: %s of %d%s%s", count(l.chunks, "chunk"), parts[0].identity.Chunks, between, l.words())
	return &failure{status: statusFailed}
}

// presentParts are the parts that have begun. All must be of one sweep that was
// cut into as many shards.
func (a *app) presentParts(dirs []string) ([]*kept, error) {
	var parts []*kept
	var errs []error
	for _, dir := range dirs {
		k, err := readPart(dir)
		switch {
		case errors.Is(err, store.ErrEmpty):
			a.say("%v", err)
			continue
		case err != nil:
			if _, statErr := os.Stat(dir); errors.Is(statErr, fs.ErrNotExist) {
				a.say("%s is not there yet", called(dir))
				continue
			}
			errs = append(errs, err)
			continue
		}
		parts = append(parts, k)
		for _, d := range k.log.Damages() {
			a.say("%s: %v; what is there counts for nothing, and %s sweep --resume %s --repair makes it again", k.log.Path(), d, a.name, quoteShell(dir))
		}
		if err := parts[0].mustMatch(k, a.table); err != nil {
			errs = append(errs, err)
		}
		if there, here := parts[0].notes.Shard.Of, k.notes.Shard.Of; max(there, 1) != max(here, 1) {
			errs = append(errs, fmt.Errorf("%s is one of %d shards, %s one of %d; want folders of one cut", parts[0].dir, max(there, 1), dir, max(here, 1)))
		}
	}
	if len(parts) == 0 && len(errs) == 0 {
		errs = append(errs, errNoParts)
	}
	return parts, errors.Join(errs...)
}
