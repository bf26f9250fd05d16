package scenarios

import (
	"fmt"
	"math/big"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"mpcomm/peer/order"
	"mpcomm/sim/rng"
)

// drawn is what a draw came to: the value as text, and the node that goes to its
// place. Without a node what the file has stays.
type drawn struct {
	text string
	node *node
}

// gone marks what is taken out of a tree.
var gone = &node{kind: scalarNode, scalar: "off"}

// Draw is the scenario of one seed's run: what the seed draws for each entry of
// the swarm put in its place, without swarm and sweep. It returns the drawn
// values in the order of the file; of a switched part on or off. Each is a pure
// function of the seed and its path, so that an entry more changes no other. An
// error names the seed and the values of a combination that cannot be. Without a
// swarm it returns s.
func (s *Scenario) Draw(seed uint64) (*Scenario, []Setting, error) {
	if len(s.Swarm) == 0 {
		return s, nil, nil
	}
	from := s
	origin, problems := s.origin()
	if s.source.root == nil && len(problems) == 0 { // made by a program: its draws were never read
		from, problems = decode(origin.root, origin.table, origin.files)
	}
	if len(problems) > 0 {
		return nil, nil, problems
	}
	key := rng.Root(seed).Name("swarm")
	values := make([]drawn, len(from.Swarm))
	settings := make([]Setting, len(from.Swarm))
	for i := range from.Swarm {
		x := &from.Swarm[i]
		values[i] = x.draw(key.Name(x.Path))
		settings[i] = Setting{Path: x.Path, Value: values[i].text}
	}
	made, problems := from.apply(origin.root.without("swarm", "sweep"), values, origin.table, origin.files)
	if len(problems) > 0 {
		return nil, settings, fmt.Errorf("seed %d draws %s: %w", seed, settingsText(settings), problems)
	}
	made.Seed = seed
	return made, settings, nil
}

func settingsText(settings []Setting) string {
	var parts []string
	for _, s := range settings {
		parts = append(parts, s.String())
	}
	return strings.Join(parts, ", ")
}

// apply puts drawn values into a tree and decodes it. What is switched off goes
// last, so that list indexes mean what they mean in the file.
func (s *Scenario) apply(tree *node, values []drawn, table order.Table, files *fileCache) (*Scenario, Errors) {
	var problems Errors
	put := func(i int) {
		changed, err := applySetting(tree, s.Swarm[i].Path, values[i].node, table)
		if err != nil {
			problems = append(problems, problemAt(s.Swarm[i].at, s.Swarm[i].Path, "%v", err))
			return
		}
		tree = changed
	}
	for _, last := range []bool{false, true} {
		for i := range values {
			if values[i].node != nil && (values[i].node == gone) == last {
				put(i)
			}
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return decode(prune(tree), table, files)
}

// prune is the tree without what is gone; what holds none of it is shared.
func prune(n *node) *node {
	if !n.holds(gone) {
		return n
	}
	m := *n
	m.keys, m.items = nil, nil
	for i, item := range n.items {
		if item == gone {
			continue
		}
		if n.kind == mapNode {
			m.keys = append(m.keys, n.keys[i])
		}
		m.items = append(m.items, prune(item))
	}
	return &m
}

func (n *node) holds(what *node) bool {
	return slices.ContainsFunc(n.items, func(item *node) bool { return item == what || item.holds(what) })
}

// draw takes the value of an entry from the family of draws that its path names:
// word 0 says whether it is off, word 1 which value it has otherwise.
func (x *Draw) draw(key rng.Key) drawn {
	if x.Off.Chance().Hit(key.Word(0)) {
		return x.off()
	}
	word := key.Word(1)
	switch {
	case x.Kind == logUniform:
		return x.amount(logBetween(x.low, x.high, word))
	case x.Kind != "":
		span := uint64(x.high) - uint64(x.low)
		step := word
		if span != ^uint64(0) {
			step, _ = bits.Mul64(word, span+1)
		}
		return x.amount(int64(uint64(x.low) + step))
	case x.Values != nil:
		i, _ := bits.Mul64(word, uint64(len(x.Values)))
		return drawn{x.Values[i], x.values[i]}
	}
	return drawn{text: "on"}
}

// off is zero where the value can be, none or never where there is such a word,
// and else nothing.
func (x *Draw) off() drawn {
	f := x.form
	words := f.words
	if f.kind == formObject && f.object.word != "" {
		words = f.object.key(f.object.word).form.words
	}
	for _, w := range []string{"none", "never"} {
		if slices.Contains(words, w) {
			return x.raw(w)
		}
	}
	switch {
	case f.kind == formBool:
		no := x.raw("false")
		no.node.tag = "!!bool"
		return no
	case f.kind == formRatio, f.kind == formInteger && f.min <= 0:
		return x.raw("0")
	case (f.kind == formAmount || f.kind == formFamily) && f.min <= 0:
		return x.raw(f.quantity.print(0))
	}
	return drawn{"off", gone}
}

func (x *Draw) amount(v int64) drawn { return x.raw(x.scale.print(v)) }

// raw is a value that stands nowhere in the file: what is wrong with it is said
// of the entry that draws it.
func (x *Draw) raw(value string) drawn {
	return drawn{value, &node{scalar: value, tag: "!raw", line: x.at.line, col: x.at.col, text: x.at.text}}
}

const logUniform = "log-uniform"

// logBetween is min x (max/min)^u for the fraction u of the word: the interval is
// halved on the scale of logarithms, at the geometric mean of its ends, for each
// bit of the word. In integers it is the same everywhere.
func logBetween(low, high int64, word uint64) int64 {
	const fine = 64
	a := new(big.Int).Lsh(big.NewInt(low), fine)
	b := new(big.Int).Lsh(big.NewInt(high), fine)
	b.Add(b, new(big.Int).Lsh(big.NewInt(1), fine)) // the last value has a share, too
	for i := range 64 {
		middle := new(big.Int).Mul(a, b)
		middle.Sqrt(middle)
		if word>>(63-i)&1 == 1 {
			a = middle
		} else {
			b = middle
		}
	}
	return min(high, a.Rsh(a, fine).Int64())
}

// scale turns amounts of one kind into integers and back.
type scale struct {
	quantity *quantity // nil = whole numbers
	parts    bool      // probabilities, in parts per 10^9
	rate     bool
}

// scaleOf is the scale of what a form takes; ok is false if it takes no amount.
func scaleOf(f *form) (s scale, ok bool) {
	switch f.kind {
	case formInteger, formPeer:
		return scale{}, true
	case formRatio:
		return scale{parts: true}, true
	case formAmount, formFamily:
		return scale{quantity: f.quantity, rate: f.rate}, true
	}
	return scale{}, false
}

const perBillion = 1_000_000_000

func (s scale) parse(text string) (int64, error) {
	switch {
	case s.rate:
		return parsePeriod(text)
	case s.quantity != nil:
		return s.quantity.parse(text)
	case s.parts:
		r, err := rng.ParseRatio(text)
		if err != nil {
			return 0, err
		}
		hi, lo := bits.Mul64(r.Num, perBillion)
		if hi >= r.Den {
			return 0, fmt.Errorf("%s is no probability", clip(text))
		}
		parts, rest := bits.Div64(hi, lo, r.Den)
		if rest != 0 {
			return 0, fmt.Errorf("%s is finer than 1/%d; want a multiple of that as a bound", clip(text), perBillion)
		}
		return int64(parts), nil
	}
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil || !isDecimal(text) {
		return 0, fmt.Errorf("%q is no whole number", clip(text))
	}
	return v, nil
}

func (s scale) print(v int64) string {
	switch {
	case s.quantity == &durations: // one unit, so that the values of many runs make a column
		return decimal(v, 1_000_000, 6) + "ms"
	case s.quantity != nil:
		return strconv.FormatInt(v, 10) + s.quantity.base
	case s.parts:
		return decimal(v, perBillion, 9)
	}
	return strconv.FormatInt(v, 10)
}

// decimal is v/den, den having so many zeros.
func decimal(v, den int64, zeros int) string {
	sign := ""
	if v < 0 {
		sign, v = "-", -v
	}
	return sign + strings.TrimRight(strings.TrimRight(fmt.Sprintf("%d.%0*d", v/den, zeros, v%den), "0"), ".")
}
