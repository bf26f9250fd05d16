package svg

import (
	"fmt"
	"strings"
	"sync"

	"codeberg.org/go-fonts/liberation/liberationmonobold"
	"codeberg.org/go-fonts/liberation/liberationmonoregular"
	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Len is a length in hundredths of a pixel.
type Len int64

// Px is one pixel.
const Px Len = 100

// Type is how a line of text looks.
type Type struct {
	Size Len
	Bold bool
	Mono bool
	Halo bool // a rim in the colour of the ground, over lines that pass below
}

// The families named in pictures. The first of each has the metrics by which
// text is measured; Arial and Courier New share them.
const (
	sansFamily = "'Liberation Sans',Arial,Helvetica,sans-serif"
	monoFamily = "'Liberation Mono','DejaVu Sans Mono',Menlo,Consolas,'Courier New',monospace"
)

// Width returns how wide s is, by the metrics of Liberation, with three
// hundredths added for the fonts that readers have instead. What these fonts
// lack counts as wide as the size.
func (t Type) Width(s string) Len {
	f := t.face()
	var sum Len
	for _, r := range s {
		sum += f.advance(r)
	}
	return (sum*t.Size*103 + unitsPerEm*100 - 1) / (unitsPerEm * 100)
}

// Ascent returns how far letters and digits rise above the base line.
func (t Type) Ascent() Len { return t.Size * 74 / 100 }

// Descent returns how far letters reach below the base line.
func (t Type) Descent() Len { return t.Size * 22 / 100 }

// unitsPerEm is how Liberation divides the size of a font.
const unitsPerEm = 2048

// metrics are the widths of one font.
type metrics struct {
	once  sync.Once
	data  []byte
	font  *sfnt.Font
	mu    sync.Mutex
	known map[rune]Len
	buf   sfnt.Buffer
}

var (
	sans     = &metrics{data: liberationsansregular.TTF}
	sansBold = &metrics{data: liberationsansbold.TTF}
	mono     = &metrics{data: liberationmonoregular.TTF}
	monoBold = &metrics{data: liberationmonobold.TTF}
)

func (t Type) face() *metrics {
	switch {
	case t.Mono && t.Bold:
		return monoBold
	case t.Mono:
		return mono
	case t.Bold:
		return sansBold
	}
	return sans
}

// advance returns the width of one character in units of the font.
func (m *metrics) advance(r rune) Len {
	m.once.Do(func() {
		f, err := sfnt.Parse(m.data)
		if err != nil || f.UnitsPerEm() != unitsPerEm {
			panic(fmt.Sprintf("svg: broken invariant: the metrics of Liberation do not read: %v", err))
		}
		m.font, m.known = f, make(map[rune]Len)
	})
	m.mu.Lock()
	defer m.mu.Unlock()
	if w, ok := m.known[r]; ok {
		return w
	}
	w := Len(unitsPerEm)
	if i, err := m.font.GlyphIndex(&m.buf, r); err == nil && i != 0 {
		if a, err := m.font.GlyphAdvance(&m.buf, i, fixed.I(unitsPerEm), font.HintingNone); err == nil {
			w = Len(a.Round())
		}
	}
	m.known[r] = w
	return w
}

// Wrap breaks words into lines no wider than most, at spaces. A word that is
// wider than a line stays whole on a line of its own.
func (t Type) Wrap(words string, most Len) []string {
	var lines []string
	line := ""
	for _, w := range strings.Fields(words) {
		if line != "" && t.Width(line+" "+w) > most {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += w
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// Fit shortens s with an ellipsis until it is no wider than most.
func (t Type) Fit(s string, most Len) string {
	if t.Width(s) <= most {
		return s
	}
	runes := []rune(s)
	for len(runes) > 0 {
		runes = runes[:len(runes)-1]
		if short := string(runes) + "…"; t.Width(short) <= most {
			return short
		}
	}
	return ""
}
