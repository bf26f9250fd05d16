package html

import (
	"strings"

	"mpcomm/peer"
	"mpcomm/reports/trace"
	"mpcomm/sim"
)

// The page's words for what surrounds the messages of a run: hosts, faults,
// findings. They are few, so they travel as JSON.

type hostData struct {
	Correct bool         `json:"correct"`
	Absent  string       `json:"absent,omitempty"`
	Phases  []phaseData  `json:"phases"`
	Clock   [][3]float64 `json:"clock"` // from, ms ahead there, ms ahead before the next
}

type phaseData struct {
	Name  string  `json:"name"`
	From  float64 `json:"from"`
	Until float64 `json:"until"`
}

type bandData struct {
	Kind  string    `json:"kind"`
	Text  string    `json:"text"`
	From  float64   `json:"from"`
	Until float64   `json:"until"`
	Peers []peer.ID `json:"peers"`
}

type findingData struct {
	Kind  string   `json:"kind"`
	P     peer.ID  `json:"p"`
	Q     peer.ID  `json:"q"`
	A     int64    `json:"a"`
	B     int64    `json:"b"`
	AtP   [2]int32 `json:"at_p"`
	AtQ   [2]int32 `json:"at_q"`
	Why   string   `json:"why"`
	Text  string   `json:"text"`
	Token string   `json:"token"`
}

// mostPieces bounds the pieces of one clock in the page; of more, every so many
// are joined into one.
const mostPieces = 512

func (c *recording) hosts() []hostData {
	off := false
	all := make([]hostData, len(c.run.Hosts))
	for p := range c.run.Hosts {
		h := &c.run.Hosts[p]
		all[p] = hostData{Correct: h.Correct, Absent: h.Absent, Phases: []phaseData{}, Clock: pieces(h, c.run.End)}
		off = off || len(h.Clock.Segments) > 0
		for i, phase := range h.Phases {
			until := c.run.End
			if i+1 < len(h.Phases) {
				until = h.Phases[i+1].At
			}
			if name, named := phaseName(phase.Phase); named {
				all[p].Phases = append(all[p].Phases, phaseData{name, millis(phase.At), millis(until)})
			}
		}
	}
	c.head["clocks"] = off
	return all
}

// phaseName names the phases that a reader knows.
func phaseName(p peer.Phase) (string, bool) {
	switch p {
	case peer.Idle, peer.Stopped:
		return "", false
	case peer.Handshake:
		return "handshake", true
	case peer.Data:
		return "data", true
	}
	return "stop", true
}

// pieces are the stretches between whose ends a clock's distance from true time
// is straight.
func pieces(h *trace.Host, end sim.Time) [][3]float64 {
	segments := h.Clock.Segments
	if len(segments) == 0 {
		return [][3]float64{{0, 0, 0}}
	}
	step := (len(segments) + mostPieces - 1) / mostPieces
	var all [][3]float64
	for i := 0; i < len(segments); i += step {
		last := segments[min(i+step, len(segments))-1]
		until := max(min(last.Until, end+1)-1, segments[i].From)
		all = append(all, [3]float64{
			millis(segments[i].From), millis(sim.Time(h.Offset(segments[i].From))), millis(sim.Time(h.Offset(until))),
		})
	}
	return all
}

func (c *recording) bands() []bandData {
	all := []bandData{}
	add := func(b *trace.Band) {
		all = append(all, bandData{b.Kind, b.Text, millis(b.From), millis(b.Until), append([]peer.ID{}, b.Peers...)})
	}
	for i := range c.run.Faults {
		if c.run.Faults[i].Kind != "crash" { // which the peers know best
			add(&c.run.Faults[i])
		}
	}
	for p := range c.run.Hosts {
		for i := range c.run.Hosts[p].Down {
			add(&c.run.Hosts[p].Down[i])
		}
	}
	return all
}

// MostFindings is how many findings of a run the page lists one by one.
const MostFindings = 2000

func (c *recording) findings() []findingData {
	all := []findingData{}
	for i := range c.run.Findings[:min(len(c.run.Findings), MostFindings)] {
		f := &c.run.Findings[i]
		all = append(all, findingData{
			Kind: strings.ToLower(f.Kind.String()), P: f.P, Q: f.Q, A: reference(f.A), B: reference(f.B), AtP: f.InP, AtQ: f.InQ,
			Why: string(f.Why), Text: f.Text, Token: c.run.Token(f).String(),
		})
	}
	return all
}
