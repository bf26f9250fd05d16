package fit

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// MaxPings is the largest number of pings that are read.
const MaxPings = 2_000_000

// maxTrip bounds a round trip: what takes longer is another unit.
const maxTrip = 24 * time.Hour

const (
	maxPingLine = 4096
	pingForms   = "want a round trip such as 12.5, or lost"
)

// Pings is a series of pings in the order in which they were sent.
type Pings struct {
	Trips []time.Duration // round trips of those that came back
	Lost  []bool          // of every ping
	Every time.Duration   // median time from one ping to the next; 0 = the file has no times
}

// ReadPings reads one ping a line: a round trip in the given unit, or a time in
// seconds, a comma and a round trip. A ping that was lost has one of the words
// lost, timeout and nan, or * or -, instead of its round trip; after a time
// nothing at all will do. Times may not fall. The first line may name the
// columns. Empty lines and what follows a # are left out.
//
// Errors begin with name, line and column (in bytes, both from 1), all of them
// up to ten.
func ReadPings(name string, r io.Reader, unit time.Duration) (*Pings, error) {
	return readPings(name, r, unit, MaxPings)
}

func readPings(name string, r io.Reader, unit time.Duration, most int) (*Pings, error) {
	p := pingReader{name: name, unit: unit, pings: &Pings{}}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxPingLine)
	for lines.Scan() {
		p.number++
		text, _, _ := strings.Cut(lines.Text(), "#")
		if strings.TrimSpace(text) != "" {
			p.line(text)
		}
		if len(p.pings.Lost) > most {
			return nil, fmt.Errorf("%s:%d:1: more than %d pings; want a part of them", name, p.number, most)
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		p.number++
		p.add(1, "longer than %d bytes; want one ping a line", maxPingLine)
	} else if err != nil {
		return nil, fmt.Errorf("%s:%d:1: %w", name, p.number+1, err)
	}
	switch {
	case p.faults.count > 0:
	case len(p.pings.Lost) == 0:
		p.number = max(1, p.number)
		p.add(1, "no ping in the file; want one round trip a line")
	case len(p.pings.Trips) == 0:
		p.add(1, "all %d pings are lost; want some that came back", len(p.pings.Lost))
	}
	if err := p.faults.join(); err != nil {
		return nil, err
	}
	if len(p.gaps) > 0 {
		slices.Sort(p.gaps)
		p.pings.Every = p.gaps[(len(p.gaps)-1)/2]
	}
	return p.pings, nil
}

// pingReader is a series being read.
type pingReader struct {
	name    string
	unit    time.Duration
	number  int     // of the line
	columns int     // 0 = not yet known
	last    float64 // time of the ping before, in seconds
	gaps    []time.Duration
	pings   *Pings
	faults  faults
}

func (p *pingReader) add(column int, format string, args ...any) {
	p.faults.add(fmt.Errorf("%s:%d:%d: %s", p.name, p.number, column, fmt.Sprintf(format, args...)))
}

// line reads one line that is not empty.
func (p *pingReader) line(text string) {
	cells := strings.Split(text, ",")
	if len(cells) > 2 {
		p.add(len(cells[0])+len(cells[1])+3, "%d columns; want a round trip alone, or a time and a round trip; or a matrix, a corner and two or more names in its first line", len(cells))
		return
	}
	first := p.columns == 0
	if p.columns == 0 {
		p.columns = len(cells)
	}
	if len(cells) != p.columns {
		p.add(1, "%d columns; want %d, as in the lines before", len(cells), p.columns)
		return
	}
	if first && !slices.ContainsFunc(cells, isPing) {
		return // the names of the columns
	}
	at := 1
	if len(cells) == 2 {
		if !p.sentAt(cells[0]) {
			return
		}
		at = len(cells[0]) + 2
	}
	cell := strings.TrimSpace(cells[len(cells)-1])
	at += leading(cells[len(cells)-1])
	if isLost(cell) || cell == "" {
		p.pings.Lost = append(p.pings.Lost, true)
		return
	}
	trip, err := parseTime(cell, p.unit)
	switch {
	case err != nil:
		p.add(at, "%q: %v", clip(cell), err)
	case trip < 0:
		p.add(at, "%q is negative; %s", clip(cell), pingForms)
	default:
		p.pings.Trips, p.pings.Lost = append(p.pings.Trips, trip), append(p.pings.Lost, false)
	}
}

// sentAt reads when a ping was sent.
func (p *pingReader) sentAt(cell string) bool {
	text := strings.TrimSpace(cell)
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(seconds) || math.Abs(seconds) > 1e12 {
		p.add(1+leading(cell), "time %q: want a number of seconds", clip(text))
		return false
	}
	if len(p.pings.Lost) > 0 {
		if seconds < p.last {
			p.add(1+leading(cell), "time %s lies before that of the ping before; want times that do not fall", clip(text))
			return false
		}
		// Seconds since 1970 are exact to a microsecond in a float.
		if gap := time.Duration(math.Round(min(seconds-p.last, 1e9)*1e6)) * time.Microsecond; gap > 0 {
			p.gaps = append(p.gaps, gap)
		}
	}
	p.last = seconds
	return true
}

// leading is how many bytes of space a cell begins with.
func leading(cell string) int { return len(cell) - len(strings.TrimLeft(cell, " \t")) }

// isPing reports whether a cell belongs to a ping, not to a line of names.
func isPing(cell string) bool {
	cell = strings.TrimSpace(cell)
	_, err := strconv.ParseFloat(cell, 64)
	return err == nil || isLost(cell) || strings.ContainsAny(cell, "0123456789")
}

func isLost(cell string) bool {
	switch strings.ToLower(cell) {
	case "lost", "timeout", "nan", "*", "-":
		return true
	}
	return false
}

var errTime = errors.New(pingForms)

func parseTime(text string, unit time.Duration) (time.Duration, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || strings.ContainsAny(text, "xXpP_") {
		return 0, errTime // what is a number only in a program is a slip in a measurement
	}
	if v *= float64(unit); math.Abs(v) > float64(maxTrip) {
		return 0, fmt.Errorf("is more than %v in this unit; %s", maxTrip, pingForms)
	}
	return time.Duration(math.Round(v)), nil
}

// clip shortens what is quoted of a file.
func clip(s string) string {
	if runes := []rune(s); len(runes) > 40 {
		return string(runes[:40]) + "..."
	}
	return s
}

// faults keeps the first ten errors and counts the others: a wrong file makes
// one a line.
type faults struct {
	first []error
	count int
}

func (f *faults) add(err error) {
	if f.count++; f.count <= 10 {
		f.first = append(f.first, err)
	}
}

func (f *faults) join() error {
	if more := f.count - len(f.first); more > 0 {
		return errors.Join(append(f.first, fmt.Errorf("and %d more", more))...)
	}
	return errors.Join(f.first...)
}
