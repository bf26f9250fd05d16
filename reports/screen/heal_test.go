package screen

import (
	"slices"
	"testing"

	"mpcomm/reports/result"
)

func TestHealNotes(t *testing.T) {
	t.Parallel()
	holds, violated, unknown := result.Holds, result.Violated, result.Unknown
	at := result.NullMS{MS: 2_000_000_000, Known: true}
	witness := result.List[result.Witness]{{Property: "total", Text: "x."}, {Property: "liveness", Text: "p1 lacks p0#0: lost."}}
	lost := result.List[result.Unrecoverable]{{Message: "p0#0", Peer: 1}, {Message: "p0#0", Peer: 2}}
	for _, tt := range []struct {
		of   result.Ordering
		want []string
	}{
		{of: result.Ordering{}},
		{
			result.Ordering{Heal: &result.Heal{At: at, Within: 30_000_000_000}, Properties: result.Properties{Liveness: &holds}},
			[]string{"live within 30.0 s of the heal at 2000 ms"},
		},
		{
			result.Ordering{Heal: &result.Heal{At: at, Within: 500_000_000, Unrecoverable: lost[:1]}, Properties: result.Properties{Liveness: &holds}},
			[]string{"live within 500 ms of the heal at 2000 ms; 1 log lacks a message that no protocol could repair"},
		},
		{
			result.Ordering{Heal: &result.Heal{At: at, Within: 500_000_000, Unrecoverable: lost}, Properties: result.Properties{Liveness: &violated}, Witnesses: witness},
			[]string{"not live within 500 ms of the heal at 2000 ms: p1 lacks p0#0: lost; 2 places in logs lack messages that no protocol could repair"},
		},
		{
			result.Ordering{Heal: &result.Heal{Within: 500_000_000}, Properties: result.Properties{Liveness: &unknown}},
			[]string{"cannot tell whether it is live within 500 ms of a heal that never came: the run ended too early"},
		},
	} {
		if got := healNotes(&tt.of); !slices.Equal(got, tt.want) {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}
