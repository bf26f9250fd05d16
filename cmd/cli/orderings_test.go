package cli

import (
	"strings"
	"testing"
	"time"

	"mpcomm/peer"
	"mpcomm/peer/order"
)

// Every guarantee and every need of a built-in ordering has its words.
func TestNotionsAreComplete(t *testing.T) {
	t.Parallel()
	table := order.Builtin()
	for i := range table {
		s := &table[i]
		all := []order.Variant{{Guarantees: s.Guarantees, Needs: s.Needs}}
		for _, v := range append(all, s.Variants()...) {
			for _, n := range append(notionsIn(uint(v.Guarantees), guarantees), notionsIn(uint(v.Needs), needs)...) {
				if strings.HasPrefix(n.text, "0x") {
					t.Errorf("%s: no words for %s", s.Kind, n.text)
				}
			}
		}
	}
	if got := needWords(1<<15 | peer.NoLoss); got != "no loss, 0x8000" {
		t.Errorf("a need of one's own reads %q", got)
	}
}

func TestDelayWords(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		delay order.Delay
		want  string
	}{
		{order.Delay{}, "0"},
		{order.Delay{Steps: 2}, "2"},
		{order.Delay{Steps: 9, Over: 5}, "9/5"},
		{order.Delay{Steps: 1, Fixed: 37500 * time.Microsecond}, "1+37.5ms"},
		{order.Delay{Fixed: 14 * time.Millisecond, AtLeast: 87 * time.Millisecond}, "87ms"},
		{order.Delay{Steps: 1, Fixed: 14 * time.Millisecond, AtLeast: 87 * time.Millisecond}, "max(1+14ms,87ms)"},
		{order.Delay{Steps: 1, AtLeast: order.Never}, "max(1,never)"},
	} {
		if got := delayWords(tt.delay); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.delay, got, tt.want)
		}
	}
}
