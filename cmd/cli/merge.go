package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"mpcomm/peer/order"
	"mpcomm/scenarios"
	"mpcomm/scenarios/sweep"
	"mpcomm/scenarios/sweep/store"
)

func (a *app) mergeCommand() *cobra.Command {
	var out string
	var asJSON, quiet bool
	seen := look{}
	c := &cobra.Command{
		Use:   "merge DIR... -o OUT",
		Short: "Join the shards of a sweep into the very files of the whole one",
		Long: "merge reads the chunks of the folders, which `sweep --shard K/M` wrote, and writes to OUT the\n" +
			"tables, figures and manifest that the same sweep without --shard writes, byte for byte. Nothing\n" +
			"is run. Folders of different sweeps are refused, with what differs; so are gaps, which `missing`\n" +
			"lists, and chunks that two folders hold with different bytes. The folders stay as they are.",
		Example: "  mpcomm merge part-* -o out",
		Args:    arguments(1, 1<<30, "the folders of shards"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := givenFolder(c, out); err != nil {
				return err
			}
			if out == "" {
				return &usageError{c, errors.New("merge writes files; want a folder for them with -o")}
			}
			return a.merge(args, out, asJSON, quiet, seen)
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", "write dataset, figures and manifest to the folder `OUT`")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object for each cell and ordering, one a line, instead of the screen")
	c.Flags().BoolVarP(&quiet, "quiet", "q", false, "no progress")
	seen.flags(c)
	return c
}

func (a *app) merge(dirs []string, out string, asJSON, quiet bool, seen look) error {
	parts, err := a.parts(dirs)
	defer closeParts(parts)
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		if sameFolder(dir, out) {
			return fmt.Errorf("%s is one of the folders to join; want another with -o", out)
		}
	}
	w, joined, err := a.join(parts)
	if err != nil {
		return err
	}
	w.quiet = quiet
	if err := w.openJoined(out, parts[0].dir); err != nil {
		return err
	}
	if err := a.carryOut(w); err != nil {
		return err
	}
	const named = 8
	for _, both := range joined.Twice[:min(len(joined.Twice), named)] {
		a.say("chunk %d is in %s and in %s, with the same bytes; it counts once", both.Chunk, both.First, both.Second)
	}
	if more := len(joined.Twice) - named; more > 0 {
		a.say("and so %s more", count(more, "chunk"))
	}
	if err := a.show(w, asJSON, seen); err != nil {
		return err
	}
	return a.conclude(w)
}

// parts opens folders of shards for reading. What is of another sweep than the
// first is refused; a shard that was killed before its first chunk holds none.
func (a *app) parts(dirs []string) ([]*kept, error) {
	var parts []*kept
	var errs []error
	for _, dir := range dirs {
		k, err := readPart(dir)
		switch {
		case errors.Is(err, store.ErrEmpty):
			a.say("%v", err)
			continue
		case err != nil:
			errs = append(errs, err)
			continue
		}
		parts = append(parts, k)
		if n := k.log.Torn(); n > 0 {
			a.say("%s: its last record is not finished, and its %d bytes are left out", k.log.Path(), n)
		}
		if err := parts[0].mustMatch(k, a.table); err != nil {
			errs = append(errs, err)
		}
	}
	if len(parts) == 0 && len(errs) == 0 {
		errs = append(errs, errNoParts)
	}
	return parts, errors.Join(errs...)
}

// errNoParts says that every folder is of a shard that was killed before its
// first chunk.
var errNoParts = errors.New("none of the folders holds chunks, so that nothing says how many shards there are")

// damaged names what is damaged in the parts.
func (a *app) damaged(parts []*kept) []error {
	var errs []error
	for _, k := range parts {
		if damages := k.log.Damages(); len(damages) > 0 {
			errs = append(errs, fmt.Errorf("%w\n%s sweep --resume %s --repair makes them again",
				&store.DamagedError{Path: k.log.Path(), Damages: damages, Whole: k.log.Len()}, a.name, quoteShell(k.dir)))
		}
	}
	return errs
}

func readPart(dir string) (*kept, error) {
	log, err := store.Read(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s holds no %s; want folders that sweep --shard wrote", dir, store.FileName)
	}
	if err != nil {
		return nil, err
	}
	k, err := understand(dir, log)
	if err != nil {
		_ = log.Close()
	}
	return k, err
}

// scenariosApart lists the values in which the scenarios of two parts differ; none
// if they cannot be read here.
func scenariosApart(a, b *kept, table order.Table) []scenarios.Difference {
	x, errX := a.scenario(table)
	y, errY := b.scenario(table)
	if errX != nil || errY != nil {
		return nil
	}
	list, err := valuesApart(x, y)
	if err != nil {
		return nil
	}
	return list
}

// mustMatch refuses the part of another sweep.
func (k *kept) mustMatch(other *kept, table order.Table) error {
	list := k.identity.Differences(other.identity)
	if len(list) == 0 {
		return nil
	}
	if k.notes.Scenario != other.notes.Scenario {
		if more := scenariosApart(k, other, table); len(more) > 0 {
			list = append(more, list...)
		}
	}
	return fmt.Errorf("%s is of another sweep than %s:%s", other.log.Path(), k.log.Path(), otherwise(list))
}

func closeParts(parts []*kept) {
	for _, k := range parts {
		_ = k.log.Close()
	}
}

func sameFolder(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// join prepares the whole sweep of the parts.
func (a *app) join(parts []*kept) (*campaign, *store.Joined, error) {
	first := parts[0]
	logs := make([]*store.Log, len(parts))
	for i, k := range parts {
		logs[i] = k.log
	}
	joined, err := store.Join(logs)
	if err != nil {
		return nil, nil, &failure{statusUnknown, err}
	}
	damaged := a.damaged(parts)
	if lacking := lackingOf(parts); lacking.chunks > 0 {
		return nil, nil, &failure{statusUnknown, errors.Join(append(damaged,
			fmt.Errorf("%s of %d %s missing: %s", count(lacking.chunks, "chunk"), first.identity.Chunks, isOrAre(lacking.chunks), lacking.words()))...)}
	}
	if len(damaged) > 0 {
		a.say("%v\nno chunk is missing for it, so that the parts are joined without what is damaged", errors.Join(damaged...))
	}
	r, err := a.copyOf(first, first.notes.Selection)
	if err != nil {
		return nil, nil, err
	}
	r.versus, r.why, r.seed = first.identity.Versus, first.identity.Why, first.identity.Seed
	w, err := newCampaign(r, plan{runs: first.identity.Runs, workers: 1, perRun: first.notes.PerRun, parquet: first.notes.Parquet})
	if err != nil {
		return nil, nil, err
	}
	list, err := first.differences(w)
	if err != nil {
		return nil, nil, err
	}
	if len(list) > 0 {
		return nil, nil, fmt.Errorf("%s is of another program, or of files that have changed:%s", first.log.Path(), otherwise(list))
	}
	w.prepare.KeepIn(joined)
	return w, joined, nil
}

// openJoined makes the folder of a sweep that was joined, with the copy of its
// scenario from the folder of a part.
func (w *campaign) openJoined(out, part string) error {
	if err := w.openFresh(out); err != nil {
		return err
	}
	if err := w.folder.writeCopyFrom(part, w.request, scenarioCopy, scenarios.Written(w.request.scenario)); err != nil {
		return err
	}
	w.folder.written = nil
	return w.start()
}

// lacking is what parts of a sweep do not have.
type lacking struct {
	of     int // shards
	shards []int
	chunks int
}

// lackingOf lists the shards, of as many as the first part says, of which some
// chunk is in no part.
func lackingOf(parts []*kept) lacking {
	l := lacking{of: max(parts[0].notes.Shard.Of, 1)}
	short := make([]bool, l.of)
	for index := range parts[0].identity.Chunks {
		has := false
		for _, k := range parts {
			has = has || k.log.Has(index)
		}
		if !has {
			l.chunks++
			short[sweep.ShardOf(index, l.of)] = true
		}
	}
	for k, lacks := range short {
		if lacks {
			l.shards = append(l.shards, k)
		}
	}
	return l
}

// words are "shards 3,7-9 of 64".
func (l *lacking) words() string {
	if l.of == 1 {
		return "the sweep is not complete"
	}
	return fmt.Sprintf("shards %s of %d", ranges(l.shards), l.of)
}

// ranges writes ascending numbers as lists of ranges, such as 3,7-9.
func ranges(numbers []int) string {
	var parts []string
	for i := 0; i < len(numbers); {
		k := i
		for k+1 < len(numbers) && numbers[k+1] == numbers[k]+1 {
			k++
		}
		switch {
		case k == i:
			parts = append(parts, fmt.Sprint(numbers[i]))
		default:
			parts = append(parts, fmt.Sprintf("%d-%d", numbers[i], numbers[k]))
		}
		i = k + 1
	}
	return strings.Join(parts, ",")
}
