package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mpcomm/network/latency"
	"mpcomm/reports/fit"
)

// maxFitFile is the largest file that is fitted: one of other things than round
// trips is seldom smaller.
const maxFitFile = 256 << 20

// fitFlags are the flags of fit.
type fitFlags struct {
	unit  string
	every time.Duration
	p90   string
	json  bool
}

func (a *app) fitCommand() *cobra.Command {
	f := &fitFlags{}
	c := &cobra.Command{
		Use:   "fit FILE",
		Short: "Measured delays as a part of a scenario, and how well it fits",
		Long: "fit reads measured round trips and prints the part of a scenario that models them,\n" +
			"after a report, in comments, of how far the model is from the measurement.\n\n" +
			"FILE is one of\n" +
			"  a matrix          CSV; a corner, which may be empty, and the names in the first line, then for each a line with its name and a round trip to each; a cell that is empty was not measured\n" +
			"  a series          one ping a line: its round trip, or lost (also timeout, nan, *, -)\n" +
			"  a series in time  lines `seconds,round trip`; nothing after the comma is lost too\n" +
			"A series may begin with a line of names; what follows a # is left out.\n\n" +
			"Of pings it fits lognormal, exponential, normal, uniform and pareto, takes that with the\n" +
			"least value of Akaike's criterion, and models losses by chance or in bursts, by the same\n" +
			"criterion. A matrix is used as it is; sites that are cities get an inflation besides, and\n" +
			"a second matrix of 90th percentiles (--p90) gives a jitter.",
		Example: "  mpcomm fit rtt.csv\n  mpcomm fit p50.csv --p90 p90.csv --json\n  mpcomm fit pings.csv >> my.yaml",
		Args:    arguments(1, 1, "one file of round trips"),
		RunE:    func(c *cobra.Command, args []string) error { return a.fit(c, args[0], f) },
	}
	c.Flags().StringVar(&f.unit, "unit", "ms", "of the round trips: `ns, us, ms or s`")
	c.Flags().DurationVar(&f.every, "every", 0, "time from one ping to the next (default as the times in the file say, else 1s)")
	c.Flags().StringVar(&f.p90, "p90", "", "the matrix of 90th percentiles in `FILE`")
	c.Flags().BoolVar(&f.json, "json", false, "print one JSON object")
	return c
}

var fitUnits = map[string]time.Duration{
	"ns": time.Nanosecond, "us": time.Microsecond, "ms": time.Millisecond, "s": time.Second,
}

func (a *app) fit(c *cobra.Command, file string, f *fitFlags) error {
	unit, known := fitUnits[f.unit]
	if !known {
		return &usageError{c, fmt.Errorf("--unit %s: want ns, us, ms or s", f.unit)}
	}
	if f.every < 0 || f.every == 0 && c.Flags().Changed("every") {
		return &usageError{c, fmt.Errorf("--every %v: want more than 0s", f.every)}
	}
	r, err := openTrips(file)
	if err != nil {
		return err
	}
	defer r.Close()
	matrix, err := isMatrix(r.Reader)
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", called(file), reason(err))
	}
	var fitted *fittedModel
	if matrix {
		fitted, err = fitMatrix(file, r, f, unit)
	} else {
		fitted, err = fitPings(file, r, f, unit)
	}
	if err != nil {
		return err
	}
	return a.answer(func(w io.Writer) error {
		if f.json {
			return writeJSON(w, fitted)
		}
		return fitted.write(w)
	})
}

// trips is a file of round trips, which may be a pipe: it is read once.
type trips struct {
	*bufio.Reader
	io.Closer
	again bool // it can be opened again under its name
}

// fitHead is how much of a file is looked at to tell a matrix from pings; the
// first line of the largest matrix is shorter.
const fitHead = 4 << 20

// openTrips opens a file of round trips.
func openTrips(file string) (*trips, error) {
	r, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", called(file), reason(err))
	}
	info, err := r.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		err = fmt.Errorf("%s is a folder; want a file of round trips", file)
	case info.Size() > maxFitFile:
		err = fmt.Errorf("%s has %d bytes; want at most %d", file, info.Size(), maxFitFile)
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	return &trips{bufio.NewReaderSize(r, fitHead), r, info.Mode().IsRegular()}, nil
}

// isMatrix looks ahead at the first line that says anything: three columns or
// more are a matrix, unless all are numbers.
func isMatrix(r *bufio.Reader) (bool, error) {
	head, err := r.Peek(fitHead)
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	for line := range strings.Lines(string(head)) {
		text, _, _ := strings.Cut(line, "#")
		if strings.TrimSpace(text) == "" {
			continue
		}
		cells := strings.Split(text, ",")
		// Numbers alone are no names; the reader of pings says what is wanted.
		return len(cells) > 2 && slices.ContainsFunc(cells, func(cell string) bool {
			_, err := strconv.ParseFloat(strings.TrimSpace(cell), 64)
			return err != nil
		}), nil
	}
	return false, nil
}

func readTrips(file string, r io.Reader, unit time.Duration) (*latency.Matrix, error) {
	m, err := latency.ReadMatrix(r, unit)
	return m, placed(file, err)
}

var matrixPlace = regexp.MustCompile(`(?m)^matrix: (?:(?:record on )?line (\d+)(?:; parse error on line \d+)?(?:, column (\d+))?: )?`)

// placed writes the places of a matrix's errors as those of other files.
func placed(file string, err error) error {
	if err == nil {
		return nil
	}
	return errors.New(matrixPlace.ReplaceAllStringFunc(err.Error(), func(head string) string {
		m := matrixPlace.FindStringSubmatch(head)
		line, column := m[1], m[2]
		if line == "" {
			line = "1"
		}
		if column == "" {
			column = "1"
		}
		return file + ":" + line + ":" + column + ": "
	}))
}

// fitPings models a series of pings.
func fitPings(file string, r io.Reader, f *fitFlags, unit time.Duration) (*fittedModel, error) {
	if f.p90 != "" {
		return nil, fmt.Errorf("--p90 goes with a matrix; %s is a series of pings", file)
	}
	pings, err := fit.ReadPings(file, r, unit)
	if err != nil {
		return nil, err
	}
	every := f.every
	if every == 0 {
		every = pings.Every
	}
	if every == 0 {
		every = time.Second
	}
	oneWay := make([]time.Duration, len(pings.Trips))
	for i, trip := range pings.Trips {
		oneWay[i] = trip / 2
	}
	neighbours := fit.Correlation(oneWay)
	slices.Sort(oneWay)
	families := fit.Delays(oneWay)
	losses := fit.Losses(pings.Lost)
	m := &fittedModel{File: file, Form: "pings"}
	m.Quantiles = quantileEntries(fit.Quantiles(oneWay, families[0].Family))
	m.Largest = quantileEntryOf(fit.Largest(fit.Quantiles(oneWay, families[0].Family)))
	m.Pings = &fittedPings{
		Sent: losses.Sent, Lost: losses.Lost, Bursts: losses.Bursts, Longest: losses.Longest,
		Bursty: losses.Bursty, EveryMS: milliseconds(every), Correlation: neighbours,
	}
	for _, c := range families {
		m.Pings.Families = append(m.Pings.Families, fittedFamily{asFamily(c.Family), c.AIC, c.KS})
	}
	m.Fragment = fmt.Sprintf("network:\n  latency: %s\n  loss: %s\n", asFamily(families[0].Family), lossWords(&losses, every))
	return m, nil
}

// lossWords is the process of losses as a scenario writes it.
func lossWords(l *fit.Loss, every time.Duration) string {
	switch {
	case l.Lost == 0:
		return "0"
	case !l.Bursty:
		return l.Share().String()
	}
	return fmt.Sprintf("{kind: gilbert-elliott, p: %s, r: %s, every: %s, good: 0, bad: 1}", l.P, l.R, exactDuration(int64(every)))
}

// asFamily is a family as a scenario writes it.
func asFamily(f latency.Family) string {
	words := "{kind: " + string(f.Kind)
	for _, p := range f.Kind.Params() {
		switch p.Type {
		case latency.Quantity:
			words += ", " + p.Name + ": " + exactDuration(*f.Quantity(p.Name))
		case latency.Number:
			words += ", " + p.Name + ": " + f.Number(p.Name).String()
		}
	}
	return words + "}"
}

// exactDuration is nanoseconds in the largest unit of which there is one.
func exactDuration(ns int64) string {
	if ns == 0 {
		return "0ms"
	}
	for _, u := range []struct {
		size int64
		name string
	}{{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}} {
		if ns >= u.size || ns <= -u.size {
			fraction := strings.TrimRight(fmt.Sprintf("%0*d", len(strconv.FormatInt(u.size, 10))-1, max(ns, -ns)%u.size), "0")
			if fraction == "" {
				return fmt.Sprintf("%d%s", ns/u.size, u.name)
			}
			return fmt.Sprintf("%d.%s%s", ns/u.size, fraction, u.name)
		}
	}
	return fmt.Sprintf("%dns", ns)
}

// fitMatrix models a matrix of round trips.
func fitMatrix(file string, r *trips, f *fitFlags, unit time.Duration) (*fittedModel, error) {
	if f.every != 0 {
		return nil, fmt.Errorf("--every goes with a series of pings; %s is a matrix", file)
	}
	if !r.again {
		return nil, fmt.Errorf("%s is a pipe with a matrix; want a file, since the scenario reads it again", file)
	}
	median, err := readTrips(file, r, unit)
	if err != nil {
		return nil, err
	}
	var upper *latency.Matrix
	if f.p90 != "" {
		other, err := openTrips(f.p90)
		if err != nil {
			return nil, err
		}
		defer other.Close()
		if upper, err = readTrips(f.p90, other, unit); err != nil {
			return nil, err
		}
	}
	places, err := fit.Matrix(median, upper)
	if err != nil {
		return nil, fmt.Errorf("%s:1:1: %w", file, err)
	}
	m := &fittedModel{File: file, Form: "matrix"}
	m.Quantiles, m.Largest = quantileEntries(places.Quantiles), quantileEntryOf(fit.Largest(places.Quantiles))
	m.Matrix = &fittedMatrix{
		Sites: places.Sites, Left: places.Left, Pairs: places.Pairs, Filled: places.Filled,
		Uneven: places.Uneven, Detours: places.Detours,
	}
	jitterWords := ""
	if j := places.Jitter; j != nil {
		m.Matrix.Jitter = &fittedJitter{asFamily(j.Family), j.Pairs, milliseconds(j.Lift), quantileEntries(j.Quantiles)}
		jitterWords = ", jitter: " + m.Matrix.Jitter.Family
	}
	if g := places.Geography; g != nil {
		m.Matrix.Geography = &fittedGeography{
			g.Cities, g.Inflation.String(), g.Error, quantileEntries(g.Quantiles),
			fmt.Sprintf("network:\n  sites: %s\n  inflation: %s\n", flowList(g.Cities, "    "), g.Inflation),
		}
	}
	m.Fragment = fmt.Sprintf("network:\n  sites: %s\n  matrix: {file: %s, unit: %s%s}\n",
		flowList(places.Sites, "    "), yamlText(file), f.unit, jitterWords)
	return m, nil
}

// flowList is a list in brackets, over several lines if it is long.
func flowList(words []string, indent string) string {
	var b strings.Builder
	b.WriteByte('[')
	used := 80
	for i, w := range words {
		text := yamlText(w)
		if i < len(words)-1 {
			text += ","
		}
		if used += len(text) + 1; used > 80 {
			b.WriteString("\n" + indent + text)
			used = len(indent) + len(text)
			continue
		}
		b.WriteString(" " + text)
	}
	b.WriteByte(']')
	return b.String()
}

var plainYAML = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./-]*$`)

// yamlText is a text as YAML, in quotes unless nobody could take it for
// something else.
func yamlText(s string) string {
	word := strings.ToLower(s)
	if plainYAML.MatchString(s) && !slices.Contains([]string{"null", "true", "false", "yes", "no", "on", "off", "y", "n"}, word) {
		return s
	}
	return strconv.Quote(s)
}
