package latency

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mpcomm/sim/rng"
)

// Kind names a family of distributions.
type Kind string

// The families. Their parameters are those of Kind.Params.
const (
	Constant    Kind = "constant"    // always value
	Uniform     Kind = "uniform"     // every integer from min to max alike
	Exponential Kind = "exponential" // min plus an exponential; mean is that of the whole
	Normal      Kind = "normal"      // may be negative
	LogNormal   Kind = "lognormal"   // min plus median*exp(sigma*Z); median and sigma are of the excess over min
	Pareto      Kind = "pareto"      // P(X > x) = (scale/x)^shape
	Empirical   Kind = "empirical"   // as in a sample, straight between neighbours
)

// Family is a distribution as a scenario writes it. Quantities are nanoseconds,
// or bytes where sizes are meant. Only the parameters of its Kind count. The
// zero value is the constant 0.
type Family struct {
	Kind                                     Kind
	Value, Min, Max, Mean, SD, Median, Scale int64
	Sigma, Shape                             rng.Fixed
	File                                     string  // where the sample came from
	Sample                                   []int64 // sorted upwards
}

// ParamType says how a parameter is written.
type ParamType uint8

// The types of parameters.
const (
	Quantity ParamType = iota // a duration, or bytes where sizes are meant
	Number                    // a decimal without unit
	File                      // a path
)

// Param describes one parameter of a family.
type Param struct {
	Name     string
	Type     ParamType
	Required bool   // if not, it is 0 unless given
	Doc      string // what it means and its range
}

var (
	paramMin  = Param{"min", Quantity, false, "smallest value"}
	paramMean = Param{"mean", Quantity, true, "mean of the whole, min included; at least min"}
)

// kinds is the one table of families, in the order in which they are listed.
var kinds = []struct {
	kind   Kind
	params []Param
}{
	{Constant, []Param{{"value", Quantity, true, "the value"}}},
	{Uniform, []Param{paramMin, {"max", Quantity, true, "largest value; at least min"}}},
	{Exponential, []Param{paramMin, paramMean}},
	{Normal, []Param{
		{"mean", Quantity, true, "mean"},
		{"sd", Quantity, true, "standard deviation; 0 or more"},
	}},
	{LogNormal, []Param{
		paramMin,
		{"median", Quantity, true, "median of the excess over min; 0 or more"},
		{"sigma", Number, true, "standard deviation of the excess's logarithm; 0 or more"},
	}},
	{Pareto, []Param{
		{"scale", Quantity, true, "smallest value; 0 or more"},
		{"shape", Number, true, "exponent of the tail; above 0, and above 1 for a finite mean"},
	}},
	{Empirical, []Param{{"file", File, true, "one number a line, lines beginning with # left out"}}},
}

// Kinds returns the names of all families.
func Kinds() []Kind {
	names := make([]Kind, len(kinds))
	for i := range kinds {
		names[i] = kinds[i].kind
	}
	return names
}

// Params returns the parameters of a family in the order in which they are
// written, nil if there is no such family. The zero Kind is Constant.
func (k Kind) Params() []Param {
	for i := range kinds {
		if kinds[i].kind == k || k == "" && kinds[i].kind == Constant {
			return slices.Clone(kinds[i].params)
		}
	}
	return nil
}

// Params returns the names of the parameters that the family's kind takes, in
// order.
func (f Family) Params() []string {
	var names []string
	for _, p := range f.Kind.Params() {
		names = append(names, p.Name)
	}
	return names
}

// Quantity returns the place of a parameter of type Quantity by its name, nil
// if no family has one of that name.
func (f *Family) Quantity(name string) *int64 {
	switch name {
	case "value":
		return &f.Value
	case "min":
		return &f.Min
	case "max":
		return &f.Max
	case "mean":
		return &f.Mean
	case "sd":
		return &f.SD
	case "median":
		return &f.Median
	case "scale":
		return &f.Scale
	}
	return nil
}

// Number returns the place of a parameter of type Number by its name, nil if
// no family has one of that name.
func (f *Family) Number(name string) *rng.Fixed {
	switch name {
	case "sigma":
		return &f.Sigma
	case "shape":
		return &f.Shape
	}
	return nil
}

// Dist compiles the family. Check must have found nothing: a family that it
// refuses panics.
func (f Family) Dist() rng.Dist {
	switch f.Kind {
	case Constant, "":
		return rng.Constant(f.Value)
	case Uniform:
		return rng.Uniform(f.Min, f.Max)
	case Exponential:
		return rng.Exponential(f.Min, f.Mean)
	case Normal:
		return rng.Normal(f.Mean, f.SD)
	case LogNormal:
		return rng.LogNormal(f.Min, f.Median, f.Sigma)
	case Pareto:
		return rng.Pareto(f.Scale, f.Shape)
	case Empirical:
		return rng.Empirical(f.Sample)
	}
	panic(fmt.Sprintf("latency: invariant: Dist of unknown family %q", f.Kind))
}

// Fault is one thing wrong with one parameter. The problem begins with the
// parameter's value and ends with what is wanted.
type Fault struct{ Param, Problem string }

// Check reports everything that makes the family no distribution. Quantities
// are printed as durations.
func (f Family) Check() []Fault { return f.CheckIn(durationText) }

// CheckIn is Check with a printer of quantities.
func (f Family) CheckIn(text func(int64) string) []Fault {
	var faults []Fault
	add := func(ok bool, param, format string, args ...any) {
		if !ok {
			faults = append(faults, Fault{param, fmt.Sprintf(format, args...)})
		}
	}
	positive := func(param string, v int64) {
		add(v >= 0, param, "%s is negative; want 0 or more", text(v))
	}
	switch f.Kind {
	case Constant, "":
	case Uniform:
		add(f.Max >= f.Min, "max", "%s is below min %s; want at least min", text(f.Max), text(f.Min))
	case Exponential:
		add(f.Mean >= f.Min, "mean", "%s is below min %s; want at least min", text(f.Mean), text(f.Min))
	case Normal:
		positive("sd", f.SD)
	case LogNormal:
		positive("median", f.Median)
		add(f.Sigma >= 0, "sigma", "%s is negative; want 0 or more", f.Sigma)
	case Pareto:
		positive("scale", f.Scale)
		add(f.Shape > 0, "shape", "%s is not positive; want more than 0", f.Shape)
	case Empirical:
		add(len(f.Sample) > 0, "file", "%q holds no value; want one or more", f.File)
		add(slices.IsSorted(f.Sample), "file", "%q is not sorted; want values that rise", f.File)
	default:
		add(false, "kind", "%q is unknown; want %s", string(f.Kind), kindList())
	}
	return faults
}

// CheckDelay is Check for a family that is to be a delay or a size: besides,
// no parameter may make it negative on purpose. A normal may stray below 0;
// Warnings says so.
func (f Family) CheckDelay() []Fault { return f.CheckDelayIn(durationText) }

// CheckDelayIn is CheckDelay with a printer of quantities.
func (f Family) CheckDelayIn(text func(int64) string) []Fault {
	faults := f.CheckIn(text)
	for _, p := range f.Kind.Params() {
		if p.Type != Quantity || slices.ContainsFunc(faults, func(g Fault) bool { return g.Param == p.Name }) {
			continue
		}
		if v := *f.Quantity(p.Name); v < 0 {
			faults = append(faults, Fault{p.Name, fmt.Sprintf("%s is negative; want 0 or more", text(v))})
		}
	}
	if f.Kind == Empirical && len(f.Sample) > 0 && f.Sample[0] < 0 {
		faults = append(faults, Fault{"file", fmt.Sprintf("%q holds %s; want 0 or more", f.File, text(f.Sample[0]))})
	}
	return faults
}

// Warnings reports what is legal but seldom meant in a delay.
func (f Family) Warnings() []Fault {
	switch {
	case f.Kind == Normal && f.SD > 0 && f.Mean/6 < f.SD:
		return []Fault{{"mean", fmt.Sprintf("%s is below 6 sd (%s each): negative draws become 0 and are counted as clamped",
			durationText(f.Mean), durationText(f.SD))}}
	case f.Kind == Pareto && f.Shape > 0 && f.Shape <= rng.FixedInt(1):
		return []Fault{{"shape", fmt.Sprintf("%s gives an infinite mean; averages will not settle", f.Shape)}}
	}
	return nil
}

func durationText(v int64) string { return time.Duration(v).String() }

func kindList() string {
	names := make([]string, len(kinds))
	for i := range kinds {
		names[i] = string(kinds[i].kind)
	}
	return strings.Join(names, ", ")
}
