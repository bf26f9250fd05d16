package workload_test

import (
	"fmt"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/workload"
	"mpcomm/sim"
	"mpcomm/sim/rng"
)

// p0 asks at 0ms, p1 answers 5ms after it delivered the question.
func Example() {
	plan := &workload.Plan{Peers: 2, Sends: []workload.Send{
		{From: 0, After: peer.NoMessage},
		{From: 1, After: peer.MessageID{Sender: 0, Number: 0}, Delay: rng.Constant(int64(5 * time.Millisecond))},
	}}
	if err := plan.Check(); err != nil {
		fmt.Println(err)
	}
	var s workload.Source
	s.Reset(plan, rng.Root(1))
	s.Opened(0, 0)
	s.Opened(1, 0)
	s.DataBegan(0)

	question := s.Take(0)
	fmt.Println(question.ID, "p1 is done:", s.Done(1))
	s.Delivered(1, question.Ref, sim.Time(20*time.Millisecond))
	at, _ := s.Next(1)
	answer := s.Take(1)
	fmt.Println(answer.ID, "at", at, "because of", answer.Cause, "p1 is done:", s.Done(1))
	// Output:
	// p0#0 p1 is done: false
	// p1#0 at 25.0ms because of 0 p1 is done: true
}
