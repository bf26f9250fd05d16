package compare

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/sim"
)

// TestOrdersCompareAsLogsDo: with the orders of a history every answer is what
// it is without them.
func TestOrdersCompareAsLogsDo(t *testing.T) {
	t.Parallel()
	var with, without Comparer
	var orders history.Orders
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 10).Draw(t, "logs")
		m := rapid.IntRange(1, rapid.SampledFrom([]int{8, 16, 32, 64}).Draw(t, "most")).Draw(t, "messages")
		var logs [][]uint32
		for p := range n {
			log := upTo(m)
			if p > 0 && rapid.Bool().Draw(t, "copy") {
				log = slices.Clone(logs[rapid.IntRange(0, p-1).Draw(t, "of")])
			}
			for range rapid.IntRange(0, 5).Draw(t, "swaps") {
				i, j := rapid.IntRange(0, m-1).Draw(t, "i"), rapid.IntRange(0, m-1).Draw(t, "j")
				log[i], log[j] = log[j], log[i]
			}
			logs = append(logs, log)
		}
		h := of(m, logs...)
		if rapid.Bool().Draw(t, "at once") {
			for i := range h.Broadcasts {
				h.Broadcasts[i].At = sim.Time(i / 3)
			}
		}
		for range rapid.IntRange(0, 2*n).Draw(t, "submitted") {
			h.Submitted = append(h.Submitted, peer.ID(rapid.IntRange(0, n-1).Draw(t, "peer")))
		}
		if !orders.Load(h) {
			t.Fatalf("complete logs are no orders: %+v", h)
		}
		opts := Options{
			Want: rapid.SampledFrom([]Want{0, Cheap, WantContested, WantInversions, WantFootrule, WantUlam, All}).Draw(t, "want"), MessagesPerPeer: rapid.IntRange(0, m+2).Draw(t, "M"),
		}
		want := without.Compare(h, opts)
		got := with.CompareOrders(h, &orders, opts)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		if rapid.Bool().Draw(t, "truth first") {
			if got, want := with.Truth(), without.Truth(); got != want {
				t.Fatalf("truth %v, want %v", got, want)
			}
		}
		if diff := cmp.Diff(without.FirstDifference(nil), with.FirstDifference(nil)); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(without.Barcode(nil), with.Barcode(nil)); diff != "" {
			t.Fatal(diff)
		}
		if got, want := with.Truth(), without.Truth(); got != want {
			t.Fatalf("truth %v, want %v", got, want)
		}
	})
}

// A window, or a metric that orders do not tell, is measured on the logs.
func TestOrdersGiveWay(t *testing.T) {
	t.Parallel()
	h := of(4, []uint32{0, 1, 2, 3}, []uint32{3, 0, 1, 2})
	var orders history.Orders
	orders.Load(h)
	var c Comparer
	d := c.CompareOrders(h, &orders, Options{Want: Cheap, Window: &Window{From: 0, Until: 1}})
	if d.KendallMax.N != 1 || d.Messages != 1 {
		t.Errorf("in a window of one message: %+v", d)
	}
	if d = c.CompareOrders(h, &orders, Options{}); d.Ulam.Num != 1 || d.Footrule.Num != 6 {
		t.Errorf("everything: %+v", d)
	}
}

func TestOrdersOfAnotherHistory(t *testing.T) {
	t.Parallel()
	var orders history.Orders
	orders.Load(of(2, []uint32{0, 1}))
	defer func() {
		if got := recover(); got != "compare: the orders are those of another history" {
			t.Errorf("panic %v", got)
		}
	}()
	var c Comparer
	c.CompareOrders(of(3, []uint32{0, 1, 2}), &orders, Options{Want: Cheap})
}
