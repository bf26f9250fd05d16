package screen

import (
	"strconv"
	"strings"
)

// labelWidth is how much of a barcode line its label takes at least.
const labelWidth = 20

// blocks of rising height, for displacements 1 to 8 and more.
var heights = []rune("▁▂▃▄▅▆▇█")

// where draws one barcode line for each ordering under a common axis of log
// positions. One character stands for as many positions as the width asks
// for, and shows the largest displacement among them.
func (b *brush) where(v *View) {
	positions := 0
	for _, code := range v.Barcodes {
		positions = max(positions, len(code.Widest))
	}
	if positions == 0 {
		return
	}
	b.blank()
	label := labelWidth
	for i := range v.Run.Runs {
		label = max(label, min(4+columns(b.plain(v.Run.Runs[i].Ordering)), b.Width/3))
	}
	per := (positions + b.Width - label - 1) / (b.Width - label)
	b.axis(label, per, positions)
	missing := false
	for i := range min(len(v.Barcodes), len(v.Run.Runs)) {
		code := v.Barcodes[i]
		name := b.plain(v.Run.Runs[i].Ordering)
		if !b.Verbose || code.Peers == nil {
			b.bar("  "+name, label, per, code.Widest)
		} else {
			for k, p := range code.Peers {
				head := "  " + name
				if k > 0 {
					head = ""
				}
				own := p.Peer.String()
				b.bar(pad(b.fit(head, label-columns(own)-2), label-columns(own)-1)+own, label, per, p.Widest)
			}
		}
		for _, d := range code.Widest {
			missing = missing || d == Missing
		}
	}
	b.legend(label, missing)
}

func (b *brush) bar(head string, label, per int, widest []int32) {
	b.line(pad(b.fit(head, label-1), label) + b.glyphs(widest, per))
}

// glyphs draws displacements, per of them to a character.
func (b *brush) glyphs(widest []int32, per int) string {
	if len(widest) == 0 {
		return "(empty)"
	}
	var s strings.Builder
	for from := 0; from < len(widest); from += per {
		most := int32(0)
		for _, d := range widest[from:min(from+per, len(widest))] {
			most = max(most, d)
		}
		switch {
		case b.ASCII && most == 0:
			s.WriteByte('.')
		case b.ASCII && most == Missing:
			s.WriteByte('x')
		case b.ASCII:
			s.WriteByte('0' + byte(min(most, 9)))
		case most == 0:
			s.WriteRune('·')
		case most == Missing:
			s.WriteRune('×')
		default:
			s.WriteRune(heights[min(int(most), len(heights))-1])
		}
	}
	return s.String()
}

// axis numbers the log positions, from 1, over their characters.
func (b *brush) axis(label, per, positions int) {
	const title = "log position"
	head := "WHERE  " + title
	chars := (positions + per - 1) / per
	row := []byte(strings.Repeat(" ", chars+8))
	step := axisStep(per)
	end := 0
	for p := 1; p <= positions; p = next(p, step) {
		at := (p - 1) / per
		n := strconv.Itoa(p)
		// The last number may stand past the bar, not past the terminal.
		if at < end || label+at+len(n) > b.Width {
			continue
		}
		copy(row[at:], n)
		end = at + len(n) + 1
	}
	b.line(pad(b.paint(faint, "WHERE")+head[len("WHERE"):], label) + string(row))
}

// next is the next numbered position: 1, step, 2·step, …
func next(p, step int) int {
	if p == 1 && step > 1 {
		return step
	}
	return p + step
}

// axisStep is the least of 1, 2, 5 times a power of ten that leaves ten
// columns between two numbers.
func axisStep(per int) int {
	for power := 1; ; power *= 10 {
		for _, m := range []int{1, 2, 5} {
			if m*power >= 10*per {
				return m * power
			}
		}
	}
}

// legend is the key of the barcode.
func (b *brush) legend(label int, missing bool) {
	if b.tight >= noLegend {
		return
	}
	words := []string{"· peers agree", "▁ off by 1", "█ off by 8 or more"}
	absent := "× missing from a log"
	if b.ASCII {
		words = []string{". peers agree", "1 off by 1", "9 off by 9 or more"}
		absent = "x missing from a log"
	}
	if missing {
		words = append(words, absent)
	}
	line := strings.Join(words, "   ")
	for label > 2 && label+columns(line) > b.Width {
		label--
	}
	if label+columns(line) > b.Width {
		for _, w := range words {
			b.line("  " + b.paint(faint, w))
		}
		return
	}
	b.line(strings.Repeat(" ", label) + b.paint(faint, line))
}
