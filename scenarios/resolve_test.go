package scenarios

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mpcomm/network/latency"
	"mpcomm/peer"
	"mpcomm/sim/rng"
)

// The excess delay is the file's, else the matrix's jitter, else the preset's,
// else 0 with a base and exponential without one.
func TestExcess(t *testing.T) {
	t.Parallel()
	lan, _ := latency.PresetByName("lan")
	lanWithFloor := lan.Excess
	lanWithFloor.Min = int64(lan.Base)
	tests := []struct {
		network string
		want    latency.Family
	}{
		{"{}", latency.Family{Kind: latency.Exponential, Mean: int64(20 * time.Millisecond)}},
		{"{latency: 5ms}", constantFamily(5e6)},
		{"{sites: [oregon, paris]}", constantFamily(0)},
		{"{matrix: {file: full.csv}}", constantFamily(0)},
		{"{matrix: {file: full.csv, jitter: 3ms}}", constantFamily(3e6)},
		{"{matrix: {file: full.csv, jitter: 3ms}, preset: lan}", constantFamily(3e6)},
		{"{matrix: {file: full.csv, jitter: 3ms}, preset: lan, latency: 5ms}", constantFamily(5e6)},
		{"{preset: lan}", lanWithFloor},
		{"{preset: lan, sites: [oregon]}", lan.Excess},
		{"{preset: lan, latency: 5ms}", constantFamily(5e6)},
	}
	for _, tt := range tests {
		s := mustParse(t, "peers: 2\nnetwork: "+tt.network)
		if diff := cmp.Diff(tt.want, s.Link().Excess); diff != "" {
			t.Errorf("%s: -want +got\n%s", tt.network, diff)
		}
	}
}

// A preset sets loss, duplication and reordering only where the file does not,
// and reordering only on datagram links.
func TestPresetFillsGaps(t *testing.T) {
	t.Parallel()
	wan, _ := latency.PresetByName("wan")
	s := mustParse(t, "network: {preset: wan, sites: [oregon, paris]}")
	link := s.Link()
	if b := link.Loss.Bursts; b == nil || b.P != wan.Loss.P || b.Every != wan.Loss.Every || link.Duplicate != wan.Duplicate {
		t.Errorf("preset wan gives %+v", link)
	}
	if link.Reorder != nil {
		t.Error("a preset reorders packets of fifo links")
	}
	if link := mustSet(t, s, "network.link=datagram").Link(); link.Reorder == nil || link.Reorder.Share != wan.Reorder {
		t.Errorf("preset wan reorders %+v on datagram links; want %s", link.Reorder, wan.Reorder)
	}
	own := mustSet(t, s, "network.link=datagram", "network.loss=0", "network.duplicate=1/3", "network.reorder=none").Link()
	if own.Loss.Bursts != nil || own.Loss.Ratio.Num != 0 || own.Duplicate != (rng.Ratio{Num: 1, Den: 3}) || own.Reorder != nil {
		t.Errorf("the file's own values give way to the preset: %+v", own)
	}
}

func TestBaseMatrix(t *testing.T) {
	t.Parallel()
	ms := time.Millisecond
	s := mustParse(t, "peers: 5\nnetwork: {matrix: {file: full.csv}, sites: [d, a, d], server: a}")
	place, base := s.BaseMatrix()
	if diff := cmp.Diff([]uint16{0, 1, 2, 0, 1}, place); diff != "" {
		t.Errorf("places: %s", diff)
	}
	if diff := cmp.Diff([]string{"d", "a", "d", "a"}, s.PlaceNames()); diff != "" {
		t.Errorf("names: %s", diff)
	}
	// d to d is the diagonal cell, 1 ms there and back; a to a was not measured.
	want := [][]time.Duration{
		{ms / 2, 15 * ms, ms / 2, 15 * ms},
		{15 * ms, 0, 15 * ms, 0},
		{ms / 2, 15 * ms, ms / 2, 15 * ms},
		{15 * ms, 0, 15 * ms, 0},
	}
	if diff := cmp.Diff(want, base); diff != "" {
		t.Errorf("base: %s", diff)
	}
	trips, err := s.ServerDelays()
	if err != nil || len(trips) != 5 || trips[0] != (Trip{15 * ms, 15 * ms}) || trips[1] != (Trip{}) {
		t.Errorf("trips to the server %v, %v", trips, err)
	}
	if _, err := mustParse(t, "network: {sites: [oregon]}").ServerDelays(); err == nil {
		t.Error("a server without a place has delays")
	}
	if place, base := mustParse(t, "peers: 2").BaseMatrix(); place != nil || base != nil {
		t.Error("a scenario without places has a base")
	}
}

func TestSelfLink(t *testing.T) {
	t.Parallel()
	tests := []struct {
		network string
		ok      bool
		noBase  bool
		excess  int64
	}{
		{"{latency: 5ms}", false, false, 0},
		{"{latency: 5ms, self: ordered}", false, false, 0},
		{"{latency: 5ms, self: loopback, loss: 1/2}", true, false, 5e6},
		{"{latency: 5ms, self: 2ms}", true, true, 2e6},
	}
	for _, tt := range tests {
		link, ok := mustParse(t, "peers: 2\nnetwork: "+tt.network).SelfLink()
		if ok != tt.ok || link.NoBase != tt.noBase || link.Excess.Value != tt.excess || link.Loss.Ratio.Num != 0 {
			t.Errorf("%s: %+v, %v", tt.network, link, ok)
		}
	}
}

// Overrides say the same as applying the file's entries to each link in turn.
func TestOverridesMeet(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := writer{t: rt, peers: 4, link: "datagram"}
		source := "peers: 4\nnetwork: {link: datagram, links: ["
		for i := range w.number("entries", 0, 7) {
			if i > 0 {
				source += ", "
			}
			source += w.object(&linkObject)
		}
		s, err := Parse("x.yaml", []byte(source+"]}\n"), FilesIn("testdata"), nil)
		if err != nil {
			rt.Fatal(err)
		}
		overrides := s.Overrides()
		for from := range peer.ID(4) {
			for to := range peer.ID(4) {
				want, got := s.Link(), s.Link()
				for i := range s.Network.Links {
					if o := &s.Network.Links[i]; covers(o.From, o.To, from, to) {
						want = o.apply(want, s.Network.Reorder)
					}
				}
				for _, o := range overrides {
					if covers(o.From, o.To, from, to) {
						got = o.Link
					}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					rt.Fatalf("%s: link %s to %s: -want +got\n%s", source, from, to, diff)
				}
			}
		}
	})
}

// Entries for the same links do not multiply, however they overlap.
func TestOverridesAreFew(t *testing.T) {
	t.Parallel()
	entries := ""
	for i := range 60 {
		entries += fmt.Sprintf("{from: %s, latency: %dms}, ", []string{"[0, 1]", "[1, 0]", "[1, 2]"}[i%3], i+1)
	}
	s := mustParse(t, "peers: 4\nnetwork: {links: ["+entries+"{to: 3, loss: 1/2}]}\n")
	overrides := s.Overrides()
	// From 0 and 1, from 1 and 2, from 1 alone, and what to 3 makes of each and of the rest.
	if len(overrides) > 7 {
		t.Errorf("%d overrides, want at most 7", len(overrides))
	}
	for from, want := range []time.Duration{59 * time.Millisecond, 60 * time.Millisecond, 60 * time.Millisecond} {
		last := s.Link()
		for _, o := range overrides {
			if covers(o.From, o.To, peer.ID(from), 3) {
				last = o.Link
			}
		}
		if time.Duration(last.Excess.Value) != want || last.Loss.Ratio != (rng.Ratio{Num: 1, Den: 2}) {
			t.Errorf("link %d to 3: %v, loss %v, want %v and 1/2", from, time.Duration(last.Excess.Value), last.Loss.Ratio, want)
		}
	}
}

// covers is the rule of the network: a peer's link to itself counts only where
// both lists name it.
func covers(froms, tos []peer.ID, from, to peer.ID) bool {
	if from == to {
		return slices.Contains(froms, from) && slices.Contains(tos, to)
	}
	return (froms == nil || slices.Contains(froms, from)) && (tos == nil || slices.Contains(tos, to))
}
