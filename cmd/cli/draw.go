package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"mpcomm/reports/spacetime"
	"mpcomm/reports/svg"
	"mpcomm/reports/trace"
	"mpcomm/scenarios/run"
)

// drawFlags are the flags of draw.
type drawFlags struct {
	choice
	file  string
	theme string
}

// themes by their names on the command line.
var themes = []struct {
	name  string
	theme svg.Theme
}{{"auto", svg.Auto}, {"light", svg.Light}, {"dark", svg.Dark}}

func (a *app) drawCommand() *cobra.Command {
	f := &drawFlags{}
	c := &cobra.Command{
		Use:   "draw [FILE|NAME]",
		Short: "A picture of one run as SVG: who sent and received what when, and what each ordering made of it",
		Long: "draw makes one run of a scenario under each of its orderings and draws it: peers as\n" +
			"lanes, true time to the right, messages as slanted arrows, and below them the logs of\n" +
			"each ordering with the answers to two questions: do they agree, and is cause before\n" +
			"effect? A run of up to 6 peers and 12 messages is drawn with all its clocks.\n\n" +
			"The picture goes to standard output, or to a file with -o.",
		Example: "  mpcomm draw minimal > minimal.svg\n  mpcomm draw crash --set workload.messages=2 -o crash.svg --theme dark",
		Args:    arguments(0, 1, "at most one scenario"), ValidArgsFunction: completeScenario,
		RunE: func(c *cobra.Command, args []string) error { return a.draw(c, args, f) },
	}
	f.choice.flags(c)
	c.Flags().StringVarP(&f.file, "output", "o", "-", "write the picture to `FILE`; - = standard output")
	c.Flags().StringVar(&f.theme, "theme", "auto", "the ground: `auto` follows the reader's system; or light, dark")
	return c
}

func (a *app) draw(c *cobra.Command, args []string, f *drawFlags) error {
	theme, err := themeOf(f.theme)
	if err != nil {
		return &usageError{c, err}
	}
	if f.file == "" {
		return &usageError{c, errors.New("-o: the file's name is empty; want the file to write to, or - for standard output")}
	}
	f.single = true
	r, err := a.read(c, args, &f.choice)
	if err != nil {
		return err
	}
	j, err := newJob(r, exports{})
	if err != nil {
		return err
	}
	a.warn(r)
	picture, err := j.spacetime()
	if err != nil {
		return err
	}
	write := func(w io.Writer) error { return picture.WriteSVG(w, theme) }
	if f.file == "-" {
		return a.answer(write)
	}
	if err := writeWhole(f.file, write); err != nil {
		return &failure{statusUnknown, fmt.Errorf("%s could not be written: %w", f.file, reason(err))}
	}
	a.say("wrote %s", f.file)
	return nil
}

func themeOf(name string) (svg.Theme, error) {
	var names []string
	for _, t := range themes {
		if t.name == name {
			return t.theme, nil
		}
		names = append(names, t.name)
	}
	return 0, fmt.Errorf("--theme %s: want one of %s", name, strings.Join(names, " "))
}

// spacetime draws the run under all its orderings. It is an error if the run
// does not fit in one picture.
func (j *job) spacetime() (*spacetime.Figure, error) {
	var runs []*trace.Run
	for _, p := range j.plans {
		r, err := run.Trace(p, j.request.seed, trace.Limits{})
		if err != nil {
			return nil, &failure{statusUnknown, fmt.Errorf("%s: %w", p.Label(), err)}
		}
		runs = append(runs, r)
		if err := spacetime.Fits(r); err != nil {
			return nil, fmt.Errorf("%s: %w", j.request.scenario.Name, err)
		}
	}
	f, err := spacetime.New(runs)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", j.request.scenario.Name, err)
	}
	var seed []string
	if j.request.seeded {
		seed = []string{"--seed", decimal(j.request.seed)}
	}
	f.Caption = j.request.command(j.request.program, "draw", seed...)
	return f, nil
}

// writeSpacetime draws a run that is small enough into its folder, and leaves
// out what is too large.
func (j *job) writeSpacetime() error {
	for i := range j.result.Runs {
		if d := &j.result.Runs[i].Divergence; !spacetime.MayFit(j.result.Peers, d.Messages) {
			return nil
		}
	}
	f, err := j.spacetime()
	var large *spacetime.TooLarge
	if errors.As(err, &large) {
		return nil
	} else if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := f.WriteSVG(&b, svg.Auto); err != nil {
		return err
	}
	return j.folder.writeBytes(spacetimeFile, b.Bytes())
}

// spacetimeFile is what the space-time diagram is called in a folder.
const spacetimeFile = "spacetime.svg"
