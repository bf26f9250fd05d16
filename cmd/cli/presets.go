package cli

import (
	"encoding/json"
	"strconv"
	"time"

	"mpcomm/network/latency"
	"mpcomm/reports/screen"
	"mpcomm/sim/rng"
)

// evidenceNote explains the marks of the evidence of presets.
const evidenceNote = "How a figure is known: D, computed from measurements; V, read in a published source; M, from memory of a published source; A, our assumption. Figures marked M or A are not measured."

// presetEntry is a network preset in JSON. The delay of a packet one way is
// base plus a lognormal excess.
type presetEntry struct {
	entry
	Of             string      `json:"of"` // "network"
	Evidence       string      `json:"evidence"`
	BaseMS         float64     `json:"base_ms"`
	ExcessMedianMS float64     `json:"excess_median_ms"`
	ExcessSigma    json.Number `json:"excess_sigma"`
	Loss           float64     `json:"loss"`                  // share of packets
	MeanLossBurst  float64     `json:"mean_loss_burst"`       // in slots of loss_slot_ms
	LossSlotMS     float64     `json:"loss_slot_ms"`          // the assumed gap between packets
	Duplicate      float64     `json:"duplicate"`             // share of packets
	Reorder        float64     `json:"reorder"`               // share of packets, on datagram links
	ReorderExtraMS float64     `json:"reorder_extra_mean_ms"` // how much longer those take, in the mean
}

func presetEntryOf(p *latency.Preset) presetEntry {
	leave, stay := share(p.Loss.P), share(p.Loss.R)
	return presetEntry{
		entry: entry{p.Name, firstSentence(p.Doc)}, Of: "network", Evidence: p.Evidence,
		BaseMS: milliseconds(p.Base), ExcessMedianMS: milliseconds(time.Duration(p.Excess.Median)),
		ExcessSigma: json.Number(p.Excess.Sigma.String()),
		Loss:        leave / (leave + stay), MeanLossBurst: 1 / stay, LossSlotMS: milliseconds(p.Loss.Every),
		Duplicate: share(p.Duplicate), Reorder: share(p.Reorder),
		ReorderExtraMS: milliseconds(time.Duration(p.ReorderExtra.Mean)),
	}
}

func share(r rng.Ratio) float64 {
	if r.Den == 0 {
		return 0
	}
	return float64(r.Num) / float64(r.Den)
}

// presetsCatalogue is the table of network presets for a terminal.
func presetsCatalogue() *screen.Catalogue {
	c := &screen.Catalogue{
		Title:   "network",
		Columns: []string{"BASE", "EXCESS", "SIGMA", "LOSS", "BURST", "TWICE", "LATE"},
		Texts:   []screen.Text{{Title: "is", Least: 24, Lead: true}, {Title: "evidence", Least: 40}},
		Notes: []string{
			"Of a link: BASE, which of wan is that of its places, and the median of a lognormal EXCESS with SIGMA make the delay one way; LOSS is the share of packets lost, BURST how many slots of a loss come together, TWICE the share that comes twice, LATE the share that is held up on datagram links.",
		},
	}
	for _, p := range latency.Presets() {
		e := presetEntryOf(&p)
		c.Items = append(c.Items, screen.Item{
			Name: e.Name,
			Cells: []string{
				baseWords(p.Base), exactDuration(p.Excess.Median), e.ExcessSigma.String(),
				percent(e.Loss), number(e.MeanLossBurst), percent(e.Duplicate), percent(e.Reorder),
			},
			Texts: []string{e.Doc, e.Evidence},
		})
	}
	return c
}

func baseWords(base time.Duration) string {
	if base == 0 {
		return "places"
	}
	return exactDuration(int64(base))
}

// number is a figure of at most four digits.
func number(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }

func percent(v float64) string {
	if v == 0 {
		return "-"
	}
	return strconv.FormatFloat(100*v, 'g', 6, 64) + "%"
}
