package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"mpcomm/peer/order"
	"mpcomm/reports/screen"
	"mpcomm/scenarios"
)

// The exit statuses.
const (
	statusHolds   = 0
	statusFailed  = 1
	statusUnknown = 2
	statusUsage   = 64
)

// app is a program: its name, its orderings and its streams.
type app struct {
	program string      // what it is called, in words and in files
	name    string      // how to call it again from where it was called
	table   order.Table // the orderings that it knows
	out     *os.File
	talk    *os.File
}

// failure is an error with the exit status it leads to. A nil err says nothing:
// the answer has been given.
type failure struct {
	status int
	err    error
}

func (f *failure) Error() string {
	if f.err == nil {
		return fmt.Sprintf("exit status %d", f.status)
	}
	return f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

// usageError is bad usage of a command: the reader is shown how it is used.
type usageError struct {
	command *cobra.Command
	err     error
}

func (u *usageError) Error() string { return u.err.Error() }

func (u *usageError) Unwrap() error { return u.err }

// errInterrupted says that the reader stopped the work.
var errInterrupted = errors.New("interrupted")

// execute runs one command and returns the exit status. Whatever is not said
// otherwise is bad input.
func (a *app) execute(args []string) int {
	root := a.command()
	root.SetArgs(args)
	root.SetOut(a.out)
	root.SetErr(a.talk)
	err := root.Execute()
	if err == nil {
		return statusHolds
	}
	var usage *usageError
	var known *failure
	switch {
	case errors.As(err, &known):
		if known.err != nil {
			a.say("%s: %v", a.program, known.err)
		}
		return known.status
	case errors.As(err, &usage):
		a.say("%s: %v", a.program, err)
		a.say("usage: %s", usage.command.UseLine())
		a.say("%s --help says more", usage.command.CommandPath())
	default:
		a.say("%s: %v", a.program, err)
	}
	return statusUsage
}

// command is the tree of commands.
func (a *app) command() *cobra.Command {
	versionAsked := false
	root := &cobra.Command{
		Use:   a.program + " COMMAND",
		Short: "Did everyone see the same messages in the same order?",
		Long: a.program + " simulates a group of peers that broadcast to each other and says\n" +
			"whether everyone saw the same messages in the same order, and if not, where,\n" +
			"why, and what would fix it.\n\n" +
			"Exit status: 0 expectations hold or none were given, 1 an expectation failed,\n" +
			"2 cannot tell (a limit came first, or the work was interrupted),\n" +
			"64 bad usage or bad input.",
		Example:               "  mpcomm lab\n  mpcomm run minimal\n  mpcomm sweep lab --runs 200 -o out",
		SilenceErrors:         true,
		DisableFlagsInUseLine: true,
		SilenceUsage:          true,
		Args:                  cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if versionAsked && len(args) == 0 {
				return a.sayVersion()
			}
			if len(args) == 0 {
				return &usageError{c, errors.New("which command? want one of " + commandNames(c))}
			}
			return &usageError{c, fmt.Errorf("unknown command %q%s", args[0], suggestCommand(c, args[0]))}
		},
	}
	root.Flags().BoolVar(&versionAsked, "version", false, "the same as the command version")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return &usageError{c, err} })
	root.AddCommand(a.labCommand(), a.runCommand(), a.drawCommand(), a.sweepCommand(), a.mergeCommand(), a.missingCommand(),
		a.figuresCommand(), a.compareCommand(), a.listCommand(), a.fitCommand(), a.benchCommand(),
		a.showCommand(), a.reportCommand(), a.schemaCommand(), a.versionCommand())
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range append(root.Commands(), root) {
		c.Example = strings.ReplaceAll(c.Example, "mpcomm ", a.program+" ")
		switch c.Name() {
		case "help":
			c.Run, c.RunE = nil, help
		case "completion":
			c.Use, c.Args = "completion SHELL", cobra.ArbitraryArgs
			c.RunE = func(c *cobra.Command, args []string) error {
				return &usageError{c, fmt.Errorf("completion: want one shell of %s", commandNames(c))}
			}
		}
	}
	root.SetUsageTemplate(helpTemplate(root.UsageTemplate()))
	fitHelp(root)
	return root
}

// help prints the help of a command.
func help(c *cobra.Command, args []string) error {
	about, rest, err := c.Root().Find(args)
	if err != nil || len(rest) > 0 {
		return &usageError{c, fmt.Errorf("no command %q; want one of %s", strings.Join(args, " "), commandNames(c.Root()))}
	}
	about.InitDefaultHelpFlag()
	return about.Help()
}

// commandNames are the commands below c.
func commandNames(c *cobra.Command) string {
	var names []string
	for _, below := range c.Commands() {
		if below.IsAvailableCommand() {
			names = append(names, below.Name())
		}
	}
	return strings.Join(names, " ")
}

func suggestCommand(c *cobra.Command, word string) string {
	c.SuggestionsMinimumDistance = 2
	if near := c.SuggestionsFor(word); len(near) > 0 {
		return fmt.Sprintf(" (did you mean %q?)", near[0])
	}
	return ""
}

// completeScenario offers the built-in scenarios, and files.
func completeScenario(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return scenarios.Names(), cobra.ShellCompDirectiveDefault
}

// arguments holds a command to a number of arguments.
func arguments(least, most int, wanted string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return &usageError{c, fmt.Errorf("%s: want %s", c.Name(), wanted)}
		case len(args) > most:
			return &usageError{c, fmt.Errorf("%s: got %q as well; want %s", c.Name(), args[most], wanted)}
		}
		return nil
	}
}

// say writes talk, each line folded on a terminal. What cannot be said is lost:
// the exit status still tells.
func (a *app) say(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if term.IsTerminal(int(a.talk.Fd())) {
		text = a.folded(text, widthOf(a.talk, true))
	}
	fmt.Fprintln(a.talk, text)
}

// folded folds the lines of a text but for those with a command of the program,
// which is to be copied whole, and those that are indented or point at a place.
func (a *app) folded(text string, width int) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if utf8.RuneCountInString(line) > width && !strings.HasPrefix(line, " ") && !strings.Contains(line, a.name+" ") && !strings.Contains(line, a.program+" ") {
			lines[i] = strings.Join(screen.Wrapped(line, width, 2), "\n  ")
		}
	}
	return strings.Join(lines, "\n")
}

// answer writes to standard output what fill gives it.
func (a *app) answer(fill func(io.Writer) error) error {
	if err := fill(a.out); err != nil {
		return &failure{statusUnknown, fmt.Errorf("the answer could not be written: %w", err)}
	}
	return nil
}

// uninterrupted runs work that ends by itself soon after its context does. A
// second signal ends the program at once.
func uninterrupted(work func(ctx context.Context) error) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return work(ctx)
}

// interruptible runs work, and stops waiting for it when the reader interrupts.
func interruptible(work func(ctx context.Context) error) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- work(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return errInterrupted
	}
}
