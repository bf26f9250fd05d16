package order

import (
	"testing"

	"mpcomm/peer"
	"pgregory.net/rapid"
)

// TestIndexIsAMap drives an index and a map with the same steps.
func TestIndexIsAMap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var x index
		twin := map[peer.MessageID]int32{}
		wide := rapid.Bool().Draw(t, "wide")
		for range rapid.IntRange(0, 300).Draw(t, "steps") {
			id := peer.MessageID{Sender: peer.ID(rapid.IntRange(0, 3).Draw(t, "sender")), Number: rapid.Int32Range(0, 9).Draw(t, "number")}
			if wide {
				id.Number *= 1 << 24
			}
			value, there := twin[id]
			switch {
			case rapid.IntRange(0, 99).Draw(t, "reset") == 0:
				x.reset()
				clear(twin)
			case !there:
				twin[id] = rapid.Int32Range(0, 1000).Draw(t, "value")
				x.put(id, twin[id])
			case rapid.Bool().Draw(t, "remove"):
				kept := x.clone()
				delete(twin, id)
				x.remove(id)
				x.remove(id)
				if kept.get(id) != value {
					t.Fatalf("removing %v has changed a clone", id)
				}
			}
			for sender := range peer.ID(4) {
				for number := range int32(10) {
					id := peer.MessageID{Sender: sender, Number: number}
					if wide {
						id.Number *= 1 << 24
					}
					want, there := twin[id]
					if !there {
						want = -1
					}
					if got := x.get(id); got != want {
						t.Fatalf("%v has %d, want %d", id, got, want)
					}
				}
			}
		}
	})
}
