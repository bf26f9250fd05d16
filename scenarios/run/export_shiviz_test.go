package run_test

import (
	"encoding/json"
	"regexp"
	"strings"

	"mpcomm/peer/history"
	"mpcomm/reports/export"
)

// shivizEvent is one event as ShiViz has it.
type shivizEvent struct {
	host, text string
	clock      map[string]int
}

// readShiViz reads a log as ShiViz does: the first line, between ^ and $, is the
// expression of an event, the second would part executions. Hosts count their
// events from 1 without gaps, and clocks name events that are there.
func readShiViz(t tester, data []byte) (all []shivizEvent) {
	t.Helper()
	head, rest, _ := strings.Cut(string(data), "\n")
	delimiter, body, _ := strings.Cut(rest, "\n")
	if delimiter != "" {
		t.Fatalf("shiviz: the delimiter of executions is %q", delimiter)
	}
	event, err := regexp.Compile("(?m)^" + head + "$")
	if err != nil {
		t.Fatalf("shiviz: %v", err)
	}
	matches := event.FindAllStringSubmatch(body, -1)
	if n := strings.Count(body, "\n"); n != len(matches) {
		t.Errorf("shiviz: %d lines, of which %d are events", n, len(matches))
	}
	counts := map[string]int{}
	for _, m := range matches {
		x := shivizEvent{host: m[event.SubexpIndex("host")], text: m[event.SubexpIndex("event")]}
		if err := json.Unmarshal([]byte(m[event.SubexpIndex("clock")]), &x.clock); err != nil {
			t.Fatalf("shiviz: clock of %q: %v", m[0], err)
		}
		if counts[x.host]++; x.clock[x.host] != counts[x.host] {
			t.Errorf("shiviz: event %d of %s has clock %v", counts[x.host], x.host, x.clock)
		}
		all = append(all, x)
	}
	for _, x := range all {
		for host, n := range x.clock {
			if n < 1 || n > counts[host] {
				t.Errorf("shiviz: %v names event %d of %s, which has %d", x.clock, n, host, counts[host])
			}
		}
	}
	return all
}

// checkShiViz rebuilds what happened before what from the clocks alone, and
// holds it to the causes that the history has.
func checkShiViz(t tester, data []byte, lines []line, r *export.Run) {
	t.Helper()
	all := readShiViz(t, data)
	wanted := 0
	for _, l := range lines {
		switch l["kind"] {
		case "broadcast", "delivery", "crash", "restart":
			wanted++
		}
	}
	if len(all) != wanted {
		t.Errorf("shiviz: %d events, want %d", len(all), wanted)
	}
	before := func(a, b *shivizEvent) bool { return a != b && b.clock[a.host] >= a.clock[a.host] }
	broadcasts := map[string]*shivizEvent{}
	for i := range all {
		x := &all[i]
		if words := strings.Fields(x.text); words[0] == "broadcasts" {
			broadcasts[words[1]] = x
		}
	}
	for i := range all {
		x := &all[i]
		words := strings.Fields(x.text)
		if words[0] == "delivers" && !before(broadcasts[words[1]], x) {
			t.Errorf("shiviz: %s at %s does not come after its broadcast", x.text, x.host)
		}
		for k := range all { // clocks are those of Fidge and Mattern: whole pasts
			if y := &all[k]; before(y, x) {
				for host, n := range y.clock {
					if x.clock[host] < n {
						t.Fatalf("shiviz: %v %v follows %v %v, and does not follow what that follows", x.text, x.clock, y.text, y.clock)
					}
				}
			}
		}
	}
	causes := closure(r.History)
	for b := range r.History.Broadcasts {
		for a := range r.History.Broadcasts {
			x, y := broadcasts[r.History.Broadcasts[a].ID.String()], broadcasts[r.History.Broadcasts[b].ID.String()]
			if x == nil || y == nil {
				t.Fatalf("shiviz: a broadcast is not there")
			}
			if got := before(x, y); got != causes[b][a] {
				t.Errorf("shiviz: %s before %s: %t by the clocks, %t by the history", x.text, y.text, got, causes[b][a])
			}
		}
	}
}

// closure says by brute force which broadcasts are causes of which: what the
// sender had broadcast or delivered before, what is answered, and their causes.
func closure(h *history.History) [][]bool {
	n := len(h.Broadcasts)
	causes := make([][]bool, n)
	for b := range causes {
		causes[b] = make([]bool, n)
		x := &h.Broadcasts[b]
		for a := range b {
			causes[b][a] = h.Broadcasts[a].ID.Sender == x.ID.Sender || history.Ref(a) == x.Cause
		}
		for _, ref := range h.Logs[x.ID.Sender].Refs[:x.LogLen] {
			if ref != history.NoRef {
				causes[b][ref] = true
			}
		}
	}
	for k := range n {
		for b := range n {
			for a := range n {
				causes[b][a] = causes[b][a] || causes[b][k] && causes[k][a]
			}
		}
	}
	return causes
}
