package screen_test

import (
	"fmt"
	"os"
	"time"

	"mpcomm/peer"
	"mpcomm/reports/result"
	"mpcomm/reports/screen"
	"mpcomm/reports/stats"
)

// One run of one ordering whose logs disagree, on a plain terminal.
func ExampleWrite() {
	first, second := "p0#0", "p1#0"
	run := &result.Run{Scenario: "two-senders", Seed: 1, Peers: 3, Runs: result.List[result.Ordering]{{
		Ordering: "naive", Complete: true,
		Divergence: result.Divergence{InversionsPerMessage: stats.Ratio{Num: 1, Den: 3}, Positions: 2, PositionsDiffering: 2},
		FirstDifference: &result.Difference{
			Position: 1, Peers: [2]peer.ID{0, 1}, Messages: [2]*string{&first, &second}, Why: "race",
			Text: "p0#0 and p1#0 were sent 0 ms apart; neither caused the other.",
		},
	}}}
	err := screen.Write(os.Stdout, &screen.View{
		Run:      run,
		Facts:    []string{"1 message each"},
		Barcodes: []screen.Barcode{{Widest: []int32{1, 1}}},
	}, screen.Options{Width: 80, ASCII: true})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// two-senders, seed 1, 3 peers, 1 message each
	//
	//      ORDERING  LOGS      POSITIONS DIFFER  OVERTAKEN  CAUSE FIRST
	// FAIL naive     disagree            2 of 2   0.33/msg  all kept
	//
	// WHERE  log position 1
	//   naive             11
	//                     . peers agree   1 off by 1   9 off by 9 or more
	//
	// WHY  naive, first difference: position 1
	//      p0 logged p0#0        p1 logged p1#0
	//      RACE: p0#0 and p1#0 were sent 0 ms apart; neither caused the other.
}

func ExampleProgressLine() {
	fmt.Println(screen.ProgressLine("runs", 12_000, 60_000, 2*time.Second))
	// Output: 12,000 of 60,000 runs  20%  6,000 runs/s  8 s left
}
