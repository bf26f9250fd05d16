package transport_test

import (
	"fmt"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/transport"
)

// A packet that comes before its predecessor waits for it.
func ExampleNewFIFO() {
	t := transport.NewFIFO()
	t.Reset(0, 2)
	var out peer.Effects
	for _, number := range []uint32{2, 1} {
		packet := peer.Message{From: 1, Kind: peer.KindData, Link: number}
		for _, m := range t.Receive(0, &packet, &out) {
			fmt.Println("up:", m.Link)
		}
		fmt.Println("held:", t.Held())
	}
	// Output:
	// held: 1
	// up: 1
	// up: 2
	// held: 0
}

// A packet that is not acknowledged within the RTO is sent again.
func ExampleNewReliable() {
	t, err := transport.NewReliable(transport.Reliable{RTO: 200 * time.Millisecond, Backoff: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	t.Reset(0, 2)
	var out peer.Effects
	out.ToOthers(peer.Message{From: 0, Kind: peer.KindData})
	t.Seal(0, 0, &out)
	due := out.List[1].At
	fmt.Println("due at", time.Duration(due))
	out.Reset()
	t.Expire(due, 0, &out)
	fmt.Println("attempt", out.Messages[0].Attempt, "next at", time.Duration(out.List[1].At))
	// Output:
	// due at 200ms
	// attempt 1 next at 600ms
}
