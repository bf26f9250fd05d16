package screen

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"mpcomm/peer"
	"mpcomm/reports/result"
)

func TestGivenUpNotes(t *testing.T) {
	t.Parallel()
	r := result.Ordering{Phases: result.Phases{GivenUp: result.List[result.GivenUp]{
		{Peer: 2, By: []peer.ID{0, 1}}, {Peer: 3, By: []peer.ID{1}},
	}}}
	want := []string{
		"p0, p1 never heard READY from p2 and opened without it",
		"p1 never heard READY from p3 and opened without it",
	}
	if diff := cmp.Diff(want, givenUpNotes(&r)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := givenUpNotes(&result.Ordering{}); got != nil {
		t.Errorf("%q about a run in which nobody was given up", got)
	}
}
