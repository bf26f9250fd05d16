package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mpcomm/reports/result"
	"mpcomm/scenarios/bench"
)

// The time that bench takes: about half a minute at most, and a few seconds.
const (
	benchTime      = 20 * time.Second
	quickBenchTime = 3 * time.Second
)

// benchFlags are the flags of bench.
type benchFlags struct {
	time  time.Duration
	quick bool
	json  bool
}

func (a *app) benchCommand() *cobra.Command {
	f := &benchFlags{}
	c := &cobra.Command{
		Use:   "bench [WORKLOAD...]",
		Short: "How fast this machine simulates, by standard workloads",
		Long: "bench measures standard workloads on this machine, each again and again until its part\n" +
			"of the time is over, and prints nanoseconds for each event, delivery or run, the best,\n" +
			"the median and the worst of the repetitions. Every repetition does the same work, so\n" +
			"their spread is that of the machine. Compare machines by the best or the median, and\n" +
			"with the same version of the program.\n\n" + workloadList(),
		Example:           "  mpcomm bench\n  mpcomm bench --quick\n  mpcomm bench broadcast tiny/none --time 1m --json",
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completeWorkload,
		RunE:              func(c *cobra.Command, args []string) error { return a.bench(c, args, f) },
	}
	c.Flags().DurationVar(&f.time, "time", benchTime, "share about the time `D` among the workloads, such as 1m")
	c.Flags().BoolVar(&f.quick, "quick", false, fmt.Sprintf("the same as --time %v", quickBenchTime))
	c.Flags().BoolVar(&f.json, "json", false, "print the measurements as one JSON object instead of a table")
	return c
}

// workloadList is the part of the help that names what can be measured.
func workloadList() string {
	var b strings.Builder
	b.WriteString("Workloads, of which the beginning of a name up to a / selects several:\n")
	for _, w := range bench.Workloads(runtime.GOMAXPROCS(0)) {
		fmt.Fprintf(&b, "  %-18s %s\n", w.Name, w.Doc)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func completeWorkload(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var names []string
	for _, w := range bench.Workloads(1) {
		names = append(names, w.Name)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// benchReport is the contract of `bench --json`.
type benchReport struct {
	Program   string                          `json:"program"`
	Version   string                          `json:"version"`
	Machine   bench.Machine                   `json:"machine"`
	TimeMS    int64                           `json:"time_ms"`
	Workloads result.List[*bench.Measurement] `json:"workloads"`
}

func (a *app) bench(c *cobra.Command, args []string, f *benchFlags) error {
	switch {
	case f.quick && c.Flags().Changed("time"):
		return &usageError{c, errors.New("--quick is a --time of its own; want one of them")}
	case f.quick:
		f.time = quickBenchTime
	case f.time <= 0 || f.time > 24*time.Hour:
		return &usageError{c, fmt.Errorf("--time %v: want more than 0 and at most 24h", f.time)}
	}
	workloads, err := selectWorkloads(args)
	if err != nil {
		return &usageError{c, err}
	}
	r := &benchReport{Program: a.program, Version: version(), Machine: bench.ThisMachine(), TimeMS: f.time.Milliseconds()}
	show := func(text string) error {
		if f.json {
			return nil
		}
		return a.answerBytes([]byte(text))
	}
	err = interruptible(func(ctx context.Context) error { return r.measure(ctx, workloads, f.time, show) })
	if errors.Is(err, errInterrupted) || errors.Is(err, context.Canceled) {
		return &failure{statusUnknown, errInterrupted}
	}
	if err == nil && f.json {
		err = a.answer(func(w io.Writer) error { return writeJSON(w, r) })
	}
	return err
}

// selectWorkloads are those that a name, or its beginning, names; all without
// one.
func selectWorkloads(names []string) ([]bench.Workload, error) {
	all := bench.Workloads(runtime.GOMAXPROCS(0))
	if len(names) == 0 {
		return all, nil
	}
	chosen := make([]bool, len(all))
	for _, name := range names {
		found := false
		for i, w := range all {
			if w.Name == name || strings.HasPrefix(w.Name, name+"/") {
				chosen[i], found = true, true
			}
		}
		if !found {
			return nil, fmt.Errorf("no workload %q; want one that --help lists", name)
		}
	}
	var some []bench.Workload
	for i, w := range all {
		if chosen[i] {
			some = append(some, w)
		}
	}
	return some, nil
}

// measure measures one workload after another and shows each when it is done.
func (r *benchReport) measure(ctx context.Context, workloads []bench.Workload, limit time.Duration, show func(string) error) error {
	if err := show(r.head()); err != nil {
		return err
	}
	begin := time.Now()
	for i, w := range workloads {
		// What one took too much is taken from the others, but not all of their share.
		left := (limit - time.Since(begin)) / time.Duration(len(workloads)-i)
		m, err := bench.Measure(ctx, w, max(left, limit/time.Duration(4*len(workloads))))
		if err != nil {
			return err
		}
		r.Workloads = append(r.Workloads, m)
		if err := show(benchRow(m)); err != nil {
			return err
		}
	}
	return show(r.foot())
}

const benchColumns = "  %-18s %-8s %8s %8s %8s  %8s %6s %5s\n"

func (r *benchReport) head() string {
	m := r.Machine
	about := []string{count(m.Cores, "core"), m.OS + "/" + m.Arch, m.Go, r.Program + " " + r.Version}
	if m.CPU != "" {
		about = append([]string{m.CPU}, about...)
	}
	if m.GOAMD64 != "" {
		about = append(about, "GOAMD64="+m.GOAMD64)
	}
	return strings.Join(about, ", ") + "\n\n" +
		fmt.Sprintf(benchColumns, "WORKLOAD", "UNIT", "BEST ns", "MEDIAN", "WORST", "A SECOND", "BYTES", "TIMES")
}

func benchRow(m *bench.Measurement) string {
	ns := func(x float64) string {
		if x >= 1e4 {
			return rate(x)
		}
		return fmt.Sprintf("%.1f", x)
	}
	live := ""
	if m.LiveBytes != nil {
		live = ns(*m.LiveBytes)
	}
	return fmt.Sprintf(benchColumns, m.Name, m.Unit, ns(m.NS.Best), ns(m.NS.Median), ns(m.NS.Worst),
		rate(m.PerSecond.Median), live, decimal(uint64(m.Repetitions)))
}

// rate writes a number in three digits or so, with M for millions and k for
// thousands.
func rate(x float64) string {
	switch {
	case x >= 1e6:
		return fmt.Sprintf("%.1fM", x/1e6)
	case x >= 1e4:
		return fmt.Sprintf("%.1fk", x/1e3)
	}
	return fmt.Sprintf("%.0f", x)
}

// foot says what the columns are, and how far several workers came.
func (r *benchReport) foot() string {
	var b strings.Builder
	b.WriteString("\nns for one unit, over the repetitions; units a second at the median;\nbytes of live memory a delivery; k thousand, M million\n")
	speed := map[string]*bench.Measurement{}
	for _, m := range r.Workloads {
		speed[m.Name] = m
	}
	for _, m := range r.Workloads {
		if one, ok := speed[strings.TrimSuffix(m.Name, "/all")]; ok && one != m {
			fmt.Fprintf(&b, "%s with %s: %.2f times the runs of one alone\n", one.Name, count(m.Workers, "worker"), m.PerSecond.Median/one.PerSecond.Median)
		}
	}
	return b.String()
}
