package journal_test

import (
	"fmt"
	"os"

	"mpcomm/peer"
	"mpcomm/peer/journal"
)

// Two runs deliver two messages in opposite orders: their digests differ, and
// the recordings say where.
func Example() {
	run := func(first, second int32) (journal.Digest, []journal.Event) {
		var d journal.Digest
		var r journal.Recorder
		d.Reset()
		r.Reset(100, 0, -1)
		for _, number := range []int32{first, second} {
			e := journal.New(journal.Delivery, 1_500_000, 2)
			e.Message = peer.MessageID{Sender: 0, Number: number}
			r.Add(e)
			d.Add2(journal.PeerWords(journal.Delivery, e.At, e.Peer, uint32(number)))
		}
		return d, r.Events()
	}
	da, a := run(0, 1)
	db, b := run(1, 0)
	fmt.Println(da.Sum() == db.Sum())
	at, _ := journal.FirstDifference(a, b)
	fmt.Println(journal.Describe(a[at]))
	fmt.Println(journal.Describe(b[at]))
	if err := journal.WriteJSONL(os.Stdout, a[at:]); err != nil {
		fmt.Println(err)
	}
	// Output:
	// false
	// 1.5ms p2 delivery p0#0
	// 1.5ms p2 delivery p0#1
	// {"at_ms":1.5,"kind":"delivery","peer":"p2","message":"p0#0"}
	// {"at_ms":1.5,"kind":"delivery","peer":"p2","message":"p0#1"}
}
