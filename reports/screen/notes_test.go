package screen

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mpcomm/peer"
	"mpcomm/reports/result"
)

func TestGivenUpNotes(t *testing.T) {
	t.Parallel()
	r := result.Ordering{Phases: result.Phases{GivenUp: result.List[result.GivenUp]{
		{Peer: 2, By: []peer.ID{1, 0}}, {Peer: 3, By: []peer.ID{1}},
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

// A remark about several orderings speaks of them in the plural.
func TestNotesAboutSeveral(t *testing.T) {
	t.Parallel()
	alone := result.Ordering{Ordering: "a", OutsideAssumptions: []string{"link is datagram"}}
	other := alone
	other.Ordering = "b"
	for _, test := range []struct {
		runs []result.Ordering
		want string
	}{
		{[]result.Ordering{alone}, "NOTE  a: outside its assumptions: link is datagram"},
		{[]result.Ordering{alone, other}, "NOTE  all orderings: outside their assumptions: link is datagram"},
	} {
		b := newBrush(Options{Width: 100})
		if !b.notes(test.runs) || strings.TrimSpace(b.out.String()) != test.want {
			t.Errorf("got %q; want %q", strings.TrimSpace(b.out.String()), test.want)
		}
	}
}
