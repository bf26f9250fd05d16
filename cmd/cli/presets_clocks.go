package cli

import (
	"encoding/json"
	"time"

	"mpcomm/network/latency"
	"mpcomm/reports/screen"
	"mpcomm/scenarios"
)

// clockPresetEntry is a preset of clocks in JSON. The size of an offset is
// lognormal, or uniform up to its largest, to either side, and so is that of a
// drift.
type clockPresetEntry struct {
	entry
	Of              string      `json:"of"` // "clock"
	Evidence        string      `json:"evidence"`
	OffsetMedianMS  float64     `json:"offset_median_ms"`
	OffsetSigma     json.Number `json:"offset_sigma"`  // 0 = not lognormal
	OffsetMaxMS     *float64    `json:"offset_max_ms"` // null = none
	DriftMedianPPM  float64     `json:"drift_median_ppm"`
	DriftSigma      json.Number `json:"drift_sigma"`
	DriftMaxPPM     *float64    `json:"drift_max_ppm"`
	WanderSDPPM     float64     `json:"wander_sd_ppm"`
	WanderSlotMS    float64     `json:"wander_slot_ms"`
	SyncEveryMS     float64     `json:"sync_every_ms"` // 0 = none
	BoundMinMS      *float64    `json:"bound_min_ms"`  // null = nothing is promised
	BoundMaxMS      *float64    `json:"bound_max_ms"`
	BoundSawtoothMS float64     `json:"bound_sawtooth_ms"` // 0 = constant
}

func clockPresetEntryOf(p *scenarios.ClockPreset) clockPresetEntry {
	c := &p.Clock
	e := clockPresetEntry{
		entry: entry{p.Name, firstSentence(p.Doc)}, Of: "clock", Evidence: p.Evidence,
		OffsetMedianMS: millionths(medianSize(&c.Offset)), OffsetSigma: json.Number(c.Offset.Sigma.String()),
		DriftMedianPPM: thousandths(medianSize(&c.Drift)), DriftSigma: json.Number(c.Drift.Sigma.String()),
	}
	if most := offsetMax(c); most >= 0 {
		e.OffsetMaxMS = some(milliseconds(most))
	}
	if c.Drift.Kind != latency.LogNormal {
		e.DriftMaxPPM = some(thousandths(float64(c.Drift.Max)))
	}
	if w := c.Wander; w != nil {
		e.WanderSDPPM, e.WanderSlotMS = thousandths(float64(w.SD)), milliseconds(w.Every)
	}
	if c.Sync != nil {
		e.SyncEveryMS = milliseconds(c.Sync.Every)
	}
	if b := c.Bound; b != nil {
		e.BoundMinMS, e.BoundMaxMS, e.BoundSawtoothMS = some(milliseconds(b.Min)), some(milliseconds(b.Max)), milliseconds(b.Every)
	}
	return e
}

func some(v float64) *float64 { return &v }

func millionths(v float64) float64 { return v / 1e6 }

func thousandths(v float64) float64 { return v / 1e3 }

// medianSize is the median magnitude of a family of presets: lognormal, uniform
// around 0 or 0.
func medianSize(f *latency.Family) float64 {
	if f.Kind == latency.Uniform {
		return float64(f.Max) / 2
	}
	return float64(f.Median)
}

// offsetMax is the largest offset of a preset, or -1 for none.
func offsetMax(c *scenarios.Clock) time.Duration {
	switch {
	case c.OffsetMax > 0:
		return c.OffsetMax
	case c.Offset.Kind == latency.LogNormal:
		return -1
	}
	return time.Duration(c.Offset.Max)
}

// clockPresetsCatalogue is the table of presets of clocks for a terminal.
func clockPresetsCatalogue() *screen.Catalogue {
	c := &screen.Catalogue{
		Title:   "clock",
		Columns: []string{"OFFSET", "SIGMA", "MOST", "DRIFT", "WANDER", "BOUND"},
		Texts:   []screen.Text{{Title: "is", Least: 24, Lead: true}, {Title: "evidence", Least: 40}},
		Notes: []string{
			"Of a clock: the median of the size of its OFFSET, lognormal with SIGMA and MOST at most, or with SIGMA 0 uniform up to MOST, to either side; the median of the size of its DRIFT in ppm; by how many ppm (sd) its rate WANDERs from second to second; the BOUND that is promised of its error.",
			evidenceNote,
		},
	}
	for _, p := range scenarios.ClockPresets() {
		e := clockPresetEntryOf(&p)
		c.Items = append(c.Items, screen.Item{
			Name: e.Name,
			Cells: []string{
				clockWords(time.Duration(e.OffsetMedianMS * 1e6)), e.OffsetSigma.String(), clockWords(offsetMax(&p.Clock)),
				ppmWords(e.DriftMedianPPM), ppmWords(e.WanderSDPPM), boundWords(&p.Clock),
			},
			Texts: []string{e.Doc, e.Evidence},
		})
	}
	return c
}

func clockWords(d time.Duration) string {
	switch {
	case d < 0:
		return "any"
	case d == 0:
		return "-"
	}
	return exactDuration(int64(d))
}

func ppmWords(v float64) string {
	if v == 0 {
		return "-"
	}
	return number(v)
}

func boundWords(c *scenarios.Clock) string {
	switch b := c.Bound; {
	case b == nil:
		return "-"
	case b.Every == 0:
		return b.Max.String()
	default:
		return b.Min.String() + ".." + b.Max.String()
	}
}
