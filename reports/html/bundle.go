package html

import (
	"embed"
	"fmt"
	"path"
	"regexp"
	"strings"
	"sync"
)

//go:embed web
var web embed.FS

// The forms of import and export that the modules use: one to a line.
var (
	importLine = regexp.MustCompile(`(?m)^import \{[^}]*\} from "\./([a-z]+\.js)";\n`)
	exportWord = regexp.MustCompile(`(?m)^export ((?:async )?function|const|class) `)
	remark     = regexp.MustCompile(`(?m)^\s*//.*\n`)
	otherwise  = regexp.MustCompile(`(?m)^\s*(?:import|export)\b`)
)

// script returns the modules under entry.js as one script, without remarks. It is joined from
// the modules themselves each time, so there is no copy that could be stale.
var script = sync.OnceValue(func() string {
	text, err := bundle("entry.js")
	if err != nil {
		panic(fmt.Sprintf("html: %v", err))
	}
	return text
})

// bundle joins a module and what it imports, what is imported first. All names
// of the modules share one scope; a test holds them to be different.
func bundle(entry string) (string, error) {
	var b strings.Builder
	b.WriteString("(() => {\n\"use strict\";\n")
	done := map[string]bool{}
	if err := join(&b, entry, done, nil); err != nil {
		return "", err
	}
	b.WriteString("})();\n")
	return b.String(), nil
}

func join(b *strings.Builder, name string, done map[string]bool, above []string) error {
	if done[name] {
		return nil
	}
	done[name] = true
	text, err := web.ReadFile(path.Join("web", name))
	if err != nil {
		return fmt.Errorf("module %s, imported by %s: %w", name, strings.Join(above, " by "), err)
	}
	above = append(above, name)
	for _, i := range importLine.FindAllStringSubmatch(string(text), -1) {
		if err := join(b, i[1], done, above); err != nil {
			return err
		}
	}
	plain := exportWord.ReplaceAllString(importLine.ReplaceAllString(string(text), ""), "$1 ")
	plain = remark.ReplaceAllString(plain, "")
	if rest := otherwise.FindString(plain); rest != "" {
		return fmt.Errorf("module %s: %q is of a form that cannot be joined", name, strings.TrimSpace(rest))
	}
	b.WriteString(plain)
	return nil
}
