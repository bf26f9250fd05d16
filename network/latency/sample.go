package latency

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// maxLine is the longest line of a sample, in bytes.
const maxLine = 4096

// ReadSample reads measured values, one decimal number a line in the given
// unit (1 for bytes), and returns them sorted, in nanoseconds. Empty lines and
// what follows a # are left out. Values may be negative, as offsets of clocks
// are. At least one value is wanted. Errors name the line, all of them up to
// ten.
func ReadSample(r io.Reader, unit time.Duration) ([]int64, error) {
	mustBeUnit(unit)
	var values []int64
	var faults errorList
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	number := 0
	for lines.Scan() {
		number++
		text, _, _ := strings.Cut(lines.Text(), "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		v, err := ParseDecimal(text, unit)
		if err != nil {
			faults.add("line %d: %q: %w", number, text, err)
			continue
		}
		values = append(values, v)
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		faults.add("line %d: longer than %d bytes: want one number a line", number+1, maxLine)
	} else if err != nil {
		return nil, fmt.Errorf("sample: after line %d: %w", number, err)
	}
	if len(values) == 0 && faults.count == 0 {
		faults.add("no value in %d lines: want one number a line", number)
	}
	if err := faults.join("sample"); err != nil {
		return nil, err
	}
	slices.Sort(values)
	return values, nil
}

// errorList keeps the first ten errors and counts the others: a wrong unit or
// separator makes thousands.
type errorList struct {
	first []error
	count int
}

const errorsShown = 10

func (l *errorList) add(format string, args ...any) {
	if l.count++; l.count <= errorsShown {
		l.first = append(l.first, fmt.Errorf(format, args...))
	}
}

// join is nil if there is no error; every error begins with what.
func (l *errorList) join(what string) error {
	errs := make([]error, 0, len(l.first)+1)
	for _, err := range l.first {
		errs = append(errs, fmt.Errorf("%s: %w", what, err))
	}
	if more := l.count - len(l.first); more > 0 {
		errs = append(errs, fmt.Errorf("%s: and %d more", what, more))
	}
	return errors.Join(errs...)
}
