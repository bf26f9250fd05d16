package screen

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func fruits() *Catalogue {
	return &Catalogue{
		Title: "fruit", Columns: []string{"SWEET", "ROUND", "GRAMS"}, Spare: 1,
		Texts: []Text{
			{Title: "is", Least: 12, Lead: true},
			{Title: "grows", Least: 12},
			{Title: "in short", Least: 12},
		},
		Items: []Item{
			{Name: "apple", Cells: []string{"yes", "yes", "200"}, Texts: []string{"what one eats a day", "on trees\nand in books", "good"}},
			{Name: "colour=green and yellowish", Variant: true, Cells: []string{"-", "yes", "180"}, Texts: []string{"", "", "sour"}},
			{Name: "place=cellar", Variant: true, Texts: []string{"", "in the dark", ""}},
			{Name: "banana", Cells: []string{"yes", "-", "120"}, Texts: []string{"bent", "in hands of ten to twenty fingers", "·"}},
		},
		Notes: []string{"SWEET is a matter of taste."},
	}
}

// A catalogue is a table with blocks, a table alone where there is room for
// everything, and blocks alone where there is little.
func TestWriteCatalogue(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{{Width: 40}, {Width: 44}, {Width: 90}, {Width: 160, ASCII: true}} {
		var buf bytes.Buffer
		if err := WriteCatalogue(&buf, fruits(), o); err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("catalogue-%d", o.Width)
		if o.ASCII {
			name += "-ascii"
		}
		golden(t, name, buf.Bytes())
	}
}

// No line is longer than the terminal is wide, whatever the width, and nothing
// of a catalogue is left out but the columns that are said to be spare.
func TestCatalogueFitsEveryWidth(t *testing.T) {
	t.Parallel()
	for width := 40; width <= 200; width++ {
		var buf bytes.Buffer
		if err := WriteCatalogue(&buf, fruits(), Options{Width: width}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(buf.String()) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > width {
				t.Errorf("width %d: a line of %d: %s", width, n, line)
			}
		}
		words := strings.Join(strings.Fields(buf.String()), " ")
		for _, want := range []string{"apple", "banana", "colour=green", "yellowish", "place=cellar", "sour", "dark", "twenty", "taste."} {
			if !strings.Contains(words, want) {
				t.Errorf("width %d: %q is missing:\n%s", width, want, buf.String())
			}
		}
	}
}

func TestFolded(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		words string
		width int
		want  string
	}{
		{"", 5, ""},
		{"one two", 7, "one two"},
		{"one two", 6, "one|two"},
		{"abcdefgh", 3, "abc|def|gh"},
		{"a abcdefgh b", 4, "a|abcd|efgh|b"},
		{"a·b·c d", 5, "a·b·c|d"},
	} {
		if got := strings.Join(Folded(tt.words, tt.width), "|"); got != tt.want {
			t.Errorf("Folded(%q, %d) = %q, want %q", tt.words, tt.width, got, tt.want)
		}
	}
}
