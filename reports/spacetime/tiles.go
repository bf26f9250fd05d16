package spacetime

import (
	"fmt"
	"strconv"

	"mpcomm/reports/palette"
	"mpcomm/reports/svg"
	"mpcomm/reports/trace"
)

// The sizes of cards.
const (
	cardGap    = 22 * px
	cardPad    = 18 * px
	tileHeight = 26 * px
	tileGap    = 6 * px
	rowPitch   = 34 * px
)

var (
	cardType    = svg.Type{Size: 16 * px, Bold: true}
	tileType    = svg.Type{Size: 14 * px, Bold: true}
	otherTile   = svg.Type{Size: 14 * px}
	rowType     = svg.Type{Size: 14 * px}
	numberType  = svg.Type{Size: 11 * px}
	verdictType = svg.Type{Size: 15 * px, Bold: true}
)

// tileWidth is as wide as the longest name in the logs wants it.
func tileWidth(r *trace.Run) svg.Len {
	w := 40 * px
	for i := range r.Messages {
		w = max(w, tileType.Width(r.Messages[i].ID.String())+14*px)
	}
	return w
}

// labelOf is the room for the names of the peers in front of the tiles.
func (c *card) labelOf() svg.Len {
	w := 26 * px
	for i := range c.rows {
		w = max(w, rowType.Width(c.rows[i].peers))
	}
	return w + 12*px
}

// fitting is how many tiles stand beside each other in the widest card.
func (f *Figure) fitting(r *trace.Run) int {
	names := 0
	for p := range r.Peers { // as if all logs were one another's
		names += len(fmt.Sprint("p", p)) + 1
	}
	label := min(svg.Len(names)*9*px, 240*px)
	return int((pageWidth - 2*margin - 2*cardPad - label - 12*px) / (tileWidth(r) + tileGap))
}

// width is what a card needs.
func (c *card) width(tile svg.Len) svg.Len {
	w := cardType.Width(c.ordering)
	w = max(w, plainType.Width(c.rule), c.labelOf()+svg.Len(c.columns)*(tile+tileGap))
	for i := range c.verdicts {
		w = max(w, 28*px+verdictType.Width(c.verdicts[i].words))
	}
	for i := range c.rows {
		w = max(w, c.labelOf()+svg.Len(len(c.rows[i].tiles))*(tile+tileGap)+rowType.Width(c.rows[i].note))
	}
	return max(w, 28*px+plainType.Width(c.price)) + 2*cardPad
}

// drawCards draws one card for each ordering, as many beside each other as fit.
func (d *sheet) drawCards() {
	tile := tileWidth(d.base)
	beside := min(3, len(d.cards))
	wide := func() svg.Len {
		return (pageWidth - 2*margin - svg.Len(beside-1)*cardGap) / svg.Len(beside)
	}
	for i := range d.cards {
		for beside > 1 && d.cards[i].width(tile) > wide() {
			beside--
		}
	}
	y := d.axis + 48*px
	for from := 0; from < len(d.cards); from += beside {
		row := d.cards[from:min(from+beside, len(d.cards))]
		height, twoLines := svg.Len(0), false
		for i := range row {
			c := &row[i]
			twoLines = twoLines || c.rule != "" && cardType.Width(c.ordering)+10*px+plainType.Width(c.rule) > wide()-2*cardPad
		}
		for i := range row {
			height = max(height, row[i].height(twoLines))
		}
		for i := range row {
			d.drawCard(&row[i], svg.Box{X: margin + svg.Len(i)*(wide()+cardGap), Y: y, W: wide(), H: height}, tile, twoLines)
		}
		y += height + cardGap
	}
	d.height = y - cardGap + 8*px
}

// height of a card whose head takes one line or two.
func (c *card) height(twoLines bool) svg.Len {
	h := 44*px + 14*px + svg.Len(len(c.rows))*rowPitch + svg.Len(len(c.verdicts))*23*px + 46*px
	if twoLines {
		h += 20 * px
	}
	if c.others > 0 || c.columns < c.positions {
		h += 18 * px
	}
	return h
}

func (d *sheet) drawCard(c *card, b svg.Box, tile svg.Len, twoLines bool) {
	edge := svg.Fill(palette.Card)
	edge.Stroke = &palette.CardEdge
	d.picture.Rect(b.X, b.Y, b.W, b.H, 8*px, edge)
	x, y := b.X+cardPad, b.Y+29*px
	d.picture.Words(x, y, svg.Start, cardType, palette.Text, cardType.Fit(c.ordering, b.W-2*cardPad))
	rule := plainType.Fit(c.rule, b.W-2*cardPad)
	if twoLines {
		y += 20 * px
		d.picture.Spans(x, y, svg.Start, plainType, d.inked(rule, palette.Soft)...)
	} else if rule != "" {
		d.picture.Spans(x+cardType.Width(c.ordering)+10*px, y, svg.Start, plainType, d.inked(rule, palette.Soft)...)
	}
	y = d.drawTiles(c, x, y+15*px, tile)
	for _, v := range c.verdicts {
		y += 23 * px
		d.drawVerdict(v, x, y, b.W-2*cardPad)
	}
	y += 22 * px
	d.picture.Words(x+28*px, y, svg.Start, plainType, palette.Soft, plainType.Fit(c.price, b.W-2*cardPad-28*px))
}

// drawTiles draws the logs under the numbers of their positions, and returns
// where they end.
func (d *sheet) drawTiles(c *card, x, y, tile svg.Len) svg.Len {
	left := x + c.labelOf()
	column := func(k int) svg.Len { return left + svg.Len(k)*(tile+tileGap) }
	height := svg.Len(len(c.rows))*rowPitch + 18*px
	for k := 0; k < c.columns; k++ {
		from := k
		for k < c.columns && c.differ[k] {
			k++
		}
		if k > from {
			d.picture.Rect(column(from)-4*px, y-px, column(k)-column(from)-tileGap+8*px, height, 5*px, svg.Fill(palette.Violated))
		}
	}
	for k := range c.columns {
		style, ink, words := numberType, palette.Soft, strconv.Itoa(c.from+k)
		if c.differ[k] {
			style.Bold, ink, words = true, palette.Text, "≠ "+words
		}
		d.picture.Words(column(k)+tile/2, y+10*px, svg.Middle, style, ink, words)
	}
	y += 14 * px
	for i := range c.rows {
		w := &c.rows[i]
		d.picture.Words(x, y+22*px, svg.Start, rowType, palette.Text, w.peers)
		for k, t := range w.tiles {
			d.drawTile(t, column(k), y+4*px, tile)
		}
		d.picture.Words(column(len(w.tiles)), y+22*px, svg.Start, rowType, palette.Text, w.note)
		y += rowPitch
	}
	if c.others > 0 || c.columns < c.positions {
		y += 18 * px
		d.picture.Words(x, y, svg.Start, plainType, palette.Soft, c.omitted())
	}
	return y + 6*px
}

// omitted says what of the logs is not shown.
func (c *card) omitted() string {
	words := ""
	if c.columns < c.positions {
		words = fmt.Sprintf("positions %d to %d of %d", c.from, c.from+c.columns-1, c.positions)
	}
	if c.others > 0 {
		if words != "" {
			words += "; "
		}
		words += "and " + count(c.others, "more log", "more logs")
	}
	return words
}

func (d *sheet) drawTile(t tile, x, y, width svg.Len) {
	how, style, ink := svg.Fill(palette.Ground), tileType, t.role.ink()
	switch t.role {
	case first:
		how, ink = svg.Fill(palette.First), palette.OnFirst
	case second:
		how.Stroke, how.Width, how.Dash = &palette.Second, 220, "9 3"
	default:
		how.Stroke, style, ink = &palette.Axis, otherTile, palette.Soft
	}
	d.picture.Rect(x+px, y+px, width-2*px, tileHeight-2*px, 4*px, how)
	d.picture.Words(x+width/2, y+18*px, svg.Middle, style, ink, t.words)
}

// drawVerdict answers one question with a sign and words.
func (d *sheet) drawVerdict(v verdict, x, y, width svg.Len) {
	ink := palette.Soft
	switch v.answer {
	case yes:
		ink = palette.Good
		tick := svg.Stroke(ink, 300)
		tick.Round = true
		d.picture.Path(tick, false, svg.Point{X: x + 2*px, Y: y - 5*px}, svg.Point{X: x + 7*px, Y: y}, svg.Point{X: x + 16*px, Y: y - 10*px})
	case no, lacking:
		ink = palette.Bad
		d.cross(svg.Point{X: x + 9*px, Y: y - 5*px}, 550, ink, 300)
	default:
		d.picture.Words(x+9*px, y, svg.Middle, verdictType, ink, "?")
	}
	d.picture.Words(x+28*px, y, svg.Start, verdictType, ink, verdictType.Fit(v.words, width-28*px))
}
