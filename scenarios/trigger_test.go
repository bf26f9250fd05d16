package scenarios

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mpcomm/peer"
)

func TestParseTrigger(t *testing.T) {
	t.Parallel()
	p07 := peer.MessageID{Sender: 0, Number: 7}
	for _, tt := range []struct {
		text, printed string
		want          Trigger
	}{
		{"2nd ack of p0#7 leaves p1", "", Trigger{2, PacketLeaves, peer.KindAck, p07, 1, AnyPeer}},
		{"1st data of p0#7 reaches p3 from p2", "", Trigger{1, PacketReaches, peer.KindData, p07, 3, 2}},
		{"  packet  leaves any for p1 ", "1st packet leaves any for p1", Trigger{1, PacketLeaves, peer.KindNone, peer.NoMessage, AnyPeer, 1}},
		{"3rd delivery at p2", "", Trigger{3, MessageDelivery, 0, peer.NoMessage, 2, AnyPeer}},
		{"p1 delivers p0#7", "1st delivery of p0#7 at p1", Trigger{1, MessageDelivery, 0, p07, 1, AnyPeer}},
		{"any broadcasts p0#7", "1st broadcast of p0#7 at any", Trigger{1, MessageSent, 0, p07, AnyPeer, AnyPeer}},
		{"p0 opens", "", Trigger{1, PeerOpens, 0, peer.NoMessage, 0, AnyPeer}},
		{"113th any closes", "", Trigger{113, PeerCloses, 0, peer.NoMessage, AnyPeer, AnyPeer}},
		{"22nd ask-stop reaches p0", "", Trigger{22, PacketReaches, peer.KindAskStop, peer.NoMessage, 0, AnyPeer}},
	} {
		got, err := ParseTrigger(tt.text, 4)
		if err != nil {
			t.Errorf("%q: %v", tt.text, err)
			continue
		}
		if diff := cmp.Diff(tt.want, *got); diff != "" {
			t.Errorf("%q:\n%s", tt.text, diff)
		}
		if tt.printed == "" {
			tt.printed = tt.text
		}
		if got.String() != tt.printed {
			t.Errorf("%q prints as %q, want %q", tt.text, got, tt.printed)
		}
	}
}

// TestTriggersReadBack: every trigger prints as a text that reads as the same.
func TestTriggersReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		some := func(label string) peer.ID { return peer.ID(rapid.IntRange(-1, 7).Draw(rt, label)) }
		want := Trigger{
			Nth: rapid.IntRange(1, 2000).Draw(rt, "nth"), Event: TriggerEvent(rapid.IntRange(0, int(PeerRestarts)).Draw(rt, "event")),
			Message: peer.NoMessage, Peer: some("peer"), Other: AnyPeer,
		}
		if want.Event <= PacketReaches {
			want.Packet, want.Other = peer.Kind(rapid.IntRange(0, int(peer.KindUser)-1).Draw(rt, "kind")), some("other")
		}
		if want.Event < PeerOpens && rapid.Bool().Draw(rt, "of") {
			want.Message = peer.MessageID{Sender: peer.ID(rapid.IntRange(0, 7).Draw(rt, "sender")), Number: rapid.Int32Range(0, 99).Draw(rt, "number")}
		}
		got, err := ParseTrigger(want.String(), 8)
		if err != nil {
			rt.Fatalf("%q: %v", &want, err)
		}
		if diff := cmp.Diff(want, *got); diff != "" {
			rt.Fatalf("%q:\n%s", &want, diff)
		}
	})
}

// FuzzTrigger: no text panics, and an error names a column of the text.
func FuzzTrigger(f *testing.F) {
	for _, s := range []string{"2nd ack of p0#7 leaves p1", "p1 delivers", "1st", "é data", "99999999999999th data leaves p1", "p99999999999 opens"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := ParseTrigger(text, 3); err == nil {
			if again, err := ParseTrigger(got.String(), 3); err != nil || *again != *got {
				t.Errorf("%q reads as %v, which reads as %v, %v", text, got, again, err)
			}
		}
	})
}
