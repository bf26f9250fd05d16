package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mpcomm/reports/barcode"
	"mpcomm/reports/screen"
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
	as    string
}

// picture writes itself on a ground.
type picture interface {
	WriteSVG(w io.Writer, theme svg.Theme) error
}

// namedPicture is a picture of a run and how to have it.
type namedPicture struct {
	name string
	of   func(*app, *job) (picture, error)
}

// pictures of a run, by their names on the command line. The first is drawn
// unless another one is asked for.
var pictures = []namedPicture{
	{"spacetime", func(_ *app, j *job) (picture, error) { return j.spacetime() }},
	{"barcode", func(_ *app, j *job) (picture, error) { return j.barcode() }},
	{"screen", func(a *app, j *job) (picture, error) { return j.screen(a.program) }},
}

// themes by their names on the command line.
var themes = []struct {
	name  string
	theme svg.Theme
}{{"auto", svg.Auto}, {"light", svg.Light}, {"dark", svg.Dark}}

func (a *app) drawCommand() *cobra.Command {
	f := &drawFlags{}
	c := &cobra.Command{
		Use:   "draw [TOKEN] [FILE|NAME]",
		Short: "One run as a picture: who sent and received what when",
		Long: "draw makes one run of a scenario under each of its orderings and draws it.\n\n" +
			"--as spacetime draws a small run: peers as lanes, true time to the right, messages as\n" +
			"slanted arrows, and below them the logs of each ordering with the answers to two\n" +
			"questions: do they agree, and is cause before effect? A run of up to 6 peers and 12\n" +
			"messages is drawn with all its clocks. Of a longer one a token such as 1@205.415ms/naive,\n" +
			"as screens print them, draws the difference that is nearest and the messages around it.\n" +
			"--as barcode draws where the logs disagree, of a run of any size.\n" +
			"--as screen draws what run shows on a terminal of 100 columns, as text.\n\n" +
			"The picture goes to standard output, or to a file with -o.",
		Example: "  mpcomm draw minimal > minimal.svg\n  mpcomm draw lab --as barcode -o barcode.svg --theme dark\n  mpcomm draw 1@205.415ms/naive lab > moment.svg",
		Args:    arguments(0, 2, "at most one token and one scenario"), ValidArgsFunction: completeScenario,
		RunE: func(c *cobra.Command, args []string) error { return a.draw(c, args, f) },
	}
	f.choice.flags(c)
	c.Flags().StringVarP(&f.file, "output", "o", "-", "write the picture to `FILE`; - = standard output")
	c.Flags().StringVar(&f.as, "as", pictures[0].name, "which `PICTURE`: spacetime, barcode or screen")
	c.Flags().StringVar(&f.theme, "theme", "auto", "the ground: `auto` follows the reader's system; or light, dark")
	return c
}

func (a *app) draw(c *cobra.Command, args []string, f *drawFlags) error {
	theme, err := themeOf(f.theme)
	if err != nil {
		return &usageError{c, err}
	}
	at := slices.IndexFunc(pictures, func(p namedPicture) bool { return p.name == f.as })
	if at < 0 {
		return &usageError{c, fmt.Errorf("--as %s: want one of spacetime barcode screen", f.as)}
	}
	if f.file == "" {
		return &usageError{c, errors.New("-o: the file's name is empty; want the file to write to, or - for standard output")}
	}
	token, args, err := tokenOf(c, args, f)
	if err != nil {
		return err
	}
	f.single = true
	r, err := a.read(c, args, &f.choice)
	if err != nil {
		return err
	}
	if token != nil {
		r.seed, r.seeded = token.Seed, true
	}
	j, err := newJob(r, exports{})
	if err != nil {
		return err
	}
	a.warn(r)
	j.moment = token
	drawn, err := pictures[at].of(a, j)
	if err != nil {
		return err
	}
	write := func(w io.Writer) error { return drawn.WriteSVG(w, theme) }
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

// tokenOf takes the token off the arguments, if there is one.
func tokenOf(c *cobra.Command, args []string, f *drawFlags) (*trace.Token, []string, error) {
	if len(args) == 0 || !trace.IsToken(args[0]) {
		if len(args) > 1 {
			return nil, nil, &usageError{c, fmt.Errorf("%s is no token; want one such as 1@205.415ms/naive before the scenario", args[0])}
		}
		return nil, args, nil
	}
	token, err := trace.ParseToken(args[0])
	switch {
	case err != nil:
		return nil, nil, &usageError{c, err}
	case c.Flags().Changed("seed"):
		return nil, nil, &usageError{c, fmt.Errorf("--seed beside %s, which names a seed; want one of them", args[0])}
	case f.as != pictures[0].name:
		return nil, nil, &usageError{c, fmt.Errorf("--as %s draws whole runs; want it without the token", f.as)}
	}
	return &token, args[1:], nil
}

// spacetime draws the run under all its orderings. It is an error if the run
// does not fit in one picture.
func (j *job) spacetime() (*spacetime.Figure, error) {
	var runs []*trace.Run
	var limits trace.Limits
	if j.moment != nil {
		limits.Around = j.moment.At
	}
	for i, p := range j.plans {
		var r *trace.Run
		if i < len(j.records) {
			r = j.records[i]
		}
		if r == nil {
			var err error
			if r, err = run.Trace(p, j.request.seed, limits); err != nil {
				return nil, &failure{statusUnknown, fmt.Errorf("%s: %w", p.Label(), err)}
			}
		}
		runs = append(runs, r)
	}
	if j.moment != nil {
		return j.around(runs)
	}
	f, err := spacetime.New(runs)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", j.request.scenario.Name, err)
	}
	f.Caption = j.caption()
	return f, nil
}

// around draws the moment that was asked for.
func (j *job) around(runs []*trace.Run) (*spacetime.Figure, error) {
	var labels []string
	for _, r := range runs {
		labels = append(labels, r.Ordering)
		if r.Ordering != j.moment.Ordering && strings.ReplaceAll(r.Ordering, " ", "_") != j.moment.Ordering {
			continue
		}
		if j.moment.At > r.End {
			return nil, fmt.Errorf("%s: the run ended at %s ms, before %v", j.request.scenario.Name, r.End.AppendMS(nil), j.moment)
		}
		f, err := spacetime.Around(runs, r.Ordering, j.moment.At)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", j.request.scenario.Name, err)
		}
		j.request.seeded = false // the token names the seed
		f.Caption = strings.Replace(j.caption(), " draw", " draw "+quoteShell(j.moment.String()), 1)
		return f, nil
	}
	return nil, fmt.Errorf("%s has no ordering %q here; want one of %s", j.request.scenario.Name, j.moment.Ordering, strings.Join(labels, ", "))
}

// barcode draws where the logs of the run disagree.
func (j *job) barcode() (*barcode.Figure, error) {
	j.bare = true
	if err := interruptible(j.all); err != nil {
		return nil, &failure{statusUnknown, err}
	}
	if len(j.strips) < len(j.plans) {
		return nil, fmt.Errorf("%s: so large a run keeps no logs to draw: use fewer peers or messages", j.request.scenario.Name)
	}
	if len(j.strips) == 0 {
		return nil, fmt.Errorf("%s: so large a run keeps no logs, and where they disagree cannot be drawn; want at most %d deliveries: fewer peers, senders or messages",
			j.request.scenario.Name, mostLogged)
	}
	return &barcode.Figure{Caption: j.caption("--as", "barcode"), Strips: j.strips}, nil
}

// screen draws what the command run shows.
func (j *job) screen(program string) (*screen.Picture, error) {
	if err := interruptible(j.all); err != nil {
		return nil, &failure{statusUnknown, err}
	}
	var seed []string
	if j.request.seeded {
		seed = []string{"--seed", decimal(j.request.seed)}
	}
	command := j.request.command(program, "run", seed...)
	if !strings.Contains(command, quoteShell(j.request.argument)) { // the lab goes without saying, not without a name
		command += " " + quoteShell(j.request.argument)
	}
	return &screen.Picture{View: j.view(program), Command: command}, nil
}

// caption is the command that draws the run.
func (j *job) caption(more ...string) string {
	if j.request.seeded {
		more = append(more, "--seed", decimal(j.request.seed))
	}
	return j.request.command(j.request.program, "draw", more...)
}

// The pictures in the folder of a run.
const (
	spacetimeFile = "spacetime.svg"
	barcodeFile   = "barcode.svg"
)

// writePictures draws the run into its folder: where its logs disagree, and if
// it is small enough what happened.
func (j *job) writePictures() error {
	if len(j.strips) > 0 {
		bars := &barcode.Figure{Caption: j.caption("--as", "barcode"), Strips: j.strips}
		if err := j.writePicture(barcodeFile, bars); err != nil {
			return err
		}
	}
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
	return j.writePicture(spacetimeFile, f)
}

func (j *job) writePicture(name string, p picture) error {
	var b bytes.Buffer
	if err := p.WriteSVG(&b, svg.Auto); err != nil {
		return err
	}
	return j.folder.writeBytes(name, b.Bytes())
}
