package spacetime

import (
	"testing"

	"mpcomm/reports/result"
	"mpcomm/reports/trace"
)

// TestIncompleteLogs: logs that agree and lack messages are wrong once the run is
// over, as the screen marks them, and cannot be judged while it was not.
func TestIncompleteLogs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		limit    string
		complete bool
		first    *result.Difference
		want     verdict
		said     string
	}{
		{"", true, nil, verdict{yes, "logs agree"}, "the logs agree and cause comes first"},
		{"until", true, nil, verdict{yes, "logs agree"}, "the logs agree and cause comes first"},
		{"", false, nil, verdict{lacking, "logs agree, but are incomplete"}, "the logs agree, but are incomplete, and cause comes first"},
		{"quiet", false, nil, verdict{lacking, "logs agree, but are incomplete"}, "the logs agree, but are incomplete, and cause comes first"},
		{"until", false, nil, verdict{untold, "logs agree so far"}, "the logs agree so far and cause comes first"},
		{"events", false, nil, verdict{untold, "logs agree so far"}, "the logs agree so far and cause comes first"},
		{"events", false, &result.Difference{Position: 3}, verdict{no, "logs part at position 3"}, "the logs differ, but cause comes first"},
	} {
		r := &trace.Run{Result: result.Ordering{Limit: test.limit, Complete: test.complete, FirstDifference: test.first}}
		c := card{verdicts: []verdict{agreement(r), causality(r)}}
		if got := agreement(r); got != test.want {
			t.Errorf("limit %q, complete %v: %v, want %v", test.limit, test.complete, got, test.want)
		}
		if got := new(Figure).outcome(&c); got != test.said {
			t.Errorf("limit %q, complete %v: %s; want %s", test.limit, test.complete, got, test.said)
		}
	}
}
