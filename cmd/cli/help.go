package cli

import (
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"mpcomm/reports/screen"
)

// helpWidth is that of every line of help, whatever the terminal.
const helpWidth = 80

// fitHelp makes the help of a command and of those below it fit.
func fitHelp(c *cobra.Command) {
	c.Long = reflow(c.Long)
	for _, below := range c.Commands() {
		fitHelp(below)
	}
}

// helpTemplate is the library's, with flags that are wrapped and without the
// second usage line that it shows for what has commands below it.
func helpTemplate(library string) string {
	return strings.NewReplacer(
		"{{if .HasAvailableSubCommands}}\n  {{.CommandPath}} [command]{{end}}", "",
		".FlagUsages ", ".FlagUsagesWrapped 80 ",
	).Replace(library)
}

// reflow fills paragraphs anew. Lines that are indented stay lines: entries of a
// list, such as a name and, after two spaces or more, what it means.
func reflow(text string) string {
	var b, paragraph strings.Builder
	flush := func() {
		if paragraph.Len() > 0 {
			b.WriteString(strings.Join(screen.Wrapped(paragraph.String(), helpWidth, 0), "\n") + "\n")
			paragraph.Reset()
		}
	}
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" || line[0] == ' ' {
			flush()
			b.WriteString(listed(line) + "\n")
			continue
		}
		paragraph.WriteString(line + " ")
	}
	flush()
	return strings.TrimRight(b.String(), "\n")
}

// listed folds a line of a list under where its second column begins.
func listed(line string) string {
	name := strings.TrimLeft(line, " ")
	gap := strings.Index(name, "  ")
	if utf8.RuneCountInString(line) <= helpWidth || gap < 0 {
		return line
	}
	means := strings.TrimLeft(name[gap:], " ")
	column := len(line) - len(means)
	return line[:column] + strings.Join(screen.Wrapped(means, helpWidth-column, 0), "\n"+strings.Repeat(" ", column))
}
