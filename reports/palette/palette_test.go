package palette_test

import (
	"fmt"
	"math"
	"testing"

	"mpcomm/reports/palette"
)

// Text stands out from whatever ground it stands on by 4.5 at least, marks by 3.
func TestContrast(t *testing.T) {
	t.Parallel()
	grounds := []palette.Ink{palette.Ground, palette.Card}
	hues := []palette.Hue{palette.Naive, palette.Timestamp, palette.Logical, palette.Other, palette.Reference}
	type pair struct {
		ink, ground palette.Ink
		least       float64
	}
	var pairs []pair
	for _, g := range grounds {
		for _, text := range []palette.Ink{palette.Text, palette.Soft, palette.Good, palette.Bad, palette.First, palette.Second} {
			pairs = append(pairs, pair{text, g, 4.5})
		}
		pairs = append(pairs, pair{palette.Axis, g, 3})
		for _, h := range hues {
			pairs = append(pairs, pair{h.Mark, g, 3}, pair{h.Text, g, 4.5})
		}
	}
	pairs = append(pairs, pair{palette.Text, palette.Violated, 4.5}, pair{palette.First, palette.Violated, 3}, pair{palette.Second, palette.Violated, 3},
		pair{palette.Text, palette.Band, 4.5}, pair{palette.Soft, palette.Band, 4.5}, pair{palette.OnFirst, palette.First, 4.5})
	for _, p := range pairs {
		for side, c := range map[string]float64{
			"light": palette.Contrast(p.ink.Light, p.ground.Light),
			"dark":  palette.Contrast(p.ink.Dark, p.ground.Dark),
		} {
			if c < p.least {
				t.Errorf("%s on %s, %s: %.2f:1, want %.1f", p.ink.Name, p.ground.Name, side, c, p.least)
			}
		}
	}
}

// The two messages of a pair must also differ without any hue: one is filled,
// one is not. What is filled and what is not differ in luminance.
func TestPairDiffersInGrey(t *testing.T) {
	t.Parallel()
	for _, c := range []float64{
		palette.Contrast(palette.First.Light, palette.Ground.Light),
		palette.Contrast(palette.First.Dark, palette.Ground.Dark),
	} {
		if c < 4.5 {
			t.Errorf("a filled tile and an outlined one differ by %.2f:1", c)
		}
	}
}

func TestContrastOfKnownColours(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b palette.RGB
		want float64
	}{
		{0x000000, 0xFFFFFF, 21},
		{0xFFFFFF, 0xFFFFFF, 1},
		{0x767676, 0xFFFFFF, 4.54}, // the lightest grey that text may have on white
		{0x0000FF, 0xFFFFFF, 8.59},
	} {
		if got := palette.Contrast(tt.a, tt.b); math.Abs(got-tt.want) > 0.005 {
			t.Errorf("%v on %v: %.3f, want %.2f", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestNamesAreOnce(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, i := range []palette.Ink{
		palette.Ground, palette.Card, palette.CardEdge, palette.Text, palette.Soft, palette.Axis, palette.Grid, palette.Good,
		palette.Bad, palette.Violated, palette.First, palette.Second, palette.Band, palette.OnFirst,
		palette.Naive.Mark, palette.Naive.Text, palette.Timestamp.Mark, palette.Timestamp.Text, palette.Logical.Mark,
		palette.Logical.Text, palette.Other.Mark, palette.Other.Text, palette.Reference.Mark, palette.Reference.Text,
	} {
		if seen[i.Name] {
			t.Errorf("two inks are called %s", i.Name)
		}
		seen[i.Name] = true
	}
}

func ExampleOf() {
	hue := palette.Of("lamport")
	fmt.Println(hue.Mark.Light, hue.Mark.Dark)
	fmt.Printf("%.1f:1\n", palette.Contrast(hue.Text.Light, palette.Ground.Light))
	// Output:
	// #05977C #1FD699
	// 5.6:1
}
