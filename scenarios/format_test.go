package scenarios

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// sameScenario compares everything that a run can see.
var sameScenario = []cmp.Option{
	cmpopts.IgnoreFields(Scenario{}, "source", "extreme"),
	cmpopts.IgnoreFields(Draw{}, "at", "form", "values", "scale"),
	cmpopts.IgnoreFields(Network{}, "base"),
	cmpopts.IgnoreFields(Matrix{}, "Data"),
	cmpopts.IgnoreFields(Expectation{}, "written"),
	cmpopts.EquateEmpty(),
	cmp.AllowUnexported(Scenario{}, Draw{}, Network{}, Expectation{}),
}

// What Format writes reads back as an equal scenario with the same hash, base
// delays and links, and formats to the same bytes.
func TestFormatReadsBack(t *testing.T) {
	t.Parallel()
	files := FilesIn("testdata")
	var before *Scenario
	rapid.Check(t, func(rt *rapid.T) {
		w := writer{t: rt}
		source := w.file()
		s, err := Parse("random.yaml", []byte(source), files, nil)
		if err != nil {
			rt.Fatalf("%s\n%v", source, err)
		}
		printed := Format(s)
		back, err := Parse("random.yaml", printed, files, nil)
		if err != nil {
			rt.Fatalf("printed form:\n%s\n%v", printed, err)
		}
		if diff := cmp.Diff(s, back, sameScenario...); diff != "" {
			rt.Fatalf("%s\nprinted form:\n%s\n-first +second\n%s", source, printed, diff)
		}
		if again := Format(back); !bytes.Equal(printed, again) {
			rt.Fatalf("the printed form prints otherwise\n%s", cmp.Diff(string(printed), string(again)))
		}
		if Hash(s) != Hash(back) {
			rt.Fatalf("hash %s became %s", Hash(s), Hash(back))
		}
		requireDifferencesAreTheHash(rt, s, back)
		if before != nil {
			requireDifferencesAreTheHash(rt, before, s)
		}
		before = s
		requireWrittenReadsBack(rt, s, files)
		if diff := cmp.Diff(s.Overrides(), back.Overrides()); diff != "" {
			rt.Fatalf("links: %s", diff)
		}
		place, base := s.BaseMatrix()
		backPlace, backBase := back.BaseMatrix()
		if diff := cmp.Diff(place, backPlace) + cmp.Diff(base, backBase); diff != "" {
			rt.Fatalf("base delays: %s", diff)
		}
	})
}

// Comments, order, spelling and written-out defaults do not change the hash;
// values and the content of files do.
func TestHash(t *testing.T) {
	t.Parallel()
	read := func(source, matrix string) *Scenario {
		t.Helper()
		files := func(string) ([]byte, error) { return []byte(matrix), nil }
		s, err := Parse("x.yaml", []byte(source), files, nil)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	const csv = "from,a,b\na,,10\nb,10,\n"
	const source = "name: x\nnetwork: {matrix: {file: m.csv}, loss: 1%}\nseed: 4\n"
	want := Hash(read(source, csv))
	if len(want) != 16 {
		t.Errorf("hash %q has %d digits; want 16", want, len(want))
	}
	same := []string{
		"# a comment\nseed: 4\nname: \"x\"\ndoc: other words\nnetwork:\n  loss: 1/100\n  matrix:\n    file: m.csv\n    unit: ms\n",
		string(Format(read(source, csv))),
	}
	for _, other := range same {
		if got := Hash(read(other, csv)); got != want {
			t.Errorf("hash %s; want %s for\n%s", got, want, other)
		}
	}
	if got := Hash(read("name: x\nnetwork: {matrix: {file: m.csv}, loss: 1%}\nseed: 5\n", csv)); got != want {
		t.Errorf("another seed has hash %s; want %s", got, want)
	}
	if got := Hash(read("name: x\nnetwork: {matrix: {file: m.csv}, loss: 2%}\nseed: 4\n", csv)); got == want {
		t.Error("another loss has the same hash")
	}
	if got := Hash(read(source, "from,a,b\na,,11\nb,11,\n")); got == want {
		t.Error("another matrix has the same hash")
	}
}

// TestPresetsArePrintedByName: what another preset would change is changed in
// the printed file too, so that a sweep over presets is printed as it runs.
func TestPresetsArePrintedByName(t *testing.T) {
	t.Parallel()
	for _, network := range []string{
		"{preset: wan}", "{preset: wan, loss: 0}", "{preset: lan, link: datagram, latency: 5ms}",
		"{preset: wan, link: datagram, reorder: none, duplicate: 1/10}",
	} {
		s, err := Parse("a.yaml", []byte("version: 1\nname: a\npeers: 3\norderings: [naive]\nnetwork: "+network+"\n"), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		printed, err := Parse("printed.yaml", Format(s), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, preset := range presetNames() {
			set := []Setting{{Path: "network.preset", Value: preset}}
			want, err := s.With(set)
			if err != nil {
				t.Fatal(err)
			}
			got, err := printed.With(set)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, sameScenario...); diff != "" {
				t.Errorf("%s as %s, printed:\n%s\n%s", network, preset, Format(s), diff)
			}
		}
	}
}
