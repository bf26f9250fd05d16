package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"mpcomm/peer/order"
)

// Setting replaces one value of a scenario: Path is keys and list indexes joined
// by dots, such as orderings.1.wait; Value is one YAML value.
type Setting struct{ Path, Value string }

// String is the setting as the command line takes it.
func (s Setting) String() string { return s.Path + "=" + s.Value }

// ParseSetting reads PATH=VALUE.
func ParseSetting(s string) (Setting, error) {
	path, value, ok := strings.Cut(s, "=")
	if !ok || path == "" || value == "" {
		return Setting{}, fmt.Errorf("--set %s: want PATH=VALUE, such as network.latency.mean=20ms", clip(s))
	}
	return Setting{Path: path, Value: value}, nil
}

// With is the scenario with settings applied, in order, to the file as written;
// s stays as it is. Absent keys are created: what has a default starts from it,
// so that workload.gap.max alone widens the default gap, and a word that stands
// for a map, such as the ordering timestamp, becomes one. The result is
// validated as a whole; every problem is in the error, an [Errors], and names
// the setting it comes from. Fields of s that a program has changed since it was
// read do not count; a scenario that was never read counts as its Format.
func (s *Scenario) With(settings []Setting) (*Scenario, error) {
	origin, problems := s.origin()
	root := origin.root
	for _, set := range settings {
		t := &text{name: "--set " + clip(set.String()), set: true}
		value, bad := parseTree(t, []byte(set.Value))
		if len(bad) > 0 {
			problems = append(problems, bad...)
			continue
		}
		changed, err := applySetting(root, set.Path, value, origin.table)
		if err != nil {
			problems = append(problems, problemAt(value, set.Path, "%v", err))
			continue
		}
		root = changed
	}
	if len(problems) > 0 {
		return nil, problems.sorted()
	}
	made, problems := decode(root, origin.table, origin.files)
	if len(problems) > 0 {
		return nil, problems
	}
	return made, nil
}

// applySetting is root with the value at path replaced. root itself and what
// the path does not touch are shared, not changed.
func applySetting(root *node, path string, value *node, table order.Table) (*node, error) {
	elements := strings.Split(path, ".")
	if slices.Contains(elements, "") {
		return nil, fmt.Errorf("path %q has an empty element; want keys and list indexes joined by dots", clip(path))
	}
	if len(elements) > maxDepth {
		return nil, fmt.Errorf("path %q has %d elements; want at most %d", clip(path), len(elements), maxDepth)
	}
	top := form{kind: formObject, object: &scenarioObject}
	p := patch{value: value, table: table}
	return p.at(root, &top, elements, "", nil)
}

// patch carries a value to its place.
type patch struct {
	value *node
	table order.Table
}

// at is n, of form f, with the value put where elements lead. initial is the
// default that an absent n starts from.
func (p *patch) at(n *node, f *form, elements []string, path string, initial *node) (*node, error) {
	if len(elements) == 0 {
		return p.value, nil
	}
	child, childInitial, err := p.child(f, elements[0], path)
	if err != nil {
		return nil, err
	}
	if n == nil || isNull(n) {
		n = initial
	}
	if listed(f) {
		return p.inList(n, child, elements, path)
	}
	m, err := p.asMap(n, f, path)
	if err != nil {
		return nil, err
	}
	key := elements[0]
	changed, err := p.at(m.child(key), child, elements[1:], joinPath(path, key), childInitial)
	if err != nil {
		return nil, err
	}
	return m.with(key, changed), nil
}

func listed(f *form) bool { return f.kind == formList || f.kind == formPeers }

// inList replaces or appends one element of a list.
func (p *patch) inList(n *node, item *form, elements []string, path string) (*node, error) {
	list := &node{kind: listNode, line: p.value.line, col: p.value.col, text: p.value.text}
	if n != nil {
		if n.kind != listNode {
			return nil, fmt.Errorf("%s is %s, not a list", path, n.describe())
		}
		*list = *n
	}
	i, ok := index(elements[0])
	if !ok || i > len(list.items) {
		return nil, fmt.Errorf("%s is no index of %s, which has %s; want 0..%d (%d appends)", elements[0], path,
			countOf(len(list.items), "element", "elements"), len(list.items), len(list.items))
	}
	var old *node
	if i < len(list.items) {
		old = list.items[i]
	}
	changed, err := p.at(old, item, elements[1:], joinPath(path, elements[0]), nil)
	if err != nil {
		return nil, err
	}
	list.items = slices.Clone(list.items)
	if i == len(list.items) {
		list.items = append(list.items, nil)
	}
	list.items[i] = changed
	return list, nil
}

// asMap is n as a map: an absent one is empty, a word becomes {kind: word}, an
// amount in the place of a distribution {kind: constant, value: amount}.
func (p *patch) asMap(n *node, f *form, path string) (*node, error) {
	empty := &node{kind: mapNode, line: p.value.line, col: p.value.col, text: p.value.text}
	switch {
	case n == nil || isNull(n):
		return empty, nil
	case n.kind == mapNode:
		return n, nil
	case n.kind == scalarNode && f.kind == formFamily && !slices.Contains(f.words, n.scalar):
		constant := *n
		constant.scalar, constant.tag, constant.quoted = "constant", "!!str", false
		return empty.with("kind", &constant).with("value", n), nil
	case n.kind == scalarNode && f.kind == formAmount && f.object != nil:
		return empty.with(f.object.lone, n), nil
	case n.kind == scalarNode && (f.kind == formOrdering || f.kind == formObject && f.object.word != ""):
		return empty.with("kind", n), nil
	case n.kind == scalarNode:
		return empty, nil // 1/1000 gives way to {kind: gilbert-elliott}, none to {share: 1%}
	}
	return nil, fmt.Errorf("%s is %s, not a map", path, n.describe())
}

// with is the map n with one value replaced or added.
func (n *node) with(key string, value *node) *node {
	m := *n
	for i, k := range n.keys {
		if k.scalar == key {
			m.items = slices.Clone(n.items)
			m.items[i] = value
			return &m
		}
	}
	m.keys = append(slices.Clip(n.keys), &node{scalar: key, tag: "!!str", line: value.line, col: value.col, text: value.text})
	m.items = append(slices.Clip(n.items), value)
	return &m
}

// without is the map n less some keys.
func (n *node) without(keys ...string) *node {
	m := *n
	m.keys, m.items = nil, nil
	for i, k := range n.keys {
		if !slices.Contains(keys, k.scalar) {
			m.keys, m.items = append(m.keys, k), append(m.items, n.items[i])
		}
	}
	return &m
}

// child is the form of one element below f, with the default it starts from.
func (p *patch) child(f *form, element, path string) (*form, *node, error) {
	switch {
	case f.kind == formValue:
		return f, nil, nil
	case f.kind == formPrecision:
		return &textForm, nil, nil
	case f.kind == formPeers:
		return &peerForm, nil, nil
	case f.kind == formList || f.kind == formTable:
		return f.item, nil, nil
	}
	var o *object
	switch {
	case f.object != nil:
		o = f.object
	case f.kind == formFamily:
		o = familyUnion(f)
	case f.kind == formOrdering:
		o = orderingUnion(p.table)
	default:
		return nil, nil, fmt.Errorf("%s has no keys below it; remove .%s", path, element)
	}
	k := o.key(element)
	if k == nil {
		where := path
		if where == "" {
			where = "a scenario"
		}
		return nil, nil, fmt.Errorf("%s has no key %q%s; want one of %s", where, clip(element),
			didYouMean(element, o.names()), strings.Join(o.names(), " "))
	}
	return &k.form, defaults()[k.initial], nil
}

// orderingUnion has the keys that some ordering takes.
func orderingUnion(table order.Table) *object {
	o := &object{name: "ordering", keys: []key{{name: "kind", form: textForm}, {name: "name", form: textForm}}}
	for i := range table {
		for j := range table[i].Params {
			if name := table[i].Params[j].Name; o.key(name) == nil {
				o.keys = append(o.keys, key{name: name, form: textForm})
			}
		}
	}
	return o
}
