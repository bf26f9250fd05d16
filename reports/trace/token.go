package trace

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"mpcomm/sim"
)

// Token names a moment of a run: 42@231ms/naive is 231 ms of true time in the
// run of seed 42 under the ordering labelled naive.
type Token struct {
	Seed     uint64
	At       sim.Time // whole microseconds
	Ordering string   // a label
}

// TokenOf returns the token of a moment, to the nearest microsecond.
func TokenOf(seed uint64, at sim.Time, ordering string) Token {
	const unit = sim.Time(time.Microsecond)
	if at > sim.Never-unit {
		at = sim.Never - unit
	}
	return Token{Seed: seed, At: (at + unit/2) / unit * unit, Ordering: ordering}
}

// Token returns the token of a finding.
func (r *Run) Token(f *Finding) Token { return TokenOf(r.Seed, f.At, r.Ordering) }

// String returns the token as it is typed: as one word that no shell takes apart,
// with the label as folders are named by it.
func (t Token) String() string {
	b := append(strconv.AppendUint(nil, t.Seed, 10), '@')
	b = append(t.At.AppendMS(b), "ms/"...)
	return string(b) + oneWord(t.Ordering)
}

// Names reports whether the token is of the ordering with that label, in full or
// as String writes it.
func (t Token) Names(label string) bool { return label == t.Ordering || oneWord(label) == t.Ordering }

// oneWord has _ for everything but letters, digits, '-', '.' and '='.
func oneWord(label string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '=' {
			return c
		}
		return '_'
	}, label)
}

// IsToken reports whether text looks like a token rather than the name of a
// file or a scenario: it has an @ before any slash.
func IsToken(text string) bool {
	at, slash := strings.IndexByte(text, '@'), strings.IndexByte(text, '/')
	return at > 0 && slash > at
}

// ParseToken reads a token. The time is any duration of Go's, such as 1.5s.
func ParseToken(text string) (Token, error) {
	bad := func(what string) (Token, error) {
		return Token{}, fmt.Errorf("token %q: %s; want SEED@TIME/ORDERING, such as 42@231ms/naive", text, what)
	}
	seed, rest, ok := strings.Cut(text, "@")
	if !ok {
		return bad("it has no @")
	}
	when, label, ok := strings.Cut(rest, "/")
	if !ok {
		return bad("it has no / after the time")
	}
	n, err := strconv.ParseUint(seed, 10, 64)
	if err != nil {
		return bad(fmt.Sprintf("%q is no seed: a whole number from 0 to %d", seed, uint64(1<<64-1)))
	}
	d, err := time.ParseDuration(when)
	if err != nil || d < 0 {
		return bad(fmt.Sprintf("%q is no time: a number from 0 and a unit, ns, us, ms, s, m or h", when))
	}
	if label == "" {
		return bad("no ordering is named")
	}
	return Token{Seed: n, At: sim.Time(d), Ordering: label}, nil
}
