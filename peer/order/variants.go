package order

import (
	"slices"
	"strconv"

	"mpcomm/peer"
)

// Variant is a choice of parameters that changes what an ordering promises or
// assumes.
type Variant struct {
	Values     Values // those that differ from the defaults
	Guarantees peer.Guarantee
	Needs      peer.Need
}

// Variants returns the choices of parameters for which the ordering promises or
// assumes something else than with its defaults: first the single values, in
// the order of the parameters, then those combinations whose effect is not the
// effect of their values taken together. It looks at every word of an Enum, at
// the neighbours of an Int's default (at its ends if it has none), and at
// "never" where a duration may be that; no promise of this package depends on
// how long a duration is, or how far a number is from its default.
func (s *Spec) Variants() []Variant {
	if s.Refine == nil {
		return nil
	}
	var variants []Variant
	combinations := [][]Value{nil}
	for i := range s.Params {
		for _, c := range slices.Clone(combinations) {
			for _, text := range s.Params[i].others() {
				combinations = append(combinations, append(slices.Clip(c), Value{Name: s.Params[i].Name, Text: text}))
			}
		}
	}
	slices.SortStableFunc(combinations, func(a, b []Value) int { return len(a) - len(b) })
	for _, c := range combinations {
		values, err := NewValues(c...)
		if err != nil {
			panic("order: " + err.Error())
		}
		g, n, err := s.Promises(values)
		if err != nil {
			panic("order: " + err.Error())
		}
		if wantG, wantN := s.together(values, variants); g != wantG || n != wantN {
			variants = append(variants, Variant{Values: c, Guarantees: g, Needs: n})
		}
	}
	return variants
}

// together is what one expects of values from the variants known so far: what
// the largest of them that is a part of the values says, or all of that size
// together.
func (s *Spec) together(values Values, known []Variant) (peer.Guarantee, peer.Need) {
	g, n, _ := s.Promises(nil)
	defaultG, defaultN := g, n
	size := 0
	for _, k := range known {
		if subset(k.Values, values) {
			size = max(size, len(k.Values))
		}
	}
	var lostG peer.Guarantee
	var lostN peer.Need
	for _, k := range known {
		if len(k.Values) == size && subset(k.Values, values) {
			g, lostG = g|k.Guarantees, lostG|defaultG&^k.Guarantees
			n, lostN = n|k.Needs, lostN|defaultN&^k.Needs
		}
	}
	return g &^ lostG, n &^ lostN
}

func subset(part, whole []Value) bool {
	return !slices.ContainsFunc(part, func(v Value) bool { return !slices.Contains(whole, v) })
}

// others are the values of a parameter that could mean something else than its
// default does.
func (p *Param) others() []string {
	var all []string
	switch p.Type {
	case Enum:
		all = slices.Clone(p.Allowed)
	case Int:
		initial, err := strconv.ParseInt(p.Default, 10, 64)
		if err != nil {
			return []string{strconv.FormatInt(p.Min, 10), strconv.FormatInt(p.Max, 10)}
		}
		for _, next := range [...]int64{initial - 1, initial + 1} {
			if p.Min <= next && next <= p.Max {
				all = append(all, strconv.FormatInt(next, 10))
			}
		}
	case Duration:
		if p.Never {
			all = []string{"never"}
		}
	}
	return slices.DeleteFunc(slices.Compact(all), func(text string) bool { return text == p.Default })
}
