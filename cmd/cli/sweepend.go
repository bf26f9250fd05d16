package cli

import (
	"fmt"
	"strings"
	"time"

	"mpcomm/scenarios"
)

// conclude says what was done and what is left, and gives the exit status.
func (a *app) conclude(w *campaign) error {
	if !w.quiet && w.result.Done > 0 {
		a.say("%s", w.made())
	}
	if w.folder != nil && len(w.folder.written) > 0 {
		a.say("wrote %s: %s", w.folder.dir, w.folder.contents())
	}
	if w.result.Complete() {
		if shard := w.plan.shard; !shard.Whole() {
			a.say("shard %v is complete; to join all %d: %s merge DIR... -o OUT", shard, shard.Of, a.name)
		}
		return nil
	}
	switch kept := w.log != nil && w.result.Kept > 0; {
	case kept:
		a.say("%s: interrupted; %s keeps %d of %d runs%s", a.program, w.log.Path(), w.result.Kept, w.result.Total, w.covers())
	case w.result.Done == 0:
		a.say("%s: interrupted before the first runs were whole; nothing was written", a.program)
	default:
		a.say("%s: interrupted after %d of %d runs%s", a.program, w.result.Done, w.result.Total, w.covers())
	}
	a.say("to go on: %s", w.rest(a.name))
	return &failure{status: statusUnknown}
}

// made says how many runs were made, and how many were there before.
func (w *campaign) made() string {
	done, had := w.result.Done, min(w.prepare.Activity().Kept, w.result.Done)
	took := w.took.Round(10 * time.Millisecond)
	switch had {
	case 0:
		return fmt.Sprintf("%d runs in %v", done, took)
	case done:
		return fmt.Sprintf("all %d runs were there", done)
	}
	return fmt.Sprintf("%d runs in %v; %d were there", done-had, took, had)
}

// covers says what is in the tables of a sweep that was interrupted.
func (w *campaign) covers() string {
	if len(w.result.Lines) == 0 {
		return ""
	}
	return fmt.Sprintf("; what is shown and written covers the first %d, whole and without figures", w.result.Done)
}

// command repeats the sweep.
func (w *campaign) command(program string) string {
	return w.repeat(program, uint64(w.runs), w.request.seed)
}

func (w *campaign) repeat(program string, runs, seed uint64) string {
	flags := []string{"--runs", decimal(runs), "--seed", decimal(seed)}
	if w.request.versus != "" {
		flags = append(flags, "--versus", w.request.versus)
	}
	if w.request.precision() != "" && w.verb == "sweep" {
		flags = append(flags, "--precision", noPrecision) // these runs are what a plan came to
	}
	switch {
	case w.request.why && w.verb == "figures":
		flags = append([]string{"--figure", "F9"}, flags...) // which counts them
	case w.request.why:
		flags = append(flags, "--why")
	}
	return w.request.command(program, w.verb, flags...)
}

// rest is the command that makes the runs which are missing. Where chunks are
// kept it goes on with them. Else it is that of the seeds from the first that
// some ordering has not seen; cells of a grid cannot be named apart, so a sweep
// with one begins again: the same seeds give the same runs.
func (w *campaign) rest(program string) string {
	if w.log != nil {
		return program + " sweep --resume " + quoteShell(w.folder.dir)
	}
	if grid := w.request.scenario.Sweep; grid != nil && len(grid.Grid) > 0 || w.result.Done == 0 {
		return w.command(program) + w.into("")
	}
	done := w.result.Lines[0].Runs
	return w.repeat(program, uint64(w.runs)-done, w.request.seed+done) + w.into("-rest")
}

// into is the -o of a command that goes on, beside the folder of this one.
func (w *campaign) into(ending string) string {
	if w.folder == nil {
		return ""
	}
	return " -o " + quoteShell(w.folder.dir+ending)
}

// otherwise lists differences as an error does: what is there, what is here.
func otherwise(list []scenarios.Difference) string {
	var b strings.Builder
	const most = 20
	for i, d := range list {
		if i == most {
			fmt.Fprintf(&b, "\n  and %d more", len(list)-i)
			break
		}
		fmt.Fprintf(&b, "\n  %s: %s there, %s here", d.Path, orNothing(d.Old), orNothing(d.New))
	}
	return b.String()
}

func orNothing(value string) string {
	if value == "" {
		return "nothing"
	}
	return value
}
