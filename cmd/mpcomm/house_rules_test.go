package main_test

import (
	"bytes"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The limits of size: what is longer does more than one thing.
const (
	maxFileLines     = 400
	maxFunctionLines = 70
)

// source is one parsed file.
type source struct {
	pkg  *pkg
	name string // from the module's root
	set  *token.FileSet
	file *ast.File
	text []byte
	test bool
}

func (s *source) at(n ast.Node) string {
	p := s.set.Position(n.Pos())
	return s.name + ":" + strconv.Itoa(p.Line)
}

// sources parses all files of the module, those that the build leaves out too.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	for i := range packages(t) {
		p := &packages(t)[i]
		entries, err := os.ReadDir(p.Dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if !strings.HasSuffix(e.Name(), ".go") {
				continue
			}
			s := source{pkg: p, name: p.name() + "/" + e.Name(), set: token.NewFileSet(), test: strings.HasSuffix(e.Name(), "_test.go")}
			if s.text, err = os.ReadFile(filepath.Join(p.Dir, e.Name())); err != nil {
				t.Fatal(err)
			}
			if s.file, err = parser.ParseFile(s.set, e.Name(), s.text, parser.ParseComments|parser.SkipObjectResolution); err != nil {
				t.Fatal(err)
			}
			all = append(all, s)
		}
	}
	return all
}

func (s *source) lines(n ast.Node) int {
	return s.set.Position(n.End()).Line - s.set.Position(n.Pos()).Line + 1
}

// tables counts the lines of a test's tables, which are data.
func (s *source) tables(f *ast.FuncDecl) int {
	n := 0
	ast.Inspect(f, func(node ast.Node) bool {
		table, ok := node.(*ast.CompositeLit)
		if ok && s.test {
			n += s.lines(table) - 1
		}
		return !ok
	})
	return n
}

// TestSizes holds files and functions to a length that one can take in.
func TestSizes(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if n := bytes.Count(s.text, []byte("\n")); n > maxFileLines {
			t.Errorf("%s has %d lines; want at most %d", s.name, n, maxFileLines)
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := s.lines(f) - s.tables(f); n > maxFunctionLines {
				t.Errorf("%s: %s has %d lines; want at most %d", s.at(f), f.Name.Name, n, maxFunctionLines)
			}
		}
	}
}

// TestDocs: every package says what it owns, every exported name what it means.
func TestDocs(t *testing.T) {
	t.Parallel()
	docs := map[string]string{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		docs[s.pkg.name()] += s.file.Doc.Text()
		for _, d := range s.file.Decls {
			undocumented(&s, d, func(n ast.Node, what string) { t.Errorf("%s: exported %s has no comment", s.at(n), what) })
		}
	}
	for name, doc := range docs {
		if !strings.HasPrefix(doc, "Package ") && !strings.HasPrefix(doc, "Command ") {
			t.Errorf("package %s has no comment that says what it owns", name)
		}
	}
}

// undocumented reports the exported names of a declaration that lack a comment.
// A comment on a group speaks for its members.
func undocumented(s *source, d ast.Decl, report func(ast.Node, string)) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) {
			report(d, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if spec.Name.IsExported() && d.Doc == nil && spec.Doc == nil {
					report(spec, spec.Name.Name)
				}
				if methods, ok := spec.Type.(*ast.InterfaceType); ok && spec.Name.IsExported() {
					undocumentedMethods(spec, methods, report)
				}
			case *ast.ValueSpec:
				for _, name := range spec.Names {
					if name.IsExported() && d.Doc == nil && spec.Doc == nil && spec.Comment == nil {
						report(name, name.Name)
					}
				}
			}
		}
	}
}

func undocumentedMethods(spec *ast.TypeSpec, i *ast.InterfaceType, report func(ast.Node, string)) {
	grouped := false // a comment speaks for the methods right below it
	for _, m := range i.Methods.List {
		grouped = grouped || m.Doc != nil
		if !grouped && m.Comment == nil && len(m.Names) > 0 && len(i.Methods.List) > 1 {
			report(m, spec.Name.Name+"."+m.Names[0].Name)
		}
	}
}

func exportedReceiver(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	typ := f.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	switch generic := typ.(type) {
	case *ast.IndexExpr:
		typ = generic.X
	case *ast.IndexListExpr:
		typ = generic.X
	}
	name, ok := typ.(*ast.Ident)
	return ok && name.IsExported()
}

// TestNoLooseEnds: what is unfinished does not go in.
func TestNoLooseEnds(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		for _, group := range s.file.Comments {
			for _, mark := range []string{"TO" + "DO", "FIX" + "ME", "XX" + "X:", "HA" + "CK"} {
				if strings.Contains(group.Text(), mark) {
					t.Errorf("%s: a comment says %s", s.at(group), mark)
				}
			}
		}
	}
}

// typed is a package with its types.
type typed struct {
	name  string
	set   *token.FileSet
	files []*ast.File
	info  types.Info
}

// check reads the types of the pure packages from source, those of their
// imports from what the go command has compiled.
func check(t *testing.T) []typed {
	t.Helper()
	exports := map[string]string{}
	var checked []typed
	all := list(t, "-deps", "-export", "./sim/...", "./network/...", "./peer/...", "./scenarios/run")
	for _, p := range all {
		exports[p.ImportPath] = p.Export
	}
	for _, p := range all {
		if p.Standard || !pure(p.name()) {
			continue
		}
		c := typed{name: p.name(), set: token.NewFileSet(), info: types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}}
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(c.set, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			c.files = append(c.files, f)
		}
		config := types.Config{Importer: importer.ForCompiler(c.set, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })}
		if _, err := config.Check(p.ImportPath, c.set, c.files, &c.info); err != nil {
			t.Fatal(err)
		}
		checked = append(checked, c)
	}
	if len(checked) < 11 {
		t.Fatalf("%d packages with types; the check is empty", len(checked))
	}
	return checked
}

// finding is a place where a rule is broken.
type finding struct {
	pos  token.Pos
	what string
}

// nondeterminism looks for what could make two executions differ.
func (c *typed) nondeterminism(n ast.Node) (finding, bool) {
	switch n := n.(type) {
	case *ast.GoStmt:
		return finding{n.Pos(), "a goroutine: the order of events would be the scheduler's"}, true
	case *ast.SelectStmt:
		return finding{n.Pos(), "select chooses at random"}, true
	case *ast.RangeStmt:
		if _, isMap := c.info.TypeOf(n.X).Underlying().(*types.Map); isMap {
			return finding{n.Pos(), "range over a map: the order is random"}, true
		}
	case *ast.Ident:
		object := c.info.Uses[n]
		if object == nil || object.Pkg() == nil {
			return finding{}, false
		}
		switch from := object.Pkg().Path(); {
		case from == "time" && slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}, n.Name):
			return finding{n.Pos(), "time." + n.Name + ": a history must not depend on the wall clock"}, true
		case strings.HasPrefix(from, "math/rand") || from == "crypto/rand" || from == "hash/maphash":
			return finding{n.Pos(), from + "." + n.Name + ": draws come from sim/rng, by name"}, true
		case from == "maps" && slices.Contains([]string{"All", "Keys", "Values"}, n.Name):
			return finding{n.Pos(), "maps." + n.Name + ": the order is random"}, true
		}
	}
	return finding{}, false
}

// float looks for arithmetic in floating point: builds for different
// processors may fuse or round it differently. Constants are exact.
func (c *typed) float(n ast.Node) (finding, bool) {
	e, ok := n.(ast.Expr)
	if !ok {
		return finding{}, false
	}
	switch e.(type) {
	case *ast.BinaryExpr, *ast.UnaryExpr, *ast.CallExpr:
	default:
		return finding{}, false
	}
	tv, known := c.info.Types[e]
	if !known || tv.Value != nil || tv.Type == nil {
		return finding{}, false
	}
	basic, ok := tv.Type.Underlying().(*types.Basic)
	if ok && basic.Info()&(types.IsFloat|types.IsComplex) != 0 {
		return finding{n.Pos(), "arithmetic in floating point: histories must be the same on every processor"}, true
	}
	return finding{}, false
}

// TestDeterminismRulesBite shows each rule a line that breaks it.
func TestDeterminismRulesBite(t *testing.T) {
	t.Parallel()
	const text = `package broken
import ("time"; "maps"; "math/rand/v2")
func f(m map[int]int, x float64, c chan int) float64 {
	go f(m, x, c)
	select { case <-c: default: }
	for range m {}
	for range maps.Keys(m) {}
	time.Sleep(1)
	_ = rand.Int()
	y := x * 2
	return float64(len(m)) + -y
}
func g(s []int, d time.Duration) bool { const half = 1.0 / 2; for range s {}; return d.Seconds() > half }
`
	c := typed{name: "sim", set: token.NewFileSet(), info: types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}}
	f, err := parser.ParseFile(c.set, "broken.go", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	config := types.Config{Importer: importer.ForCompiler(c.set, "source", nil)}
	if _, err := config.Check("broken", c.set, []*ast.File{f}, &c.info); err != nil {
		t.Fatal(err)
	}
	got := map[int]int{}
	ast.Inspect(f, func(n ast.Node) bool {
		if found, bad := c.nondeterminism(n); bad {
			got[c.set.Position(found.pos).Line]++
		}
		if found, bad := c.float(n); bad {
			got[c.set.Position(found.pos).Line]++
		}
		return true
	})
	for line, want := range map[int]int{4: 2, 5: 1, 6: 1, 7: 1, 8: 1, 9: 1, 10: 1, 11: 3, 13: 1} {
		if got[line] != want {
			t.Errorf("line %d: %d findings, want %d: %s", line, got[line], want, strings.Split(text, "\n")[line-1])
		}
	}
}

// TestDeterminism: nothing between a seed and a history can differ between two
// executions, two machines or two builds.
func TestDeterminism(t *testing.T) {
	t.Parallel()
	for _, c := range check(t) {
		for _, f := range c.files {
			ast.Inspect(f, func(n ast.Node) bool {
				found, bad := c.nondeterminism(n)
				if !bad && lower(c.name) {
					found, bad = c.float(n)
				}
				if bad {
					p := c.set.Position(found.pos)
					t.Errorf("%s/%s:%d: %s", c.name, filepath.Base(p.Filename), p.Line, found.what)
				}
				return true
			})
		}
	}
}
