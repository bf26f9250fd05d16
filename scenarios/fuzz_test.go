package scenarios

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// No input makes Parse panic; what it takes prints, and the print reads back to
// the same print.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"library/*.yaml", "testdata/bad/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Parse("fuzz.yaml", data, nil, nil)
		if err != nil {
			_ = err.Error()
			return
		}
		printed := Format(s)
		back, err := Parse("fuzz.yaml", printed, nil, nil)
		if err != nil {
			t.Fatalf("the printed form does not read back:\n%s\n%v", printed, err)
		}
		if again := Format(back); !bytes.Equal(printed, again) {
			t.Fatalf("the printed form prints otherwise:\n%s\n%s", printed, again)
		}
	})
}

// No setting makes With panic.
func FuzzWith(f *testing.F) {
	for _, set := range []string{
		"orderings.1.wait=80ms", "network.latency.mean=[5ms]", "clocks.peers.3.offset=-5ms",
		"workload.sends.0.at=1ms", "expect.naive.logs=differ", "sweep.grid.seed.0=4", "faults.0.partition.0.0=1", "a=&x [*x]",
	} {
		f.Add(set)
	}
	base, err := Builtin("lab")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		set, err := ParseSetting(text)
		if err != nil {
			return
		}
		made, err := base.With([]Setting{set})
		if err != nil {
			_ = err.Error()
			return
		}
		if _, err := Parse("fuzz.yaml", Format(made), nil, nil); err != nil {
			t.Fatalf("--set %s prints what does not read back: %v", text, err)
		}
	})
}
