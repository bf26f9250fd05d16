package result

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mpcomm/reports/stats"
	"mpcomm/reports/wire"
)

func (t *Tally) coded() []byte {
	c := wire.Writer(nil)
	t.Code(c)
	return c.Bytes()
}

func decoded(t rapid.TB, text []byte) *Tally {
	got := new(Tally)
	r := wire.Reader(text)
	if got.Code(r); r.End() != nil {
		t.Fatal(r.Err())
	}
	return got
}

// TestTallyReadsBack: stretches of runs that went through bytes merge to the
// bytes of those that did not.
func TestTallyReadsBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var direct, through Tally
		for range rapid.IntRange(1, 3).Draw(t, "stretches") {
			var part Tally
			for i, o := range drawRuns(t) {
				spread(t, o)
				part.Add(o)
				part.Latency.Record(int64(i) * 3e6)
				part.Hold.Record(int64(i) * 1e6)
			}
			text := part.coded()
			direct.Merge(&part)
			back := decoded(t, text)
			if !bytes.Equal(back.coded(), text) {
				t.Fatal("what reads back is written otherwise")
			}
			through.Merge(back)
		}
		var a, b bytes.Buffer
		if err := Write(&a, direct.Cell(Head{})); err != nil {
			t.Fatal(err)
		}
		if err := Write(&b, through.Cell(Head{})); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(a.String(), b.String()); diff != "" {
			t.Error(diff)
		}
	})
}

// TestEveryFieldOfTallyIsCoded gives every number, text and list that a tally
// can hold a value of its own. What the coder forgets comes back empty.
func TestEveryFieldOfTallyIsCoded(t *testing.T) {
	t.Parallel()
	var full Tally
	filler{}.fill(t, reflect.ValueOf(&full).Elem(), "Tally")
	got := decoded(t, full.coded())
	if diff := cmp.Diff(full, *got, cmp.Exporter(func(reflect.Type) bool { return true })); diff != "" {
		t.Errorf("Tally.Code leaves something out:\n%s", diff)
	}
}

// filler fills values with numbers that all differ.
type filler map[string]int

func (f filler) next() int {
	f["n"]++
	return f["n"]
}

func (f filler) fill(t *testing.T, v reflect.Value, path string) {
	v = reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem() // unexported fields, too
	switch h := v.Addr().Interface().(type) {
	case *stats.Histogram: // its sum binds its fields together
		h.RecordAll([]int64{int64(f.next()), int64(f.next()) << 30})
		return
	case *sums: // is settled before it is written
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(t, v.Field(i), path+"."+v.Type().Field(i).Name)
		}
	case reflect.Array:
		for i := range v.Len() {
			f.fill(t, v.Index(i), path)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			f.fill(t, v.Index(i), path)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(t, v.Elem(), path)
	case reflect.String:
		v.SetString(fmt.Sprint(path, " ", f.next()))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(f.next()))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(f.next()))
	default:
		t.Fatalf("%s: the test fills no %v; teach it", path, v.Kind())
	}
}

// TestTallyFormat holds the bytes of a full tally. When they change, so does
// TallyFormat, or chunks of another version would be read as what they are not.
func TestTallyFormat(t *testing.T) {
	t.Parallel()
	var full Tally
	filler{}.fill(t, reflect.ValueOf(&full).Elem(), "Tally")
	got := fmt.Sprintf("format %d\n%x\n", TallyFormat, sha256.Sum256(full.coded()))
	const path = "testdata/tally.golden"
	old, err := os.ReadFile(path)
	if *update && !strings.HasPrefix(string(old), strings.SplitAfter(got, "\n")[0]) {
		if err = os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		old = []byte(got)
	}
	if err != nil {
		t.Fatal(err)
	}
	if string(old) != got {
		t.Errorf("a tally is written otherwise than %s says: raise TallyFormat, then run the test with -update\n%s", path, cmp.Diff(string(old), got))
	}
}

func FuzzTally(f *testing.F) {
	var tally Tally
	f.Add(tally.coded())
	tally.Add(sample())
	f.Add(tally.coded())
	f.Fuzz(func(t *testing.T, text []byte) {
		r := wire.Reader(text)
		var got Tally
		if got.Code(r); r.End() == nil {
			got.coded()
		}
	})
}
