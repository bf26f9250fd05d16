package cli

import (
	"fmt"
	"io"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"mpcomm/reports/spacetime"
	"mpcomm/reports/trace"
	"mpcomm/reports/trace/filter"
	"mpcomm/scenarios"
	"mpcomm/scenarios/run"
)

// showFlags are the flags of show.
type showFlags struct {
	choice
	look
	filter  string
	lines   uint64
	packets bool
}

// fewLines is how much of a run show draws unless it is asked for more.
const fewLines = 24

func (a *app) showCommand() *cobra.Command {
	f := &showFlags{lines: fewLines}
	c := &cobra.Command{
		Use:   "show TOKEN [FILE|NAME] | show FILE|NAME",
		Short: "A moment of a run, event by event; or a scenario, with defaults",
		Long: "show TOKEN draws what happened around a moment, a column for each peer. A token names it:\n" +
			"SEED@TIME/ORDERING of the scenario that is given, of the built-in lab if none is. Every\n" +
			"screen prints the tokens of the differences it names.\n\n" +
			"  S  a broadcast            R  a message arrives and is logged\n" +
			"  r  it arrives and waits   D  it is logged later\n" +
			"  x  a packet is lost       X  a crash, O the return\n\n" +
			"--filter draws what passes of the whole run, the nearest first. Its words must all hold;\n" +
			"a minus before a word turns it round:\n\n" + filterHelp() + "\n" +
			"show FILE|NAME prints a scenario with every default written out; the result runs identically.",
		Example: "  mpcomm show 1@205.415ms/naive\n  mpcomm show 1@30ms/naive minimal --filter 'to:p0 -from:p2'\n" +
			"  mpcomm show lab > my.yaml",
		Args:              arguments(1, 2, "a token and at most one scenario, or one scenario, by file or name"),
		ValidArgsFunction: completeScenario,
		RunE: func(c *cobra.Command, args []string) error {
			if trace.IsToken(args[0]) {
				return a.showMoment(c, args, f)
			}
			return a.showScenario(c, args, f)
		},
	}
	c.Flags().StringArrayVar(&f.settings, "set", nil, "replace one value of the scenario by `PATH=VALUE`; may be repeated")
	c.Flags().StringArrayVar(&f.orderings, "ordering", nil, "orderings `A,B` that the scenario does not list, such as timestamp:wait=20ms; with a token")
	c.Flags().StringVar(&f.filter, "filter", "", "draw only what passes `WORDS`; with a token")
	c.Flags().Var(&whole{&f.lines, 0, math.MaxInt32}, "lines", "draw at most `N` events, 0 = all; with a token")
	c.Flags().BoolVar(&f.packets, "packets", false, "draw packets that carry no message too; with a token")
	f.look.flags(c)
	return c
}

func (a *app) showScenario(c *cobra.Command, args []string, f *showFlags) error {
	if len(args) > 1 {
		return &usageError{c, fmt.Errorf("%s is no token: want SEED@TIME/ORDERING, such as 42@231ms/naive, or one scenario", args[0])}
	}
	for _, name := range []string{"ordering", "filter", "lines", "packets", "ascii"} {
		if c.Flags().Changed(name) {
			return &usageError{c, fmt.Errorf("--%s is about a moment; want a token before %s, such as 42@231ms/naive", name, args[0])}
		}
	}
	r, err := a.read(c, args, &choice{settings: f.settings})
	if err != nil {
		return err
	}
	a.warn(r)
	return a.answerBytes(scenarios.Format(r.scenario))
}

// filterHelp lists the keys of the language of filters.
func filterHelp() string {
	var b strings.Builder
	for _, k := range filter.Keys() {
		fmt.Fprintf(&b, "  %-6s %s\n", k.Name+":", k.Form)
	}
	return b.String()
}

// showMoment draws what happened around the moment of a token.
func (a *app) showMoment(c *cobra.Command, args []string, f *showFlags) error {
	token, err := trace.ParseToken(args[0])
	if err != nil {
		return &usageError{c, err}
	}
	words, err := filter.Parse(f.filter)
	if err != nil {
		return &usageError{c, err}
	}
	f.single, f.seeded, f.seed = true, true, token.Seed
	r, err := a.read(c, args[1:], &f.choice)
	if err != nil {
		return err
	}
	p, err := r.planOf(token)
	if err != nil {
		return err
	}
	a.warn(r)
	t, err := run.Trace(p, token.Seed, trace.Limits{Protocol: f.packets, Around: token.At})
	if err != nil {
		return &failure{statusUnknown, fmt.Errorf("%s: %w", p.Label(), err)}
	}
	if token.At > t.End {
		a.say("warning: the run ended at %v, before that moment", t.End)
	}
	seen := a.screen(f.look)
	around := spacetime.Scope{At: token.At, Lines: int(f.lines), ASCII: seen.ASCII}
	if term.IsTerminal(int(a.out.Fd())) {
		around.Width = seen.Width
	}
	if !words.Empty() {
		around.Filter = words.On(t)
	}
	return a.answerBytes([]byte(spacetime.Moment(t, around)))
}

// planOf is the plan of the ordering that a token names.
func (r *request) planOf(token trace.Token) (*run.Plan, error) {
	if err := affordable(r.scenario); err != nil {
		return nil, err
	}
	var known []string
	for _, o := range slices.Concat(r.orderings, r.scenario.Orderings) {
		if token.Names(scenarios.Label(o)) {
			return run.Compile(r.scenario, o, r.scenario.Table())
		}
		known = append(known, scenarios.FolderName(scenarios.Label(o)))
	}
	slices.Sort(known)
	return nil, fmt.Errorf("token %v: %s has no ordering of that name; want one of %s, or name another with --ordering",
		token, r.scenario.Name, strings.Join(slices.Compact(known), ", "))
}

func (a *app) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "The JSON Schema of scenario files, for editors",
		Args:  arguments(0, 0, "no arguments"),
		RunE:  func(*cobra.Command, []string) error { return a.answerBytes(scenarios.SchemaWith(a.table)) },
	}
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "The version of the program, of Go and of the platform",
		Args:  arguments(0, 0, "no arguments"),
		RunE:  func(*cobra.Command, []string) error { return a.sayVersion() },
	}
}

func (a *app) sayVersion() error {
	return a.answerBytes(fmt.Appendf(nil, "%s %s %s %s/%s\n", a.program, version(), runtime.Version(), runtime.GOOS, runtime.GOARCH))
}

// version is that of the module, with its revision where the build knows it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && v == "(devel)" {
			v = "(devel " + s.Value[:min(12, len(s.Value))] + ")"
		}
	}
	return v
}

func (a *app) answerBytes(data []byte) error {
	return a.answer(func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}
