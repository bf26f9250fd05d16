package cli

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"mpcomm/peer/order"
)

// TestHelpWidth: no line of any help is wider than a terminal, and none that a
// list or an example has is lost on the way.
func TestHelpWidth(t *testing.T) {
	t.Parallel()
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		var out bytes.Buffer
		c.InitDefaultHelpFlag()
		c.SetOut(&out)
		if err := c.Help(); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			if line = strings.TrimSuffix(line, "\n"); utf8.RuneCountInString(line) > helpWidth {
				t.Errorf("%s --help: %d columns: %s", c.CommandPath(), utf8.RuneCountInString(line), line)
			}
		}
		for _, below := range c.Commands() {
			visit(below)
		}
	}
	a := &app{program: "mpcomm", name: "mpcomm", table: order.Builtin()}
	visit(a.command())
}

// TestReflow: paragraphs are filled, lists keep their lines and their columns.
func TestReflow(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("word ", 20)
	got := reflow("one\ntwo\n  a list\n  name   " + long + "word word word word word word word word word word\nthree " + long + "\n\nfour")
	want := "one two\n  a list\n  name   word word word word word word word word word word word word word word\n" +
		"         word word word word word word word word word word word word word word\n" +
		"         word word\n" +
		"three word word word word word word word word word word word word word word word\n" +
		"word word word word word\n\nfour"
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// TestFolded: talk is folded but for what is to be copied or stands in place.
func TestFolded(t *testing.T) {
	t.Parallel()
	a := &app{program: "mpcomm", name: "./mpcomm"}
	for _, test := range []struct{ text, want string }{
		{"wrote out: one, two, three, four", "wrote out: one, two,\n  three, four"},
		{"short\nwrote out: one, two, three", "short\nwrote out: one, two,\n  three"},
		{"to go on: ./mpcomm sweep --resume out", "to go on: ./mpcomm sweep --resume out"},
		{"    sweep: {runs: 100, precision: x}\n                ^", "    sweep: {runs: 100, precision: x}\n                ^"},
		{"a-word-that-is-wider-than-all-of-it", "a-word-that-is-wider-than-all-of-it"},
		{"ä ö ü ß é è ê ë", "ä ö ü ß é è ê ë"},
	} {
		if got := a.folded(test.text, 20); got != test.want {
			t.Errorf("%q: %q, want %q", test.text, got, test.want)
		}
	}
}
