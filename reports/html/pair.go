package html

import (
	"bytes"
	"math"
	"strconv"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/palette"
	"mpcomm/reports/svg"
	"mpcomm/reports/trace"
	"mpcomm/sim"
)

// mostPairLanes is up to how many peers a pair of messages is drawn with all of
// them; of more, those that sent the two and those whose logs disagree.
const mostPairLanes = 12

// The sizes of the picture of a pair.
const (
	pairWidth = 860 * svg.Px
	pairLeft  = 56 * svg.Px
	pairRight = 60 * svg.Px
	pairTop   = 34 * svg.Px
	pairLane  = 46 * svg.Px
	pairFoot  = 40 * svg.Px
)

// pair is the picture of the two messages of a finding on their ways: what the
// page can show of a large run without a script.
type pair struct {
	run         *trace.Run
	finding     *trace.Finding
	lanes       []peer.ID
	from, until sim.Time
	picture     *svg.Picture
}

// pairPicture draws the first finding of a run as SVG; nil if there is none.
func pairPicture(r *trace.Run) ([]byte, error) {
	if len(r.Findings) == 0 {
		return nil, nil
	}
	f := &r.Findings[0]
	p := &pair{run: r, finding: f, from: sim.Never, until: -1, picture: svg.New("The first difference", f.Text)}
	p.choose()
	height := pairTop + svg.Len(len(p.lanes))*pairLane + pairFoot
	p.ground(height)
	for _, halo := range []bool{true, false} {
		for rank, m := range p.messages() {
			p.ways(m, rank, halo)
		}
	}
	var b bytes.Buffer
	if err := p.picture.Write(&b, pairWidth, height, svg.Auto); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// messages are those of the finding, the one sent first before the other.
func (p *pair) messages() []history.Ref {
	a, b := min(p.finding.A, p.finding.B), max(p.finding.A, p.finding.B)
	if int(b) >= len(p.run.Messages) {
		return []history.Ref{a}
	}
	return []history.Ref{a, b}
}

// choose picks lanes and the stretch of time.
func (p *pair) choose() {
	wanted := map[peer.ID]bool{p.finding.P: true, p.finding.Q: true}
	see := func(t sim.Time) {
		if t != sim.Never {
			p.from, p.until = min(p.from, t), max(p.until, t)
		}
	}
	for _, m := range p.messages() {
		x := &p.run.Messages[m]
		wanted[x.ID.Sender] = true
		see(x.At)
	}
	for q := range peer.ID(p.run.Peers) {
		if p.run.Peers > mostPairLanes && !wanted[q] {
			continue
		}
		p.lanes = append(p.lanes, q)
		for _, m := range p.messages() {
			see(p.run.At(m, q).Arrived)
			see(p.run.At(m, q).Delivered)
		}
	}
	if p.until <= p.from {
		p.until = p.from + 1
	}
}

func (p *pair) x(t sim.Time) svg.Len {
	share := float64(t-p.from) / float64(p.until-p.from)
	return pairLeft + 30*svg.Px + svg.Len(math.Round(share*float64(pairWidth-pairLeft-pairRight-60*svg.Px)))
}

// y is the height of a peer's lane; it has none if it is not drawn.
func (p *pair) y(q peer.ID) (svg.Len, bool) {
	for i, lane := range p.lanes {
		if lane == q {
			return pairTop + svg.Len(i)*pairLane + pairLane/2, true
		}
	}
	return 0, false
}

func (p *pair) at(q peer.ID, t sim.Time) svg.Point {
	y, _ := p.y(q)
	return svg.Point{X: p.x(t), Y: y}
}

// ground draws lanes, names and the axis.
func (p *pair) ground(height svg.Len) {
	label := svg.Type{Size: 13 * svg.Px, Bold: true}
	for _, q := range p.lanes {
		y, _ := p.y(q)
		p.picture.Line(svg.Point{X: pairLeft, Y: y}, svg.Point{X: pairWidth - pairRight, Y: y}, svg.Stroke(palette.Axis, 120))
		p.picture.Words(pairLeft-10*svg.Px, y+label.Ascent()/2, svg.End, label, palette.Text, q.String())
	}
	small := svg.Type{Size: 12 * svg.Px}
	foot := height - 14*svg.Px
	for _, t := range []sim.Time{p.from, p.until} {
		p.picture.Line(svg.Point{X: p.x(t), Y: pairTop}, svg.Point{X: p.x(t), Y: foot - 16*svg.Px}, svg.Stroke(palette.Grid, svg.Px))
		p.picture.Words(p.x(t), foot, svg.Middle, small, palette.Soft, toMicro(t)+" ms")
	}
	if hidden := p.run.Peers - len(p.lanes); hidden > 0 {
		p.picture.Words(pairWidth/2, foot, svg.Middle, small, palette.Soft, strconv.Itoa(hidden)+" other peers are not drawn")
	}
}

// ways draws the ways of one message: first the ground under those to the peers
// that disagree, later the arrows and marks. The second message is dashed and
// its marks are hollow, so that the two differ without colour.
func (p *pair) ways(m history.Ref, rank int, halo bool) {
	x := &p.run.Messages[m]
	ink, dash := palette.First, ""
	if rank == 1 {
		ink, dash = palette.Second, "8 4"
	}
	mark := svg.Paint{Fill: &ink, Stroke: &ink, Width: 220}
	if rank == 1 {
		mark.Fill = &palette.Ground
	}
	start := p.at(x.ID.Sender, x.At)
	for _, q := range p.lanes {
		r := p.run.At(m, q)
		if r.Arrived == sim.Never || q == x.ID.Sender && !halo && r.Held() == 0 {
			continue
		}
		end := p.at(q, r.Arrived)
		switch involved := q == p.finding.P || q == p.finding.Q; {
		case halo && involved && q != x.ID.Sender:
			p.picture.Line(start, end, svg.Paint{Stroke: &palette.Violated, Width: 900, Round: true})
		case halo:
		default:
			if q != x.ID.Sender {
				p.picture.Line(start, end, svg.Stroke(ink, 220).Dashed(dash))
			}
			if r.Held() > 0 {
				p.picture.Line(end, p.at(q, r.Delivered), svg.Paint{Stroke: &ink, Width: 600, Percent: 45, Round: true})
			}
			if q != x.ID.Sender {
				p.head(start, end, ink)
				p.picture.Circle(end, 500, mark)
			}
		}
	}
	if !halo {
		p.picture.Circle(start, 600, mark)
		p.picture.Words(start.X, start.Y-11*svg.Px, svg.Middle, svg.Type{Size: 13 * svg.Px, Bold: true, Halo: true}, ink, x.ID.String())
	}
}

// head draws the head of an arrow, before the mark that it points to.
func (p *pair) head(from, to svg.Point, ink palette.Ink) {
	dx, dy := float64(to.X-from.X), float64(to.Y-from.Y)
	length := math.Hypot(dx, dy)
	if length < 3000 {
		return
	}
	dx, dy = dx/length, dy/length
	corner := func(back, side float64) svg.Point {
		// Each product is rounded by itself, on machines that could fuse it too.
		return svg.Point{
			X: to.X - svg.Len(math.Round(float64(back*dx)+float64(side*dy))), Y: to.Y - svg.Len(math.Round(float64(back*dy)-float64(side*dx))),
		}
	}
	p.picture.Path(svg.Fill(ink), true, corner(600, 0), corner(1700, 500), corner(1700, -500))
}
