package spacetime

import (
	"fmt"
	"slices"
	"strings"

	"mpcomm/peer/history"
	"mpcomm/reports/palette"
	"mpcomm/reports/svg"
	"mpcomm/reports/trace"
)

// The sizes of marks.
const (
	sendRadius  = 600
	getRadius   = 550
	smallRadius = 180
	ringRadius  = 1500
	headLength  = 900
	headWidth   = 400 // to either side
)

// ink is the colour of a role.
func (r role) ink() palette.Ink {
	switch r {
	case first:
		return palette.First
	case second:
		return palette.Second
	}
	return palette.Axis
}

// drawArrows draws bystanders below the pair.
func (d *sheet) drawArrows() {
	for _, r := range []role{bystander, first, second} {
		for i := range d.scene.arrows {
			if a := &d.scene.arrows[i]; a.role == r {
				d.drawArrow(a)
			}
		}
	}
}

func (d *sheet) drawArrow(a *arrow) {
	from, to := d.at(a.sent, a.from), d.at(a.at, a.to)
	stroke := svg.Stroke(a.role.ink(), 240)
	switch {
	case a.role == bystander && !d.few:
		stroke = svg.Stroke(a.role.ink(), 80)
		stroke.Percent = 70
	case a.role == bystander:
		stroke = svg.Stroke(a.role.ink(), 130)
	case a.role == second:
		stroke = stroke.Dashed("9 4")
	}
	switch a.way {
	case doubled:
		stroke = stroke.Dashed("1.5 4")
		d.seen.again = true
	case lost: // what is lost at once still leaves to the right
		to.X = min(max(to.X, from.X+28*px), max(plotRight, from.X))
		to = svg.Point{X: (from.X + to.X) / 2, Y: (from.Y + to.Y) / 2}
		d.seen.lost = true
	case under:
		d.seen.under = true
	}
	line := [2]svg.Point{from, to}
	if d.few || a.role != bystander {
		d.labels.lines = append(d.labels.lines, line)
	}
	small := a.role == bystander && !d.few
	switch {
	case a.way == lost && small:
		d.picture.Line(from, to, stroke)
		d.cross(to, 280, a.role.ink(), 130)
	case a.way == lost:
		d.picture.Line(from, to, stroke)
		d.cross(to, 500, a.role.ink(), 220)
		d.labels.taken = append(d.labels.taken, svg.Box{X: to.X, Y: to.Y}.Grown(600))
	case a.way == under || small:
		d.picture.Line(from, to, stroke)
	default:
		tip, base, left, right := head(from, to, getRadius+60)
		d.picture.Line(from, base, stroke)
		d.picture.Path(svg.Fill(a.role.ink()), true, left, tip, right)
	}
}

// cross draws an ╳.
func (d *sheet) cross(at svg.Point, r svg.Len, ink palette.Ink, width svg.Len) {
	how := svg.Stroke(ink, width)
	how.Round = true
	d.picture.Paths(how, [][2]svg.Point{
		{{X: at.X - r, Y: at.Y - r}, {X: at.X + r, Y: at.Y + r}},
		{{X: at.X - r, Y: at.Y + r}, {X: at.X + r, Y: at.Y - r}},
	})
}

// head is the triangle at the end of an arrow that stops a little before its
// goal: its tip, the middle of its base and its corners.
func head(from, to svg.Point, before svg.Len) (tip, base, left, right svg.Point) {
	dx, dy := to.X-from.X, to.Y-from.Y
	length := max(1, root(dx*dx+dy*dy))
	back := func(by svg.Len) svg.Point { return svg.Point{X: to.X - dx*by/length, Y: to.Y - dy*by/length} }
	by := min(before+headLength, length)
	tip, base = back(min(before, length)), back(by)
	ox, oy := -dy*headWidth/length, dx*headWidth/length
	return tip, base, svg.Point{X: base.X + ox, Y: base.Y + oy}, svg.Point{X: base.X - ox, Y: base.Y - oy}
}

// root is the integer part of a square root (Newton's iteration from above).
func root(n svg.Len) svg.Len {
	x := n
	for y := (x + 1) / 2; y < x; y = (x + n/x) / 2 {
		x = y
	}
	return x
}

// drawMarks draws sends filled and receipts hollow. A send at the instant of a
// receipt stands within its ring.
func (d *sheet) drawMarks() {
	for _, sends := range []bool{false, true} {
		for i := range d.scene.marks {
			if m := &d.scene.marks[i]; m.send == sends {
				d.drawMark(m)
			}
		}
	}
}

func (d *sheet) drawMark(m *mark) {
	at := d.at(m.at, m.peer)
	small := !d.few && m.role == bystander
	switch {
	case small && !m.send: // the end of the arrow is enough
		return
	case small:
		d.picture.Circle(at, smallRadius, svg.Fill(m.role.ink()))
	case m.send:
		d.picture.Circle(at, sendRadius, svg.Fill(m.role.ink()))
	default:
		how := svg.Stroke(m.role.ink(), 240)
		how.Fill = &palette.Ground
		r := svg.Len(getRadius)
		if d.together(m) {
			r += 350
		}
		d.picture.Circle(at, r, how)
	}
	d.seen.send, d.seen.receive = d.seen.send || m.send, d.seen.receive || !m.send
	if !small {
		d.labels.taken = append(d.labels.taken, svg.Box{X: at.X, Y: at.Y}.Grown(sendRadius+150))
	}
	d.label(m, at)
}

// together reports whether a peer both sends and receives at the instant of an
// event.
func (d *sheet) together(m *mark) bool {
	return slices.ContainsFunc(d.instant(m), func(o *mark) bool { return o.send != m.send })
}

// instant is all that happens at a peer at the instant of an event, the event
// itself included.
func (d *sheet) instant(m *mark) []*mark {
	var all []*mark
	for i := range d.scene.marks {
		if o := &d.scene.marks[i]; o.peer == m.peer && o.at == m.at {
			all = append(all, o)
		}
	}
	return all
}

// label asks for the labels of an event: what is sent, and what clocks show.
// The clock is told once for all that happens to a peer in one instant.
func (d *sheet) label(m *mark, at svg.Point) {
	if m.send {
		d.labels.sends = append(d.labels.sends, at)
	}
	if !d.few {
		if m.send && (m.role != bystander || len(d.scene.arrows) <= namedArrows) {
			style := softType
			style.Bold, style.Size = m.role != bystander, 12*px
			d.waiting = append(d.waiting, label{words: d.name(m.message), style: style, ink: d.textOf(m.role), at: at, room: smallRadius, rank: b2i(m.role != bystander), lead: true, send: true, sides: &leaving})
		}
		return
	}
	room, sides := svg.Len(getRadius), &arriving
	if m.send {
		room, sides = sendRadius, &leaving
	}
	if d.together(m) {
		room = getRadius + 350
	}
	if m.send {
		words, style := "send "+d.name(m.message), strongType
		if m.role == bystander {
			words, style = d.name(m.message), softType
		}
		d.waiting = append(d.waiting, label{words: words, style: style, ink: d.textOf(m.role), at: at, room: room, rank: 1, lead: true, send: true, sides: sides})
	}
	all := d.instant(m)
	if all[len(all)-1] != m {
		return
	}
	var clocks []string
	for _, o := range all {
		if o.send && d.clocks {
			clocks = append(clocks, "ts "+short(int64(d.base.Messages[o.message].Local)))
			d.seen.stamp = true
			break
		}
	}
	if d.shown == nil { // else what is not drawn has ticked, too
		clocks = append(clocks, "L "+ticks(all))
		d.seen.lamport = true
	}
	if len(clocks) == 0 {
		return
	}
	clock := strings.Join(clocks, " · ")
	d.waiting = append(d.waiting, label{words: clock, style: clockType, ink: palette.Soft, at: at, room: room, lead: true, sides: sides})
}

// ticks are the logical times of events at one peer: "2, 3" or "2–5".
func ticks(all []*mark) string {
	var words []string
	for i := 0; i < len(all); {
		k := i
		for k+1 < len(all) && all[k+1].lamport == all[k].lamport+1 {
			k++
		}
		if k > i+1 {
			words = append(words, fmt.Sprintf("%d–%d", all[i].lamport, all[k].lamport))
			i = k + 1
			continue
		}
		words = append(words, fmt.Sprint(all[i].lamport))
		i++
	}
	return strings.Join(words, ", ")
}

// textOf is the colour of words about a message.
func (d *sheet) textOf(r role) palette.Ink {
	if r == bystander {
		return palette.Soft
	}
	return r.ink()
}

func (d *sheet) name(m history.Ref) string { return d.base.Messages[m].ID.String() }

// drawCrossing rings the place where one message of the pair overtakes the
// other: the crossing of their arrows, else the end of the later one.
func (d *sheet) drawCrossing() {
	if !d.pair.known || d.pair.from.Kind != trace.Disagree && d.pair.from.Kind != trace.Acausal {
		return
	}
	at, words, ok := d.overtaking()
	if !ok {
		return
	}
	how := svg.Fill(palette.Violated)
	d.picture.Circle(at, ringRadius, how)
	d.picture.Circle(at, ringRadius, svg.Stroke(palette.Text, 100))
	d.labels.taken = append(d.labels.taken, svg.Box{X: at.X, Y: at.Y}.Grown(ringRadius))
	d.waiting = append(d.waiting, label{
		words: words, style: strongType, ink: palette.Text, at: at, room: ringRadius, rank: 1, lead: true, sides: &arriving,
	})
}

// overtaking finds the ring's place and its words.
func (d *sheet) overtaking() (at svg.Point, words string, ok bool) {
	x, y, wrong := d.pair.first, d.pair.second, d.pair.wrong
	a, b := d.base.At(x, wrong), d.base.At(y, wrong)
	switch {
	case d.scene.cross != nil:
		p, q := &d.scene.arrows[d.scene.cross.early], &d.scene.arrows[d.scene.cross.late]
		return meeting(d.at(p.sent, p.from), d.at(p.at, p.to), d.at(q.sent, q.from), d.at(q.at, q.to)),
			fmt.Sprintf("%s overtakes %s", d.name(y), d.name(x)), true
	case b.Position == 0:
		return svg.Point{}, "", false
	case a.Position == 0:
		return d.at(b.Delivered, wrong), fmt.Sprintf("%v lacks %s", wrong, d.name(x)), true
	case d.base.Messages[y].ID.Sender == wrong && b.Arrived < a.Arrived:
		return d.at(b.Arrived, wrong), fmt.Sprintf("%v logs its own %s first", wrong, d.name(y)), true
	case b.Arrived < a.Arrived:
		return d.at(b.Arrived, wrong), fmt.Sprintf("%s is there before %s", d.name(y), d.name(x)), true
	}
	return d.at(b.Delivered, wrong), fmt.Sprintf("%v logs %s before %s", wrong, d.name(y), d.name(x)), true
}

// meeting is where the lines from p to q and from r to s cross.
func meeting(p, q, r, s svg.Point) svg.Point {
	dx, dy, ex, ey := q.X-p.X, q.Y-p.Y, s.X-r.X, s.Y-r.Y
	den := dx*ey - dy*ex
	if den == 0 {
		return q
	}
	num := (r.X-p.X)*ey - (r.Y-p.Y)*ex
	// num/den lies between 0 and 1; a thousandth part is finer than a pixel.
	part := num * 100_000 / den
	return svg.Point{X: p.X + dx*part/100_000, Y: p.Y + dy*part/100_000}
}

// drawHolds draws how long messages waited, as bars above the lanes.
func (d *sheet) drawHolds() {
	for i := range d.scene.holds {
		h := &d.scene.holds[i]
		y := d.y(h.peer) - 15*px - svg.Len(h.row)*holdPitch
		width, ink := svg.Len(500), h.role.ink()
		if !d.few {
			y, width = d.y(h.peer)-5*px, 200
		}
		if h.by != "" {
			ink = palette.Of(h.kind).Mark
		}
		from, to := svg.Point{X: d.x(h.from), Y: y}, svg.Point{X: d.x(h.to), Y: y}
		bar := svg.Stroke(ink, width)
		if h.by != "" {
			bar.Round = true
		}
		d.picture.Line(from, to, bar)
		d.seen.held = true
		if d.few {
			d.picture.Line(svg.Point{X: to.X, Y: y - 5*px}, svg.Point{X: to.X, Y: y + 5*px}, svg.Stroke(ink, 160))
		}
		d.labels.taken = append(d.labels.taken, svg.Box{X: from.X - 250, Y: y - 300, W: to.X - from.X + 500, H: 600})
		if h.by != "" {
			l := label{
				words: fmt.Sprintf("%s holds %s for %s", h.by, d.name(h.message), millis(h.to.Sub(h.from))),
				style: softType, ink: palette.Of(h.kind).Text, at: from, room: 300, rank: 2, sides: &arriving,
			}
			if area := d.labels.area; from.X+4*px+l.style.Width(l.words) > area.X+area.W {
				l.at, l.sides = to, &leaving
			}
			d.waiting = append(d.waiting, l)
		}
	}
}

// drawLabels writes the labels where they have found room.
func (d *sheet) drawLabels() {
	for i := range d.labels.done {
		l := &d.labels.done[i]
		if l.led {
			d.drawLeader(l)
		}
	}
	for i := range d.labels.done {
		l := &d.labels.done[i]
		d.picture.Words(l.x, l.y, svg.Start, l.style, l.ink, l.words)
	}
}
