package spacetime

import (
	"slices"

	"mpcomm/peer"
	"mpcomm/reports/palette"
	"mpcomm/reports/svg"
	"mpcomm/reports/trace"
)

// bandHeight is how far a band reaches to either side of a lane.
const bandHeight = 15 * px

// drawBands draws what befell peers and links, behind everything else: hatched
// where a peer was down or cut off, plain where it was only hampered.
func (d *sheet) drawBands() {
	for i := range d.scene.bands {
		d.drawBand(&d.scene.bands[i])
	}
}

func (d *sheet) drawBand(b *trace.Band) {
	from, until := d.x(b.From), d.x(b.Until)
	if until-from < 3*px { // an instant: a notch
		from, until = from-px, from+2*px
	}
	half := min(bandHeight, d.pitch/2-px)
	peers := separated(b)
	if len(peers) == 0 {
		peers = d.scene.lanes
	}
	top := svg.Len(0)
	for k, p := range peers {
		if int(p) >= len(d.scene.place) {
			continue
		}
		box := svg.Box{X: from, Y: d.y(p) - half, W: until - from, H: 2 * half}
		if k == 0 || box.Y < top {
			top = box.Y
		}
		d.picture.Rect(box.X, box.Y, box.W, box.H, 0, svg.Fill(palette.Band))
		if hatched(b.Kind) {
			d.picture.Paths(svg.Stroke(palette.Axis, 70), hatch(box))
		}
	}
	d.waiting = append(d.waiting, label{
		words: plainType.Fit(b.Text, plotRight-plotLeft), style: softType, ink: palette.Text,
		at: svg.Point{X: (from + until) / 2, Y: top + half}, room: half, rank: 2, sides: &centred,
	})
}

// separated are the lanes that a band lies on: of a cut those that are apart
// from the most of the others.
func separated(b *trace.Band) []peer.ID {
	for _, side := range b.Groups {
		if 2*len(side) > len(b.Peers) {
			return slices.DeleteFunc(slices.Clone(b.Peers), func(p peer.ID) bool { return slices.Contains(side, p) })
		}
	}
	return b.Peers
}

// hatched reports whether a band means that nothing gets through.
func hatched(kind string) bool {
	switch kind {
	case "crash", "partition", "isolate", "ring", "bridge", "clog":
		return true
	}
	return false
}

// hatch is the diagonals of a box, six pixels apart.
func hatch(b svg.Box) [][2]svg.Point {
	var lines [][2]svg.Point
	for c := 6 * px; c < b.W+b.H; c += 6 * px {
		// The line from the lower left to the upper right on which x + y = c.
		p, q := svg.Point{X: c, Y: 0}, svg.Point{X: 0, Y: c}
		if p.X > b.W {
			p = svg.Point{X: b.W, Y: c - b.W}
		}
		if q.Y > b.H {
			q = svg.Point{X: c - b.H, Y: b.H}
		}
		lines = append(lines, [2]svg.Point{{X: b.X + p.X, Y: b.Y + p.Y}, {X: b.X + q.X, Y: b.Y + q.Y}})
	}
	return lines
}
