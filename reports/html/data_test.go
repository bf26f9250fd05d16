package html_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/trace"
	"mpcomm/sim"
)

// asTold lists what a run's page should know, in the words of knowledge below.
func asTold(r *trace.Run) []string {
	us := func(t sim.Time) string {
		if t == sim.Never {
			return "-"
		}
		return fmt.Sprint(int64(t) / 1000)
	}
	var all []string
	for m := range r.Messages {
		x := &r.Messages[m]
		line := fmt.Sprintf("%v %s L%d V%v", x.ID, us(x.At), x.Lamport, x.Vector)
		for p := range peer.ID(r.Peers) {
			c := r.At(history.Ref(m), p)
			line += fmt.Sprintf(" %d/%s/%s", c.Position, us(c.Arrived), us(c.Delivered))
		}
		all = append(all, line)
	}
	for p := range r.Hosts {
		line := fmt.Sprintf("p%d:", p)
		for _, e := range r.Hosts[p].Log {
			line += fmt.Sprintf(" %v", e.ID)
		}
		all = append(all, line)
	}
	for i := range r.Packets {
		k := &r.Packets[i]
		all = append(all, fmt.Sprintf("%s %v>%v %s %t", us(k.Sent), k.From, k.To, us(k.At), k.Fate == 0))
	}
	return all
}

// knowledge is what the page knows of the run that it shows.
const knowledge = `(() => {
	const r = mpcomm.run;
	const us = (ms) => Number.isNaN(ms) ? "-" : String(Math.round(ms * 1000));
	const all = [];
	for (let m = 0; m < r.messages; m++) {
		let line = r.name(m) + " " + us(r.at[m]) + " L" + r.lamport[m] + " V[" + [...r.vectors().subarray(m * r.peers, (m + 1) * r.peers)].join(" ") + "]";
		for (let p = 0; p < r.peers; p++) {
			const c = m * r.peers + p;
			line += " " + r.position[c] + "/" + us(r.arrived[c]) + "/" + us(r.delivered[c]);
		}
		all.push(line);
	}
	r.logs.forEach(({ refs }, p) => all.push("p" + p + ":" + [...refs].map((m) => " " + r.name(m)).join("")));
	for (let i = 0; i < r.packets; i++) {
		all.push(us(r.sent[i]) + " p" + r.from[i] + ">p" + r.to[i] + " " + us(r.came[i]) + " " + (r.fate[i] === 0));
	}
	return all;
})()`

// TestPageKnowsTheRun holds what the page reads from its columns to the record
// that they were made of: whichever way they were written.
func TestPageKnowsTheRun(t *testing.T) {
	parent := browser(t)
	for _, tt := range []struct {
		name     string
		settings []string
	}{
		{"lab", []string{"workload.messages=12"}},
		{"crash", nil},
		{"reliable-transport", []string{"workload.messages=5"}},
	} {
		t.Run(tt.name, func(t *testing.T) { compareData(t, parent, tt.name, tt.settings) })
	}
}

func compareData(t *testing.T, parent context.Context, name string, settings []string) {
	b := open(t, parent, report(t, name, settings...), "")
	b.ready()
	for i, r := range record(t, name, settings...) {
		b.press(fmt.Sprint(i + 1))
		b.until(fmt.Sprintf("mpcomm.store.state.o === %d", i))
		want, got := asTold(r), evaluate[[]string](b, knowledge)
		if len(want) != len(got) {
			t.Fatalf("%s: the page knows %d things, want %d", r.Ordering, len(got), len(want))
		}
		wrong := 0
		for k := range want {
			if want[k] != got[k] && wrong < 5 {
				wrong++
				t.Errorf("%s: the page knows\n%s\nwant\n%s", r.Ordering, got[k], want[k])
			}
		}
		if strings.Count(strings.Join(got, "\n"), ">") == 0 {
			t.Errorf("%s: no packets", r.Ordering)
		}
	}
}
