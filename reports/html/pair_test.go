package html

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/result"
	"mpcomm/reports/trace"
	"mpcomm/sim"
)

// crowded is a run of many peers in which p3's answer overtakes p1's question
// on its way to p0, and is lost to p2.
func crowded(peers int) *trace.Run {
	const ms = sim.Time(time.Millisecond)
	r := &trace.Run{Head: trace.Head{Peers: peers, Seed: 7, Ordering: "naive"}}
	r.Messages = []trace.Message{{ID: peer.MessageID{Sender: 1}, At: 10 * ms}, {ID: peer.MessageID{Sender: 3}, At: 30 * ms}}
	r.Receipts = make([]trace.Receipt, 2*peers)
	for m := range history.Ref(2) {
		for p := range peer.ID(peers) {
			at := r.Messages[m].At + sim.Time(p)*ms
			*r.At(m, p) = trace.Receipt{Arrived: at, Delivered: at + 2*ms, Position: int32(m) + 1}
		}
		own := r.Messages[m]
		*r.At(m, own.ID.Sender) = trace.Receipt{Arrived: own.At, Delivered: own.At, Position: int32(m) + 1}
	}
	r.At(0, 0).Arrived, r.At(0, 0).Delivered, r.At(0, 0).Position = 50*ms, 50*ms, 2
	*r.At(1, 2) = trace.Receipt{Arrived: sim.Never, Delivered: sim.Never, Lost: []trace.Loss{{At: 30 * ms, From: 3, Why: "lost on the link p3>p2"}}}
	f := trace.Finding{Text: "p0 logged them the other way round.", At: 31 * ms}
	f.Kind, f.P, f.Q, f.A, f.B = trace.Disagree, 0, 1, 1, 0
	r.Findings = []trace.Finding{f}
	return r
}

func TestStory(t *testing.T) {
	t.Parallel()
	s, err := storyOf(crowded(4), false)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, step := range s.Steps {
		got = append(got, step.MS()+" "+step.Words)
	}
	want := []string{
		"10 p1 sends p1#0",
		"10 p1 logs its own p1#0 at position 1",
		"12 p2 gets p1#0, 2 ms after it was sent, and holds it back",
		"13 p3 gets p1#0, 3 ms after it was sent, and holds it back",
		"14 p2 logs p1#0 at position 1",
		"15 p3 logs p1#0 at position 1",
		"30 p3 sends p3#0",
		"30 p0 gets p3#0, 0 ms after it was sent, and holds it back",
		"30 p3#0 for p2: lost on the link p3>p2",
		"30 p3 logs its own p3#0 at position 2",
		"31 p1 gets p3#0, 1 ms after it was sent, and holds it back",
		"32 p0 logs p3#0 at position 2",
		"33 p1 logs p3#0 at position 2",
		"50 p0 gets p1#0, 40 ms after it was sent, and logs it at position 2",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the story is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if s.Token != "7@31ms/naive" || s.More != 0 || s.Pair != "" {
		t.Errorf("token %s, %d more, picture %q", s.Token, s.More, s.Pair)
	}
	if s, err = storyOf(crowded(100), true); err != nil || s.More == 0 || len(s.Steps) != mostSteps || s.Pair == "" {
		t.Errorf("of a crowd: %d steps, %d more, %v", len(s.Steps), s.More, err)
	}
	if s, err = storyOf(&trace.Run{}, true); s != nil || err != nil {
		t.Error(s, err)
	}
}

// The picture of a pair has a line for each way, and names what it leaves out.
func TestPairPicture(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		peers, circles int
		names          []string
	}{
		{4, 2 + 3 + 2, []string{"p0", "p1", "p2", "p3"}},
		{40, 2 + 2 + 2, []string{"p0", "p1", "p3", "37 other peers are not drawn"}},
	} {
		picture, err := pairPicture(crowded(tt.peers))
		if err != nil {
			t.Fatal(err)
		}
		circles, texts := 0, map[string]bool{}
		for d := xml.NewDecoder(strings.NewReader(string(picture))); ; {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			switch e := token.(type) {
			case xml.StartElement:
				if e.Name.Local == "circle" {
					circles++
				}
			case xml.CharData:
				texts[strings.TrimSpace(string(e))] = true
			}
		}
		if circles != tt.circles {
			t.Errorf("%d peers: %d marks, want %d", tt.peers, circles, tt.circles)
		}
		for _, name := range append(tt.names, "p1#0", "p3#0", "p0 logged them the other way round.") {
			if !texts[name] {
				t.Errorf("%d peers: nothing says %q", tt.peers, name)
			}
		}
	}
}

// TestPartedInTime: two peers part at position 2 before a third parts from them
// at position 1, and the page says both and which is which.
func TestPartedInTime(t *testing.T) {
	t.Parallel()
	const ms = sim.Time(time.Millisecond)
	log := func(entries ...trace.Entry) trace.Host { return trace.Host{Correct: true, Log: entries} }
	entry := func(sender peer.ID, at sim.Time) trace.Entry {
		return trace.Entry{ID: peer.MessageID{Sender: sender}, At: at}
	}
	r := &trace.Run{Hosts: []trace.Host{
		log(entry(0, 10*ms), entry(1, 11*ms), entry(2, 20*ms)),
		log(entry(0, 10*ms), entry(2, 12*ms+500_000), entry(1, 20*ms)),
		log(entry(1, 100*ms), entry(0, 101*ms), entry(2, 102*ms)),
	}}
	d := orderingOf(&result.Ordering{FirstDifference: &result.Difference{Position: 1}, Divergence: result.Divergence{Positions: 3, PositionsDiffering: 3}})
	d.diverged(r)
	if d.Position != 2 || d.First != 1 || *d.Since != 12.5 {
		t.Errorf("parted at position %d, at %v ms; the lowest is %d", d.Position, *d.Since, d.First)
	}
	const want = "Position 1 is the lowest at which the logs differ in the end. In time they part first at position 2, at 12.5 ms."
	if got := d.parted(); got != want {
		t.Errorf("the page says %q, want %q", got, want)
	}
	if d.Position = 1; d.parted() != "" {
		t.Errorf("where both are one the page says %q", d.parted())
	}
}
