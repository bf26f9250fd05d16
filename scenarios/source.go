package scenarios

import (
	"strings"

	"mpcomm/peer/order"
)

// source is where a scenario came from: what settings apply to and where
// messages point.
type source struct {
	root     *node
	table    order.Table
	files    *fileCache
	warnings Errors
}

// origin is the source of s, or for a scenario that a program made the tree of
// its printed form.
func (s *Scenario) origin() (source, Errors) {
	if s.source.root != nil {
		return s.source, nil
	}
	root, problems := parseTree(&text{name: s.Name}, Format(s))
	return source{root: root, table: order.Builtin(), files: newFileCache(nil)}, problems
}

// Warnings lists what is legal but seldom meant.
func (s *Scenario) Warnings() Errors { return s.source.warnings }

// Table is the table of orderings that the scenario was checked against.
func (s *Scenario) Table() order.Table { return s.source.table }

// Position tells where the value at path stands in the file, with keys and list
// indexes joined by dots. ok is false when the file does not give it.
func (s *Scenario) Position(path string) (file string, line int, ok bool) {
	n := s.source.root
	for path != "" && n != nil {
		n, path = n.step(path)
	}
	if n == nil {
		return "", 0, false
	}
	return n.text.name, n.line, true
}

// ExpectPosition is the Position of one key of an expectation, or of the whole
// for an empty key.
func (s *Scenario) ExpectPosition(e Expectation, key string) (file string, line int, ok bool) {
	n := s.source.root.child("expect").child(e.written)
	if key != "" {
		n = n.child(key)
	}
	if n == nil {
		return "", 0, false
	}
	return n.text.name, n.line, true
}

// step follows the first element of path and returns the rest. A key with dots
// in it, such as a label with a decimal, is found as the longest key that fits.
func (n *node) step(path string) (*node, string) {
	switch n.kind {
	case listNode:
		element, rest, _ := strings.Cut(path, ".")
		if i, ok := index(element); ok && i < len(n.items) {
			return n.items[i], rest
		}
	case mapNode:
		best := -1
		for i, k := range n.keys {
			if (path == k.scalar || strings.HasPrefix(path, k.scalar+".")) &&
				(best < 0 || len(k.scalar) > len(n.keys[best].scalar)) {
				best = i
			}
		}
		if best >= 0 {
			return n.items[best], strings.TrimPrefix(path[len(n.keys[best].scalar):], ".")
		}
	}
	return nil, ""
}

// index reads a list index.
func index(s string) (int, bool) {
	if !isDecimal(s) || len(s) > 9 || s[0] == '-' {
		return 0, false
	}
	i := 0
	for _, c := range []byte(s) {
		i = i*10 + int(c-'0')
	}
	return i, true
}
