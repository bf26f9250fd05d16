package peer_test

import (
	"fmt"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

// A Machine takes one input at a time and answers with a list of effects.
func ExampleMachine_Step() {
	spec, _ := order.Builtin().Lookup("naive")
	ordering, err := spec.Build(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	var m peer.Machine
	m.Reset(peer.Config{Self: 0, Peers: 2, Phases: peer.DefaultPhases(), Ordering: ordering})

	var out peer.Effects
	for _, in := range []peer.Input{
		{Kind: peer.InputStart},
		{Kind: peer.InputArrival, Message: &peer.Message{From: 1, ID: peer.NoMessage, Kind: peer.KindReady}},
		{Kind: peer.InputBroadcast, ID: peer.MessageID{Sender: 0, Number: 0}},
		{Kind: peer.InputArrival, Message: &peer.Message{From: 5, ID: peer.NoMessage, Kind: peer.KindReady}},
	} {
		out.Reset()
		if err := m.Step(0, in, &out); err != nil {
			fmt.Println("error:", err)
		}
		for _, e := range out.List {
			fmt.Println(out.Describe(e))
		}
	}
	// Output:
	// phase handshake
	// send to others: ready from p0
	// timer phases/0 at 1s
	// timer phases/0 off
	// phase data
	// send to others: data from p0 of p0#0
	// deliver p0#0
	// error: p0 in data: ready from unknown peer p5; want p0..p1
}

func ExampleMessageSet() {
	var had peer.MessageSet
	had.Reset(2)
	fmt.Println(had.Add(1, 0), had.Add(1, 0), had.Add(1, 2), had.Below(1))
	// Output: true false true 1
}
