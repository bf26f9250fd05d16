package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mpcomm/peer/order"
	"mpcomm/reports/export"
	"mpcomm/scenarios"
)

const readmePath = "../../README.md"

func readText(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// between returns what stands between two marks, and the text before and after.
func between(t *testing.T, text, from, to string) (before, middle, after string) {
	t.Helper()
	before, rest, ok := strings.Cut(text, from)
	middle, after, okEnd := strings.Cut(rest, to)
	if !ok || !okEnd {
		t.Fatalf("README.md lacks %q ... %q", from, to)
	}
	return before + from, middle, to + after
}

// What the README shows is what the program does: the table of orderings is
// that of the package, the screen that of the command's script.
func TestREADMEIsCurrent(t *testing.T) {
	t.Parallel()
	readme := readText(t, readmePath)
	_, page, ok := strings.Cut(readText(t, "testdata/script/run.txtar"), "-- screen.txt --\n")
	screen, _, okEnd := strings.Cut(page, "-- ascii.txt --")
	if !ok || !okEnd {
		t.Fatal("run.txtar holds no screen.txt")
	}
	want := readme
	for _, part := range []struct{ from, text, to string }{
		{"$ mpcomm run minimal\n", screen, "```\n"},
		{"-run README -update -->\n", "\n" + orderingsTable(order.Builtin()) + "\n", "<!-- end -->"},
		{"as the table above -->\n", "\n" + formatsTable() + "\n", "<!-- end of formats -->"},
	} {
		before, _, after := between(t, want, part.from, part.to)
		want = before + part.text + after
	}
	if readme == want {
		return
	}
	if !*update {
		t.Fatal("README.md is stale; go test ./cmd/cli -run README -update mends it")
	}
	if err := os.WriteFile(readmePath, []byte(want), 0o666); err != nil {
		t.Fatal(err)
	}
}

// orderingsTable is what `list orderings` shows, as Markdown.
func orderingsTable(table order.Table) string {
	var b strings.Builder
	b.WriteString("| ordering | what it does | class | FIFO | causal | total | agreement | uniform | assumes | packets | steps | paper |\n" +
		"|---|---|---|:-:|:-:|:-:|:-:|:-:|---|---|---|---|\n")
	row := func(cells ...string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	for i := range table {
		s := &table[i]
		about := append([]string{"`" + s.Kind + "`", s.Doc, s.Class}, marks(s.Guarantees, "✓", "–")...)
		row(append(about, needWords(s.Needs), s.Packets, s.Steps, s.Paper)...)
		for _, v := range s.Variants() {
			about := append([]string{"", "with `" + choiceWords(v.Values) + "`", ""}, marks(v.Guarantees, "✓", "–")...)
			row(append(about, needWords(v.Needs), "", "", "")...)
		}
	}
	return b.String()
}

// formatsTable is what `run --export` can write, as Markdown.
func formatsTable() string {
	var b strings.Builder
	b.WriteString("| format | ending | what it holds | what reads it |\n|---|---|---|---|\n")
	for _, f := range export.Formats() {
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s |\n", f.Name, f.Ending, f.Doc, strings.ReplaceAll(f.Use, "|", "\\|"))
	}
	return b.String()
}

// blocks are the fenced blocks of the README in one language.
func blocks(readme, language string) []string {
	var all []string
	for _, part := range strings.Split(readme, "```"+language+"\n")[1:] {
		block, _, _ := strings.Cut(part, "```")
		all = append(all, block)
	}
	return all
}

// The Go of the README stands word for word in examples that are compiled and
// run.
func TestREADMECodeIsCompiled(t *testing.T) {
	t.Parallel()
	var examples strings.Builder
	for _, name := range []string{
		"cmd/mpcomm-relayed/main.go", "cmd/mpcomm-relayed/relayed.go",
		"scenarios/ordertest/example_test.go", "scenarios/run/example_test.go",
	} {
		examples.WriteString(readText(t, "../../"+name))
	}
	code := blocks(readText(t, readmePath), "go")
	if len(code) == 0 {
		t.Fatal("README.md shows no Go")
	}
	for _, block := range code {
		if !strings.Contains(examples.String(), block) {
			t.Errorf("no example of cmd/mpcomm-relayed, scenarios/ordertest or scenarios/run holds this:\n%s", block)
		}
	}
}

// The scenario of the README reads, and its expectations hold.
func TestREADMEScenarioRuns(t *testing.T) {
	t.Parallel()
	scenario := blocks(readText(t, readmePath), "yaml")
	if len(scenario) != 1 {
		t.Fatalf("README.md shows %d scenarios, want 1", len(scenario))
	}
	path := filepath.Join(t.TempDir(), "my.yaml")
	if err := os.WriteFile(path, []byte(scenario[0]), 0o666); err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	j, err := newJob(&request{argument: path, scenario: s, orderings: s.Orderings, seed: s.Seed}, exports{})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.all(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := j.verdict(); err != nil || !j.expected {
		t.Errorf("%v: %v", err, j.misses)
	}
}
