package run

import (
	"fmt"
	"slices"
	"strings"

	"mpcomm/peer"
	"mpcomm/reports/result"
	"mpcomm/scenarios"
)

// Miss is one expectation of a scenario that a result contradicts, or that
// cannot be told because the run ended at a limit first.
type Miss struct {
	File     string // where the expectation stands; empty if it was not read from a file
	Line     int    // from 1
	Expected string // in the file's words: "lamport: logs identical"
	Got      string
	Unknown  bool // it cannot be told; else it is contradicted
}

// String says where the expectation stands, what it is and what came instead.
func (m Miss) String() string {
	at := ""
	if m.File != "" {
		at = fmt.Sprintf("%s:%d ", m.File, m.Line)
	}
	if m.Unknown {
		return fmt.Sprintf("%sexpected %q, cannot tell: %s", at, m.Expected, m.Got)
	}
	return fmt.Sprintf("%sexpected %q, got %s", at, m.Expected, m.Got)
}

// Judge holds a result against what scenario s expects of its ordering. expected
// is false when it expects nothing; misses are in the order in which the
// language lists the keys of an expectation.
//
// After a limit only what no further event could change is judged. Logs only
// grow, so two entries that differ at one position differ for ever, and a
// message that stands before another stays there; but agreement so far proves
// nothing.
func Judge(s *scenarios.Scenario, r *result.Ordering) (misses []Miss, expected bool) {
	for i := range s.Expect {
		if s.Expect[i].Ordering == r.Ordering {
			j := judge{scenario: s, expect: &s.Expect[i], result: r, settled: Limit(r.Limit).Settled()}
			j.all()
			return j.misses, true
		}
	}
	return nil, false
}

// judge goes through one expectation.
type judge struct {
	scenario *scenarios.Scenario
	expect   *scenarios.Expectation
	result   *result.Ordering
	settled  bool
	misses   []Miss
}

func (j *judge) all() {
	j.logs()
	e, r := j.expect, j.result
	if e.Complete != nil {
		j.hold("complete", fmt.Sprint(*e.Complete), *e.Complete == r.Complete, j.settled, j.incomplete())
	}
	for _, p := range e.Properties {
		got := j.verdict(p.Property)
		j.hold(p.Property, p.Want, got.String() == p.Want, got != result.Unknown, got.String())
	}
	if e.Limit != nil {
		j.hold("limit", limitWord(*e.Limit), *e.Limit == r.Limit, true, limitWord(r.Limit))
	}
	if e.StuckGiven {
		var stuck []peer.ID
		for _, s := range r.Phases.Stuck {
			stuck = append(stuck, s.Peer)
		}
		want := slices.Sorted(slices.Values(e.Stuck))
		j.hold("stuck", peerList(want), slices.Equal(want, stuck), true, peerList(stuck))
	}
	j.firstDifference()
	for i, want := range e.Happened {
		got := i < len(r.Watch) && r.Watch[i].Happened
		j.hold("happened", fmt.Sprintf("%v for watch %d", want, i), got == want, got || j.settled, fmt.Sprint(got))
	}
}

// hold records a miss of one key: contradicted, or unknown if it cannot be told.
func (j *judge) hold(key, want string, met, known bool, got string) {
	if met && known {
		return
	}
	m := Miss{Expected: fmt.Sprintf("%s: %s %s", j.expect.Ordering, key, want), Got: got, Unknown: !known}
	m.File, m.Line, _ = j.scenario.ExpectPosition(*j.expect, key)
	if m.Unknown {
		m.Got = "the run ended at its limit of events"
		switch {
		case Limit(j.result.Limit) == LimitUntil:
			m.Got = "the run ended at its limit of time"
		case Limit(j.result.Limit) != LimitEvents && len(j.result.NotComputed) > 0:
			m.Got = "the run kept no logs"
		}
	}
	j.misses = append(j.misses, m)
}

func (j *judge) logs() {
	if j.expect.Logs == "" {
		return
	}
	d := &j.result.Divergence
	got := "identical"
	if !d.Identical {
		got = fmt.Sprintf("%d of %d positions that differ", d.PositionsDiffering, d.Positions)
	}
	known := j.settled || !d.PrefixConsistent
	j.hold("logs", j.expect.Logs, (j.expect.Logs == "identical") == d.Identical, known, got)
}

func (j *judge) firstDifference() {
	if j.expect.FirstDifference == nil {
		return
	}
	want := *j.expect.FirstDifference
	d := j.result.FirstDifference
	switch at := j.result.Divergence.FirstDifference; {
	case d == nil && at.Known: // the logs were not kept
		j.hold("first_difference", fmt.Sprint(want), at.N == int64(want), j.settled, fmt.Sprint(at.N))
	case d == nil:
		j.hold("first_difference", fmt.Sprint(want), false, j.settled, "identical logs")
	default:
		both := d.Messages[0] != nil && d.Messages[1] != nil
		j.hold("first_difference", fmt.Sprint(want), d.Position == want, j.settled || both, fmt.Sprint(d.Position))
	}
}

// incomplete says what keeps a run from being complete.
func (j *judge) incomplete() string {
	r := j.result
	switch {
	case r.Complete:
		return "a complete run"
	case len(r.Absent) > 0:
		var absent []peer.ID
		for _, a := range r.Absent {
			absent = append(absent, a.Peer)
		}
		return "no log from " + peerList(absent)
	case r.Divergence.Missing > 0:
		return fmt.Sprintf("%d missing entries", r.Divergence.Missing)
	}
	return "messages that no log holds"
}

func (j *judge) verdict(property string) result.Verdict {
	p := &j.result.Properties
	switch property {
	case "integrity":
		return p.Integrity
	case "validity":
		return p.Validity
	case "agreement":
		return p.Agreement
	case "uniform":
		return p.Uniform
	case "fifo":
		return p.FIFO
	case "causal":
		return p.Causal
	case "total":
		return p.Total
	case "liveness": // which is expected only of a scenario that is healed
		return *p.Liveness
	}
	panic(fmt.Sprintf("run: %q is no property that can be expected", property))
}

func limitWord(limit string) string {
	if limit == "" {
		return "none"
	}
	return limit
}

func peerList(peers []peer.ID) string {
	words := make([]string, len(peers))
	for i, p := range peers {
		words[i] = p.String()
	}
	return "[" + strings.Join(words, ", ") + "]"
}
