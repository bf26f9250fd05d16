package run_test

import (
	"strings"
	"testing"
)

// What a link does not carry, or not whole, is counted by its cause and named
// where it makes the first difference.
func TestLinksThatDoNotCarry(t *testing.T) {
	t.Parallel()
	const head = "version: 1\nname: carry\npeers: 3\norderings: [naive]\nphases: {kind: none, drain: 100ms}\n" +
		"workload: {messages: 10, gap: 10ms, senders: [0], size: 100B}\n"
	for _, tt := range []struct {
		name, network                   string
		lost, noLink, tooBig, corrupted uint64
		why                             string
	}{
		{"down", "{latency: 5ms, links: [{from: 0, to: 1, down: true}]}", 10, 10, 0, 0, "sent over the link p0>p1, which was down, at 10 ms"},
		{"down one way", "{latency: 5ms, links: [{from: 1, to: 0, down: true}]}", 0, 0, 0, 0, ""},
		{"up again", "{latency: 5ms, links: [{from: 0, to: 1, down: true}, {to: 1, down: false}]}", 0, 0, 0, 0, ""},
		{"mtu", "{latency: 5ms, overhead: 20B, mtu: 119B, links: [{to: 2, mtu: 120B}]}", 10, 0, 10, 0, "dropped at 10 ms: larger than the MTU of the link p0>p1"},
		{"corrupt", "{latency: 5ms, links: [{from: 0, to: 2, corrupt: 1}]}", 10, 0, 0, 10, "corrupted on the link p0>p2 and discarded at 15 ms"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, r := judged(t, head+"network: "+tt.network+"\n", 1)
			c := r.Cost
			if c.PacketsNoLink != tt.noLink || c.PacketsTooBig != tt.tooBig || c.PacketsCorrupted != tt.corrupted || c.PacketsLost != tt.lost {
				t.Errorf("lost %d, no link %d, too big %d, corrupted %d; want %d, %d, %d, %d", c.PacketsLost, c.PacketsNoLink,
					c.PacketsTooBig, c.PacketsCorrupted, tt.lost, tt.noLink, tt.tooBig, tt.corrupted)
			}
			text := ""
			if r.FirstDifference != nil {
				text = r.FirstDifference.Text
			}
			if tt.why == "" && text != "" || !strings.Contains(text, tt.why) {
				t.Errorf("first difference %q; want one that says %q", text, tt.why)
			}
		})
	}
}
