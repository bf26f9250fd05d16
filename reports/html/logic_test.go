package html

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestLogicUnderNode runs testdata/logic.mjs: what the modules compute apart
// from any page. Where there is no Node.js it is skipped.
func TestLogicUnderNode(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no Node.js is installed; the modules of the page are tried in the browser only")
	}
	dir := t.TempDir()
	put := func(name string, data []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	names, err := fs.Glob(web, "web/*.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := web.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		put(filepath.Base(name), text)
	}
	tests, err := os.ReadFile("testdata/logic.mjs")
	if err != nil {
		t.Fatal(err)
	}
	cases, err := os.ReadFile("../trace/filter/testdata/cases.json") // which all readers of the language share
	if err != nil {
		t.Fatal(err)
	}
	put("cases.json", cases)
	put("package.json", []byte(`{"type": "module"}`))
	put("logic.mjs", tests)
	command := exec.Command(node, "logic.mjs")
	command.Dir = dir
	if out, err := command.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
