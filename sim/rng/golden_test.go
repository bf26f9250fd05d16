package rng

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

// checkGolden compares text with a file of testdata. A difference means that
// every run of every seed has changed: old results can no longer be repeated.
func checkGolden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestWordsAreFrozen(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for _, k := range []struct {
		name string
		key  Key
	}{
		{"Key(0)", 0},
		{"Root(0)", Root(0)},
		{"Root(1)", Root(1)},
		{"Root(2)", Root(2)},
		{"Root(2^64-1)", Root(1<<64 - 1)},
		{"Root(1).Name(loss)", Root(1).Name("loss")},
		{"Root(1).Name(delay)", Root(1).Name("delay")},
		{"Root(1).Name(a purpose of more than eight bytes)", Root(1).Name("a purpose of more than eight bytes")},
		{"Root(1).Name(delay).With(0)", Root(1).Name("delay").With(0)},
		{"Root(1).Name(delay).With(1)", Root(1).Name("delay").With(1)},
		{"Root(1).Name(delay).With(2).With(3)", Root(1).Name("delay").With(2).With(3)},
		{"Root(1).Name(delay).With(3).With(2)", Root(1).Name("delay").With(3).With(2)},
	} {
		fmt.Fprintf(&text, "%s = %016x\n", k.name, uint64(k.key))
		for v := range uint64(8) {
			fmt.Fprintf(&text, "  %d %016x\n", v, k.key.Word(v))
		}
	}
	checkGolden(t, "words.golden", text.String())
}

func TestSamplesAreFrozen(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for _, f := range families() {
		k := Root(1).Name(f.name)
		fmt.Fprintf(&text, "%s\n", f.name)
		for i := range uint64(20) {
			fmt.Fprintf(&text, "  %d\n", f.dist.Sample(k.Word(i)))
		}
		low, high, bounded := f.dist.MinMax()
		fmt.Fprintf(&text, "  from %d to %d, bounded %v\n", low, high, bounded)
	}
	checkGolden(t, "samples.golden", text.String())
}
