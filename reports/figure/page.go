package figure

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// line is a line of text and where its base line begins.
type line struct {
	at  vg.Point
	sty text.Style
	s   string
}

// page is everything laid out and ready to be drawn: the words outside the
// panels, the panels and their areas.
type page struct {
	lines   []line
	plots   [2]*plot.Plot
	areas   [2]draw.Canvas // of c, as aligned
	leaders [][]vg.Point   // from the end of a line to its label, where they stand apart
}

// layout measures and places everything on c.
func (d *Divergence) layout(c draw.Canvas) (*page, error) {
	pg := &page{}
	left, right := c.Min.X+margin, c.Max.X-margin
	width := right - left

	title := words(titleSize, true, inkText)
	y := c.Max.Y - margin - title.FontExtents().Ascent
	pg.lines = append(pg.lines, line{vg.Point{X: left, Y: y}, title, fit(title, d.Title(), width)})

	caption := words(captionSize, false, inkSoft)
	foot := c.Min.Y + margin + caption.FontExtents().Descent
	captions := wrap(caption, d.captions(), width)
	for i, s := range slices.Backward(captions) {
		at := foot + vg.Length(len(captions)-1-i)*captionSize*1.3
		pg.lines = append(pg.lines, line{vg.Point{X: left, Y: at}, caption, s})
	}
	bottom := foot + vg.Length(len(captions))*captionSize*1.3 + 5
	top := y - title.FontExtents().Descent

	label := words(bodySize, true, inkText)
	if len(d.Series) > 8 {
		label = words(captionSize, true, inkText)
	}
	column := d.labelWidth(label, width/3)
	const gap = 7 // between the data and the labels
	panels := d.panels()
	for i, pn := range panels {
		p, err := d.build(pn, width-column-gap-34)
		if err != nil {
			return nil, err
		}
		pg.plots[i] = p
	}
	sub := words(bodySize, false, inkSoft)
	head := sub.FontExtents().Height + 9
	area := draw.Crop(c, left-c.Min.X, -(c.Max.X - right + column + gap), bottom-c.Min.Y, -(c.Max.Y - top))
	aligned := plot.Align([][]*plot.Plot{{pg.plots[0]}, {pg.plots[1]}},
		draw.Tiles{Rows: 2, Cols: 1, PadTop: head, PadY: head + 2}, area)
	for i, pn := range panels {
		pg.areas[i] = aligned[i][0]
		data := pg.plots[i].DataCanvas(pg.areas[i])
		pg.lines = append(pg.lines, line{vg.Point{X: left, Y: data.Max.Y + 10}, sub, fit(sub, pn.subtitle, width)})
		d.placeLabels(pg, i, pn, data, label, column, gap)
	}
	return pg, nil
}

func (d *Divergence) labelWidth(sty text.Style, most vg.Length) vg.Length {
	var widest vg.Length
	for _, s := range d.Series {
		widest = max(widest, sty.Width(s.Ordering))
	}
	return min(widest, most)
}

// placeLabels names each line at its right end, in its colour, and pushes the
// names apart where lines end close together.
func (d *Divergence) placeLabels(pg *page, i int, pn panel, data draw.Canvas, sty text.Style, column, gap vg.Length) {
	type end struct {
		series int
		from   vg.Point
		want   vg.Length
	}
	xOf, yOf := pg.plots[i].Transforms(&data)
	var ends []end
	for s := range d.Series {
		runs := d.spots(pn, s)
		if len(runs) == 0 {
			continue
		}
		run := runs[len(runs)-1]
		last := run[len(run)-1]
		at := vg.Point{X: xOf(last.x), Y: yOf(last.e.Value)}
		ends = append(ends, end{s, at, at.Y})
	}
	// Equal ends keep the order of the series, the first one on top.
	slices.SortStableFunc(ends, func(a, b end) int {
		switch {
		case a.want > b.want:
			return -1
		case a.want < b.want:
			return 1
		}
		return 0
	})
	wants := make([]vg.Length, len(ends))
	for k, e := range ends {
		wants[k] = e.want
	}
	looks := looksOf(kindsOf(d.Series))
	extents := sty.FontExtents()
	for k, y := range spread(wants, data.Min.Y, data.Max.Y, sty.Font.Size*labelPitch) {
		e := ends[k]
		own := sty
		own.Color = looks[e.series].text
		x := data.Max.X + gap
		pg.lines = append(pg.lines, line{
			vg.Point{X: x, Y: y - extents.Ascent*0.36},
			own,
			fit(own, d.Series[e.series].Ordering, column),
		})
		if away := y - e.from.Y; away > 3 || away < -3 || data.Max.X-e.from.X > 3 {
			pg.leaders = append(pg.leaders, []vg.Point{{X: e.from.X + 3.5, Y: e.from.Y}, {X: x - 1.5, Y: y}})
		}
	}
}

// spread moves falling heights apart to at least pitch (less if lo..hi has no
// room for that), each as little as the ones above it allow, inside lo..hi.
func spread(wants []vg.Length, lo, hi, pitch vg.Length) []vg.Length {
	n := len(wants)
	if n == 0 {
		return nil
	}
	if n > 1 {
		pitch = min(pitch, (hi-lo)/vg.Length(n-1))
	}
	// Groups of labels that touch move as one, around the mean of their wants.
	type group struct {
		sum   vg.Length // of the wants, each raised by its rank times pitch
		count int
		top   vg.Length
	}
	var groups []group
	for _, w := range wants {
		g := group{sum: w, count: 1, top: w}
		groups = append(groups, g)
		for {
			last := &groups[len(groups)-1]
			last.top = last.sum / vg.Length(last.count)
			last.top = min(last.top, hi)
			last.top = max(last.top, lo+vg.Length(last.count-1)*pitch)
			if len(groups) == 1 {
				break
			}
			above := &groups[len(groups)-2]
			if above.top-vg.Length(above.count)*pitch >= last.top {
				break
			}
			above.sum += last.sum + vg.Length(above.count*last.count)*pitch
			above.count += last.count
			groups = groups[:len(groups)-1]
		}
	}
	out := make([]vg.Length, 0, n)
	for _, g := range groups {
		for k := range g.count {
			out = append(out, g.top-vg.Length(k)*pitch)
		}
	}
	return out
}

// captions say what a reader must know to believe the figure: the scenario,
// the seeds, what the bands are, and the command that repeats it.
func (d *Divergence) captions() []string {
	facts := d.Scenario
	if facts != "" {
		facts += ": "
	}
	if d.Peers > 0 {
		facts += count(uint64(d.Peers), "peer") + ", "
	}
	last := d.Seed + uint64(d.Runs) - 1
	if d.Runs == 1 {
		facts += fmt.Sprintf("1 run, seed %d.", d.Seed)
	} else {
		facts += fmt.Sprintf("%s for each point, seeds %d to %d, the same for every ordering.",
			count(uint64(d.Runs), "run"), d.Seed, last)
	}
	band := "Bands"
	if d.Axis.Scale == Categories {
		band = "Bars"
	}
	bands := band + ": 95% intervals, above of a share (Wilson), below of the mean over runs."
	if d.anyFew() {
		bands += " Dots: single runs, where there are fewer than ten."
	}
	out := []string{facts + " " + bands}
	if d.Command != "" {
		out = append(out, d.Command)
	}
	return out
}

func (d *Divergence) anyFew() bool {
	for _, s := range d.Series {
		for _, p := range s.Points {
			if p.Differ.few() || p.Overtaken.few() {
				return true
			}
		}
	}
	return false
}

// count writes a number with its noun, thousands apart.
func count(n uint64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return thousands(n) + " " + noun
}

func thousands(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

// wrap breaks paragraphs into lines no wider than most.
func wrap(sty text.Style, paragraphs []string, most vg.Length) []string {
	var out []string
	for _, paragraph := range paragraphs {
		current := ""
		for word := range strings.FieldsSeq(paragraph) {
			longer := strings.TrimSpace(current + " " + word)
			if current != "" && sty.Width(longer) > most {
				out = append(out, current)
				longer = word
			}
			current = longer
		}
		out = append(out, fit(sty, current, most))
	}
	return out
}

// draw puts the page on c.
func (pg *page) draw(c draw.Canvas) {
	c.SetColor(background)
	c.Fill(c.Rectangle.Path())
	for i, p := range pg.plots {
		p.Draw(pg.areas[i])
	}
	for _, l := range pg.leaders {
		c.StrokeLines(draw.LineStyle{Color: inkAxis, Width: 0.4}, l)
	}
	for _, l := range pg.lines {
		c.FillText(l.sty, l.at, l.s)
	}
}
