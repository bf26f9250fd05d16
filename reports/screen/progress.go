package screen

import (
	"fmt"
	"io"
	"iter"
	"strings"
	"time"
)

// Times of a progress line, on the caller's clock.
const (
	quietFor = 300 * time.Millisecond // a shorter job shows no progress at all
	redraw   = 100 * time.Millisecond
)

// Progress is one line on a terminal that says how far a long job is, its rate
// and when it will be over. It draws over itself, and knows no clock: the
// caller says how much time has passed. It is for a terminal only, and not
// for use by several goroutines at once.
type Progress struct {
	w     io.Writer
	noun  string
	total uint64
	width int
	last  time.Duration
	drawn int // columns on the terminal now
}

// NewProgress returns a line for a job of total steps, called noun ("runs"),
// on a terminal of width columns (0 = 80).
func NewProgress(w io.Writer, noun string, total uint64, width int) *Progress {
	if width <= 0 {
		width = 80
	}
	return &Progress{w: w, noun: noun, total: total, width: width, last: quietFor - redraw}
}

// Update redraws the line when a tenth of a second has passed since it was
// drawn. done is how many steps are finished, elapsed the time since the start.
func (p *Progress) Update(done uint64, elapsed time.Duration) error {
	if elapsed-p.last < redraw {
		return nil
	}
	p.last = elapsed
	line := ProgressLine(p.noun, done, p.total, elapsed)
	if len(line) >= p.width { // a line that wraps cannot be drawn over
		line = line[:p.width-1]
	}
	blanks := strings.Repeat(" ", max(0, p.drawn-len(line)))
	p.drawn = len(line)
	if _, err := io.WriteString(p.w, "\r"+line+blanks); err != nil {
		return fmt.Errorf("screen: progress: %w", err)
	}
	return nil
}

// Board is a few lines on a terminal that are drawn over themselves. It is not
// for use by several goroutines at once.
type Board struct {
	w     io.Writer
	width int
	drawn int // lines on the terminal now
}

// NewBoard returns a board on a terminal of width columns (0 = 80) that takes
// the escapes of ECMA-48.
func NewBoard(w io.Writer, width int) *Board {
	if width <= 0 {
		width = 80
	}
	return &Board{w: w, width: width}
}

// Draw replaces the lines; none removes them, so that whatever comes next begins
// where they were. The cursor stays at the end of the last one.
func (b *Board) Draw(lines []string) error {
	if len(lines) == 0 && b.drawn == 0 {
		return nil
	}
	var out strings.Builder
	if b.drawn > 1 {
		fmt.Fprintf(&out, "\x1b[%dA", b.drawn-1)
	}
	out.WriteString("\r\x1b[J") // everything from here on
	for i, line := range lines {
		if i > 0 {
			out.WriteByte('\n')
		}
		out.WriteString(line[:min(len(line), b.width-1)]) // one that wraps cannot be drawn over
	}
	b.drawn = len(lines)
	if _, err := io.WriteString(b.w, out.String()); err != nil {
		return fmt.Errorf("screen: progress: %w", err)
	}
	return nil
}

// Clear removes the line, so that whatever comes next begins on an empty one.
func (p *Progress) Clear() error {
	if p.drawn == 0 {
		return nil
	}
	blanks := strings.Repeat(" ", p.drawn)
	p.drawn = 0
	if _, err := io.WriteString(p.w, "\r"+blanks+"\r"); err != nil {
		return fmt.Errorf("screen: progress: %w", err)
	}
	return nil
}

// ProgressLine says how far a job is, in ASCII: "12,000 of 60,000 runs  20%
// 8,213 runs/s  6 s left". Rate and time left are those at the mean speed so
// far.
func ProgressLine(noun string, done, total uint64, elapsed time.Duration) string {
	return progressText(noun, done, total, done, elapsed)
}

// progressText is ProgressLine of a job of which only so much was made since it
// began.
func progressText(noun string, done, total, made uint64, elapsed time.Duration) string {
	line := fmt.Sprintf("%s of %s %s", thousands(int64(done)), thousands(int64(total)), noun)
	if total > 0 {
		line += fmt.Sprintf("  %d%%", int(float64(done)/float64(total)*100))
	}
	if made == 0 || elapsed <= 0 {
		return line
	}
	rate := float64(made) / elapsed.Seconds()
	line += "  " + rateText(rate) + " " + noun + "/s"
	if done < total {
		line += "  " + roughly(float64(total-done)/rate) + " left"
	}
	return line
}

func rateText(rate float64) string {
	if rate >= 10 {
		return thousands(int64(rate))
	}
	return fmt.Sprintf("%.1f", rate)
}

// roughly writes seconds in the one or two units that matter.
func roughly(seconds float64) string {
	const hour, minute = 3600, 60
	s := int64(seconds + 0.5)
	switch {
	case s < 1:
		return "<1 s"
	case s < minute:
		return fmt.Sprintf("%d s", s)
	case s < hour:
		return fmt.Sprintf("%d min %d s", s/minute, s%minute)
	}
	return fmt.Sprintf("%s h %d min", thousands(s/hour), s%hour/minute)
}

// linesOf yields the lines of s without their ends.
func linesOf(s string) iter.Seq[string] { return strings.SplitSeq(strings.TrimSuffix(s, "\n"), "\n") }
