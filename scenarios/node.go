package scenarios

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// The limits of a scenario file. They keep hostile input from costing more
// than reading it; nothing a person writes comes near them.
const (
	maxFileBytes = 16 << 20
	maxDepth     = 32
)

// nodeKind is the shape of a node of the tree.
type nodeKind uint8

const (
	scalarNode nodeKind = iota
	listNode
	mapNode
)

// text is where nodes come from: a file, a --set argument or the table of
// defaults. Its lines are what an error shows.
type text struct {
	name  string
	lines []string
	set   bool // a --set argument: it has no line numbers worth naming
}

// node is a value as written, with its place. Trees are never changed once
// built: a setting copies the path it touches and shares the rest, so that
// thousands of cells of a sweep cost little more than their differences.
type node struct {
	kind      nodeKind
	scalar    string
	tag       string // of scalars: !!str !!int !!float !!bool !!null
	quoted    bool
	keys      []*node // of maps, parallel to items
	items     []*node
	line, col int
	text      *text
}

// child is the value under key, or nil.
func (n *node) child(key string) *node {
	if n == nil || n.kind != mapNode {
		return nil
	}
	for i, k := range n.keys {
		if k.scalar == key {
			return n.items[i]
		}
	}
	return nil
}

// describe says what n is, for errors about what it should have been.
func (n *node) describe() string {
	switch {
	case n.kind == listNode && len(n.items) == 0:
		return "an empty list"
	case n.kind == listNode:
		return "a list"
	case n.kind == mapNode:
		return "a map"
	case n.tag == "!!null":
		return "nothing"
	case n.quoted:
		return fmt.Sprintf("%q in quotes", clip(n.scalar))
	default:
		return fmt.Sprintf("%q", clip(n.scalar))
	}
}

// clip shortens what an error quotes.
func clip(s string) string {
	if runes := []rune(s); len(runes) > 40 {
		return string(runes[:37]) + "..."
	}
	return s
}

// parseTree reads the one document of a scenario file into a tree. Its problems
// are those of the YAML itself: bad syntax, a second document, anchors, tags,
// nesting and size beyond the limits.
func parseTree(t *text, data []byte) (*node, Errors) {
	if len(data) > maxFileBytes {
		return nil, Errors{{File: t.name, Line: 1, Col: 1, Message: fmt.Sprintf(
			"the file has %d bytes; want at most %d", len(data), maxFileBytes)}}
	}
	t.lines = strings.Split(string(data), "\n")
	loader, err := yaml.NewLoader(strings.NewReader(string(data)))
	if err != nil {
		return nil, Errors{syntaxProblem(t, err)}
	}
	var first, second yaml.Node
	if err := loader.Load(&first); errors.Is(err, io.EOF) || err == nil && len(first.Content) == 0 {
		return nil, Errors{{
			File: t.name, Line: 1, Col: 1,
			Message: "the file holds no scenario; want at least one key, such as peers: 6",
		}}
	} else if err != nil {
		return nil, Errors{syntaxProblem(t, err)}
	}
	c := converter{text: t}
	root := c.convert(first.Content[0], "", 0)
	switch err := loader.Load(&second); {
	case err == nil:
		c.problem(&second, "", "a second document starts here; want one scenario a file")
	case !errors.Is(err, io.EOF):
		c.problems = append(c.problems, syntaxProblem(t, err))
	}
	return root, c.problems
}

// syntaxProblem turns an error of the YAML library into ours, with its place.
func syntaxProblem(t *text, err error) Problem {
	p := Problem{File: t.name, Line: 1, Col: 1, Message: "not YAML: " + err.Error(), set: t.set}
	var at *yaml.LoadError
	if errors.As(err, &at) {
		p.Message = "not YAML: " + at.Message
		if at.Mark.Line > 0 {
			p.Line, p.Col = at.Mark.Line, max(at.Mark.Column, 1)
		}
		if at.Mark.Line <= 0 && strings.Contains(at.Message, "control characters") {
			p.Line, p.Col = t.control()
		}
		if strings.Contains(at.Message, "tab character") || strings.Contains(t.line(p.Line), "\t") {
			p.Message += " (indent with spaces, not tabs)"
		}
	}
	p.Source = t.line(p.Line)
	return p
}

// control is the place of the first control character, which the YAML library
// does not tell; the beginning if there is none.
func (t *text) control() (line, col int) {
	for i, source := range t.lines {
		col := 0
		for _, c := range source {
			col++
			if c < ' ' && c != '\t' && c != '\r' || c == 0x7f {
				return i + 1, col
			}
		}
	}
	return 1, 1
}

// line is line number i, counted from 1, or nothing.
func (t *text) line(i int) string {
	if i < 1 || i > len(t.lines) {
		return ""
	}
	return strings.TrimSuffix(t.lines[i-1], "\r")
}

// converter turns the YAML library's tree into ours.
type converter struct {
	text     *text
	problems Errors
}

func (c *converter) problem(n *yaml.Node, path, format string, args ...any) {
	c.problems = append(c.problems, Problem{
		File: c.text.name, Line: max(n.Line, 1), Col: max(n.Column, 1), Path: path,
		Message: fmt.Sprintf(format, args...), Source: c.text.line(n.Line), set: c.text.set,
	})
}

// convert builds the node of n. What the language has no use for is a problem
// and reads as an empty value; anchors in particular, since a value that
// stands elsewhere than where it is read defeats every line number.
func (c *converter) convert(n *yaml.Node, path string, depth int) *node {
	out := &node{line: n.Line, col: n.Column, text: c.text, scalar: n.Value, tag: n.ShortTag()}
	switch {
	case depth > maxDepth:
		c.problem(n, path, "nested more than %d levels deep; no key of the language is", maxDepth)
		out.tag = "!!null"
		return out
	case n.Kind == yaml.AliasNode:
		c.problem(n, path, "*%s is an alias; anchors and aliases are not part of the language, write the value out", n.Value)
		out.tag = "!!null"
		return out
	case n.Anchor != "":
		c.problem(n, path, "&%s is an anchor; anchors and aliases are not part of the language, write the value out", n.Anchor)
	case n.Style&yaml.TaggedStyle != 0:
		c.problem(n, path, "%s is a tag; tags are not part of the language, write the value alone", n.Tag)
	}
	switch n.Kind {
	case yaml.SequenceNode:
		out.kind = listNode
		for i, item := range n.Content {
			out.items = append(out.items, c.convert(item, fmt.Sprintf("%s.%d", path, i), depth+1))
		}
	case yaml.MappingNode:
		out.kind = mapNode
		c.convertMap(n, out, path, depth)
	default:
		out.kind = scalarNode
		out.quoted = n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
	}
	return out
}

func (c *converter) convertMap(n *yaml.Node, out *node, path string, depth int) {
	lines := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode {
			c.problem(key, path, "a key must be a plain word, such as peers")
			continue
		}
		at := joinPath(path, key.Value)
		if key.ShortTag() == "!!merge" {
			c.problem(key, path, "<< merges maps; merging is not part of the language, write the keys out")
			continue
		}
		if line, twice := lines[key.Value]; twice {
			c.problem(key, at, "given twice, first in line %d; remove one", line)
			continue
		}
		lines[key.Value] = key.Line
		out.keys = append(out.keys, &node{scalar: key.Value, tag: "!!str", line: key.Line, col: key.Column, text: c.text})
		out.items = append(out.items, c.convert(n.Content[i+1], at, depth+1))
	}
}

// joinPath appends one element to a path.
func joinPath(path, element string) string {
	if path == "" {
		return element
	}
	return path + "." + element
}

// place is n's index in a list, as text; it panics if n is not of the list.
func (n *node) place(list *node) string {
	for i, item := range list.items {
		if item == n {
			return strconv.Itoa(i)
		}
	}
	panic("scenarios: a node is not in its own list")
}
