package cli

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"mpcomm/reports/screen"
)

// labFolder is where the lab writes unless told otherwise.
const labFolder = "lab-out"

func (a *app) labCommand() *cobra.Command {
	dir, seen := "", look{}
	c := &cobra.Command{
		Use:   "lab",
		Short: "The whole lab: a run with its logs, then a sweep with its figures",
		Long: "lab makes one run of the built-in scenario lab and writes a log for each peer under each\n" +
			"ordering, then repeats it over seeds and over the spread of delays, and draws how often\n" +
			"and how far the logs come apart. Files of an earlier lab in the folder are replaced.",
		Args: arguments(0, 0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return a.lab(c, dir, seen) },
	}
	c.Flags().StringVarP(&dir, "output", "o", labFolder, "write logs, tables and figures to the folder `DIR`")
	seen.flags(c)
	return c
}

// lab is run and sweep in one folder.
func (a *app) lab(c *cobra.Command, dir string, seen look) error {
	if err := givenFolder(c, dir); err != nil {
		return err
	}
	r, err := a.read(c, nil, &choice{})
	if err != nil {
		return err
	}
	j, err := newJob(r, exports{})
	if err != nil {
		return err
	}
	w, err := newCampaign(r, plan{})
	if err != nil {
		return err
	}
	if err = errors.Join(r.spares(dir), refuseUnfinished(dir, a.name)); err != nil {
		return err
	}
	if j.folder, err = openFolder(dir); err != nil {
		return err
	}
	w.folder, w.lab, j.record = j.folder, true, true
	if err := a.compute(j); err != nil {
		return err
	}
	view := j.view(a.name)
	view.Hints = nil
	if err := a.answer(func(out io.Writer) error { return screen.Write(out, view, a.screen(seen)) }); err != nil {
		return err
	}
	a.say("the same with %d seeds, over the spread of delays", w.runs)
	if err := a.carryOut(w); err != nil {
		return err
	}
	if w.result.Done == 0 {
		return a.conclude(w)
	}
	shown := w.screen(a.name)
	shown.Hints = labHints(a.name, dir)
	if err := a.answer(func(out io.Writer) error {
		if _, err := fmt.Fprintln(out); err != nil {
			return err
		}
		return screen.WriteSweep(out, shown, a.screen(seen))
	}); err != nil {
		return err
	}
	if err := a.conclude(w); err != nil {
		return err
	}
	return j.verdict()
}

// labHints lead from the lab to the other commands.
func labHints(program, dir string) []screen.Hint {
	in := func(elements ...string) string {
		return quoteShell(filepath.Join(append([]string{dir}, elements...)...))
	}
	command := func(words ...string) string { return program + " " + strings.Join(words, " ") }
	return []screen.Hint{
		{Command: in("divergence.svg"), Does: "the figure of this table"},
		{Command: in(reportName), Does: "the run, interactive, in one file"},
		{Command: command("compare", in("logs", "naive")), Does: "compare the logs again, as files"},
		{Command: command("run", "minimal"), Does: "the smallest group that disagrees"},
		{Command: command("show", "lab", ">", "my.yaml"), Does: "a scenario of your own"},
	}
}
