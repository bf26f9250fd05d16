package scenarios

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

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
	if !n.quoted && isPlain(n.scalar) || n.tag != "!!str" && !n.quoted {
		return n.scalar
	}
	if n.tag == "!!str" && isPlain(n.scalar) && readsAsText(n.scalar) {
		return n.scalar
	}
	return quote(n.scalar)
}

// isPlain reports whether s may stand without quotes in flow and in block.
func isPlain(s string) bool {
	if s == "" || strings.TrimSpace(s) != s || strings.ContainsAny(s[:1], `-?:,[]{}#&*!|>'"%@`+"`=") && len(s) == 1 {
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
		case c < ' ' || c >= 0x7f && c <= 0x9f || c == 0x2028 || c == 0x2029 || c == 0xfeff || c == 0xfffd:
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
