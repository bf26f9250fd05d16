package html

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strconv"

	"mpcomm/reports/result"
	"mpcomm/reports/screen"
	"mpcomm/reports/trace"
	"mpcomm/sim"
)

// Begins is how every report begins: by it a program knows its own.
const Begins = "<!DOCTYPE html>\n<!-- mpcomm report -->\n"

// Source says where a report comes from.
type Source struct {
	Program string // as it is called
	Version string
	Command string   // that makes the report again
	Facts   []string // about the scenario, a few words each
}

// Run is what the report of one run is made of.
type Run struct {
	Source
	Result *result.Run
	// Records are the recorded runs, by ordering as in Result; nil where one was
	// too large to record.
	Records []*trace.Run
	// Picture is the run as SVG, of one that is small enough; nil = none.
	Picture []byte
}

// TooLarge reports whether a run of so many peers and messages is too large for the
// interactive part, before it is recorded.
func TooLarge(peers, messages int) bool { return 3*peers*messages > MostMarks }

// mostWithProtocol bounds the receptions of a run whose packets without a body
// are shown too: in a larger one they would hide the messages.
const mostWithProtocol = 1000

// ShowsProtocol reports whether the page wants the packets that carry no body
// of a run of so many peers and messages.
func ShowsProtocol(peers, messages int) bool { return peers*messages <= mostWithProtocol }

// WriteRun writes the report of a run.
func WriteRun(w io.Writer, r *Run) error {
	file := fileData{
		Program: r.Program, Version: r.Version, Command: r.Command, Scenario: r.Result.Scenario, Seed: strconv.FormatUint(r.Result.Seed, 10),
	}
	view := runView{Source: r.Source, Result: r.Result, Picture: pictureOf(r.Picture)}
	var blocks []string
	var first []column
	for i := range r.Result.Runs {
		o := &r.Result.Runs[i]
		data := orderingOf(o)
		var t *trace.Run
		if i < len(r.Records) {
			t = r.Records[i]
		}
		if t != nil && marks(t) <= MostMarks {
			text, columns, err := record(t, first)
			if err != nil {
				return fmt.Errorf("%s: %w", o.Ordering, err)
			}
			data.diverged(t)
			if view.Story == nil {
				if view.Story, err = storyOf(t, r.Picture == nil); err != nil {
					return fmt.Errorf("%s: %w", o.Ordering, err)
				}
			}
			if data.Block = len(blocks); data.Block == 0 {
				first = columns
			}
			blocks = append(blocks, text)
		} else {
			view.LeftOut = append(view.LeftOut, o.Ordering)
		}
		file.Orderings = append(file.Orderings, data)
		view.Rows = append(view.Rows, rowOf(o, data.parted()))
	}
	return write(w, "run", fmt.Sprintf("%s, seed %s", r.Result.Scenario, file.Seed), file, view, blocks)
}

// fileData is what the script is told first.
type fileData struct {
	Program   string         `json:"program"`
	Version   string         `json:"version"`
	Command   string         `json:"command"`
	Scenario  string         `json:"scenario"`
	Seed      string         `json:"seed,omitempty"` // a string: it may be larger than a number of the page
	Orderings []orderingData `json:"orderings,omitempty"`
	Sweep     any            `json:"sweep,omitempty"`
}

type orderingData struct {
	Label    string   `json:"label"`
	Hue      string   `json:"hue"`
	Block    int      `json:"block"` // of the columns; -1 = the page has none
	Differ   int      `json:"positions_differing"`
	Of       int      `json:"positions"`
	Causal   string   `json:"causal"`
	Complete bool     `json:"complete"`    // all logs were handed in, and hold what was promised
	Since    *float64 `json:"diverged_ms"` // null = the logs never differed
	Position int      `json:"diverged_position"`
	First    int      `json:"first_difference"` // the lowest position that differs in the end, from 1; 0 = none

	since sim.Time // Since
}

func orderingOf(o *result.Ordering) orderingData {
	d := orderingData{
		Label: o.Ordering, Hue: hueOf(o.Kind), Block: -1, Differ: o.Divergence.PositionsDiffering, Of: o.Divergence.Positions,
		Causal: o.Properties.Causal.String(), Complete: o.Complete,
	}
	if o.FirstDifference != nil {
		d.First = o.FirstDifference.Position
	}
	return d
}

// parted says when the logs part, if that is not where they differ first; the
// two would read as a contradiction.
func (d *orderingData) parted() string {
	if d.Since == nil || d.Position == d.First {
		return ""
	}
	return fmt.Sprintf("Position %d is the lowest at which the logs differ in the end. In time they part first at position %d, at %s ms.",
		d.First, d.Position, toMicro(d.since))
}

// diverged finds the first instant at which two compared logs held different
// messages at one position.
func (d *orderingData) diverged(t *trace.Run) {
	earliest := sim.Never
	for k := range d.Of {
		var first, other trace.Entry
		first.At, other.At = sim.Never, sim.Never
		met := false
		for p := range t.Hosts {
			h := &t.Hosts[p]
			if !h.Correct || k >= len(h.Log) {
				continue
			}
			switch e := h.Log[k]; {
			case !met || e.ID == first.ID && e.At < first.At:
				first, met = e, true
			case e.ID != first.ID && e.At < other.At:
				other = e
			}
		}
		if at := max(first.At, other.At); at < earliest {
			earliest, d.Position = at, k+1
		}
	}
	if earliest != sim.Never {
		ms := millis(earliest)
		d.Since, d.since = &ms, earliest
	}
}

// runView is what the template of a run shows.
type runView struct {
	Source
	Result  *result.Run
	Rows    []row
	Picture template.URL // as an image of its own, so that its style stays its own
	Story   *story
	LeftOut []string
}

// pictureOf is an SVG as the address of an image.
func pictureOf(svg []byte) template.URL {
	if svg == nil {
		return ""
	}
	return template.URL("data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(svg))
}

// row is one ordering in the plain part.
type row struct {
	screen.Words
	Ordering *result.Ordering
	Hue      string
	First    *result.Difference
	Parted   string // when the logs part, where that is at another position than First; else empty
	Causal   string // the sentence of a violation of causality
}

func rowOf(o *result.Ordering, parted string) row {
	r := row{Words: screen.WordsOf(o), Ordering: o, Hue: hueOf(o.Kind), First: o.FirstDifference, Parted: parted}
	for i := range o.Witnesses {
		if o.Witnesses[i].Property == "causal" {
			r.Causal = o.Witnesses[i].Text
		}
	}
	return r
}

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"held": func(m *string) string {
		if m == nil {
			return "nothing more"
		}
		return *m
	},
}).ParseFS(web, "web/*.gohtml"))

// frame is what every report has around its plain part.
type frame struct {
	Title    string
	Policy   template.HTML
	Style    template.CSS
	Plain    template.HTML
	File     template.HTML
	Blocks   template.HTML
	Script   template.HTML
	Scripted bool
}

// write puts a report together. Its script may run because the page's policy
// names its digest: nothing else may.
func write(w io.Writer, name, title string, file fileData, view any, blocks []string) error {
	var plain bytes.Buffer
	if err := templates.ExecuteTemplate(&plain, name+".gohtml", view); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	text, err := json.Marshal(file) // writes <, > and & as escapes
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	digest := sha256.Sum256([]byte(script()))
	f := frame{
		Title: title, Style: template.CSS(style()), Plain: template.HTML(plain.String()), Scripted: len(blocks) > 0 || file.Sweep != nil,
		Policy: template.HTML(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-` +
			base64.StdEncoding.EncodeToString(digest[:]) + `'; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'">`),
		File:   template.HTML(`<script type="application/json" id="file">` + string(text) + "</script>"),
		Script: template.HTML("<script>" + script() + "</script>"),
	}
	var b bytes.Buffer
	for _, packed := range blocks {
		b.WriteString(`<script type="text/plain" class="columns">`)
		b.WriteString(packed)
		b.WriteString("</script>\n")
	}
	f.Blocks = template.HTML(b.String())
	if _, err := io.WriteString(w, Begins); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if err := templates.ExecuteTemplate(w, "page.gohtml", f); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}
