package cli

import (
	"fmt"
	"path/filepath"
	"strings"

	"mpcomm/network/latency"
	"mpcomm/reports/screen"
	"mpcomm/scenarios"
)

// view is what the screen of a run shows.
func (j *job) view(program string) *screen.View {
	v := &screen.View{Run: &j.result, Facts: facts(j.request.scenario), Barcodes: j.barcodes}
	for _, d := range j.request.drawn {
		v.Facts = append(v.Facts, "drawn "+d.Path+"="+d.Value)
	}
	for _, m := range j.misses {
		if !m.Unknown {
			v.Failed = append(v.Failed, m.String())
		}
	}
	if token := j.token(); token != "" {
		v.Hints = append(v.Hints, screen.Hint{Command: j.request.shown(program, token), Does: "draw this moment"})
	} else {
		next := []string{"--seed", decimal(j.request.seed + 1)}
		v.Hints = append(v.Hints, screen.Hint{Command: j.request.command(program, "run", next...), Does: "the same with other draws"})
	}
	v.Hints = append(v.Hints, screen.Hint{Command: j.request.command(program, "sweep", "-o", "out"), Does: "how often, over many seeds"})
	if j.folder != nil {
		v.Hints = append(v.Hints, screen.Hint{Command: quoteShell(filepath.Join(j.folder.dir, reportName)), Does: "all of it, interactive, in one file"})
	}
	if j.folder == nil {
		again := []string{"-o", "out"}
		if j.request.seeded {
			again = append([]string{"--seed", decimal(j.request.seed)}, again...)
		}
		v.Hints = append(v.Hints, screen.Hint{Command: j.request.command(program, "run", again...), Does: "the logs, one file per peer"})
	}
	return v
}

// token names the moment that the screen explains first: the first difference of
// the first ordering whose logs differ, or else the first broken cause.
func (j *job) token() string {
	for i := range j.result.Runs {
		if d := j.result.Runs[i].FirstDifference; d != nil && d.Token != "" {
			return d.Token
		}
	}
	for i := range j.result.Runs {
		for _, w := range j.result.Runs[i].Witnesses {
			if w.Property == "causal" && w.Token != "" {
				return w.Token
			}
		}
	}
	return ""
}

// facts are a few words about a scenario for the head of a screen.
func facts(s *scenarios.Scenario) []string {
	var all []string
	switch {
	case s.Workload.Messages > 0:
		all = append(all, count(s.Workload.Messages, "message")+" each")
		if s.Workload.Senders != nil {
			all = append(all, count(len(s.Workload.Senders), "sender"))
		}
	default:
		all = append(all, count(len(s.Workload.Sends), "scheduled send"))
	}
	all = append(all, networkFacts(s)...)
	all = append(all, clockFacts(s)...)
	if len(s.Swarm) > 0 {
		all = append(all, count(len(s.Swarm), "value")+" drawn by each seed")
	}
	if s.Permuted {
		all = append(all, "ties by lot")
	}
	switch len(s.Faults) {
	case 0:
		all = append(all, "no faults")
	default:
		all = append(all, count(len(s.Faults), "fault"))
	}
	return all
}

func networkFacts(s *scenarios.Scenario) []string {
	n := &s.Network
	var all []string
	switch {
	case n.Matrix != nil:
		all = append(all, "delays of "+n.Matrix.File)
	case len(n.Sites) > 0:
		all = append(all, count(len(n.Sites), "site"))
	}
	if n.Preset != "" {
		all = append(all, "preset "+n.Preset)
	}
	what := "latency "
	if n.Matrix != nil || len(n.Sites) > 0 {
		what = "jitter " // the base of the places comes first
	}
	all = append(all, what+familyWords(&n.Latency))
	if n.Datagram {
		all = append(all, "packets overtake")
	}
	switch {
	case n.Loss.Bursts != nil:
		all = append(all, "loss in bursts")
	case n.Loss.Ratio.Num > 0:
		all = append(all, "loss "+n.Loss.Ratio.String())
	}
	all = append(all, linkFacts(n)...)
	if n.Transport.Kind != "" && n.Transport.Kind != "none" {
		all = append(all, "transport "+n.Transport.Kind)
	}
	return all
}

// linkFacts are what else befalls packets, and on how many links or when it is
// otherwise.
func linkFacts(n *scenarios.Network) []string {
	var all []string
	if n.Duplicate.Num > 0 && n.Preset == "" {
		all = append(all, "duplicates "+n.Duplicate.String())
	}
	if n.Corrupt.Num > 0 {
		all = append(all, "corruption "+n.Corrupt.String())
	}
	if n.Bandwidth > 0 {
		all = append(all, "limited bandwidth")
	}
	if n.MTU > 0 {
		all = append(all, fmt.Sprintf("mtu %dB", n.MTU))
	}
	if n.Correlation != nil {
		all = append(all, "correlated delays")
	}
	if n.Stalls != nil {
		all = append(all, "stalls")
	}
	if len(n.Links) > 0 {
		all = append(all, count(len(n.Links), "exception")+" for links")
	}
	if len(n.Changes) > 0 {
		all = append(all, count(len(n.Changes), "change")+" of links")
	}
	return all
}

// clockFacts describe the default clock unless it is perfect, and say how many
// peers have one of their own.
func clockFacts(s *scenarios.Scenario) []string {
	var all []string
	base := ""
	if len(s.Clocks.Peers) < s.Peers { // else nobody has the default
		base = defaultClock(&s.Clocks.Default)
	}
	if base != "" {
		all = append(all, base)
	}
	own := 0
	for i := range s.Clocks.Peers {
		if base != "" || !perfect(&s.Clocks.Peers[i].Clock) {
			own++
		}
	}
	switch {
	case own == 1:
		all = append(all, "1 clock of its own")
	case own > 1:
		all = append(all, count(own, "clock")+" of their own")
	}
	return all
}

// defaultClock is empty for a perfect clock.
func defaultClock(c *scenarios.Clock) string {
	switch {
	case perfect(c):
		return ""
	case c.Preset != "":
		return "clocks " + c.Preset
	case c.Offset.Kind == latency.Normal:
		return "clocks ±" + exactDuration(c.Offset.SD)
	case c.Replay != nil:
		return "clocks of " + c.Replay.File
	case rightButForTicks(c):
		return "clocks tick " + exactDuration(int64(c.Tick))
	}
	return "clocks differ"
}

func perfect(c *scenarios.Clock) bool { return c.Tick <= 1 && rightButForTicks(c) }

func rightButForTicks(c *scenarios.Clock) bool {
	zero := func(f *latency.Family) bool { return f.Kind == latency.Constant && f.Value == 0 || f.Kind == "" }
	return zero(&c.Offset) && zero(&c.Drift) && len(c.Steps) == 0 && len(c.Freezes) == 0 &&
		c.Wander == nil && c.Sync == nil && c.Replay == nil
}

// familyWords names a distribution by what a reader would call it.
func familyWords(f *latency.Family) string {
	d := exactDuration
	switch f.Kind {
	case "", latency.Constant:
		return d(f.Value)
	case latency.Uniform:
		return fmt.Sprintf("%s..%s", d(f.Min), d(f.Max))
	case latency.Exponential:
		return "exponential, mean " + d(f.Mean)
	case latency.Normal:
		return fmt.Sprintf("%s±%s", d(f.Mean), d(f.SD))
	case latency.LogNormal:
		return "lognormal, median " + d(f.Min+f.Median)
	case latency.Pareto:
		return "Pareto from " + d(f.Scale)
	case latency.Empirical:
		return "as in " + f.File
	}
	return string(f.Kind)
}

// count is a number with its noun.
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// called is the name of a file or a folder in a sentence. An empty one, such as of a
// variable of the shell that is not set, is seen only in quotation marks.
func called(name string) string {
	if name == "" {
		return `""`
	}
	return name
}

// isOrAre is the verb of so many.
func isOrAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// firstSentence is the beginning of a text up to its first full stop.
func firstSentence(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if i := strings.Index(text, ". "); i >= 0 {
		return text[:i]
	}
	return strings.TrimSuffix(text, ".")
}
