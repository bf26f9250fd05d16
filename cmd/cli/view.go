package cli

import (
	"fmt"
	"strings"
	"time"

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
	next := j.request.seed + 1
	v.Hints = append(v.Hints,
		screen.Hint{Command: j.request.command(program, "run", "--seed", decimal(next)), Does: "the same with other draws"},
		screen.Hint{Command: j.request.command(program, "sweep", "-o", "out"), Does: "how often, over many seeds"})
	if j.folder == nil {
		again := []string{"-o", "out"}
		if j.request.seeded {
			again = append([]string{"--seed", decimal(j.request.seed)}, again...)
		}
		v.Hints = append(v.Hints, screen.Hint{Command: j.request.command(program, "run", again...), Does: "the logs, one file per peer"})
	}
	return v
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
	if f := clockFact(s); f != "" {
		all = append(all, f)
	}
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
	if n.Transport.Kind != "" && n.Transport.Kind != "none" {
		all = append(all, "transport "+n.Transport.Kind)
	}
	return all
}

// clockFact describes the default clock or else says how many peers have one of
// their own, and is empty for perfect ones.
func clockFact(s *scenarios.Scenario) string {
	perfect := func(c *scenarios.Clock) bool {
		zero := func(f *latency.Family) bool { return f.Kind == latency.Constant && f.Value == 0 || f.Kind == "" }
		return zero(&c.Offset) && zero(&c.Drift) && len(c.Steps) == 0 && len(c.Freezes) == 0 &&
			c.Wander == nil && c.Sync == nil && c.Replay == nil
	}
	own := 0
	for i := range s.Clocks.Peers {
		if !perfect(&s.Clocks.Peers[i].Clock) {
			own++
		}
	}
	switch c := &s.Clocks.Default; {
	case !perfect(c) && c.Preset != "":
		return "clocks " + c.Preset
	case !perfect(c) && c.Offset.Kind == latency.Normal:
		return fmt.Sprintf("clocks ±%v", time.Duration(c.Offset.SD))
	case !perfect(c) && c.Replay != nil:
		return "clocks of " + c.Replay.File
	case !perfect(c):
		return "clocks differ"
	case own == 1:
		return "1 clock of its own"
	case own > 1:
		return count(own, "clock") + " of their own"
	}
	return ""
}

// familyWords names a distribution by what a reader would call it.
func familyWords(f *latency.Family) string {
	d := func(ns int64) string { return time.Duration(ns).String() }
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

// firstSentence is the beginning of a text up to its first full stop.
func firstSentence(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if i := strings.Index(text, ". "); i >= 0 {
		return text[:i]
	}
	return strings.TrimSuffix(text, ".")
}
