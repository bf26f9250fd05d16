package result

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mpcomm/reports/stats"
)

// Setting is a path of a sweep's grid and its value in a cell, as written.
type Setting struct{ Path, Value string }

// Settings print as one object, in the order of the list.
type Settings []Setting

// MarshalJSON prints {"network.loss":0.02,"network.link":"fifo"}.
func (s Settings) MarshalJSON() ([]byte, error) { return s.append(nil), nil }

func (s Settings) append(b []byte) []byte {
	b = append(b, '{')
	for i, set := range s {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, set.Path)
		b = append(append(b, ':'), AsWritten(set.Value)...)
	}
	return append(b, '}')
}

// Head says which runs a line of a sweep is about.
type Head struct {
	Scenario     string
	ScenarioHash string
	Seed         uint64 // of run 0
	Peers        int
	Cell         []Setting
}

// Field is one value of a cell: a path with dots and a JSON text.
type Field struct{ Path, JSON string }

// Cell is a line of a sweep: one cell of the grid under one ordering. It
// prints as one JSON object.
type Cell struct {
	Head
	Runs     uint64
	Ordering string
	Kind     string
	Digest   string // of the runs' digests, in order
	Fields   []Field
	Versus   *Versus // nil = not compared with another ordering
}

// Cell sums up the tally. The tally must hold at least one run.
func (t *Tally) Cell(h Head) Cell {
	if t.runs == 0 {
		panic("result: a line of a sweep without runs")
	}
	t.settle()
	c := Cell{Head: h, Runs: t.runs, Ordering: t.label, Kind: t.kind, Digest: t.digest.String()}
	for i := range columns {
		switch col := &columns[i]; col.form {
		case share:
			c.share(col.path, uint64(t.numbers[i].Whole()), t.runs)
		case number:
			c.mean(col.path, t.numbers[i].Summary(1), t.runs)
		case millis:
			c.mean(col.path, t.numbers[i].Summary(nsPerMS), t.runs)
		case extra:
			t.extras(col.path, &c)
		}
	}
	return c
}

func (c *Cell) put(path, text string) { c.Fields = append(c.Fields, Field{Path: path, JSON: text}) }

func (c *Cell) putList(path string, list any) {
	c.put(path, string(encode(list)))
}

func (c *Cell) share(path string, k, n uint64) {
	in := stats.Wilson(k, n)
	c.put(path, stats.Ratio{Num: k, Den: n}.String())
	c.put(path+"_lo", float(in.Lo))
	c.put(path+"_hi", float(in.Hi))
}

// mean puts a mean over the runs in which it is defined.
func (c *Cell) mean(path string, s stats.Summary, runs uint64) {
	texts := [4]string{"null", "null", "null", "null"}
	if s.N > 0 {
		texts[0] = float(s.Mean)
	}
	if s.N > 1 {
		texts[1], texts[2], texts[3] = float(s.Interval.Lo), float(s.Interval.Hi), float(s.SD)
	}
	for i, suffix := range [4]string{"", "_lo", "_hi", "_sd"} {
		c.put(path+suffix, texts[i])
	}
	if s.N < runs {
		c.put(path+"_n", strconv.FormatUint(s.N, 10))
	}
}

func float(f float64) string { return string(stats.AppendFloat(nil, f)) }

// extras puts what a sweep has at path that is not made from one number of
// every run.
func (t *Tally) extras(path string, c *Cell) {
	switch path {
	case "properties.liveness":
		if t.healed > 0 { // a swarm may heal only part of the runs
			c.share(path, t.lively[Holds], t.healed)
			c.share(path+"_unknown", t.lively[Unknown], t.healed)
		}
	case "heal.unrecoverable":
		if t.healed > 0 {
			c.mean(path, t.unrecoverable.Summary(1), t.runs)
		}
	case "limit":
		var b strings.Builder
		for i, name := range limitNames {
			fmt.Fprintf(&b, ",%q:%d", name, t.limits[i])
		}
		c.put(path, "{"+b.String()[1:]+"}")
	case "vacuous":
		c.putList(path, List[string](t.vacuous))
	case "outside_assumptions":
		c.putList(path, List[string](t.outside))
	case "quality.causal_receivers":
		c.putList(path, List[int32](t.receivers))
	case "cost.latency_ms":
		c.pooled(path, &t.Latency, &t.ByRun[0], t.runs)
	case "cost.latency_self_ms":
		c.pooled(path, &t.LatencySelf, &t.ByRun[1], t.runs)
	case "cost.hold_ms":
		c.pooled(path, &t.Hold, &t.ByRun[2], t.runs)
	case "counters":
		if len(t.counters) == 0 {
			c.put(path, "{}")
		}
		for i := range t.counters {
			c.mean("counters."+t.counters[i].name, t.counters[i].values.Summary(1), t.runs)
		}
	case "phases.opened_ms":
		t.meanOpened(path, c)
	case "faults":
		t.listFaults(path, c)
	case "watch":
		t.listWatch(path, c)
	case "mechanisms":
		if t.mechanisms != nil {
			for i := range t.mechanisms {
				c.mean(mechanismPaths[i], t.mechanisms[i].Summary(1), t.runs)
			}
		}
	default:
		panic("result: no rule for " + path)
	}
}

// pooled puts the quantiles of all durations of the cell, with intervals that
// allow for what the durations of one run have in common, and the largest, which
// estimates nothing.
func (c *Cell) pooled(path string, h *stats.Histogram, byRun *stats.Clusters, runs uint64) {
	for _, q := range [...]struct {
		name string
		p    stats.Ratio
	}{{".p50", stats.P50}, {".p99", stats.P99}} {
		texts := [3]string{"null", "null", "null"}
		if h.N() > 0 {
			texts[0] = string(MS(h.Quantile(q.p)).append(nil))
		}
		if lo, hi, known := byRun.Within(h, q.p, runs); known {
			texts[1], texts[2] = string(MS(lo).append(nil)), string(MS(hi).append(nil))
		}
		for i, suffix := range [3]string{"", "_lo", "_hi"} {
			c.put(path+q.name+suffix, texts[i])
		}
	}
	largest := "null"
	if h.N() > 0 {
		largest = string(MS(h.Max()).append(nil))
	}
	c.put(path+".max", largest)
}

// meanOpened puts the mean over peers and runs. Peers of one run open
// together, so the interval is that of means of runs.
func (t *Tally) meanOpened(path string, c *Cell) {
	runs := t.openedRuns.Summary(nsPerMS)
	peers := t.opened.Summary(nsPerMS)
	if runs.N > 1 {
		shift := peers.Mean - runs.Mean
		runs.Interval.Lo += shift
		runs.Interval.Hi += shift
	}
	runs.Mean = peers.Mean
	c.mean(path, runs, t.runs)
}

func (t *Tally) listFaults(path string, c *Cell) {
	var b bytes.Buffer
	for i := range t.faults {
		text := encode(t.faults[i].fault)
		// The fault's own words end in its struck count, which gives way to the mean.
		words := text[:bytes.LastIndex(text, []byte(`"struck":`))]
		var one Cell
		one.mean("struck", t.faults[i].struck.Summary(1), t.runs)
		b.WriteByte(',')
		b.Write(words)
		b.Write(one.appendFields(nil))
		b.WriteByte('}')
	}
	c.put(path, "["+strings.TrimPrefix(b.String(), ",")+"]")
}

func (t *Tally) listWatch(path string, c *Cell) {
	var b bytes.Buffer
	for _, w := range t.watch {
		text := encode(w.watch)
		words := text[:bytes.LastIndex(text, []byte(`"happened":`))]
		var one Cell
		one.share("happened", w.happened, w.runs)
		b.WriteByte(',')
		b.Write(words)
		b.Write(one.appendFields(nil))
		b.WriteByte('}')
	}
	c.put(path, "["+strings.TrimPrefix(b.String(), ",")+"]")
}

// Number returns the number at path, such as divergence.identical_lo; not ok
// when it is null, no number, or not there.
func (c *Cell) Number(path string) (f float64, ok bool) {
	at := slices.IndexFunc(c.Fields, func(f Field) bool { return f.Path == path })
	if at < 0 {
		return 0, false
	}
	f, err := strconv.ParseFloat(c.Fields[at].JSON, 64)
	return f, err == nil
}

// MarshalJSON prints the line, in the order of a run's JSON.
func (c Cell) MarshalJSON() ([]byte, error) {
	head := struct {
		Scenario     string `json:"scenario"`
		ScenarioHash string `json:"scenario_hash"`
		Seed         uint64 `json:"seed"`
		Peers        int    `json:"peers"`
		Runs         uint64 `json:"runs"`
	}{c.Scenario, c.ScenarioHash, c.Seed, c.Peers, c.Runs}
	b, err := json.Marshal(head)
	if err != nil {
		return nil, err
	}
	b = append(b[:len(b)-1], `,"cell":`...)
	b = Settings(c.Cell).append(b)
	for _, f := range [...]struct{ name, text string }{{"ordering", c.Ordering}, {"kind", c.Kind}, {"digest", c.Digest}} {
		b = append(append(append(b, `,"`...), f.name...), `":`...)
		b = appendString(b, f.text)
	}
	b = append(b, ',')
	b = c.appendFields(b)
	if c.Versus != nil {
		b = c.Versus.append(append(b, `,"versus":`...))
	}
	return append(b, '}'), nil
}

// AsWritten returns a scalar of a scenario file as JSON: numbers and booleans
// as they stand, all else as a string.
func AsWritten(value string) string {
	if value != "null" && json.Valid([]byte(value)) && !strings.ContainsAny(value[:1], "[{\" \t\r\n") {
		return strings.TrimSpace(value)
	}
	return string(appendString(nil, value))
}

func appendString(b []byte, s string) []byte { return append(b, encode(s)...) }

// appendFields prints the fields as members, paths with dots as nested
// objects. Fields of one object stand together.
func (c *Cell) appendFields(b []byte) []byte {
	var open []string
	for i, f := range c.Fields {
		parts := strings.Split(f.Path, ".")
		objects, leaf := parts[:len(parts)-1], parts[len(parts)-1]
		same := 0
		for same < len(open) && same < len(objects) && open[same] == objects[same] {
			same++
		}
		for range open[same:] {
			b = append(b, '}')
		}
		if i > 0 {
			b = append(b, ',')
		}
		for _, name := range objects[same:] {
			b = append(appendString(b, name), `:{`...)
		}
		open = objects
		b = append(appendString(b, leaf), ':')
		b = append(b, f.JSON...)
	}
	for range open {
		b = append(b, '}')
	}
	return b
}
