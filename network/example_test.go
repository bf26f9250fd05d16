package network_test

import (
	"fmt"
	"time"

	"mpcomm/network"
	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// Three peers on links of 20 ms on average, one of them cut off for a while.
func Example() {
	n, err := network.New(network.Config{
		Peers:      3,
		Default:    network.Link{Excess: rng.Exponential(0, int64(20*time.Millisecond)), Loss: rng.Ratio{Num: 1, Den: 1000}},
		Partitions: []network.Partition{{Groups: [][]network.Addr{{0, 1}, {2}}, Hold: true}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	seed := rng.Root(1)
	n.Reset(seed)
	const ms = sim.Time(time.Millisecond)
	n.Apply(0, network.Fault{Partition: 0}, nil)
	hello := network.Packet{From: 0, Name: seed.Name("hello"), Ref: 7}
	for _, f := range n.Broadcast(10*ms, hello, nil) {
		fmt.Printf("packet %d to p%d: %v at %v\n", f.Ref, f.To, f.Verdict, f.At)
	}
	for _, f := range n.Apply(500*ms, network.Fault{Partition: 0, Heal: true}, nil) {
		fmt.Printf("packet %d to p%d: %v at %v\n", f.Ref, f.To, f.Verdict, f.At)
	}
	fmt.Println("struck:", n.Struck(0))
	// Output:
	// packet 7 to p1: arrives at 29.859323ms
	// packet 7 to p2: held at 10.0ms
	// packet 7 to p2: arrives at 520.878898ms
	// struck: 1
}

func ExampleNew() {
	_, err := network.New(network.Config{
		Peers:     4,
		Default:   network.Link{Loss: rng.Ratio{Num: 3, Den: 2}},
		Overrides: []network.Override{{From: []network.Addr{4}}},
	})
	fmt.Println(err)
	// Output:
	// network: default link: loss 3/2: want a probability 0..1
	// network: override 0: from: peer 4: want 0..3
}
