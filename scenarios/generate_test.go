package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// writer makes random scenario files by walking the tables of keys, so that a
// key added there is exercised without a word here. Rules between keys that the
// tables do not hold are in skip.
type writer struct {
	t       *rapid.T
	peers   int
	link    string   // the innermost link kind
	names   []string // sites and groups there are
	heavy   bool     // packets have an overhead, beside which an mtu may be too small
	mishaps int      // faults so far
	heals   bool     // there is a heal, which the limits must leave room for
}

func (w *writer) pick(label string, choices ...string) string {
	return rapid.SampledFrom(choices).Draw(w.t, label)
}

func (w *writer) chance(label string) bool { return rapid.Bool().Draw(w.t, label) }

func (w *writer) number(label string, low, high int) int {
	return rapid.IntRange(low, high).Draw(w.t, label)
}

// skip are keys that cannot stand beside what has been chosen, or name what a
// random file does not have.
func (w *writer) skip(o *object, k string, chosen map[string]bool) bool {
	switch o {
	case &scenarioObject:
		return slices.Contains([]string{"peers", "orderings", "expect", "sweep", "swarm", "watch", "measure", "heal_at"}, k)
	case &workloadObject:
		return k == "sends" || k == "messages"
	case &networkObject:
		return slices.Contains([]string{"sites", "matrix", "server", "delays", "link", "preset", "latency"}, k) ||
			k == "reorder" && w.link == "fifo" || k == "mtu" && w.heavy
	case &linkObject, &changeObject:
		return k == "reorder" && (w.link == "fifo" || chosen["link"]) || k == "mtu" && w.heavy ||
			chosen["down"] && !slices.Contains([]string{"at", "since", "for", "from", "to"}, k) || k == "down" && chosen["duplicate"]
	case &clockObject:
		return k == "freeze" || k == "replay" || chosen["replay"] && slices.Contains([]string{"preset", "drift", "wander", "sync"}, k)
	case &limitsObject:
		return w.heals && k != "events"
	}
	return false
}

func (w *writer) object(o *object) string {
	var parts []string
	chosen := map[string]bool{}
	add := func(k, v string) {
		chosen[k] = true
		parts = append(parts, k+": "+v)
	}
	switch o {
	case &networkObject:
		w.heavy = false
		w.link = w.pick("link", "fifo", "datagram")
		add("link", w.link)
		w.places(add)
	case &changeObject:
		if w.chance("down") {
			add("down", w.pick("bool", "true", "false"))
		} else {
			add("duplicate", "1/7")
		}
	case &correlationObject:
		add("every", "7ms")
		add("span", fmt.Sprint(7*w.number("knots", 1, MaxKnots))+"ms")
	case &stallsObject:
		add("every", w.pick("every", "1ms", "3s", "{kind: exponential, min: 1ms, mean: 5s}", "{kind: pareto, scale: 10ms, shape: 0.5}"))
		add("for", w.pick("for", "0ms", "3s", "{kind: empirical, file: sample.txt}", "{kind: lognormal, median: 7ms, sigma: 2}"))
	case &clockObject:
		add("freeze", w.pick("freeze", "[]", "[{at: 1s, for: 2ms}]", "[{at: 0s, for: 3ms}, {at: 2us, since: data, for: 1s, resume: catches_up}]"))
		if w.chance("replay") {
			add("replay", w.pick("replay", "none", "{file: series.csv}", "{file: series.csv, unit: ns, time_unit: ms, at: -3us, end: loop}"))
		}
	case &wanderObject, &syncObject: // what ticks may not tick too often before limits.until
		add("every", w.pick("every", "40s", "7m"))
		if o == &syncObject {
			add("with", "reference")
		}
	case &boundObject:
		add("min", w.pick("min", "0ms", "2us"))
		add("max", w.pick("max", "2us", "1.5s"))
	case &faultObject:
		return w.fault()
	}
	for i := range o.keys {
		k := &o.keys[i]
		if chosen[k.name] || w.skip(o, k.name, chosen) || !k.required && w.chance("leave out "+k.name) {
			continue
		}
		add(k.name, w.value(&k.form))
		w.heavy = w.heavy || k.name == "overhead"
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// places chooses among the ways to give a base and an excess.
func (w *writer) places(add func(k, v string)) {
	if w.chance("preset") {
		add("preset", w.pick("preset", presetNames()...))
	}
	if w.chance("latency") {
		add("latency", w.value(&networkObject.key("latency").form))
	}
	switch w.pick("places", "none", "cities", "matrix", "rows") {
	case "cities":
		add("sites", "[oregon, paris, delhi]")
		w.names = append(w.names, "paris", "oregon")
		if w.chance("server") {
			add("server", "finland")
		}
	case "matrix":
		add("matrix", "{file: full.csv, jitter: 3ms}")
		add("server", "b")
	case "rows":
		w.names = append(w.names, "a")
		add("matrix", "{file: full.csv, unit: us}")
		add("sites", "[b, a]")
	}
}

func (w *writer) value(f *form) string {
	if len(f.words) > 0 && (f.kind == formWord || w.chance("word")) {
		return w.pick("word", f.words...)
	}
	if f.object != nil && f.kind != formObject && w.chance("object") {
		return w.object(f.object)
	}
	switch f.kind {
	case formText:
		return quote(rapid.String().Draw(w.t, "text"))
	case formName:
		return quote(rapid.StringMatching(`[A-Za-zäé0-9._:-]{1,9}`).Draw(w.t, "name"))
	case formInteger:
		return fmt.Sprint(rapid.Int64Range(f.min, min(f.max, f.min+1000)).Draw(w.t, "integer"))
	case formSeed:
		return fmt.Sprint(rapid.Uint64().Draw(w.t, "seed"))
	case formBool:
		return w.pick("bool", "true", "false")
	case formAmount:
		return w.amount(f)
	case formRatio:
		return w.pick("ratio", "0", "1", "1/3", "0.1%", "0.25", "7/1000")
	case formFixed:
		return w.pick("fixed", "1", "1.5", "2.25", "3.0001")
	case formFamily:
		return w.family(f)
	case formPeer:
		return fmt.Sprint(w.number("peer", 0, w.peers-1))
	case formPeers:
		if f.named && len(w.names) > 0 && w.chance("named") {
			name := w.pick("name", w.names...)
			return w.pick("peers", name, "["+name+"]", "[1, "+name+"]", "["+name+", 0, "+w.pick("name", w.names...)+"]")
		}
		return w.pick("peers", "[0]", "[1, 0]", "[1]")
	case formObject:
		return w.object(f.object)
	case formList:
		var items []string
		for range w.number("items", 0, 2) {
			items = append(items, w.value(f.item))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case formTable:
		if f.label == "group" {
			group := "{g: " + w.value(f.item) + "}"
			w.names = append(w.names, "g")
			return group
		}
		return fmt.Sprintf("{%d: %s}", w.number("key", 0, w.peers-1), w.value(f.item))
	}
	panic(fmt.Sprintf("no random value of form %d", f.kind))
}

func (w *writer) amount(f *form) string {
	sign := ""
	if f.min < 0 && w.chance("negative") {
		sign = "-"
	}
	if f.rate && w.chance("rate") {
		return w.pick("rate", "50/s", "0.3/ms", "7/m")
	}
	u := w.pick("unit", func() (names []string) {
		for _, u := range append(slices.Clone(f.quantity.units), f.quantity.alias...) {
			names = append(names, u.name)
		}
		return names
	}()...)
	if f.quantity == &drifts {
		return sign + fmt.Sprint(w.number("amount", 1, 500)) + u
	}
	if f.quantity == &sizes && f.max <= maxSize {
		return fmt.Sprint(w.number("amount", int(max(f.min, 0)), 1000)) + "B"
	}
	return sign + fmt.Sprint(w.number("amount", 1, 1000)) + u
}

func (w *writer) family(f *form) string {
	value := form{kind: formAmount, quantity: f.quantity, min: 0, max: f.max, rate: f.rate}
	small := f.quantity.print(3)
	switch w.pick("family", "constant", "uniform", "exponential", "normal", "lognormal", "pareto", "empirical") {
	case "uniform":
		return "{kind: uniform, max: " + w.amount(&value) + "}"
	case "exponential":
		return "{kind: exponential, min: 0" + strings.TrimLeft(small, "0123456789") + ", mean: " + w.amount(&value) + "}"
	case "normal":
		return "{kind: normal, sd: " + small + ", mean: " + w.amount(&value) + "}"
	case "lognormal":
		return "{kind: lognormal, median: " + w.amount(&value) + ", sigma: 0.86}"
	case "pareto":
		return "{scale: " + w.amount(&value) + ", shape: 1.25, kind: pareto}"
	case "empirical":
		return "{kind: empirical, file: sample.txt}"
	}
	value.min = f.min
	return w.amount(&value)
}

// file is a whole random scenario.
func (w *writer) file() string {
	w.peers, w.names = w.number("peers", 2, 9), nil
	lines := []string{
		fmt.Sprintf("peers: %d", w.peers),
		"orderings: [naive, {kind: timestamp, wait: 1.5ms}, {name: \"l: 1.5\", kind: lamport, gaps: detect}, {kind: moving-sequencer, batch: 1, resilience: 2}, {kind: token, deliver: safe, hold: 2ms}]",
		"watch: [{peer: 1, first: \"p1#1\", then: \"p0#0\"}]",
	}
	if w.heals = w.chance("heal_at"); w.heals {
		lines = append(lines, "heal_at: "+w.pick("heal", "2s", "{at: 1ns}", "{at: 30ms, since: data, within: 7us}", "{within: 50s, since: start, at: 1us}"))
	}
	for i := range scenarioObject.keys {
		k := &scenarioObject.keys[i]
		switch {
		case k.name == "workload":
			lines = append(lines, "workload: "+w.workload())
		case !w.skip(&scenarioObject, k.name, nil) && w.chance(k.name):
			lines = append(lines, k.name+": "+w.value(&k.form))
		}
	}
	if w.chance("measure") {
		lines = append(lines, "measure: {from: 1ms, until: "+w.pick("until", "none", "2s")+"}")
	}
	if w.chance("expect") {
		lines = append(lines, `expect: {timestamp: {logs: differ, causal: holds, stuck: [1], limit: none, happened: [true]}, "l: 1.5": {complete: false, first_difference: 4}}`)
	}
	if w.chance("swarm") {
		lines = append(lines, `swarm: {network.queue: {off: 1/3, min: 1B, max: 2KiB, kind: log-uniform}, network.duplicate: {min: 0.1%, max: 1/8}, phases.kind: [classic, robust], network.self: {off: 1/2, values: [loopback, 3ms]}}`)
	}
	if w.chance("sweep") {
		precision := w.pick("precision", "runs: 7, ", "precision: identical=2%, runs: 300, ", "precision: {inversions_per_message: 0.05}, ", "precision: none, runs: 7, ")
		lines = append(lines, `sweep: {`+precision+`grid: {limits.events: [1000, 2000], orderings.1.wait: [80ms, "9ms"], workload.size: [1B, {kind: uniform, max: 2B}]}}`)
	}
	return strings.Join(lines, "\n") + "\n"
}

func (w *writer) workload() string {
	if w.chance("sends") {
		return `{sends: [{at: {kind: uniform, max: 3ms}, from: 0}, {at: 1ms, from: 1, number: 3}, {after: "p0#0", from: 1, delay: 2us}], ` +
			"size: " + w.value(&workloadObject.key("size").form) + "}"
	}
	parts := strings.TrimSuffix(w.object(&workloadObject), "}")
	if parts != "{" {
		parts += ", "
	}
	if strings.Contains(parts, "senders") {
		parts = strings.Replace(strings.Replace(parts, "senders: [0]", "senders: [0, 1]", 1), "senders: [1]", "senders: [0, 1]", 1)
	}
	return parts + "messages: 5}"
}
