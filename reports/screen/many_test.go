package screen

import (
	"slices"
	"testing"

	"mpcomm/peer"
	"mpcomm/reports/result"
)

// TestManyStuckAreCounted: of many peers in trouble some are named and the others
// counted, on the screen too.
func TestManyStuckAreCounted(t *testing.T) {
	t.Parallel()
	var r result.Ordering
	for p := range peer.ID(12) {
		s := result.Stuck{Peer: p, Phase: "stop", WaitingFor: result.List[peer.ID]{p + 20}}
		if p > 7 {
			s.WaitingFor = result.List[peer.ID]{20, 21} // a fate beyond those that are named
		}
		if p == 11 {
			s.WaitingFor = result.List[peer.ID]{21} // as that of p1
		}
		r.Phases.Stuck = append(r.Phases.Stuck, s)
	}
	r.Phases.Stuck[0].WaitingFor, r.Phases.Stuck[0].More = result.List[peer.ID]{1, 2, 3, 4, 5, 6, 7, 8, 9}, 91
	notes := stuckNotes(&r)
	want := []string{
		"p0 stuck in stop, waiting for p1, p2, p3, p4, p5, p6, p7 and 93 others", "p1, p11 stuck in stop, waiting for p21",
	}
	if len(notes) != 9 || !slices.Equal(notes[:2], want) || notes[8] != "and 3 other peers stuck" {
		t.Errorf("the notes are %q; want %q first and eight fates in all", notes, want)
	}
	for q := range peer.ID(10) {
		r.Phases.GivenUp = append(r.Phases.GivenUp, result.GivenUp{Peer: q, By: result.List[peer.ID]{20, 19, 18, 17, 16, 15, 14, 13, 12}, More: 4})
	}
	given := givenUpNotes(&r)
	if len(given) != 9 || given[0] != "p12, p13, p14, p15, p16, p17, p18 and 6 others never heard READY from p0 and opened without it" || given[8] != "and 2 other peers never heard by some" {
		t.Errorf("the notes are %q", given)
	}
}
