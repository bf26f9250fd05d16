// Package palette holds the colours of every picture, on light and on dark
// ground, and the rule that makes them legible.
//
// It owns colours and what they stand for. It must never know how a picture is
// made. Hues tell orderings apart for readers who do not see all of them
// (checked with the model of Machado, Oliveira and Fernandes, IEEE TVCG 15(6),
// 2009: CIEDE2000 at least 18 between any two marks on light ground and 14 on
// dark); no picture may rest on them alone.
package palette

import (
	"fmt"
	"math"
)

// RGB is a colour, 0xRRGGBB.
type RGB uint32

// String returns #RRGGBB.
func (c RGB) String() string { return fmt.Sprintf("#%06X", uint32(c)) }

// Ink is one colour by what it stands for.
type Ink struct {
	Name        string // as a stylesheet calls it
	Light, Dark RGB    // on light and on dark ground
}

// The grounds, and the inks that no ordering owns.
var (
	Ground   = Ink{"ground", 0xFFFFFF, 0x11151C}
	Card     = Ink{"card", 0xF6F6F4, 0x1A2029} // a ground a little apart
	CardEdge = Ink{"edge", 0xD9D9D4, 0x343C48} // ornament; says nothing
	Text     = Ink{"text", 0x1F1F1F, 0xF0F0F0}
	Soft     = Ink{"soft", 0x555555, 0xB4B8BF}    // text that comes second
	Axis     = Ink{"axis", 0x707070, 0x8D939C}    // lanes, axes, whatever is not chosen
	Grid     = Ink{"grid", 0xE3E3E3, 0x2A313C}    // ornament; says nothing
	Good     = Ink{"good", 0x04765F, 0x2FD0A0}    // what holds, beside a tick
	Bad      = Ink{"bad", 0xB3003C, 0xFF7A9C}     // what is violated, beside a cross
	Violated = Ink{"mark", 0xFFE14D, 0x6B5A00}    // a highlighter behind ink, never alone
	First    = Ink{"first", 0x0B5FA5, 0x63B3F5}   // the message that should come first; filled, solid
	Second   = Ink{"second", 0xB34700, 0xFF9D57}  // the one that overtakes it; outlined, dashed
	Band     = Ink{"band", 0xEAEAE6, 0x232B36}    // phases and faults, behind all else
	OnFirst  = Ink{"onfirst", 0xFFFFFF, 0x11151C} // text on First
)

// Hue is the colour of a family of orderings.
type Hue struct{ Mark, Text Ink }

// The families.
var (
	Naive     = Hue{Ink{"naive", 0xE24A05, 0xF5802A}, Ink{"naive-text", 0xC23E00, 0xF5802A}}
	Timestamp = Hue{Ink{"timestamp", 0x0C47E6, 0x4C86F5}, Ink{"timestamp-text", 0x0C47E6, 0x4C86F5}}
	Logical   = Hue{Ink{"logical", 0x05977C, 0x1FD699}, Ink{"logical-text", 0x04765F, 0x1FD699}}
	Other     = Hue{Ink{"other", 0x8E1B6A, 0xEBA3E4}, Ink{"other-text", 0x8E1B6A, 0xEBA3E4}}
	Reference = Hue{Ink{"reference", 0x1F1F1F, 0xF0F0F0}, Ink{"reference-text", 0x1F1F1F, 0xF0F0F0}}
)

// Of returns the hue of a kind of ordering: naive, orders by a physical clock,
// orders by a logical clock, the true order ("truth"), and all others.
func Of(kind string) Hue {
	switch kind {
	case "naive":
		return Naive
	case "timestamp", "timestamp-offline", "hlc", "commit-wait":
		return Timestamp
	case "lamport", "lamport-offline", "merge":
		return Logical
	case "truth":
		return Reference
	}
	return Other
}

// Contrast returns the ratio of the luminances of two colours, 1 to 21, as the
// Web Content Accessibility Guidelines 2.2 define it: text needs 4.5, marks 3.
func Contrast(a, b RGB) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c RGB) float64 {
	linear := func(v uint32) float64 {
		s := float64(v&0xFF) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(uint32(c)>>16) + 0.7152*linear(uint32(c)>>8) + 0.0722*linear(uint32(c))
}
