package order_test

import (
	"fmt"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

// An ordering is found by its kind and made from its parameters.
func ExampleTable_Lookup() {
	spec, _ := order.Builtin().Lookup("timestamp")
	fmt.Println(spec.Doc)
	_, err := spec.Build(order.Values{{Name: "late", Text: "ignore"}})
	fmt.Println(err)
	// Output:
	// delivers by the senders' clocks, each message held back for a fixed time
	// ordering timestamp: late: "ignore"; want deliver or drop
}

// A message with a gap before it waits.
func ExampleSpec_Build() {
	spec, _ := order.Builtin().Lookup("fifo")
	o, err := spec.Build(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	o.Reset(0, 2)
	var out peer.Effects
	for _, rank := range []int64{1, 0} {
		m := peer.Message{ID: peer.MessageID{Sender: 1, Number: int32(rank)}, From: 1, Kind: peer.KindData, Aux: rank}
		o.Receive(0, &m, &out)
	}
	for _, e := range out.List {
		fmt.Println(out.Describe(e))
	}
	// Output:
	// deliver p1#0
	// deliver p1#1
}
