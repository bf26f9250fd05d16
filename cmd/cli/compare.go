package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mpcomm/peer"
	"mpcomm/reports/compare"
	"mpcomm/reports/result"
	"mpcomm/reports/screen"
)

// compareFlags are the flags of compare.
type compareFlags struct {
	look
	json   bool
	expect string
}

func (a *app) compareCommand() *cobra.Command {
	f := &compareFlags{}
	c := &cobra.Command{
		Use:   "compare LOG...",
		Short: "The comparator alone, on log files",
		Long: "compare reads the logs of a group of peers and says whether they are the same, how\n" +
			"far they are apart, where they part first, and why. It finds the form of a log by\n" +
			"itself: this program's own, JSON lines {\"message\":\"p2#0\"}, or one list of (sender,\n" +
			"number) pairs such as [(2, 0), (1, 0)]. A folder stands for the .log and .jsonl files\n" +
			"in it.\n\nExit status: 0 whether or not the logs differ; 1 with --expect identical when they do.",
		Example: "  mpcomm run lab -o out && mpcomm compare out/logs/naive",
		Args:    arguments(1, 1<<20, "the logs to compare, files or folders"),
		RunE:    func(_ *cobra.Command, args []string) error { return a.compare(args, f) },
	}
	f.look.flags(c)
	c.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "one line per log")
	c.Flags().BoolVar(&f.json, "json", false, "print the comparison as one JSON object instead of the screen")
	c.Flags().StringVar(&f.expect, "expect", "", "exit with 1 unless the logs are `identical`, the only word it takes")
	return c
}

// comparison is what `compare --json` prints.
type comparison struct {
	Logs            result.List[string] `json:"logs"`
	Divergence      result.Divergence   `json:"divergence"`
	FirstDifference *result.Difference  `json:"first_difference"`
}

func (a *app) compare(args []string, f *compareFlags) error {
	if f.expect != "" && f.expect != "identical" {
		return fmt.Errorf("--expect %s: want identical", f.expect)
	}
	files, err := readLogs(args)
	if err != nil {
		return err
	}
	a.mixed(files)
	h := compare.FromFiles(files)
	var comparer compare.Comparer
	out := comparison{Divergence: comparer.Compare(h, compare.Options{MessagesPerPeer: messagesPerPeer(files)})}
	out.FirstDifference = comparer.FirstDifference(nil)
	byPeer := make([]string, h.Peers)
	for i, file := range files {
		out.Logs = append(out.Logs, file.Name)
		byPeer[h.Submitted[i]] = file.Name
	}
	if f.json {
		err = a.answer(func(w io.Writer) error { return writeJSON(w, &out) })
	} else {
		bar := screen.Barcode{Widest: comparer.Barcode(nil)}
		if f.verbose {
			bar.Peers = screen.PeerBars(h)
		}
		err = a.answer(func(w io.Writer) error {
			return screen.WriteComparison(w, &screen.Comparison{
				Logs: byPeer, Divergence: &out.Divergence, First: out.FirstDifference, Barcode: bar,
			}, a.screen(f.look))
		})
	}
	if err != nil {
		return err
	}
	if f.expect == "identical" && !out.Divergence.Identical {
		a.say("FAILED  expected identical logs, got %d of %d positions that differ",
			out.Divergence.PositionsDiffering, out.Divergence.Positions)
		return &failure{status: statusFailed}
	}
	return nil
}

// mixed warns of logs that say themselves that they are not of one run.
func (a *app) mixed(files []compare.File) {
	run := func(f compare.File) string { return fmt.Sprintf("ordering=%s seed=%d", f.Ordering, f.Seed) }
	first := -1
	for i, f := range files {
		switch {
		case f.Form != compare.FormLog:
		case first < 0:
			first = i
		case run(f) != run(files[first]):
			a.say("warning: these logs are not of one run: %s is of %s, %s of %s",
				files[first].Name, run(files[first]), f.Name, run(f))
			return
		}
	}
}

// messagesPerPeer is the largest number of messages of one sender in the logs:
// the lab's count of rounds.
func messagesPerPeer(files []compare.File) int {
	seen := map[peer.MessageID]bool{}
	of := map[peer.ID]int{}
	most := 0
	for _, f := range files {
		for _, e := range f.Entries {
			if !seen[e.Message] {
				seen[e.Message] = true
				of[e.Message.Sender]++
				most = max(most, of[e.Message.Sender])
			}
		}
	}
	return most
}

// readLogs reads every log, and reports everything that is wrong with any.
func readLogs(args []string) ([]compare.File, error) {
	names, err := logNames(args)
	if err != nil {
		return nil, err
	}
	if len(names) < 2 {
		return nil, fmt.Errorf("compare: %s is one log; want at least two", names[0])
	}
	var files []compare.File
	var problems []error
	for _, name := range names {
		file, err := readLog(name)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		files = append(files, file)
	}
	return files, errors.Join(problems...)
}

func readLog(name string) (compare.File, error) {
	f, err := os.Open(name)
	if err != nil {
		return compare.File{}, fmt.Errorf("cannot read %s: %w", name, reason(err))
	}
	defer f.Close()
	return compare.ReadLog(name, f)
}

// logNames replaces folders by the logs in them, p2 before p10.
func logNames(args []string) ([]string, error) {
	var names []string
	var problems []error
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil {
			problems = append(problems, fmt.Errorf("cannot read %s: %w", called(arg), reason(err)))
			continue
		}
		if !info.IsDir() {
			names = append(names, arg)
			continue
		}
		entries, err := os.ReadDir(arg)
		if err != nil {
			problems = append(problems, fmt.Errorf("cannot read the folder %s: %w", arg, reason(err)))
			continue
		}
		var inside []string
		for _, e := range entries {
			if ext := filepath.Ext(e.Name()); !e.IsDir() && (ext == ".log" || ext == ".jsonl") {
				inside = append(inside, filepath.Join(arg, e.Name()))
			}
		}
		if len(inside) == 0 {
			problems = append(problems, fmt.Errorf("the folder %s holds no .log or .jsonl file; want one folder of logs, such as out/logs/naive", arg))
			continue
		}
		slices.SortFunc(inside, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) })
		names = append(names, inside...)
	}
	return names, errors.Join(problems...)
}
