package scenarios

import (
	"fmt"
	"slices"
	"strconv"
)

// Difference is a value in which two scenarios differ.
type Difference struct {
	Path     string // with dots, as --set takes it, or "file NAME" for what a file contains
	Old, New string // as written in full; empty = not there
}

// String is "network.loss: 0 became 1%".
func (d Difference) String() string {
	text := func(value string) string {
		if value == "" {
			return "nothing"
		}
		return value
	}
	return fmt.Sprintf("%s: %s became %s", d.Path, text(d.Old), text(d.New))
}

// Differences lists what two scenarios say otherwise, of all that Hash covers,
// in their order, with every default written out.
func Differences(before, after *Scenario) []Difference {
	list := compareNodes(nil, "", before.tree(false), after.tree(false))
	names := append(before.fileNames(), after.fileNames()...)
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		old, now := before.fileSum(name), after.fileSum(name)
		if old != now && old != "" && now != "" { // else a path says so
			list = append(list, Difference{Path: "file " + name, Old: old, New: now})
		}
	}
	return list
}

// FileSums are the files that the scenario reads, by name, each with what names
// its content. Two scenarios with the same text and sums are the same.
func (s *Scenario) FileSums() map[string]string {
	sums := map[string]string{}
	for _, name := range s.fileNames() {
		sums[name] = s.fileSum(name)
	}
	return sums
}

// fileSum names what a file of the scenario contains; empty if it reads none of
// that name.
func (s *Scenario) fileSum(name string) string {
	if s.source.files == nil || !slices.Contains(s.fileNames(), name) {
		return ""
	}
	return fmt.Sprintf("SHA-256 %.8x", s.source.files.sum(name))
}

// compareNodes appends the differences of two values at a path; nil is not
// there.
func compareNodes(list []Difference, path string, before, after *node) []Difference {
	at := func(key string) string {
		if path == "" {
			return key
		}
		return path + "." + key
	}
	switch {
	case before != nil && after != nil && before.kind == mapNode && after.kind == mapNode:
		for i, k := range before.keys {
			list = compareNodes(list, at(k.scalar), before.items[i], after.child(k.scalar))
		}
		for i, k := range after.keys {
			if before.child(k.scalar) == nil {
				list = compareNodes(list, at(k.scalar), nil, after.items[i])
			}
		}
		return list
	case before != nil && after != nil && before.kind == listNode && after.kind == listNode && len(before.items) == len(after.items):
		for i := range before.items {
			list = compareNodes(list, at(strconv.Itoa(i)), before.items[i], after.items[i])
		}
		return list
	}
	if old, now := textOf(before), textOf(after); old != now {
		list = append(list, Difference{Path: path, Old: old, New: now})
	}
	return list
}

func textOf(n *node) string {
	if n == nil {
		return ""
	}
	return flowText(n)
}
