package transport

import (
	"testing"

	"pgregory.net/rapid"
)

// TestNumbersSurviveTheLink: numbers and lives are complete again at the other
// end as long as what is expected is not too far away; no number travels as 0.
func TestNumbersSurviveTheLink(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		number := rapid.OneOf(rapid.Uint32Range(1, 100), rapid.Uint32Range(numberSpan-50, numberSpan+50), rapid.Uint32Range(1, 1<<31)).Draw(rt, "number")
		expected := int64(number) + rapid.Int64Range(-numberSpan/2+1, numberSpan/2-1).Draw(rt, "ahead")
		sender, receiver := rapid.Uint16Range(0, 40000).Draw(rt, "sender"), rapid.Uint16().Draw(rt, "receiver")
		carried := link(sender, receiver, number)
		if carried == 0 || carried >= 1<<31 {
			rt.Fatalf("%d travels as %d", number, carried)
		}
		if got := complete(uint32(max(1, expected)), carried); got != number && expected >= 1 {
			rt.Fatalf("%d is complete as %d where %d is expected", number, got, expected)
		}
		known := max(0, int(sender)-rapid.IntRange(-lifeMask/2, lifeMask/2).Draw(rt, "lives since"))
		if got := completeLife(uint16(known), senderLife(carried)); got != sender {
			rt.Fatalf("life %d is complete as %d where %d is known", sender, got, known)
		}
		if receiverLife(carried) != uint32(receiver&lifeMask) {
			rt.Fatalf("receiver's life %d travels as %d", receiver, receiverLife(carried))
		}
		if sender|receiver == 0 && number < numberSpan && carried != number {
			rt.Fatalf("in first lives %d travels as %d", number, carried)
		}
	})
}
