package screen

import (
	"strings"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Options say what the terminal can show and how much is asked for.
type Options struct {
	Width   int  // columns; 0 = 100; below 40 counts as 40
	Height  int  // rows that a run's screen should fit if it can; 0 = any number
	ASCII   bool // no character beyond ASCII
	Color   bool // the sixteen colours of ANSI, which the reader's theme decides
	Verbose bool // one barcode line per peer, every first difference, every note
}

const (
	defaultWidth = 100
	leastWidth   = 40
)

// A character of ambiguous width counts one column whatever the reader's
// locale is, so that a screen is the same bytes everywhere.
func init() { text.OverrideRuneWidthEastAsianWidth(false) }

// brush turns words into what the terminal shows.
type brush struct {
	Options
	out   strings.Builder
	tight tightness
}

// tightness is what is left out to save rows, each level more than the one
// before.
type tightness uint8

const (
	oneNote  tightness = iota + 1 // one note, and how many more there are
	noLegend                      // no key to the barcode
	oneHint                       // one thing to do next
	noAir                         // no blank lines
	noTally                       // no counts of mechanisms
	noHints                       // nothing about what to do next
	tightest = noHints
)

func newBrush(o Options) *brush {
	switch {
	case o.Width <= 0:
		o.Width = defaultWidth
	case o.Width < leastWidth:
		o.Width = leastWidth
	}
	return &brush{Options: o}
}

// ink is how a piece of text is set off.
type ink string

const (
	bad   ink = "1;31" // bold red
	good  ink = "32"   // green
	faint ink = "2"
)

func (b *brush) paint(k ink, s string) string {
	if !b.Color || s == "" {
		return s
	}
	return "\x1b[" + string(k) + "m" + s + "\x1b[0m"
}

// columns is how many columns s takes on the terminal.
func columns(s string) int { return text.StringWidthWithoutEscSequences(s) }

var toASCII = strings.NewReplacer(
	" · ", ", ", "·", "-", "×", "x", "÷", "/", "±", "+/-", "µ", "u", "…", "...", "→", "->", "←", "<-",
	"–", "-", "—", "-", "≥", ">=", "≤", "<=", "‘", "'", "’", "'", "“", `"`, "”", `"`, "é", "e", "á", "a",
)

// plain returns s as this terminal can show it: without control characters,
// and in ASCII mode with every other character spelled out or as "?".
func (b *brush) plain(s string) string {
	if b.ASCII {
		s = toASCII.Replace(s)
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case r < ' ' || r == 0x7F || 0x80 <= r && r < 0xA0:
			return -1 // a log file's name must not steer the terminal
		case b.ASCII && r >= utf8.RuneSelf:
			return '?'
		}
		return r
	}, s)
}

// fit shortens s to at most width columns, with an ellipsis.
func (b *brush) fit(s string, width int) string {
	if columns(s) <= width {
		return s
	}
	mark := "…"
	if b.ASCII {
		mark = "~"
	}
	runes := []rune(s)
	for len(runes) > 0 && columns(string(runes))+1 > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + mark
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-columns(s)))
}

func (b *brush) line(s string) {
	b.out.WriteString(strings.TrimRight(s, " "))
	b.out.WriteByte('\n')
}

func (b *brush) blank() {
	if b.tight < noAir {
		b.out.WriteByte('\n')
	}
}

// wrap writes words after a head, breaking lines at spaces; further lines
// hang under the first word. A word longer than a line stays whole, so that a
// path or a command can be copied.
func (b *brush) wrap(head, words string) {
	indent := columns(head)
	for i, line := range Wrapped(words, b.Width-indent, 0) {
		if i > 0 {
			head = strings.Repeat(" ", indent)
		}
		b.line(head + line)
	}
}

// Wrapped breaks words into lines of at most width columns, those after the first
// of at most width-hang. A word that is longer stays whole; Folded breaks it.
func Wrapped(words string, width, hang int) []string {
	lines, used := []string{""}, 0
	for word := range strings.FieldsSeq(words) {
		last, w := &lines[len(lines)-1], columns(word)
		switch {
		case used == 0:
			*last, used = word, w
		case used+1+w > width:
			if len(lines) == 1 {
				width -= hang
			}
			lines, used = append(lines, word), w
		default:
			*last += " " + word
			used += 1 + w
		}
	}
	return lines
}

// align says on which side a column's cells stand.
type align = text.Align

const (
	left  = text.AlignLeft
	right = text.AlignRight
)

// table writes rows in columns two spaces apart, without lines, the head in
// faint ink. Cells may hold colours. The caller has made sure that it fits.
func (b *brush) table(head []string, aligns []align, rows [][]string) {
	t := table.NewWriter()
	style := table.StyleDefault
	style.Options = table.OptionsNoBordersAndSeparators
	style.Format.Header = text.FormatDefault
	style.Box.PaddingLeft, style.Box.PaddingRight = "", "  "
	t.SetStyle(style)
	configs := make([]table.ColumnConfig, len(aligns))
	for i, a := range aligns {
		configs[i] = table.ColumnConfig{Number: i + 1, Align: a, AlignHeader: a}
	}
	t.SetColumnConfigs(configs)
	if head != nil {
		cells := make(table.Row, len(head))
		for i, s := range head {
			cells[i] = b.paint(faint, s)
		}
		t.AppendHeader(cells)
	}
	for _, row := range rows {
		cells := make(table.Row, len(row))
		for i, s := range row {
			cells[i] = s
		}
		t.AppendRow(cells)
	}
	for s := range strings.SplitSeq(t.Render(), "\n") {
		b.line(s)
	}
}
