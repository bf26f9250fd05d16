package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong with a scenario, with its place.
type Problem struct {
	File    string // name of the file, or "--set PATH=VALUE"
	Line    int    // from 1
	Col     int    // from 1, in characters
	Path    string // keys and list indexes joined by dots; empty for the whole file
	Message string // what is wrong; the allowed range; what to do
	Source  string // the line itself

	set bool
}

// Error returns "file:line:col: path: what is wrong", the source line, and a
// line whose caret stands under the value.
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if !p.set {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Col)
	}
	if p.Path != "" {
		b.WriteString(": ")
		b.WriteString(p.Path)
	}
	b.WriteString(": ")
	b.WriteString(p.Message)
	if strings.TrimSpace(p.Source) != "" {
		line, caret := excerpt(p.Source, p.Col)
		fmt.Fprintf(&b, "\n    %s\n    %s^", line, caret)
	}
	return b.String()
}

// maxExcerpt is how much of a long source line an error shows.
const maxExcerpt = 100

// excerpt is the part of a source line around column col, and the white space
// that puts a caret under that column.
func excerpt(source string, col int) (line, indent string) {
	runes := []rune(source)
	at := min(max(col-1, 0), len(runes))
	from := 0
	if len(runes) > maxExcerpt && at > maxExcerpt/2 {
		from = at - maxExcerpt/2
	}
	to := min(len(runes), from+maxExcerpt)
	var b, space strings.Builder
	for i, r := range runes[from:to] {
		if r < ' ' && r != '\t' || r == 0x7f {
			r = '?'
		}
		b.WriteRune(r)
		if i < at-from {
			if r != '\t' {
				r = ' '
			}
			space.WriteRune(r)
		}
	}
	return b.String(), space.String()
}

// Errors are all problems of a scenario, in the order of the file.
type Errors []Problem

// maxShown is how many problems Error prints.
const maxShown = 50

// Error prints every problem; of more than fifty the first fifty.
func (e Errors) Error() string {
	var b strings.Builder
	for i, p := range e {
		if i == maxShown {
			fmt.Fprintf(&b, "\nand %d more", len(e)-maxShown)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.Error())
	}
	return b.String()
}

// sorted puts problems in the order of the file and drops repetitions.
func (e Errors) sorted() Errors {
	slices.SortStableFunc(e, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return slices.Compact(e)
}

// nearest is the word of words that s was probably meant to be, or "".
func nearest(s string, words []string) string {
	best, limit := "", 1+len(s)/3
	for _, w := range words {
		if d := editDistance(strings.ToLower(s), w, limit); d <= limit {
			best, limit = w, d-1
		}
	}
	return best
}

// didYouMean is ` (did you mean "x"?)`, or nothing.
func didYouMean(s string, words []string) string {
	if w := nearest(s, words); w != "" {
		return fmt.Sprintf(" (did you mean %q?)", w)
	}
	return ""
}

// editDistance is the number of insertions, removals, replacements and swaps of
// neighbours between a and b (optimal string alignment), or limit+1 when their
// lengths alone differ by more than limit.
func editDistance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	before, previous, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			swap := 1
			if a[i-1] == b[j-1] {
				swap = 0
			}
			row[j] = min(previous[j]+1, row[j-1]+1, previous[j-1]+swap)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, previous, row = previous, row, before
	}
	return previous[len(b)]
}
