package screen

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Catalogue is a list of things of one sort: a table of their short properties,
// and what takes more words, in columns of the table where the terminal is wide
// enough for all of it, and else in a block for each thing.
type Catalogue struct {
	Title   string   // over the names
	Columns []string // titles of the short properties
	Spare   int      // so many of the last columns go where there is no room for them
	Texts   []Text   // the long properties
	Items   []Item
	Notes   []string // paragraphs after the list
}

// Text is a long property.
type Text struct {
	Title string
	Least int  // as a column it is at least so wide, unless no text of it is
	Lead  bool // in a block it stands beside the name
}

// Item is one thing, or a variant of the thing above it.
type Item struct {
	Name    string
	Variant bool
	Cells   []string // one for each of Columns; nil = a variant that differs in none
	Texts   []string // one for each of Texts; "" = nothing, of a variant: as above; lines of a block end with \n
}

// WriteCatalogue writes a list of things.
func WriteCatalogue(w io.Writer, c *Catalogue, o Options) error {
	b := newBrush(o)
	shown, widths := c.layout(b)
	if shown > 0 || widths != nil {
		b.catalogueTable(c, shown, widths)
	}
	if widths == nil {
		for i := range c.Items {
			if !c.Items[i].Variant {
				if b.out.Len() > 0 {
					b.out.WriteByte('\n')
				}
				b.block(c, i, shown > 0)
			}
		}
	}
	for i, note := range c.Notes {
		if i == 0 {
			b.out.WriteByte('\n')
		}
		b.wrap("", b.plain(note))
	}
	if _, err := io.WriteString(w, b.out.String()); err != nil {
		return fmt.Errorf("screen: %w", err)
	}
	return nil
}

// gap is what stands between two columns.
const gap = 2

// layout says how many of the short properties are columns of a table, and how
// wide each of the long ones is as a column of it; nil = they stand in blocks.
func (c *Catalogue) layout(b *brush) (shown int, widths []int) {
	used := columns(c.Title)
	for i := range c.Items {
		used = max(used, columns(c.Items[i].label(b)))
	}
	for k := range c.Columns {
		if used += gap + c.widest(b, k); used > b.Width {
			if k < len(c.Columns)-c.Spare {
				return 0, nil
			}
			return k, nil
		}
	}
	natural := make([]int, len(c.Texts))
	widths = make([]int, len(c.Texts))
	for k, t := range c.Texts {
		natural[k] = columns(t.Title)
		for i := range c.Items {
			natural[k] = max(natural[k], columns(b.plain(c.Items[i].Texts[k])))
		}
		widths[k] = min(natural[k], t.Least)
		used += gap + widths[k]
	}
	if used > b.Width {
		return len(c.Columns), nil
	}
	for grown := true; grown; {
		grown = false
		for k := range widths {
			if widths[k] < natural[k] && used < b.Width {
				widths[k]++
				used++
				grown = true
			}
		}
	}
	return len(c.Columns), widths
}

// widest is the width of a column of short properties.
func (c *Catalogue) widest(b *brush, k int) int {
	most := columns(c.Columns[k])
	for i := range c.Items {
		if cells := c.Items[i].Cells; cells != nil {
			most = max(most, columns(b.plain(cells[k])))
		}
	}
	return most
}

// label is the name of an item in a column of names.
func (i *Item) label(b *brush) string {
	if i.Variant {
		return "  " + b.plain(i.Name)
	}
	return b.plain(i.Name)
}

// catalogueTable writes the properties that are columns. Where a cell takes
// more than one line, a blank line parts the things.
func (b *brush) catalogueTable(c *Catalogue, shown int, widths []int) {
	head, aligns := append([]string{strings.ToUpper(c.Title)}, c.Columns[:shown]...), make([]align, 1+shown+len(widths))
	for k := range widths {
		head = append(head, strings.ToUpper(c.Texts[k].Title))
	}
	for i := range aligns {
		aligns[i] = left
	}
	var rows [][]string
	var first []int // rows that begin a thing
	tall := false
	for i := range c.Items {
		item := &c.Items[i]
		if item.Cells == nil && (widths == nil || strings.Join(item.Texts, "") == "") {
			continue
		}
		row := append([]string{item.label(b)}, make([]string, shown)...)
		for k, cell := range item.Cells[:min(shown, len(item.Cells))] {
			row[1+k] = b.plain(cell)
		}
		for k, width := range widths {
			lines := Folded(b.plain(item.Texts[k]), width)
			tall = tall || len(lines) > 1
			row = append(row, strings.Join(lines, "\n"))
		}
		if !item.Variant {
			first = append(first, len(rows))
		}
		rows = append(rows, row)
	}
	if tall {
		for _, at := range slices.Backward(first[min(1, len(first)):]) {
			rows = slices.Insert(rows, at, make([]string, len(head)))
		}
	}
	b.table(head, aligns, rows)
}

// Folded breaks words into lines of at most width columns, inside a word only
// where it alone is longer.
func Folded(words string, width int) []string {
	var lines []string
	current := ""
	for word := range strings.FieldsSeq(words) {
		if current != "" && columns(current)+1+columns(word) <= width {
			current += " " + word
			continue
		}
		if current != "" {
			lines = append(lines, current)
		}
		runes := []rune(word)
		for columns(string(runes)) > width {
			n := len(runes)
			for columns(string(runes[:n])) > width {
				n--
			}
			lines, runes = append(lines, string(runes[:n])), runes[n:]
		}
		current = string(runes)
	}
	if current != "" || len(lines) == 0 {
		lines = append(lines, current)
	}
	return lines
}

// block writes of one thing, and of its variants, what is not in the table.
func (b *brush) block(c *Catalogue, at int, inTable bool) {
	item := &c.Items[at]
	lead, title := "", len("is")
	for k, t := range c.Texts {
		if t.Lead {
			lead = item.Texts[k]
		} else {
			title = max(title, columns(t.Title))
		}
	}
	b.wrap(b.plain(item.Name)+"  ", b.plain(lead))
	line := func(name, words string) {
		for part := range strings.SplitSeq(words, "\n") {
			b.wrap("  "+pad(name, title)+"  ", b.plain(part))
			name = ""
		}
	}
	variants := c.Items[at+1:]
	if next := slices.IndexFunc(variants, func(i Item) bool { return !i.Variant }); next >= 0 {
		variants = variants[:next]
	}
	if !inTable {
		line("is", c.inWords(item))
		for i := range variants {
			if variants[i].Cells != nil {
				line("", "with "+variants[i].Name+": "+c.inWords(&variants[i]))
			}
		}
	}
	for k, t := range c.Texts {
		if t.Lead {
			continue
		}
		name := t.Title
		if item.Texts[k] != "" {
			line(name, item.Texts[k])
			name = ""
		}
		for i := range variants {
			if words := variants[i].Texts[k]; words != "" {
				line(name, "with "+variants[i].Name+": "+words)
				name = ""
			}
		}
	}
}

// inWords are the short properties of an item that no text repeats, in one line.
func (c *Catalogue) inWords(item *Item) string {
	var all []string
	for k, title := range c.Columns[:len(c.Columns)-c.Spare] {
		if cell := item.Cells[k]; cell != "" {
			all = append(all, strings.ToLower(title)+" "+cell)
		}
	}
	return strings.Join(all, ", ")
}
