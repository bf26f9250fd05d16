package history_test

import (
	"fmt"

	"mpcomm/peer"
	"mpcomm/peer/history"
)

// p1 answers p0's question, and p2 delivers the answer first.
func Example() {
	question := history.Broadcast{ID: peer.MessageID{Sender: 0}, Cause: history.NoRef}
	answer := history.Broadcast{ID: peer.MessageID{Sender: 1}, LogLen: 1, Cause: 0}
	h := &history.History{
		Peers:      3,
		Broadcasts: []history.Broadcast{question, answer},
		Logs:       []history.Log{{Refs: []history.Ref{0, 1}}, {Refs: []history.Ref{0, 1}}, {Refs: []history.Ref{1, 0}}},
	}
	var c history.Checker
	properties, quality := c.Check(h, true, history.AllProperties|history.Witnesses)
	fmt.Println("agreement", properties.Agreement.Verdict)
	fmt.Println("causal", properties.Causal.Verdict, quality.CausalViolations)
	fmt.Println(properties.Causal.Witness.Text)
	// Output:
	// agreement holds
	// causal violated 1
	// p2 delivered p1#0 (position 1) before its cause p0#0 (position 2): p1#0 was sent after it
}
