package sim_test

import (
	"fmt"
	"time"

	"mpcomm/sim"
)

// The caller owns the loop: it takes the next event, does what the event
// means, and schedules what follows from it.
func ExampleScheduler() {
	type event struct {
		peer, ttl uint8
	}
	var s sim.Scheduler[event]
	s.Schedule(0, event{peer: 0, ttl: 2})
	s.Schedule(0, event{peer: 1, ttl: 1}) // same time: comes second
	for {
		now, e, ok := s.Next()
		if !ok {
			break
		}
		fmt.Printf("%s peer %d\n", now, e.peer)
		if e.ttl > 0 {
			s.Schedule(now.Add(1500*time.Microsecond), event{peer: e.peer, ttl: e.ttl - 1})
		}
	}
	fmt.Println("ties:", s.Ties())
	// Output:
	// 0.0ms peer 0
	// 0.0ms peer 1
	// 1.5ms peer 0
	// 1.5ms peer 1
	// 3.0ms peer 0
	// ties: 2
}

func ExampleTime_AppendMS() {
	for _, t := range []sim.Time{231_000_000, 1, -1_500_000} {
		fmt.Println(string(t.AppendMS(nil)))
	}
	// Output:
	// 231
	// 0.000001
	// -1.5
}
