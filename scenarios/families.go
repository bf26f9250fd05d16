package scenarios

import (
	"slices"
	"strings"

	"mpcomm/network/latency"
)

// familyKinds are the distributions of the language, in the order in which
// errors and the schema name them.
var familyKinds = latency.Kinds()

// Distributions over durations, sizes and drifts differ only in their unit, so
// their objects are made once for each of the forms that the tables use.
type familyOf struct {
	kind     latency.Kind
	quantity *quantity
	signed   bool
	rate     bool
}

var familyObjects = func() map[familyOf]*object {
	made := map[familyOf]*object{}
	for _, kind := range familyKinds {
		for _, q := range []*quantity{&durations, &sizes, &drifts} {
			for _, signed := range []bool{false, true} {
				for _, rate := range []bool{false, true} {
					made[familyOf{kind, q, signed, rate}] = newFamilyObject(kind, q, signed, rate)
				}
			}
		}
	}
	return made
}()

// familyObject is the map form of one kind of distribution.
func familyObject(kind latency.Kind, f *form) *object {
	return familyObjects[familyOf{kind, f.quantity, f.min < 0, f.rate}]
}

func newFamilyObject(kind latency.Kind, q *quantity, signed, rate bool) *object {
	value := amount(q, 0, family(q).max)
	value.rate = rate
	if signed {
		value.min = -value.max
	}
	o := &object{name: string(kind), doc: familyDocs[kind]}
	o.keys = append(o.keys, key{"kind", word(string(kind)), "", true, familyDocs[kind]})
	for _, p := range kind.Params() {
		k := key{name: p.Name, required: p.Required, doc: p.Doc}
		switch p.Type {
		case latency.Quantity:
			k.form = value
			if p.Name == "sd" || p.Name == "median" || p.Name == "scale" {
				k.form.min = 0 // a spread or a size even where values may be negative
			}
			if !p.Required {
				k.initial = q.print(0)
			}
		case latency.Number:
			k.form = form{kind: formFixed, max: 1000 << 32}
		case latency.File:
			k.form = textForm
			k.doc = p.Doc + "; relative to the scenario; durations in ms, sizes in B, drifts in ppm"
		}
		o.keys = append(o.keys, k)
	}
	return o
}

// familyDocs says what each distribution is.
var familyDocs = map[latency.Kind]string{
	latency.Constant:    "always the same",
	latency.Uniform:     "every value from min to max alike",
	latency.Exponential: "memoryless over min",
	latency.Normal:      "bell-shaped; delays below 0 become 0 and are counted",
	latency.LogNormal:   "min plus an excess whose logarithm is normal",
	latency.Pareto:      "heavy-tailed",
	latency.Empirical:   "the values of a file, straight between neighbours",
}

// familyUnion has every key of every kind: what a path below a distribution may
// name before its kind is known.
func familyUnion(f *form) *object {
	return familyUnions[familyOf{quantity: f.quantity, signed: f.min < 0, rate: f.rate}]
}

var familyUnions = func() map[familyOf]*object {
	made := map[familyOf]*object{}
	for _, q := range []*quantity{&durations, &sizes, &drifts} {
		for _, signed := range []bool{false, true} {
			for _, rate := range []bool{false, true} {
				made[familyOf{quantity: q, signed: signed, rate: rate}] = newFamilyUnion(q, signed, rate)
			}
		}
	}
	return made
}()

func newFamilyUnion(q *quantity, signed, rate bool) *object {
	union := &object{name: "distribution"}
	for _, kind := range familyKinds {
		for _, k := range familyObjects[familyOf{kind, q, signed, rate}].keys {
			if union.key(k.name) == nil {
				union.keys = append(union.keys, k)
			}
		}
	}
	return union
}

func (r record) family(name string) latency.Family {
	n, path, f := r.value(name)
	if n == nil {
		return constantFamily(0)
	}
	return r.d.family(n, path, f)
}

func constantFamily(v int64) latency.Family { return latency.Family{Kind: latency.Constant, Value: v} }

// optionalFamily is nil when the file does not give the key.
func (r record) optionalFamily(name string) *latency.Family {
	if !r.has(name) {
		return nil
	}
	family := r.family(name)
	return &family
}

func (d *decoder) family(n *node, path string, f *form) latency.Family {
	if n.kind == scalarNode {
		value := *f
		value.kind = formAmount
		if !isNull(n) && slices.Contains(familyKindNames(), n.scalar) {
			d.problem(n, path, "%s needs its parameters: {kind: %s, ...}", n.scalar, n.scalar)
			return constantFamily(0)
		}
		return constantFamily(d.amount(n, path, &value))
	}
	if n.kind != mapNode {
		d.problem(n, path, "got %s; %s", n.describe(), wantOf(f))
		return constantFamily(0)
	}
	kind := n.child("kind")
	if kind == nil {
		d.problem(n, path, "kind is missing; want one of %s", strings.Join(familyKindNames(), " "))
		return constantFamily(0)
	}
	if kind.kind != scalarNode || !slices.Contains(familyKindNames(), kind.scalar) {
		d.problem(kind, joinPath(path, "kind"), "unknown distribution %s%s; want one of %s", kind.describe(),
			didYouMean(kind.scalar, familyKindNames()), strings.Join(familyKindNames(), " "))
		return constantFamily(0)
	}
	return d.familyOfKind(n, path, f, latency.Kind(kind.scalar))
}

// familyOfKind reads the parameters of a distribution and checks them together.
func (d *decoder) familyOfKind(n *node, path string, f *form, kind latency.Kind) latency.Family {
	before := len(d.problems)
	r := d.record(n, path, familyObject(kind, f))
	family := latency.Family{Kind: kind}
	for _, p := range kind.Params() {
		switch p.Type {
		case latency.Quantity:
			*family.Quantity(p.Name) = r.amount(p.Name)
		case latency.Number:
			*family.Number(p.Name) = r.fixed(p.Name)
		case latency.File:
			family.File = r.text(p.Name)
			family.Sample = d.sample(r, f)
		}
	}
	if len(d.problems) > before {
		return constantFamily(0)
	}
	report := func(fault latency.Fault, add func(n *node, path, format string, args ...any)) {
		at, where := n, path
		if c := n.child(fault.Param); c != nil {
			at, where = c, joinPath(path, fault.Param)
		}
		add(at, where, "%s", fault.Problem)
	}
	for _, fault := range family.CheckIn(f.quantity.print) {
		report(fault, d.problem)
	}
	if len(d.problems) > before {
		return constantFamily(0)
	}
	if f.quantity == &durations && f.min >= 0 {
		for _, fault := range family.Warnings() {
			report(fault, d.warn)
		}
	}
	return family
}

func familyKindNames() []string {
	var names []string
	for _, k := range familyKinds {
		names = append(names, string(k))
	}
	return names
}
