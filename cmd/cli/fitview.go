package cli

import (
	"fmt"
	"io"
	"math"
	"strings"

	"mpcomm/reports/fit"
	"mpcomm/reports/result"
)

// fittedModel is what fit prints with --json: the part of a scenario, and how
// far it is from what was measured. Delays are one way, half the round trip.
type fittedModel struct {
	File      string                     `json:"file"`
	Form      string                     `json:"form"` // pings or matrix
	Fragment  string                     `json:"fragment"`
	Quantiles result.List[quantileEntry] `json:"quantiles"` // of a matrix: over its pairs
	Largest   quantileEntry              `json:"largest_deviation"`
	Pings     *fittedPings               `json:"pings"`
	Matrix    *fittedMatrix              `json:"matrix"`
}

type quantileEntry struct {
	Percent    float64  `json:"percent"`
	MeasuredMS float64  `json:"measured_ms"`
	ModelMS    float64  `json:"model_ms"`
	Deviation  *float64 `json:"deviation"` // of the model, as a share of the measured; null where that is 0
}

type fittedPings struct {
	Sent        int                       `json:"sent"`
	Lost        int                       `json:"lost"`
	Bursts      int                       `json:"loss_bursts"`
	Longest     int                       `json:"longest_burst"`
	Bursty      bool                      `json:"bursty"`
	EveryMS     float64                   `json:"every_ms"`
	Correlation float64                   `json:"correlation"` // of neighbouring delays, by ranks; not modelled
	Families    result.List[fittedFamily] `json:"families"`    // the best first
}

type fittedFamily struct {
	Family string  `json:"family"`
	AIC    float64 `json:"aic"`
	KS     float64 `json:"ks"`
}

type fittedMatrix struct {
	Sites     result.List[string] `json:"sites"`
	Left      result.List[string] `json:"left_out"`
	Pairs     int                 `json:"pairs"`
	Filled    int                 `json:"filled"`
	Uneven    float64             `json:"uneven"`
	Detours   float64             `json:"detours"`
	Jitter    *fittedJitter       `json:"jitter"`
	Geography *fittedGeography    `json:"geography"`
}

type fittedJitter struct {
	Family    string                     `json:"family"`
	Pairs     int                        `json:"pairs"`
	LiftMS    float64                    `json:"lift_ms"`
	Quantiles result.List[quantileEntry] `json:"quantiles"` // of the 90th percentiles, over pairs
}

type fittedGeography struct {
	Cities    result.List[string]        `json:"cities"`
	Inflation string                     `json:"inflation"`
	Error     float64                    `json:"median_error"`
	Quantiles result.List[quantileEntry] `json:"quantiles"`
	Fragment  string                     `json:"fragment"`
}

func quantileEntryOf(q fit.Quantile) quantileEntry {
	e := quantileEntry{Percent: q.Percent, MeasuredMS: milliseconds(q.Measured), ModelMS: milliseconds(q.Model)}
	if d := q.Deviation(); q.Measured > 0 || q.Model == 0 {
		e.Deviation = &d
	}
	return e
}

func quantileEntries(all []fit.Quantile) (entries []quantileEntry) {
	for _, q := range all {
		entries = append(entries, quantileEntryOf(q))
	}
	return entries
}

// write prints the report as comments, and the part of a scenario below it.
func (m *fittedModel) write(w io.Writer) error {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, "# "+format+"\n", args...) }
	switch {
	case m.Pings != nil:
		m.Pings.write(say, m.File)
		say("")
		say("one way, half the round trip:")
		writeQuantiles(say, m.Quantiles)
		say("largest deviation: %s", m.Largest.words())
	default:
		m.Matrix.write(say, m)
	}
	text := strings.ReplaceAll(b.String(), "# \n", "#\n")
	_, err := io.WriteString(w, text+m.Fragment)
	return err
}

func writeQuantiles(say func(string, ...any), all []quantileEntry) {
	say("  QUANTILE     MEASURED        MODEL   MODEL IS")
	for _, q := range all {
		say("  %-8s %9s ms %9s ms   %s", fmt.Sprintf("p%g", q.Percent), threeDigits(q.MeasuredMS), threeDigits(q.ModelMS), q.off())
	}
}

func threeDigits(ms float64) string { return fmt.Sprintf("%.3f", ms) }

// off says how far the model is off.
func (q *quantileEntry) off() string {
	switch {
	case q.Deviation == nil:
		return "above 0"
	case *q.Deviation >= 0.0005:
		return fmt.Sprintf("%.1f%% above", 100**q.Deviation)
	case *q.Deviation <= -0.0005:
		return fmt.Sprintf("%.1f%% below", -100**q.Deviation)
	}
	return "the same"
}

func (q *quantileEntry) words() string {
	return fmt.Sprintf("p%g, measured %s ms, the model is %s", q.Percent, threeDigits(q.MeasuredMS), q.off())
}

func (p *fittedPings) write(say func(string, ...any), file string) {
	say("%s: %s, one every %g ms; %d came back", file, count(p.Sent, "ping"), p.EveryMS, p.Sent-p.Lost)
	say("")
	say("  AIC less the best       KS   family of the delay one way")
	for _, f := range p.Families {
		say("  %17.1f  %7.4f   %s", f.AIC-p.Families[0].AIC, f.KS, f.Family)
	}
	say("AIC is Akaike's criterion, the least is taken; KS the greatest difference of")
	say("the distribution functions.")
	if p.Correlation >= 0.1 || p.Correlation <= -0.1 {
		say("Neighbouring delays are correlated (%.2f by ranks); the model draws each alone.", p.Correlation)
	}
	say("")
	switch {
	case p.Lost == 0:
		// So many pings all come back with probability 5% if each is lost with this one.
		say("no loss; with 95%% confidence the share is below %.2g%%", 100*(1-math.Pow(0.05, 1/float64(p.Sent))))
	case p.Bursty:
		say("%d lost in %d bursts, the longest of %d: more together than by chance", p.Lost, p.Bursts, p.Longest)
	default:
		say("%d lost, %d the most in a row: as by chance", p.Lost, p.Longest)
	}
	if p.Lost > 0 {
		say("a lost ping counts as one packet lost, whichever way it was lost on")
	}
}

func (p *fittedMatrix) write(say func(string, ...any), m *fittedModel) {
	say("%s: %d sites, %d ordered pairs, %d of them filled from the other direction", m.File, len(p.Sites), p.Pairs, p.Filled)
	if len(p.Left) > 0 {
		say("left out, as a pair of each is measured in neither direction: %s", strings.Join(p.Left, " "))
	}
	say("the two directions of a pair differ by %.1f%% at the median; of %.1f%% of triples", 100*p.Uneven, 100*p.Detours)
	say("two hops are shorter than one")
	say("")
	say("one way, half the round trip, over pairs; the matrix is used as it is:")
	writeQuantiles(say, m.Quantiles)
	say("largest deviation: %s", m.Largest.words())
	say("")
	if j := p.Jitter; j != nil {
		say("jitter %s, by the 90th percentiles of %d pairs;", j.Family, j.Pairs)
		say("it lifts the median by %s ms. The 90th percentiles one way, over pairs:", threeDigits(j.LiftMS))
		writeQuantiles(say, j.Quantiles)
	} else {
		say("medians alone say nothing about jitter: give --p90, or set matrix.jitter or preset")
	}
	if g := p.Geography; g != nil {
		say("")
		say("without the file, by the distance of %d cities, off by %.0f%% at the median:", len(g.Cities), 100*g.Error)
		writeQuantiles(say, g.Quantiles)
		for line := range strings.Lines(g.Fragment) {
			say("    %s", strings.TrimSuffix(line, "\n"))
		}
	}
}
