package cli

import (
	"time"

	"mpcomm/peer"
	"mpcomm/peer/order"
	"mpcomm/reports/result"
)

// orderingEntry is an ordering in JSON.
type orderingEntry struct {
	entry
	Class      string                      `json:"class"`
	Guarantees result.List[string]         `json:"guarantees"`
	Needs      result.List[string]         `json:"needs"`
	Packets    string                      `json:"packets"`
	Steps      string                      `json:"steps"`
	Paper      string                      `json:"paper"`
	Offline    bool                        `json:"offline"`
	Parameters result.List[parameterEntry] `json:"parameters"`
	Variants   result.List[variantEntry]   `json:"variants"`
	Cost       *costEntry                  `json:"cost"` // null = not stated in numbers
}

type parameterEntry struct {
	entry
	Default string `json:"default"`
	Allowed string `json:"allowed"`
}

type variantEntry struct {
	Values     map[string]string   `json:"values"`
	Guarantees result.List[string] `json:"guarantees"`
	Needs      result.List[string] `json:"needs"`
}

// costEntry is the cost of one broadcast with the default parameters.
type costEntry struct {
	Peers   int                     `json:"peers"`
	From    peer.ID                 `json:"from"`
	Basis   string                  `json:"basis"` // exact, mean, or open: the delivery waits for something else
	Packets int                     `json:"packets"`
	Delays  result.List[delayEntry] `json:"delays"` // by receiver; empty if open
}

// delayEntry is steps one-way delays and so many milliseconds, but at least
// some.
type delayEntry struct {
	Steps     float64 `json:"steps"`
	MS        float64 `json:"ms"`
	AtLeastMS float64 `json:"at_least_ms"`
}

func keysOf(set uint, known []notion) result.List[string] {
	var all result.List[string]
	for _, t := range notionsIn(set, known) {
		all = append(all, t.key)
	}
	return all
}

func orderingEntryOf(s *order.Spec) orderingEntry {
	e := orderingEntry{
		entry: entry{s.Kind, s.Doc}, Class: s.Class,
		Guarantees: keysOf(uint(s.Guarantees), guarantees), Needs: keysOf(uint(s.Needs), needs),
		Packets: s.Packets, Steps: s.Steps, Paper: s.Paper, Offline: s.Offline,
	}
	for _, p := range s.Params {
		e.Parameters = append(e.Parameters, parameterEntry{entry{p.Name, p.Doc}, p.Default, p.Want()})
	}
	for _, v := range s.Variants() {
		values := map[string]string{}
		for _, value := range v.Values {
			values[value.Name] = value.Text
		}
		e.Variants = append(e.Variants, variantEntry{values, keysOf(uint(v.Guarantees), guarantees), keysOf(uint(v.Needs), needs)})
	}
	if cost, stated := costIn(s, nil); stated {
		e.Cost = &costEntry{Peers: costPeers, From: costPeers - 1, Basis: basisWord(cost.Basis), Packets: cost.Packets}
		for _, d := range cost.Delays {
			e.Cost.Delays = append(e.Cost.Delays, delayEntry{
				float64(d.Steps) / float64(max(1, d.Over)), milliseconds(d.Fixed), milliseconds(d.AtLeast),
			})
		}
	}
	return e
}

func basisWord(b order.Basis) string {
	switch b {
	case order.Exact:
		return "exact"
	case order.Mean:
		return "mean"
	}
	return "open"
}

func milliseconds(d time.Duration) float64 { return float64(d) / 1e6 }
