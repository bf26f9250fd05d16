package scenarios

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// maxWidth is how long a line may get before a map or list goes to lines of its
// own.
const maxWidth = 100

// printTree writes a tree as a file: the top level and what does not fit one
// line in block form, the rest in flow form.
func printTree(root *node) []byte {
	var b strings.Builder
	writeBlock(&b, root, 0)
	return []byte(b.String())
}

func writeBlock(b *strings.Builder, n *node, indent int) {
	pad := strings.Repeat(" ", indent)
	for i, item := range n.items {
		lead := pad + "-"
		if n.kind == mapNode {
			lead = pad + scalarText(n.keys[i]) + ":"
		}
		b.WriteString(lead)
		flow := flowText(item)
		fits := len(lead)+1+len(flow) <= maxWidth
		switch {
		case item.kind == scalarNode && indent == 0 && writeLiteral(b, item):
		case item.kind == scalarNode, len(item.items) == 0, fits && (item.kind == listNode || indent > 0):
			b.WriteString(" " + flow + "\n")
		default:
			b.WriteByte('\n')
			writeBlock(b, item, indent+2)
		}
	}
}

// writeLiteral writes text of several lines as a literal block, if that form can
// say it exactly.
func writeLiteral(b *strings.Builder, n *node) bool {
	s := n.scalar
	body := strings.TrimSuffix(s, "\n")
	if n.tag != "!!str" || !strings.Contains(s, "\n") || strings.TrimSpace(body) == "" || strings.HasSuffix(body, "\n") {
		return false
	}
	lines := strings.Split(body, "\n")
	if lines[0] == "" || strings.HasPrefix(lines[0], " ") {
		return false
	}
	for _, line := range lines {
		if strings.ContainsFunc(line, func(c rune) bool { return !isPrintable(c) }) || line != "" && strings.TrimSpace(line) == "" {
			return false
		}
	}
	b.WriteString(" |")
	if body == s {
		b.WriteByte('-')
	}
	for _, line := range lines {
		b.WriteByte('\n')
		if line != "" {
			b.WriteString("  " + line)
		}
	}
	b.WriteByte('\n')
	return true
}

// isPrintable reports whether a character needs no escape in YAML.
func isPrintable(c rune) bool {
	return c >= ' ' && c < 0x7f || c >= 0xa0 && c != 0x2028 && c != 0x2029 && c != 0xfeff && c != 0xfffd && c < 0xfffe
}

// flowText writes a node on one line, so that it reads back as the same value.
func flowText(n *node) string {
	var b strings.Builder
	writeFlow(&b, n)
	return b.String()
}

func writeFlow(b *strings.Builder, n *node) {
	switch n.kind {
	case scalarNode:
		b.WriteString(scalarText(n))
	case listNode:
		b.WriteByte('[')
		for i, item := range n.items {
			if i > 0 {
				b.WriteString(", ")
			}
			writeFlow(b, item)
		}
		b.WriteByte(']')
	case mapNode:
		b.WriteByte('{')
		for i, item := range n.items {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(scalarText(n.keys[i]))
			b.WriteString(": ")
			writeFlow(b, item)
		}
		b.WriteByte('}')
	}
}

// scalarText is a scalar plain where that reads back as the same, else in
// double quotes.
func scalarText(n *node) string {
	if n.tag != "!!str" && !n.quoted || isPlain(n.scalar) && readsAsText(n.scalar) {
		return n.scalar
	}
	return quote(n.scalar)
}

// isPlain reports whether s may stand without quotes in flow and in block.
func isPlain(s string) bool {
	if s == "" || strings.TrimSpace(s) != s {
		return false
	}
	for i, c := range s {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		switch {
		case letter, c == '.', c == '/', c == '%', c == '_', c == 'µ', c == 'μ', c == '(', c == ')':
			if i == 0 && c == '%' {
				return false
			}
		case i > 0 && (c == '-' || c == ' ' || c == '=' || c == '+'):
		case i == 0 && c == '-' && len(s) > 1 && s[1] >= '0' && s[1] <= '9':
		default:
			return false
		}
	}
	return true
}

// readsAsText reports whether a plain s is text and not a number, a truth value,
// a date or nothing.
func readsAsText(s string) bool {
	n := yaml.Node{Kind: yaml.ScalarNode, Value: s}
	return n.ShortTag() == "!!str"
}

// quote writes s in double quotes, in the escapes of YAML that are also JSON's.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	const hex = "0123456789abcdef"
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\t':
			b.WriteString(`\t`)
		case !isPrintable(c) && c < 0x10000:
			b.WriteString(`\u`)
			for shift := 12; shift >= 0; shift -= 4 {
				b.WriteByte(hex[c>>shift&15])
			}
		default:
			b.WriteRune(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
