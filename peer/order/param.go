package order

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"mpcomm/peer"
)

// ParamType says how the value of a parameter is written.
type ParamType uint8

// The types of parameters.
const (
	Duration ParamType = iota // "80ms"; not negative
	Enum                      // one of Allowed
	Int                       // a decimal number, Min..Max
	PeerID                    // the number of a peer, 0..65535
)

// Never is the value of a duration written "never" or "none".
const Never = time.Duration(math.MaxInt64)

// Param describes one parameter of an ordering.
type Param struct {
	Name     string
	Doc      string
	Type     ParamType
	Default  string   // "" = the ordering derives it from its other parameters
	Allowed  []string // Enum
	Min, Max int64    // Int, bounds included
	Never    bool     // Duration: "never" and "none" are allowed
}

// Want says in words which values are allowed.
func (p *Param) Want() string {
	switch p.Type {
	case Enum:
		return strings.Join(p.Allowed, " or ")
	case Int:
		return fmt.Sprintf("a whole number %d..%d", p.Min, p.Max)
	case PeerID:
		return fmt.Sprintf("the number of a peer, 0..%d", peer.MaxPeers-1)
	}
	if p.Never {
		return "a duration from 0s up, such as 80ms, or never"
	}
	return "a duration from 0s up, such as 80ms"
}

// parse returns the value of a text as an integer: nanoseconds, the index in
// Allowed, or the number itself.
func (p *Param) parse(text string) (int64, error) {
	switch p.Type {
	case Duration:
		if p.Never && (text == "never" || text == "none") {
			return int64(Never), nil
		}
		if d, err := time.ParseDuration(text); err == nil && d >= 0 {
			return int64(d), nil
		}
	case Enum:
		if i := slices.Index(p.Allowed, text); i >= 0 {
			return int64(i), nil
		}
	case Int, PeerID:
		lo, hi := p.Min, p.Max
		if p.Type == PeerID {
			lo, hi = 0, peer.MaxPeers-1
		}
		if v, err := strconv.ParseInt(text, 10, 64); err == nil && v >= lo && v <= hi {
			return v, nil
		}
	}
	return 0, fmt.Errorf("%s: %q; want %s", p.Name, text, p.Want())
}

// check refuses a description that could not be used.
func (p *Param) check() error {
	if !validName(p.Name) {
		return fmt.Errorf("parameter %q: want a name of lower-case letters, digits and hyphens, letter first", p.Name)
	}
	if p.Type > PeerID {
		return fmt.Errorf("parameter %s: unknown type %d", p.Name, p.Type)
	}
	if p.Default == "" {
		return nil
	}
	if _, err := p.parse(p.Default); err != nil {
		return fmt.Errorf("the default of parameter %w", err)
	}
	return nil
}

// Value is one parameter as written.
type Value struct{ Name, Text string }

// Values is a list of parameters, sorted by name.
type Values []Value

// NewValues sorts a list of values; a name given twice is an error.
func NewValues(given ...Value) (Values, error) {
	v := slices.Clone(Values(given))
	slices.SortFunc(v, func(a, b Value) int { return strings.Compare(a.Name, b.Name) })
	for i := 1; i < len(v); i++ {
		if v[i].Name == v[i-1].Name {
			return nil, fmt.Errorf("parameter %s: given twice, %q and %q; want it once", v[i].Name, v[i-1].Text, v[i].Text)
		}
	}
	return v, nil
}

// Resolve checks the values given against the parameters of s and returns the
// complete list: every parameter that was given or has a default.
func (s *Spec) Resolve(given Values) (Values, error) {
	for _, v := range given {
		if !slices.ContainsFunc(s.Params, func(p Param) bool { return p.Name == v.Name }) {
			return nil, fmt.Errorf("ordering %s: unknown parameter %q; want %s", s.Kind, v.Name, s.wantNames())
		}
	}
	sorted, err := NewValues(given...)
	if err != nil {
		return nil, fmt.Errorf("ordering %s: %w", s.Kind, err)
	}
	for i := range s.Params {
		p := &s.Params[i]
		if text, ok := sorted.Text(p.Name); ok {
			if _, err := p.parse(text); err != nil {
				return nil, fmt.Errorf("ordering %s: %w", s.Kind, err)
			}
		} else if p.Default != "" {
			sorted = append(sorted, Value{Name: p.Name, Text: p.Default})
			sorted, _ = NewValues(sorted...)
		}
	}
	return sorted, nil
}

func (s *Spec) wantNames() string {
	if len(s.Params) == 0 {
		return "none, it has no parameters"
	}
	names := make([]string, len(s.Params))
	for i := range s.Params {
		names[i] = s.Params[i].Name
	}
	return strings.Join(names, ", ")
}

// Text returns a value as written, and whether there is one.
func (v Values) Text(name string) (string, bool) {
	for i := range v {
		if v[i].Name == name {
			return v[i].Text, true
		}
	}
	return "", false
}

// Duration returns a duration; Never when it is written "never" or "none". A
// value that is absent or was not checked is a broken invariant.
func (v Values) Duration(name string) time.Duration {
	return time.Duration(v.parsed(name, Param{Name: name, Type: Duration, Never: true}))
}

// Enum returns the word that was chosen.
func (v Values) Enum(name string) string {
	text, ok := v.Text(name)
	if !ok {
		panic("order: no value for " + name)
	}
	return text
}

// Int returns a whole number, or the number of a peer.
func (v Values) Int(name string) int64 {
	return v.parsed(name, Param{Name: name, Type: Int, Min: math.MinInt64, Max: math.MaxInt64})
}

func (v Values) parsed(name string, p Param) int64 {
	text, ok := v.Text(name)
	if !ok {
		panic("order: no value for " + name)
	}
	n, err := p.parse(text)
	if err != nil {
		panic("order: " + err.Error())
	}
	return n
}
