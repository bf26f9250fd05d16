package spacetime

import (
	"strings"

	"mpcomm/peer"
	"mpcomm/reports/palette"
	"mpcomm/reports/svg"
	"mpcomm/sim"
)

const px = svg.Px

// Where things stand.
const (
	pageWidth  = 960 * px
	margin     = 32 * px
	plotLeft   = 140 * px
	plotRight  = 820 * px
	legendLeft = 842 * px
	laneLabel  = 120 * px // right end of the names of lanes
	fewPitch   = 88 * px  // between lanes of a small run
	leastPitch = 22 * px
	mostPitch  = 56 * px
	manyHeight = 560 * px // of all lanes of a large run
	holdPitch  = 8 * px
)

// The types of a picture.
var (
	titleType   = svg.Type{Size: 24 * px, Bold: true}
	leadType    = svg.Type{Size: 15 * px}
	nameType    = svg.Type{Size: 17 * px, Bold: true}
	smallName   = svg.Type{Size: 12 * px, Bold: true}
	strongType  = svg.Type{Size: 14 * px, Bold: true, Halo: true}
	softType    = svg.Type{Size: 13 * px, Halo: true}
	plainType   = svg.Type{Size: 13 * px}
	clockType   = svg.Type{Size: 13 * px, Mono: true, Halo: true}
	captionType = svg.Type{Size: 1250, Mono: true}
)

// sheet is a picture under way.
type sheet struct {
	*Figure
	picture *svg.Picture
	labels  placing
	waiting []label
	lanes   []svg.Len // by place from the top
	rows    []int     // by place: bars of waiting above the lane
	pitch   svg.Len
	axis    svg.Len
	height  svg.Len
	clocks  bool // some sender's clock is off
	seen    legend
}

func newSheet(f *Figure) *sheet {
	d := &sheet{Figure: f, picture: svg.New(f.Title(), f.Desc())}
	d.clocks = f.few && f.clocksDiffer()
	d.head()
	d.drawBands()
	d.drawLanes()
	d.drawCrossing()
	d.drawArrows()
	d.drawHolds()
	d.drawMarks()
	d.labels.place(d.waiting)
	d.drawLabels()
	d.drawLegend()
	d.drawAxis()
	d.drawCards()
	d.foot()
	return d
}

// head writes title and lead, and lays out the lanes below.
func (d *sheet) head() {
	y := 12 * px
	for _, l := range titleType.Wrap(d.Title(), pageWidth-2*margin) {
		y += 30 * px
		d.picture.Words(margin, y, svg.Start, titleType, palette.Text, titleType.Fit(l, pageWidth-2*margin))
	}
	y += 5 * px
	for _, l := range d.lead() {
		y = d.paragraph(margin, y, l, pageWidth-2*margin)
	}
	n := len(d.scene.lanes)
	d.pitch = fewPitch
	if !d.few {
		d.pitch = min(mostPitch, max(leastPitch, manyHeight/svg.Len(max(1, n))))
	}
	d.rows = make([]int, n)
	for _, h := range d.scene.holds {
		p := d.scene.place[h.peer]
		d.rows[p] = max(d.rows[p], h.row+1)
	}
	top := y + 20*px
	y = top + 28*px
	for lane := range n {
		if lane > 0 {
			y += d.pitch
		}
		if d.few {
			y += svg.Len(d.rows[lane]) * holdPitch
		}
		d.lanes = append(d.lanes, y)
	}
	d.axis = y + d.pitch*6/10 + 6*px
	d.labels.area = svg.Box{X: plotLeft - 20*px, Y: top - 14*px, W: legendLeft - plotLeft + 16*px, H: d.axis - top + 10*px}
	for _, lane := range d.lanes {
		d.labels.lanes = append(d.labels.lanes, lane)
		d.labels.taken = append(d.labels.taken, svg.Box{X: plotLeft - 20*px, Y: lane - 3*px, W: plotRight - plotLeft + 20*px, H: 6 * px})
	}
}

// paragraph writes a bold head and words behind it over several lines, and
// returns the base line of the last.
func (d *sheet) paragraph(x, y svg.Len, s sentence, width svg.Len) svg.Len {
	bold := leadType
	bold.Bold = true
	head := s.head
	if head != "" {
		head += " "
	}
	indent := bold.Width(head)
	lines := leadType.Wrap(s.words, width-indent)
	for i, l := range lines {
		y += 21 * px
		if i == 0 && head != "" {
			d.picture.Words(x, y, svg.Start, bold, palette.Text, s.head)
		}
		d.picture.Spans(x+indent, y, svg.Start, leadType, d.inked(l, palette.Soft)...)
	}
	return y
}

// inked sets the names of the pair off in words.
func (d *sheet) inked(words string, rest palette.Ink) []svg.Span {
	if !d.pair.known {
		return []svg.Span{{Text: words, Ink: rest}}
	}
	names := [2]string{d.name(d.pair.first), d.name(d.pair.second)}
	inks := [2]palette.Ink{palette.First, palette.Second}
	var spans []svg.Span
	from := 0
	for i := 0; i < len(words); {
		found := -1
		for k, n := range names {
			if strings.HasPrefix(words[i:], n) && !digit(words, i+len(n)) {
				found = k
			}
		}
		if found < 0 {
			i++
			continue
		}
		if i > from || len(spans) == 0 {
			spans = append(spans, svg.Span{Text: words[from:i], Ink: rest})
		}
		i += len(names[found])
		spans = append(spans, svg.Span{Text: names[found], Ink: inks[found], Bold: true})
		from = i
	}
	if from < len(words) || len(spans) == 0 {
		spans = append(spans, svg.Span{Text: words[from:], Ink: rest})
	}
	return spans
}

func digit(s string, i int) bool { return i < len(s) && s[i] >= '0' && s[i] <= '9' }

// x is where a time stands.
func (d *sheet) x(t sim.Time) svg.Len {
	return plotLeft + svg.Len(d.scene.offset(t, int64(plotRight-plotLeft)))
}

func (d *sheet) y(p peer.ID) svg.Len { return d.lanes[d.scene.place[p]] }

func (d *sheet) at(t sim.Time, p peer.ID) svg.Point { return svg.Point{X: d.x(t), Y: d.y(p)} }

// drawLanes draws the lanes with their names and clocks.
func (d *sheet) drawLanes() {
	style := nameType
	if d.pitch < 30*px {
		style = smallName
	}
	for lane, p := range d.scene.lanes {
		y := d.lanes[lane]
		d.picture.Line(svg.Point{X: plotLeft, Y: y}, svg.Point{X: plotRight, Y: y}, svg.Stroke(palette.Axis, 140))
		d.picture.Words(laneLabel, y+style.Size/3, svg.End, style, palette.Text, p.String())
		if d.few {
			for i, words := range d.clockOf(p) {
				d.picture.Words(laneLabel, y+svg.Len(24+17*i)*px, svg.End, plainType, palette.Soft, plainType.Fit(words, laneLabel-8*px))
			}
		}
	}
}

// clockOf says how far a peer's clock is off when the picture begins and, if
// that changes, when it ends.
func (d *sheet) clockOf(p peer.ID) []string {
	h := &d.base.Hosts[p]
	begin, end := h.Offset(max(0, d.scene.from)), h.Offset(d.scene.until)
	if begin == 0 && end == 0 {
		return nil
	}
	if signed(begin) == signed(end) {
		return []string{"clock " + signed(begin)}
	}
	return []string{"clock " + signed(begin), "to " + signed(end)}
}

// drawAxis draws true time below the lanes.
func (d *sheet) drawAxis() {
	y := d.axis
	d.picture.Line(svg.Point{X: plotLeft, Y: y}, svg.Point{X: plotRight, Y: y}, svg.Stroke(palette.Axis, px))
	d.picture.Words(laneLabel, y+22*px, svg.End, plainType, palette.Soft, "true time, ms")
	step := stepOf(d.scene.until - d.scene.from)
	end := svg.Len(0)
	for t := (max(0, d.scene.from) + step - 1) / step * step; t <= d.scene.until; t += step {
		x, words := d.x(t), string(t.AppendMS(nil))
		d.picture.Line(svg.Point{X: x, Y: y}, svg.Point{X: x, Y: y + 6*px}, svg.Stroke(palette.Axis, px))
		if w := plainType.Width(words); x-w/2 > end && x+w/2 < pageWidth {
			d.picture.Words(x, y+22*px, svg.Middle, plainType, palette.Soft, words)
			end = x + w/2 + 8*px
		}
	}
}

// stepOf is the least of 1, 2, 5 times a power of ten that makes at most eight
// steps.
func stepOf(whole sim.Time) sim.Time {
	for power := sim.Time(1); ; power *= 10 {
		for _, m := range []sim.Time{1, 2, 5} {
			if m*power*8 >= whole {
				return m * power
			}
		}
	}
}

// foot writes the notes and the caption, and ends the page.
func (d *sheet) foot() {
	y := d.height + 4*px
	for _, n := range d.notes() {
		for _, l := range plainType.Wrap(n, pageWidth-2*margin) {
			y += 19 * px
			d.picture.Words(margin, y, svg.Start, plainType, palette.Soft, l)
		}
	}
	for _, l := range captionType.Wrap(d.caption(), pageWidth-2*margin) {
		y += 21 * px
		d.picture.Words(margin, y, svg.Start, captionType, palette.Soft, captionType.Fit(l, pageWidth-2*margin))
	}
	d.height = y + 24*px
}
