// Package filter is the language that says which parts of a recorded run to
// show, the same on the terminal and in the report.
//
// A filter is words with white space between them, all of which must hold; a
// minus before a word turns it round. A word is a key, a colon and a value: see
// [Keys]. What is tested is a message at a receiver; its sender is one of the
// receivers. There is no way to write "or".
//
//	filter = [ word { space word } ]
//	word   = [ "-" ] key ":" value
//	span   = low "-" high | low "-" | "-" high | "<" n | "<=" n | ">" n | ">=" n | n
//
// It owns the grammar and what each word means. It must never know who shows
// what passes.
package filter

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/compare"
	"mpcomm/reports/result"
	"mpcomm/reports/trace"
	"mpcomm/sim"
)

// Key is one key of the language.
type Key struct {
	Name string
	Form string // of its value, as in "want ..."
	Doc  string // what passes
}

// Keys are the keys of the language.
func Keys() []Key {
	keys := make([]Key, len(table))
	for i := range table {
		keys[i] = table[i].Key
	}
	return keys
}

// States are the words after is:.
var States = []string{"swapped", "late", "lost", "held", "acausal", "own"}

// test decides about message m at receiver p.
type test func(s *Selection, m history.Ref, p peer.ID) bool

// row is a key with what reads its value; nil for a value that is none.
type row struct {
	Key
	read func(value string) test
}

// table is the language.
var table = [...]row{
	{Key{"from", "a peer, such as from:p2", "the peer sent the message"}, aPeer(func(s *Selection, m history.Ref, _, who peer.ID) bool {
		return s.run.Messages[m].ID.Sender == who
	})},
	{Key{"to", "a peer, such as to:p3", "the peer is the receiver"}, aPeer(func(_ *Selection, _ history.Ref, p, who peer.ID) bool {
		return p == who
	})},
	{Key{"peer", "a peer, such as peer:p1", "the peer is sender or receiver"}, aPeer(func(s *Selection, m history.Ref, p, who peer.ID) bool {
		return p == who || s.run.Messages[m].ID.Sender == who
	})},
	{Key{"msg", "a message, such as msg:p2#1", "it is that message"}, aMessage},
	{Key{"is", "one of " + strings.Join(States, ", "), "swapped: two logs disagree about the message; late, acausal likewise; " +
		"lost: a packet with it was lost on its way here; held: it waited here; own: the receiver sent it"}, aState},
	{Key{"cause", "one of " + strings.Join(result.ReasonNames[:], ", "), "the mechanism of a difference that the message takes part in"}, aCause},
	{Key{"t", "a span of ms, such as t:200-300", "true time of its broadcast, or of its arrival or delivery here"}, aTime},
	{Key{"pos", "positions, such as pos:1-40", "its position in the log of the receiver, from 1"}, aPosition},
	{Key{"wait", "a bound, such as wait:>50ms", "how long it was held back here"}, aWait},
}

// Filter is a parsed filter. The zero value lets everything pass.
type Filter struct {
	words []word
}

type word struct {
	test     test
	negative bool
}

// Parse reads a filter. The error says everything that is wrong with it.
func Parse(text string) (*Filter, error) {
	f := &Filter{}
	var errs []error
	for _, w := range strings.Fields(text) {
		body, negative := strings.CutPrefix(w, "-")
		name, value, _ := strings.Cut(body, ":")
		t, err := parse(w, name, value)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		f.words = append(f.words, word{t, negative})
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	return f, nil
}

func parse(written, name, value string) (test, error) {
	var names []string
	for i := range table {
		names = append(names, table[i].Name+":")
		if table[i].Name != name {
			continue
		}
		if t := table[i].read(value); t != nil {
			return t, nil
		}
		return nil, fmt.Errorf("filter: %s: want %s", written, table[i].Form)
	}
	return nil, fmt.Errorf("filter: %s: want one of %s", written, strings.Join(names, " "))
}

// Empty reports whether everything passes.
func (f *Filter) Empty() bool { return len(f.words) == 0 }

// Selection is what of one run passes a filter.
type Selection struct {
	filter *Filter
	run    *trace.Run
	found  []mask // by message: the findings that it takes part in
}

// mask is a set of kinds and mechanisms of findings.
type mask uint16

const (
	swapped mask = 1 << iota
	acausal
	causes // the first mechanism; the others follow
)

// On applies the filter to a run, which must not change afterwards.
func (f *Filter) On(r *trace.Run) *Selection {
	s := &Selection{filter: f, run: r, found: make([]mask, len(r.Messages))}
	for i := range r.Findings {
		x := &r.Findings[i]
		bits := swapped
		if x.Kind == trace.Acausal {
			bits = acausal
		}
		bits |= causeMask(x.Why)
		for _, m := range [...]history.Ref{x.A, x.B} {
			if int(m) < len(s.found) {
				s.found[m] |= bits
			}
		}
	}
	return s
}

func causeMask(why compare.Mechanism) mask {
	for i, name := range result.ReasonNames {
		if name == string(why) {
			return causes << i
		}
	}
	return 0
}

// Passes reports whether message m does at receiver p.
func (s *Selection) Passes(m history.Ref, p peer.ID) bool {
	for _, w := range s.filter.words {
		if w.test(s, m, p) == w.negative {
			return false
		}
	}
	return true
}

// Any reports whether message m passes at some receiver.
func (s *Selection) Any(m history.Ref) bool {
	for p := range peer.ID(s.run.Peers) {
		if s.Passes(m, p) {
			return true
		}
	}
	return false
}

// Count returns how many messages pass at some receiver.
func (s *Selection) Count() int {
	n := 0
	for m := range s.run.Messages {
		if s.Any(history.Ref(m)) {
			n++
		}
	}
	return n
}

func aPeer(is func(s *Selection, m history.Ref, p, who peer.ID) bool) func(string) test {
	return func(value string) test {
		digits, ok := strings.CutPrefix(strings.ToLower(value), "p")
		n, err := strconv.ParseUint(digits, 10, 31)
		if !ok || err != nil {
			return nil
		}
		return func(s *Selection, m history.Ref, p peer.ID) bool { return is(s, m, p, peer.ID(n)) }
	}
}

func aMessage(value string) test {
	id, err := peer.ParseMessageID(strings.ReplaceAll(strings.ToLower(value), ".", "#"))
	if err != nil {
		return nil
	}
	return func(s *Selection, m history.Ref, _ peer.ID) bool { return s.run.Messages[m].ID == id }
}

func aState(value string) test {
	switch strings.ToLower(value) {
	case "swapped":
		return func(s *Selection, m history.Ref, _ peer.ID) bool { return s.found[m]&swapped != 0 }
	case "acausal":
		return func(s *Selection, m history.Ref, _ peer.ID) bool { return s.found[m]&acausal != 0 }
	case "late":
		return aCause("late")
	case "lost":
		return func(s *Selection, m history.Ref, p peer.ID) bool { return len(s.run.At(m, p).Lost) > 0 }
	case "held":
		return func(s *Selection, m history.Ref, p peer.ID) bool { return s.run.At(m, p).Held() > 0 }
	case "own":
		return func(s *Selection, m history.Ref, p peer.ID) bool { return s.run.Messages[m].ID.Sender == p }
	}
	return nil
}

func aCause(value string) test {
	bit := causeMask(compare.Mechanism(strings.ToLower(value)))
	if bit == 0 {
		return nil
	}
	return func(s *Selection, m history.Ref, _ peer.ID) bool { return s.found[m]&bit != 0 }
}

func aTime(value string) test {
	span, ok := parseSpan(value, "ms")
	if !ok {
		return nil
	}
	return func(s *Selection, m history.Ref, p peer.ID) bool {
		x := s.run.At(m, p)
		return span.holds(int64(s.run.Messages[m].At)) || x.Arrived != sim.Never && span.holds(int64(x.Arrived)) ||
			x.Delivered != sim.Never && span.holds(int64(x.Delivered))
	}
}

func aPosition(value string) test {
	span, ok := parseSpan(value, "")
	if !ok {
		return nil
	}
	return func(s *Selection, m history.Ref, p peer.ID) bool {
		at := s.run.At(m, p).Position
		return at > 0 && span.holds(int64(at)*unit)
	}
}

func aWait(value string) test {
	span, ok := parseSpan(value, "ms")
	if !ok {
		return nil
	}
	return func(s *Selection, m history.Ref, p peer.ID) bool {
		x := s.run.At(m, p)
		return x.Position > 0 && x.Delivered != sim.Never && span.holds(int64(x.Held()))
	}
}
