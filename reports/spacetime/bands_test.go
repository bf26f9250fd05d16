package spacetime

import (
	"slices"
	"testing"

	"mpcomm/peer"
	"mpcomm/reports/svg"
	"mpcomm/reports/trace"
)

// A cut lies on the lanes that are apart from the most of the others.
func TestBandsLieOnWhatIsCutOff(t *testing.T) {
	t.Parallel()
	all := []peer.ID{0, 1, 2, 3}
	for _, tt := range []struct {
		groups [][]peer.ID
		want   []peer.ID
	}{
		{nil, all},
		{[][]peer.ID{{0, 2, 3}, {1}}, []peer.ID{1}},
		{[][]peer.ID{{0, 1}, {2, 3}}, all},
		{[][]peer.ID{{0}, {1}, {2}, {3}}, all},
	} {
		if got := separated(&trace.Band{Peers: all, Groups: tt.groups}); !slices.Equal(got, tt.want) {
			t.Errorf("%v: the band lies on %v, want %v", tt.groups, got, tt.want)
		}
	}
}

// Every line of a hatching runs from one edge of its box to another, at 45°.
func TestHatchStaysInItsBox(t *testing.T) {
	t.Parallel()
	for _, b := range []svg.Box{{X: 10, Y: 20, W: 5000, H: 3000}, {W: 700, H: 9000}, {W: 100, H: 100}} {
		for _, l := range hatch(b) {
			for _, p := range l {
				if p.X != b.X && p.X != b.X+b.W && p.Y != b.Y && p.Y != b.Y+b.H || p.X < b.X || p.X > b.X+b.W || p.Y < b.Y || p.Y > b.Y+b.H {
					t.Errorf("box %v: a line ends at %v", b, p)
				}
			}
			if l[0].X-l[1].X != l[1].Y-l[0].Y {
				t.Errorf("box %v: the line %v is not at 45 degrees", b, l)
			}
		}
	}
}
