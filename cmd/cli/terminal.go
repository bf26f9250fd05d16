package cli

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"

	"mpcomm/reports/screen"
)

// widthOfFiles is the width of a screen that goes to a file or a pipe.
const widthOfFiles = 100

// look is what the reader asked of the screen.
type look struct {
	ascii   bool
	verbose bool
}

// screen says what the standard output can show.
func (a *app) screen(l look) screen.Options {
	terminal := term.IsTerminal(int(a.out.Fd()))
	dumb := os.Getenv("TERM") == "dumb"
	height := 0
	if terminal && !l.verbose {
		height = heightOf(a.out)
	}
	return screen.Options{
		Width:   widthOf(a.out, terminal),
		Height:  height,
		ASCII:   l.ascii || dumb,
		Color:   terminal && !dumb && os.Getenv("NO_COLOR") == "",
		Verbose: l.verbose,
	}
}

// widthOf is COLUMNS if it is set, else what the terminal says.
func widthOf(f *os.File, terminal bool) int {
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 && n <= 1000 {
		return n
	}
	if terminal {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return widthOfFiles
}

// heightOf is what the terminal says; 0 = it does not.
func heightOf(f *os.File) int {
	if _, height, err := term.GetSize(int(f.Fd())); err == nil && height > 0 {
		return height
	}
	return 0
}

// talksToTerminal reports whether a line of progress can be drawn over itself.
func (a *app) talksToTerminal() bool {
	return term.IsTerminal(int(a.talk.Fd())) && os.Getenv("TERM") != "dumb"
}

// quoteShell writes an argument so that a POSIX shell takes it as one word.
func quoteShell(s string) string {
	plain := func(c rune) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("-_./=:,%+@", c)
	}
	if s != "" && !strings.ContainsFunc(s, func(c rune) bool { return !plain(c) }) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
