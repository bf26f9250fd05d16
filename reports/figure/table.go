package figure

import (
	"errors"
	"fmt"
	"math"
)

// Estimate is one number with its 95% interval.
type Estimate struct {
	Value  float64 // the estimate
	Lo, Hi float64 // its 95% interval, Lo <= Value <= Hi
	Runs   int     // runs in which the number is defined; 0 = undefined, not drawn

	// Each holds the numbers of the single runs. It may be nil; with fewer
	// than ten runs they are drawn as dots, since an interval says little then.
	Each []float64
}

// Point is what one ordering did at one place of the x axis.
type Point struct {
	X         float64  // a value on the axis; with Categories the index of the tick
	Cell      string   // the cell as written, for the CSV; may be empty
	Differ    Estimate // share of runs whose logs differ, 0..1, with its Wilson interval
	Overtaken Estimate // overtakings per message, >= 0: mean over runs
}

// Series is one ordering: one line of the figure.
type Series struct {
	Ordering string // its label, drawn at the end of the line
	Kind     string // its kind, which decides the colour: naive, timestamp, lamport, …
	Points   []Point
}

func kindsOf(series []Series) []string {
	kinds := make([]string, len(series))
	for i, s := range series {
		kinds[i] = s.Kind
	}
	return kinds
}

// Divergence is the divergence figure: the share of runs whose logs differ
// above the overtakings per message, one line per ordering.
type Divergence struct {
	Scenario string // its name
	Peers    int    // size of the group; 0 = it varies, and the caption leaves it out
	Seed     uint64 // the first seed
	Runs     int    // runs of each cell and ordering, at seeds Seed..Seed+Runs-1
	Command  string // what repeats the sweep, such as "mpcomm sweep lab"
	Axis     Axis
	Series   []Series
}

// Validate reports everything that keeps the figure from being drawn: no
// series, a value that is not finite, an interval that does not hold its
// value, a share outside 0..1, an x that the axis cannot show.
func (d *Divergence) Validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("figure: "+format, args...)) }
	if len(d.Series) == 0 {
		bad("no series; give at least one ordering")
	}
	if d.Runs < 1 {
		bad("runs %d: want at least 1", d.Runs)
	}
	names := make(map[string]bool, len(d.Series))
	points := 0
	for _, s := range d.Series {
		if names[s.Ordering] {
			bad("ordering %q appears twice; labels must be unique", s.Ordering)
		}
		names[s.Ordering] = true
		for _, p := range s.Points {
			points++
			where := fmt.Sprintf("ordering %q at x %g", s.Ordering, p.X)
			if err := d.Axis.check(p.X); err != nil {
				bad("%s: %w", where, err)
			}
			if err := p.Differ.check(1); err != nil {
				bad("%s: share of runs that differ: %w", where, err)
			}
			if err := p.Overtaken.check(math.MaxFloat64); err != nil {
				bad("%s: overtakings per message: %w", where, err)
			}
		}
	}
	if len(d.Series) > 0 && points == 0 {
		bad("no points; give each ordering at least one")
	}
	return errors.Join(errs...)
}

func (e Estimate) check(most float64) error {
	if e.Runs < 0 {
		return fmt.Errorf("%d runs: want 0 or more", e.Runs)
	}
	if e.Runs == 0 {
		return nil
	}
	// Negated, so that NaN, which compares false with everything, is caught.
	if !(0 <= e.Lo && e.Lo <= e.Value && e.Value <= e.Hi && e.Hi <= most) {
		return fmt.Errorf("%g in [%g, %g]: want 0 <= low <= value <= high <= %g", e.Value, e.Lo, e.Hi, most)
	}
	for _, v := range e.Each {
		if !(0 <= v && v <= most) {
			return fmt.Errorf("run value %g: want 0..%g", v, most)
		}
	}
	return nil
}

// few reports whether there are too few runs for an interval to say much.
func (e Estimate) few() bool { return e.Runs > 0 && e.Runs < 10 && len(e.Each) > 0 }
