package order

import (
	"fmt"
	"slices"
	"strings"

	"mpcomm/peer"
)

// Spec describes one ordering: what it is, what it promises, what it needs,
// and how to make one.
type Spec struct {
	Kind    string // its name in scenarios, such as "lamport"
	Class   string // of the taxonomy of Défago, Schiper and Urbán, ACM CSUR 36(4), 2004
	Doc     string // one sentence
	Paper   string // where it was published
	Packets string // unicasts on the network for one isolated broadcast among n peers
	Steps   string // one-way delays until delivery, at the sender / at the others

	// Cost says the same in numbers, for a complete list of values, n peers
	// and a broadcast of peer from; nil = not stated. CostOf asks it.
	Cost func(v Values, n int, from peer.ID) Cost

	// Guarantees holds inside Needs. Promises says what they are for given
	// values of the parameters.
	Guarantees peer.Guarantee
	Needs      peer.Need
	// Refine adjusts guarantees and needs to the parameters; nil = they do not
	// depend on them.
	Refine func(Values, peer.Guarantee, peer.Need) (peer.Guarantee, peer.Need)

	Offline  bool // delivers only when the log closes
	Loopback bool // an own message may reach the ordering by way of the network
	Repeats  bool // logs a message twice when its packet comes twice

	// IgnoresEnds says that Ended does nothing, which spares a host of many
	// peers the work of finding out at once when a stream is over.
	IgnoresEnds bool
	// PassThrough says that it is no order at all: a message is sent as it is and
	// delivered when it comes, so that a host need not ask; see peer.Config.
	PassThrough bool

	Params []Param
	// New makes one from a complete list of values, as Build gives it. The
	// ordering needs a Reset before use.
	New func(Values) (peer.Ordering, error)
}

// Build makes an ordering with the values given and the defaults of the rest.
// Unknown parameters and bad values are errors that say what is allowed.
func (s *Spec) Build(given Values) (peer.Ordering, error) {
	v, err := s.Resolve(given)
	if err != nil {
		return nil, err
	}
	return s.New(v)
}

// Promises returns the guarantees and the assumptions for the values given.
func (s *Spec) Promises(given Values) (peer.Guarantee, peer.Need, error) {
	v, err := s.Resolve(given)
	if err != nil {
		return 0, 0, err
	}
	if s.Refine == nil {
		return s.Guarantees, s.Needs, nil
	}
	g, n := s.Refine(v, s.Guarantees, s.Needs)
	return g, n, nil
}

// Table is a list of orderings, sorted by kind.
type Table []Spec

// Builtin returns the orderings of this package.
func Builtin() Table {
	t := Table{
		causalSpec(), chandraTouegSpec(), commitWaitSpec(), fifoSpec(), hlcSpec(), lamportSpec(), lamportOfflineSpec(), mergeSpec(),
		movingSequencerSpec(), naiveSpec(), paxosSpec(), sequencerSpec(), skeenSpec(), timestampSpec(), timestampOfflineSpec(), tokenSpec(),
	}
	slices.SortFunc(t, func(a, b Spec) int { return strings.Compare(a.Kind, b.Kind) })
	return t
}

// Lookup finds an ordering by its kind.
func (t Table) Lookup(kind string) (*Spec, bool) {
	i, ok := t.find(kind)
	if !ok {
		return nil, false
	}
	return &t[i], true
}

func (t Table) find(kind string) (int, bool) {
	return slices.BinarySearchFunc(t, kind, func(s Spec, kind string) int { return strings.Compare(s.Kind, kind) })
}

// Kinds returns the names of the orderings in the table, sorted.
func (t Table) Kinds() []string {
	kinds := make([]string, len(t))
	for i := range t {
		kinds[i] = t[i].Kind
	}
	return kinds
}

// With returns the table with one more ordering, such as a user's own.
func (t Table) With(s Spec) (Table, error) {
	if !validName(s.Kind) {
		return nil, fmt.Errorf("ordering %q: want a kind of lower-case letters, digits and hyphens, letter first", s.Kind)
	}
	if s.New == nil {
		return nil, fmt.Errorf("ordering %s: New is nil; want a function that makes one", s.Kind)
	}
	i, taken := t.find(s.Kind)
	if taken {
		return nil, fmt.Errorf("ordering %s: the table has one of this kind; want another name", s.Kind)
	}
	for k, p := range s.Params {
		if err := p.check(); err != nil {
			return nil, fmt.Errorf("ordering %s: %w", s.Kind, err)
		}
		if slices.ContainsFunc(s.Params[:k], func(q Param) bool { return q.Name == p.Name }) {
			return nil, fmt.Errorf("ordering %s: parameter %s is there twice", s.Kind, p.Name)
		}
	}
	return slices.Insert(slices.Clone(t), i, s), nil
}

func validName(s string) bool {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z'
		if !letter && (i == 0 || r != '-' && (r < '0' || r > '9')) {
			return false
		}
	}
	return s != ""
}
