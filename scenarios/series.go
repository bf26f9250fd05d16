package scenarios

import (
	"fmt"
	"strings"
	"time"

	"mpcomm/network/latency"
	"mpcomm/peer/clock"
	"mpcomm/sim"
)

// maxProblemsOfSeries is how many lines of a series are reported: a wrong
// separator makes thousands.
const maxProblemsOfSeries = 10

// readSeries reads the measured error of a clock: lines of a time and an offset
// with a comma between, in order of time. The first line may be the names of the
// columns; empty lines and what follows a # are left out. Times are returned
// since the first one.
func readSeries(file string, data []byte, timeUnit, unit time.Duration) (points []clock.Point, problems Errors) {
	first := int64(0)
	before := 0 // the line of the last point
	for i, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSuffix(line, "\r")
		content, _, _ := strings.Cut(line, "#")
		if strings.TrimSpace(content) == "" || points == nil && isHeader(content) {
			continue
		}
		problem := func(col int, format string, args ...any) {
			problems = append(problems, Problem{
				File: file, Line: i + 1, Col: col + 1, Message: fmt.Sprintf(format, args...), Source: line,
			})
		}
		at, offset, ok := readPoint(content, timeUnit, unit, problem)
		if !ok {
			if len(problems) >= maxProblemsOfSeries {
				return nil, problems
			}
			continue
		}
		if points == nil {
			first = at
		}
		next := clock.Point{At: sim.Time(at) - sim.Time(first), Offset: offset}
		if points != nil {
			if err := clock.CheckStep(points[len(points)-1], next); err != nil {
				problem(0, "after line %d: %v", before, err)
				if len(problems) >= maxProblemsOfSeries {
					return nil, problems
				}
			}
		}
		points, before = append(points, next), i+1
	}
	if len(points) < 2 && len(problems) == 0 {
		problems = append(problems, Problem{
			File: file, Line: 1, Col: 1, Message: fmt.Sprintf("holds %s; want at least 2 lines of time,offset", countOf(len(points), "point", "points")),
		})
	}
	return points, problems
}

func isHeader(line string) bool {
	return strings.EqualFold(strings.ReplaceAll(strings.TrimSpace(line), " ", ""), "time,offset")
}

// readPoint reads one line and reports what is wrong with it by column.
func readPoint(line string, timeUnit, unit time.Duration, problem func(col int, format string, args ...any)) (at, offset int64, ok bool) {
	fields := strings.Split(line, ",")
	if len(fields) != 2 {
		problem(0, "has %s; want two numbers with a comma between: time,offset", countOf(len(fields), "field", "fields"))
		return 0, 0, false
	}
	ok = true
	read := func(col int, name, field string, unit time.Duration) int64 {
		v, err := latency.ParseDecimal(strings.TrimSpace(field), unit)
		most := int64(clock.MaxOffset)
		switch {
		case err != nil:
			problem(col, "%s %q: %v", name, clip(strings.TrimSpace(field)), err)
		case name == "offset" && (v < -most || v > most):
			problem(col, "offset %s is out of range; want %s..%s", durations.print(v), durations.print(-most), durations.print(most))
		default:
			return v
		}
		ok = false
		return 0
	}
	at = read(0, "time", fields[0], timeUnit)
	offset = read(len([]rune(fields[0]))+1, "offset", fields[1], unit)
	return at, offset, ok
}

// series is what a file says of a clock.
type series struct {
	points   []clock.Point
	problems Errors
}

func (c *fileCache) series(path string, timeUnit, unit time.Duration) (series, error) {
	return fetch(c, c.allSeries, path, [2]time.Duration{timeUnit, unit}, func(data []byte) (series, error) {
		points, problems := readSeries(path, data, timeUnit, unit)
		return series{points, problems}, nil
	})
}
