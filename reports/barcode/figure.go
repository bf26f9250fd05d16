package barcode

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"mpcomm/reports/palette"
	"mpcomm/reports/svg"
)

// Figure is the strips of one run under several orderings.
type Figure struct {
	Caption string // the command that draws it
	Strips  []Strip
}

const px = svg.Px

// Where things stand.
const (
	pageWidth = 960 * px
	margin    = 24 * px
	names     = 178 * px // right end of the names of peers
	plotLeft  = 186 * px
	plotRight = 936 * px
	wideRow   = 22 * px
	tightRow  = 16 * px
)

var (
	titleType   = svg.Type{Size: 20 * px, Bold: true}
	textType    = svg.Type{Size: 13 * px}
	nameType    = svg.Type{Size: 16 * px, Bold: true}
	captionType = svg.Type{Size: 12 * px, Mono: true}
)

// Title is the finding: where the logs of the worst and of the best ordering
// differ.
func (f *Figure) Title() string {
	if len(f.Strips) == 0 {
		return "No logs"
	}
	worst, best := &f.Strips[0], &f.Strips[0]
	for i := range f.Strips {
		s := &f.Strips[i]
		if s.Differing > worst.Differing {
			worst = s
		}
		if s.Differing < best.Differing {
			best = s
		}
	}
	switch {
	case worst.Differing == 0 && len(f.Strips) == 1:
		return fmt.Sprintf("%s: the logs agree at every position", worst.Ordering)
	case worst.Differing == 0:
		return "Under every ordering the logs agree at every position"
	case best.Differing == worst.Differing:
		return fmt.Sprintf("%s: the logs differ at %s", worst.Ordering, worst.share())
	case best.Differing == 0:
		return fmt.Sprintf("%s logs differ at %s, %s logs at none", worst.Ordering, worst.share(), best.Ordering)
	}
	return fmt.Sprintf("%s logs differ at %s, %s logs at %d", worst.Ordering, worst.share(), best.Ordering, best.Differing)
}

func (s *Strip) share() string { return fmt.Sprintf("%d of %d positions", s.Differing, s.Positions) }

// Desc tells the picture to those who do not see it.
func (f *Figure) Desc() string {
	var b strings.Builder
	b.WriteString("Barcode of the logs: a strip for each ordering, a row for each peer, log positions from left to right.")
	for i := range f.Strips {
		s := &f.Strips[i]
		fmt.Fprintf(&b, " %s: %s differ", s.Ordering, s.share())
		if at := s.first(); at > 0 {
			fmt.Fprintf(&b, ", from position %d on", at)
		}
		b.WriteByte('.')
	}
	return b.String()
}

// first is the first position of the first column in which logs differ, from 1;
// 0 = none.
func (s *Strip) first() int {
	for i, d := range s.Differ {
		if d {
			return i*s.Per + 1
		}
	}
	return 0
}

// WriteSVG writes the figure. The bytes are the same on every machine.
func (f *Figure) WriteSVG(w io.Writer, theme svg.Theme) error {
	d := &sheet{Figure: f, picture: svg.New(f.Title(), f.Desc())}
	d.scale()
	d.head()
	for i := range f.Strips {
		d.strip(&f.Strips[i])
	}
	d.axis()
	d.y += 30 * px
	for _, l := range captionType.Wrap(f.Caption, pageWidth-2*margin) {
		d.picture.Words(margin, d.y, svg.Start, captionType, palette.Soft, captionType.Fit(l, pageWidth-2*margin))
		d.y += 17 * px
	}
	if err := d.picture.Write(w, pageWidth, d.y+4*px, theme); err != nil {
		return fmt.Errorf("barcode: writing SVG: %w", err)
	}
	return nil
}

// sheet is a picture under way.
type sheet struct {
	*Figure
	picture   *svg.Picture
	y         svg.Len
	positions int
	per       int // positions in a column, the same in all strips
	column    svg.Len
	tallest   int32
}

// scale gives all strips one axis and one scale of bars.
func (d *sheet) scale() {
	d.per = 1
	for i := range d.Strips {
		s := &d.Strips[i]
		d.positions, d.per = max(d.positions, s.Positions), max(d.per, s.Per)
		for _, r := range s.Rows {
			for k := range r.Early {
				d.tallest = max(d.tallest, r.Early[k], r.Late[k])
			}
		}
	}
	columns := max(1, (d.positions+d.per-1)/d.per)
	d.column = min(40*px, (plotRight-plotLeft)/svg.Len(columns)/5*5)
}

// head says what is seen.
func (d *sheet) head() {
	p := d.picture
	d.y = 8 * px
	for _, l := range titleType.Wrap(d.Title(), pageWidth-2*margin) {
		d.y += 26 * px
		p.Words(margin, d.y, svg.Start, titleType, palette.Text, titleType.Fit(l, pageWidth-2*margin))
	}
	words := "Column = log position, row = peer. Yellow and underlined: the peers hold different messages here. Bar up: logged too early; down: too late."
	if d.per > 1 {
		words += fmt.Sprintf(" Each column is %d positions and shows the most of them.", d.per)
	}
	if d.tallest > 0 {
		words += fmt.Sprintf(" The tallest bar is %s.", places(d.tallest))
	}
	d.y += 4 * px
	for _, l := range textType.Wrap(words, pageWidth-2*margin) {
		d.y += 18 * px
		p.Words(margin, d.y, svg.Start, textType, palette.Soft, l)
	}
	d.y += 18 * px
}

func places(n int32) string {
	if n == 1 {
		return "1 place"
	}
	return fmt.Sprintf("%d places", n)
}

// strip draws one ordering.
func (d *sheet) strip(s *Strip) {
	p := d.picture
	pitch := wideRow
	if len(s.Rows) > 8 {
		pitch = tightRow
	}
	top, height := d.y, svg.Len(len(s.Rows))*pitch
	width := names - margin - 34*px
	y := top - 4*px
	for _, l := range nameType.Wrap(s.Ordering, width) {
		y += 19 * px
		p.Words(margin, y, svg.Start, nameType, palette.Of(s.Kind).Text, nameType.Fit(l, width))
	}
	y += 2 * px
	for _, l := range textType.Wrap(d.about(s), width) {
		y += 17 * px
		p.Words(margin, y, svg.Start, textType, palette.Soft, textType.Fit(l, width))
	}
	var marked, rail []svg.Box
	for from := 0; from < len(s.Differ); from++ {
		to := from
		for to < len(s.Differ) && s.Differ[to] {
			to++
		}
		if to > from {
			x, w := d.x(s, from), d.x(s, to)-d.x(s, from)
			marked = append(marked, svg.Box{X: x, Y: top, W: w, H: height})
			rail = append(rail, svg.Box{X: x, Y: top + height + px, W: w, H: 3 * px})
			from = to
		}
	}
	p.Rects(svg.Fill(palette.Violated), marked)
	p.Rects(svg.Fill(palette.Text), rail)
	end := d.x(s, len(s.Differ))
	for i := range s.Rows {
		r := &s.Rows[i]
		base := top + svg.Len(i)*pitch + pitch/2
		p.Words(names, base+4*px, svg.End, textType, palette.Soft, r.Peer.String())
		p.Line(svg.Point{X: plotLeft, Y: base}, svg.Point{X: max(end, plotLeft+px), Y: base}, svg.Stroke(palette.Axis, 50))
		p.Skyline(svg.Fill(palette.Text), plotLeft, base, d.width(s), d.bars(r.Early, pitch, -1))
		p.Skyline(svg.Fill(palette.Text), plotLeft, base, d.width(s), d.bars(r.Late, pitch, 1))
	}
	d.y = max(top+height+4*px, y+4*px) + 18*px
}

// about says how many positions differ, and which peers are not shown.
func (d *sheet) about(s *Strip) string {
	words := s.share() + " differ"
	if s.Differing == 0 {
		words = "all positions agree"
	}
	if s.Positions == 0 {
		words = "no log has an entry"
	}
	if len(s.Rows) < s.Compared {
		words += fmt.Sprintf("; %d of %d peers shown", len(s.Rows), s.Compared)
	}
	return words
}

// width of a column of a strip, of which each may hold fewer positions than a
// column of the axis.
func (d *sheet) width(s *Strip) svg.Len { return d.column * svg.Len(s.Per) / svg.Len(d.per) }

func (d *sheet) x(s *Strip, column int) svg.Len { return plotLeft + svg.Len(column)*d.width(s) }

// bars are the heights of bars in whole pixels: two at least for what is not
// nothing, the tallest up to the next row.
func (d *sheet) bars(by []int32, pitch svg.Len, sign svg.Len) []svg.Len {
	most := (pitch/2 - px) / px
	all := make([]svg.Len, len(by))
	for i, n := range by {
		if n > 0 {
			all[i] = sign * (2 + (most-2)*svg.Len(n)/svg.Len(d.tallest)) * px
		}
	}
	return all
}

// axis numbers the positions.
func (d *sheet) axis() {
	p := d.picture
	p.Words(names, d.y, svg.End, textType, palette.Soft, "log position")
	step := 1
	for _, m := range []int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000} {
		step = m
		if svg.Len(step)*d.column/svg.Len(d.per) >= 60*px {
			break
		}
	}
	for svg.Len(step)*d.column/svg.Len(d.per) < 60*px {
		step *= 10
	}
	end := svg.Len(0)
	for k := 1; k <= d.positions; k = next(k, step) {
		words := strconv.Itoa(k)
		x := plotLeft + svg.Len((k-1)/d.per)*d.column + d.column/2
		if w := textType.Width(words); x-w/2 > end && x+w/2 < pageWidth-px {
			p.Words(x, d.y, svg.Middle, textType, palette.Soft, words)
			end = x + w/2 + 6*px
		}
	}
}

// next is the next numbered position: 1, step, 2·step, …
func next(k, step int) int {
	if k == 1 && step > 1 {
		return step
	}
	return k + step
}
