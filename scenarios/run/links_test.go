package run_test

import (
	"strings"
	"testing"

	"mpcomm/network"
	"mpcomm/peer"
	"mpcomm/scenarios"
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

// Links change at given times, for all of a site or a group, and go back;
// a change that meets no packet is said to be vacuous. Printed and read again,
// the scenario runs the same.
func TestLinksChange(t *testing.T) {
	t.Parallel()
	const text = `version: 1
name: change
peers: 4
orderings: [naive]
phases: {kind: none, drain: 100ms}
workload: {messages: 5, gap: 10ms, senders: [0]}
groups: {east: [1, 2]}
network:
  latency: 1ms
  sites: [oregon, paris, delhi]
  links: [{from: oregon, latency: 4ms}]
  changes:
    - {at: 15ms, to: east, latency: 30ms, for: 20ms}
    - {at: 25ms, from: [oregon], to: [paris], since: data, latency: 2ms}
    - {at: 0ms, to: 3, down: true, for: 11ms}
    - {at: 70s, down: true}
    - {at: 1ms, from: delhi, loss: 1}
`
	o, r := judged(t, text, 1)
	// p0 and p3 sit in oregon, p1 in paris, p2 in delhi. Sent at 10, 20, … 50 ms.
	for p, want := range [][]string{
		1: {"14", "50", "50", "50", "52"}, // fifo: what was sent at 30 and 40 waits for 50
		2: {"14", "50", "60", "60", "60"},
		3: {"24", "34", "44", "54"},
	} {
		if p == 0 {
			continue
		}
		var got []string
		for i := range o.History.Logs[p].Refs {
			got = append(got, string(o.History.TimesOf(peer.ID(p))[i].Delivered.AppendMS(nil)))
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("p%d delivers at %v ms, want %v", p, got, want)
		}
	}
	vacuous := strings.Join(r.Vacuous, "; ")
	if want := "change of links at 1m10s met no packet; change of links at 1ms met no packet"; vacuous != want {
		t.Errorf("vacuous %q, want %q", vacuous, want)
	}
	if r.Cost.PacketsNoLink != 1 {
		t.Errorf("%d packets over links that were down, want 1", r.Cost.PacketsNoLink)
	}
	s, err := scenarios.Parse("x.yaml", []byte(text), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := judged(t, string(scenarios.Format(s)), 1); again.Digest != o.Digest {
		t.Error("printed and read again the scenario runs differently")
	}
}

// A file's correlation and stalls reach the network, by default and by link,
// and are in the scenario when it is printed and read again.
func TestProcessesInTime(t *testing.T) {
	t.Parallel()
	const head = "version: 1\nname: time\npeers: 3\norderings: [naive]\nphases: {kind: none, drain: 100ms}\n" +
		"workload: {messages: 50, gap: 10ms, senders: [0], size: 100B}\nnetwork: "
	digests := map[[16]byte]string{}
	for _, tt := range []struct {
		network string
		stalls  bool
	}{
		{"{latency: {kind: exponential, mean: 5ms}}", false},
		{"{latency: {kind: exponential, mean: 5ms}, correlation: {}}", false},
		{"{latency: {kind: exponential, mean: 5ms}, links: [{to: 2, correlation: {share: 1/3, span: 30ms, every: 10ms}}]}", false},
		{"{latency: {kind: exponential, mean: 5ms}, stalls: {every: 100ms, for: 50ms}}", true},
		{"{latency: {kind: exponential, mean: 5ms}, stalls: {every: 100ms, for: 50ms}, links: [{to: 2, stalls: none}]}", true},
		{"{latency: {kind: exponential, mean: 5ms}, changes: [{at: 1ms, correlation: {}}]}", false},
		{"{latency: {kind: exponential, mean: 5ms}, correlation: {}, changes: [{at: 100ms, to: 1, correlation: none, stalls: {for: 30ms, every: 80ms}}]}", true},
	} {
		o, r := judged(t, head+tt.network+"\n", 1)
		if (r.Cost.PacketsStalled > 0) != tt.stalls || r.Cost.PacketsStalled != o.Net.Stalled || !r.Complete {
			t.Errorf("%s: %d packets stalled, complete %t; want some: %t", tt.network, r.Cost.PacketsStalled, r.Complete, tt.stalls)
		}
		if other, same := digests[o.Digest]; same && !strings.Contains(tt.network, "at: 1ms") {
			t.Errorf("%s runs as %s does", tt.network, other)
		}
		digests[o.Digest] = tt.network
		s, err := scenarios.Parse("x.yaml", []byte(head+tt.network+"\n"), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := judged(t, string(scenarios.Format(s)), 1); again.Digest != o.Digest {
			t.Errorf("%s: printed and read again it runs differently", tt.network)
		}
	}
	if scenarios.MaxKnots != network.MaxKnots || scenarios.MinStallGap != network.MinStallGap {
		t.Error("the language and the network bound knots or gaps differently")
	}
}
