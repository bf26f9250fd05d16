package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"mpcomm/peer"
	"mpcomm/peer/order"
	"mpcomm/sim/rng"
)

// decoder reads values out of a tree and collects what is wrong with them. It
// goes on after a problem, so that all are reported at once; a bad value reads
// as its zero.
type decoder struct {
	problems Errors
	warnings Errors
	table    order.Table
	files    *fileCache
	peers    int // 0 while it is not known

	names peerNames

	sent map[peer.MessageID]bool // the messages of an explicit schedule

	periods []period // of clocks, to be compared with the end of the run
	syncs   bool     // some clock is set by another peer's

	orderingsBad bool // so that expectations of them are not reported as well
}

// problem reports what is wrong with n. A nil n is a value that was missing or
// empty, which has been reported already.
func (d *decoder) problem(n *node, path, format string, args ...any) {
	if n == nil {
		return
	}
	d.problems = append(d.problems, problemAt(n, path, format, args...))
}

func (d *decoder) warn(n *node, path, format string, args ...any) {
	if n == nil {
		return
	}
	d.warnings = append(d.warnings, problemAt(n, path, format, args...))
}

func problemAt(n *node, path, format string, args ...any) Problem {
	return Problem{
		File: n.text.name, Line: n.line, Col: n.col, Path: path, Message: fmt.Sprintf(format, args...),
		Source: n.text.line(n.line), set: n.text.set,
	}
}

// defaults holds the tree of every key's initial value.
var defaults = sync.OnceValue(func() map[string]*node {
	trees := map[string]*node{}
	for _, o := range objects() {
		for _, k := range o.keys {
			if k.initial == "" || trees[k.initial] != nil {
				continue
			}
			tree, problems := parseTree(&text{name: "default"}, []byte(k.initial))
			if len(problems) > 0 {
				panic(fmt.Sprintf("scenarios: default of %s.%s: %v", o.name, k.name, problems))
			}
			trees[k.initial] = tree
		}
	}
	return trees
})

// objects are all objects of the language, each once, depth first from the
// scenario.
var objects = sync.OnceValue(func() []*object {
	var all []*object
	var visit func(o *object)
	var visitForm func(f *form)
	visitForm = func(f *form) {
		if f.object != nil {
			visit(f.object)
		}
		if f.item != nil {
			visitForm(f.item)
		}
		if f.kind == formFamily {
			for _, k := range familyKinds {
				visit(familyObject(k, f))
			}
		}
	}
	visit = func(o *object) {
		if slices.Contains(all, o) {
			return
		}
		all = append(all, o)
		for i := range o.keys {
			visitForm(&o.keys[i].form)
		}
	}
	visit(&scenarioObject)
	return all
})

// record is a map of the file read by the table of its object.
type record struct {
	d    *decoder
	n    *node // nil when the file leaves the whole map out
	path string
	o    *object
}

// record checks that n is a map with known keys. A nil n is an empty record:
// everything in it takes its default. A scalar stands for the object's word.
func (d *decoder) record(n *node, path string, o *object) record {
	r := record{d: d, path: path, o: o}
	if n == nil {
		return r
	}
	if n.kind == scalarNode && o.word != "" && !isNull(n) {
		n = &node{
			kind: mapNode, keys: []*node{{scalar: o.word, line: n.line, col: n.col, text: n.text}},
			items: []*node{n}, line: n.line, col: n.col, text: n.text,
		}
	}
	if n.kind != mapNode {
		d.problem(n, path, "got %s; want a map with keys among %s", n.describe(), strings.Join(o.names(), " "))
		return r
	}
	r.n = n
	for _, k := range n.keys {
		if o.key(k.scalar) == nil {
			d.problem(k, joinPath(path, k.scalar), "unknown key%s; the keys here are %s",
				didYouMean(k.scalar, o.names()), strings.Join(o.names(), " "))
		}
	}
	return r
}

func isNull(n *node) bool { return n.kind == scalarNode && n.tag == "!!null" && !n.quoted }

// has reports whether the file gives the key.
func (r record) has(name string) bool { return r.n.child(name) != nil }

// value is the key's node, the file's or the default's, its path and its form.
// The node is nil when there is neither.
func (r record) value(name string) (*node, string, *form) {
	k := r.o.key(name)
	if k == nil {
		panic(fmt.Sprintf("scenarios: the table of %s has no key %s", r.o.name, name))
	}
	path := joinPath(r.path, name)
	if n := r.n.child(name); n != nil {
		if isNull(n) {
			r.d.problem(n, path, "has no value; give one or remove the key")
			return nil, path, &k.form
		}
		return n, path, &k.form
	}
	if k.required && r.n != nil {
		r.d.problem(r.n, path, "missing; %s", wantOf(&k.form))
	}
	if k.initial != "" {
		return defaults()[k.initial], path, &k.form
	}
	return nil, path, &k.form
}

// exclude reports each of names that the file gives although it has no meaning
// beside what reason says.
func (r record) exclude(reason string, names ...string) {
	for _, name := range names {
		if n := r.n.child(name); n != nil {
			r.d.problem(n, joinPath(r.path, name), "has no meaning %s; remove one of them", reason)
		}
	}
}

// scalar reports whether n is a scalar and complains if not.
func (d *decoder) scalar(n *node, path string, f *form) bool {
	if n == nil {
		return false
	}
	if n.kind != scalarNode || isNull(n) {
		d.problem(n, path, "got %s; %s", n.describe(), wantOf(f))
		return false
	}
	return true
}

func (r record) text(name string) string {
	n, path, f := r.value(name)
	if !r.d.scalar(n, path, f) {
		return ""
	}
	return n.scalar
}

// word is one of the form's words, or "" after a problem or when absent.
func (r record) word(name string) string {
	n, path, f := r.value(name)
	if !r.d.scalar(n, path, f) {
		return ""
	}
	if !slices.Contains(f.words, n.scalar) {
		r.d.problem(n, path, "unknown %q%s; want one of %s", clip(n.scalar), didYouMean(n.scalar, f.words),
			strings.Join(f.words, " "))
		return ""
	}
	return n.scalar
}

// is reports whether the value is the given word.
func (r record) is(name, word string) bool {
	n, _, _ := r.value(name)
	return n != nil && n.kind == scalarNode && n.scalar == word
}

func (r record) bool(name string) bool {
	n, path, f := r.value(name)
	return r.d.bool(n, path, f)
}

func (d *decoder) bool(n *node, path string, f *form) bool {
	if n == nil {
		return false
	}
	if n.kind != scalarNode || n.tag != "!!bool" || n.quoted {
		d.problem(n, path, "got %s; %s", n.describe(), wantOf(f))
		return false
	}
	return strings.EqualFold(n.scalar, "true")
}

// isDecimal reports whether s is a plain whole number, perhaps negative.
func isDecimal(s string) bool {
	s = strings.TrimPrefix(s, "-")
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func (r record) integer(name string) int64 {
	n, path, f := r.value(name)
	v, _ := r.d.integer(n, path, f)
	return v
}

func (d *decoder) integer(n *node, path string, f *form) (int64, bool) {
	if !d.scalar(n, path, f) {
		return 0, false
	}
	if n.quoted || !isDecimal(n.scalar) {
		d.problem(n, path, "got %s; %s", n.describe(), wantOf(f))
		return 0, false
	}
	v, err := strconv.ParseInt(n.scalar, 10, 64)
	if err != nil || v < f.min || v > f.max {
		d.problem(n, path, "%s is out of range; want %d..%d", clip(n.scalar), f.min, f.max)
		return f.min, false
	}
	return v, true
}

func (r record) seed(name string) uint64 {
	n, path, f := r.value(name)
	if !r.d.scalar(n, path, f) {
		return 0
	}
	v, err := strconv.ParseUint(n.scalar, 10, 64)
	if err != nil || n.quoted {
		r.d.problem(n, path, "got %s; %s", n.describe(), wantOf(f))
	}
	return v
}

func (r record) ratio(name string) rng.Ratio {
	n, path, f := r.value(name)
	return r.d.ratio(n, path, f)
}

func (d *decoder) ratio(n *node, path string, f *form) rng.Ratio {
	if !d.scalar(n, path, f) {
		return rng.Ratio{Den: 1}
	}
	v, err := rng.ParseRatio(n.scalar)
	if err != nil {
		d.problem(n, path, "%v", err)
		return rng.Ratio{Den: 1}
	}
	return v
}

// optionalRatio is nil when the file does not give the key.
func (r record) optionalRatio(name string) *rng.Ratio {
	if !r.has(name) {
		return nil
	}
	v := r.ratio(name)
	return &v
}

func (r record) fixed(name string) rng.Fixed {
	n, path, f := r.value(name)
	if !r.d.scalar(n, path, f) {
		return 0
	}
	v, err := rng.ParseFixed(n.scalar)
	switch {
	case err != nil:
		r.d.problem(n, path, "%v", err)
	case int64(v) < f.min || int64(v) > f.max:
		r.d.problem(n, path, "%s is out of range; want %s..%s", clip(n.scalar), rng.Fixed(f.min), rng.Fixed(f.max))
	}
	return v
}

// amount reads a number with a unit; a word of the form (none, never) reads as 0.
func (r record) amount(name string) int64 {
	n, path, f := r.value(name)
	return r.d.amount(n, path, f)
}

func (d *decoder) amount(n *node, path string, f *form) int64 {
	if !d.scalar(n, path, f) || slices.Contains(f.words, n.scalar) {
		return 0
	}
	parse := f.quantity.parse
	if f.rate {
		parse = parsePeriod
	}
	v, err := parse(n.scalar)
	switch {
	case err != nil:
		d.problem(n, path, "%v", err)
		return max(f.min, 0)
	case v < f.min || v > f.max:
		d.problem(n, path, "%s is out of range; want %s", clip(n.scalar), rangeOf(f))
		return max(f.min, 0)
	}
	return v
}

// optionalAmount is nil when the file does not give the key.
func (r record) optionalAmount(name string) *int64 {
	if !r.has(name) {
		return nil
	}
	v := r.amount(name)
	return &v
}

// rangeOf says what amounts a form takes.
func rangeOf(f *form) string {
	return f.quantity.print(f.min) + ".." + f.quantity.print(f.max)
}

// items calls do for each element of a list.
func (r record) items(name string, do func(n *node, path string)) {
	n, path, _ := r.value(name)
	switch {
	case n == nil:
	case n.kind != listNode:
		r.d.problem(n, path, "got %s; want a list", n.describe())
	default:
		for i, item := range n.items {
			do(item, fmt.Sprintf("%s.%d", path, i))
		}
	}
}
