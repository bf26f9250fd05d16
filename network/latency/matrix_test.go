package latency

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func read(t *testing.T, text string) *Matrix {
	t.Helper()
	m, err := ReadMatrix(strings.NewReader(text), time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

const threeSites = `# round trips of a morning
site, oslo ,rome,"lima, pe"
oslo,,30.5,200
"lima, pe",201.000002,,0.4
rome,31,0.1,
`

func TestReadMatrix(t *testing.T) {
	t.Parallel()
	m := read(t, threeSites)
	if want := []string{"oslo", "rome", "lima, pe"}; !slices.Equal(m.Names, want) {
		t.Errorf("names %q, want %q", m.Names, want)
	}
	want := [][]time.Duration{
		{0, 15250 * time.Microsecond, 100 * time.Millisecond},
		{15500 * time.Microsecond, 50 * time.Microsecond, 0},
		{100500001 * time.Nanosecond, 0, 200 * time.Microsecond},
	}
	if diff := cmp.Diff(want, m.OneWay); diff != "" {
		t.Errorf("one-way delays (-want +got):\n%s", diff)
	}
	for i, row := range [][]bool{{false, true, true}, {true, true, false}, {true, false, true}} {
		for j, known := range row {
			if m.Known(i, j) != known {
				t.Errorf("%s to %s known: %t, want %t", m.Names[i], m.Names[j], m.Known(i, j), known)
			}
		}
	}
}

func TestReadMatrixErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       []string
	}{
		{"empty", "", []string{"matrix: empty: want a first line"}},
		{"corner only", "site\n", []string{"line 1: 0 names of sites: want 1..65536 after the corner"}},
		{"no line", "site,a,b\na,0,1\n", []string{`no line for site "b": want one for each of the 2 columns`}},
		{"ragged", "site,a,b\na,0\nb,1,0,9\n", []string{
			`line 2: site "a" has 1 cells: want 2`, `line 3: site "b" has 3 cells: want 2`,
		}},
		{"negative", "site,a,b\na,0,-1\nb,1,0\n", []string{`line 2, column 5: a to b: "-1": is negative; want 0 or more`}},
		{"NaN", "site,a,b\na,0,NaN\nb,1,0\n", []string{`line 2, column 5: a to b: "NaN": want a decimal number`}},
		{"no names", "0,10\n10,0\n", []string{`line 1, column 1: the corner is the number 0: want a first line with the names`}},
		{"exponent", "site,a\na,1e3\n", []string{`"1e3": want a decimal number`}},
		{"too far", "site,a\na,99999999999999999999\n", []string{`is out of range`}},
		{"column twice", "site,a,a\na,0,0\n", []string{`line 1, column 8: site "a" again, as in cell 2: want each once`}},
		{"nameless column", "site,a,\na,0,0\n", []string{`line 1, column 8: empty name of a site`}},
		{"row twice", "site,a\na,0\na,1\n", []string{`line 3, column 1: second line for site "a": want one`}},
		{"unknown row", "site,alpha,beta\nalhpa,0,0\n", []string{
			`line 2, column 1: site "alhpa" has no column; did you mean "alpha"?`,
		}},
		{"quotes", "site,a\n\"a,0\n", []string{"quote"}},
		{"several", "site,a,b\na,x,y\nb,z,0\n", []string{"a to a", "a to b", "b to a"}},
	}
	for _, tt := range tests {
		m, err := ReadMatrix(strings.NewReader(tt.text), time.Millisecond)
		if err == nil {
			t.Errorf("%s: no error, %v", tt.name, m)
			continue
		}
		for _, want := range tt.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %q does not say %q", tt.name, err, want)
			}
		}
	}
}

func TestErrorsAreCapped(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("site,a\n")
	for i := range 25 {
		fmt.Fprintf(&b, "x%d,0\n", i)
	}
	_, err := ReadMatrix(strings.NewReader(b.String()), time.Millisecond)
	if err == nil || strings.Count(err.Error(), "\n") != errorsShown || !strings.HasSuffix(err.Error(), "and 15 more") {
		t.Errorf("error %q: want ten lines and a last one that counts 15 more", err)
	}
}

func TestSelect(t *testing.T) {
	t.Parallel()
	m := read(t, threeSites)
	s, err := m.Select([]string{"rome", "oslo", "rome"})
	if err != nil {
		t.Fatal(err)
	}
	want := [][]time.Duration{
		{50 * time.Microsecond, 15500 * time.Microsecond, 50 * time.Microsecond},
		{15250 * time.Microsecond, 0, 15250 * time.Microsecond},
		{50 * time.Microsecond, 15500 * time.Microsecond, 50 * time.Microsecond},
	}
	if diff := cmp.Diff(want, s.OneWay); diff != "" {
		t.Errorf("selected (-want +got):\n%s", diff)
	}
	if s.Known(1, 1) || !s.Known(0, 2) {
		t.Error("Select lost what is known")
	}
	_, err = m.Select([]string{"rmoe", "oslo", "mars"})
	if err == nil || !strings.Contains(err.Error(), `site "rmoe" is not among its 3 sites; did you mean "rome"?`) ||
		!strings.Contains(err.Error(), `site "mars"`) {
		t.Errorf("error %v: want both unknown names and a hint", err)
	}
	if _, err := m.Select(nil); err == nil {
		t.Error("no names gave no error")
	}
}

func TestComplete(t *testing.T) {
	t.Parallel()
	m := read(t, "site,a,b,c,d\na,,10,,\nb,,1,20,30\nc,,22,,\nd,,,,\n")
	if err := m.Complete([]int{0, 1}); err != nil {
		t.Fatal(err)
	}
	if m.OneWay[1][0] != 5*time.Millisecond || !m.Known(1, 0) || !m.Known(0, 0) || m.OneWay[1][1] != time.Millisecond/2 {
		t.Errorf("rows 0 and 1 completed to %v", m.OneWay)
	}
	if lower := read(t, "site,a,b\na,,\nb,7,\n"); lower.Complete(nil) != nil || lower.OneWay[0][1] != 3500*time.Microsecond {
		t.Errorf("a lower triangle completed to %v", lower.OneWay)
	}
	if m.OneWay[2][1] != 11*time.Millisecond || m.OneWay[1][2] != 10*time.Millisecond {
		t.Error("a measured direction was overwritten")
	}
	if m.Known(3, 1) {
		t.Error("row 3 was completed although nobody asked")
	}
	err := m.Complete(nil)
	if err == nil {
		t.Fatal("pairs measured in neither direction gave no error")
	}
	for _, want := range []string{"a to c is measured in neither direction", "a to d", "c to d"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not say %q", err, want)
		}
	}
	if strings.Contains(err.Error(), "b to d") {
		t.Errorf("error %q blames a pair measured in one direction", err)
	}
}

// What is written in any order of lines, with gaps, reads back as half.
func TestMatrixRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 6).Draw(t, "size")
		trips := make([][]int64, size) // ns; -1 = not measured
		var header, lines []string
		for i := range trips {
			header = append(header, "s"+strconv.Itoa(i))
			trips[i] = rapid.SliceOfN(rapid.Int64Range(-1, math.MaxInt64), size, size).Draw(t, "row")
			cells := []string{"s" + strconv.Itoa(i)}
			for _, v := range trips[i] {
				cell := ""
				if v >= 0 {
					cell = fmt.Sprintf("%d.%09d", v/1e9, v%1e9)
				}
				cells = append(cells, cell)
			}
			lines = append(lines, strings.Join(cells, ","))
		}
		lines = rapid.Permutation(lines).Draw(t, "lines")
		text := "x," + strings.Join(header, ",") + "\n" + strings.Join(lines, "\n")
		m, err := ReadMatrix(strings.NewReader(text), time.Second)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range trips {
			for j, v := range row {
				if m.Known(i, j) != (v >= 0) || int64(m.OneWay[i][j]) != max(v, 0)/2 {
					t.Fatalf("round trip %d ns read as one way %d, known %t", v, m.OneWay[i][j], m.Known(i, j))
				}
			}
		}
	})
}

func TestParseDecimal(t *testing.T) {
	t.Parallel()
	const s = time.Second
	tests := []struct {
		text string
		unit time.Duration
		want int64
		err  error
	}{
		{"0", s, 0, nil},
		{"12", s, 12e9, nil},
		{"-12.5", s, -12.5e9, nil},
		{".5", s, 5e8, nil},
		{"0.000000001", s, 1, nil},
		{"0.0000000004", s, 0, nil},
		{"0.0000000005", s, 1, nil},
		{"-0.0000000005", s, -1, nil},
		{"0.999999999999999999", time.Hour, int64(time.Hour), nil},
		{"1.4", 1, 1, nil},
		{"9223372036.854775807", s, math.MaxInt64, nil},
		{"9223372036.854775808", s, 0, errRange},
		{"18446744073709551616", 1, 0, errRange},
		{"18446744073709551615", s, 0, errRange},
		{"0.1234567890123456789", s, 0, errDigits},
		{"", s, 0, errDecimal},
		{"-", s, 0, errDecimal},
		{".", s, 0, errDecimal},
		{"1.", s, 0, errDecimal},
		{"+1", s, 0, errDecimal},
		{"--1", s, 0, errDecimal},
		{"1.-2", s, 0, errDecimal},
		{"1_000", s, 0, errDecimal},
		{"0x10", s, 0, errDecimal},
		{"inf", s, 0, errDecimal},
		{"1,5", s, 0, errDecimal},
	}
	for _, tt := range tests {
		got, err := ParseDecimal(tt.text, tt.unit)
		if got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("ParseDecimal(%q, %s) = %d, %v, want %d, %v", tt.text, tt.unit, got, err, tt.want, tt.err)
		}
	}
}

func TestReadSample(t *testing.T) {
	t.Parallel()
	got, err := ReadSample(strings.NewReader("# ms\n3.5\n\n 1 # first\r\n-2\n"), time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if want := []int64{-2 * ms, ms, 7 * ms / 2}; !slices.Equal(got, want) {
		t.Errorf("sample %v, want %v", got, want)
	}
	for _, tt := range []struct{ text, want string }{
		{"", "sample: no value in 0 lines"},
		{"# nothing\n", "sample: no value in 1 lines"},
		{"1\ntwo\n3\n4 5\n", `sample: line 2: "two": want a decimal number`},
		{"1\ntwo\n3\n4 5\n", `sample: line 4: "4 5": want a decimal number`},
		{"1\nNaN\n", `line 2: "NaN"`},
		{"1\n" + strings.Repeat("1", maxLine+1), "line 2: longer than 4096 bytes"},
	} {
		if _, err := ReadSample(strings.NewReader(tt.text), time.Millisecond); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("ReadSample(%.20q): error %v, want %q", tt.text, err, tt.want)
		}
	}
}

// Matrices of real measurements, where they are at hand.
func TestMeasuredMatrices(t *testing.T) {
	t.Parallel()
	folder := filepath.Join("..", "..", "..", "shared", "data")
	for _, tt := range []struct {
		file     string
		sites    int
		from, to string
		oneWay   time.Duration
	}{
		{"aws-rtt-p50.csv", 33, "ap-east-1", "af-south-1", 176565 * time.Microsecond},
		{"planetlab-rtt-slot01.csv", 490, "p000", "p003", 60710 * time.Microsecond},
		{"seattle-rtt-slot001.csv", 99, "", "", 0},
	} {
		f, err := os.Open(filepath.Join(folder, tt.file))
		if err != nil {
			t.Skipf("no measurements at hand: %v", err)
		}
		m, err := ReadMatrix(f, time.Millisecond)
		if closeErr := f.Close(); err != nil || closeErr != nil {
			t.Errorf("%s: %v, %v", tt.file, err, closeErr)
			continue
		}
		if len(m.Names) != tt.sites {
			t.Errorf("%s: %d sites, want %d", tt.file, len(m.Names), tt.sites)
		}
		if tt.from == "" {
			continue
		}
		pair, err := m.Select([]string{tt.from, tt.to})
		if err != nil {
			t.Errorf("%s: %v", tt.file, err)
			continue
		}
		if err := pair.Complete(nil); err != nil || pair.OneWay[0][1] != tt.oneWay {
			t.Errorf("%s: %s to %s %s, %v: want %s", tt.file, tt.from, tt.to, pair.OneWay[0][1], err, tt.oneWay)
		}
	}
}

func FuzzReadMatrix(f *testing.F) {
	f.Add([]byte(threeSites), int64(time.Millisecond))
	f.Add([]byte("site,a\na,1\n"), int64(1))
	f.Add([]byte("\ufeffsite,\"a\n\",b\na,,\n"), int64(time.Hour))
	f.Fuzz(func(t *testing.T, text []byte, unit int64) {
		m, err := ReadMatrix(strings.NewReader(string(text)), time.Duration(max(unit, 1)))
		if (m == nil) == (err == nil) {
			t.Fatalf("matrix %v and error %v", m, err)
		}
		if err != nil {
			return
		}
		for i := range m.Names {
			for j, d := range m.OneWay[i] {
				if d < 0 || d != 0 && !m.Known(i, j) || len(m.OneWay[i]) != len(m.Names) {
					t.Fatalf("cell %d, %d: %s, known %t", i, j, d, m.Known(i, j))
				}
			}
		}
		if same, err := m.Select(m.Names); err != nil {
			t.Fatal(err)
		} else if diff := cmp.Diff(m.OneWay, same.OneWay); diff != "" {
			t.Fatal(diff)
		}
	})
}

func FuzzReadSample(f *testing.F) {
	f.Add([]byte("1\n2.5\n# x\n-3\n"), int64(time.Millisecond))
	f.Add([]byte("1e9\n"), int64(1))
	f.Fuzz(func(t *testing.T, text []byte, unit int64) {
		values, err := ReadSample(strings.NewReader(string(text)), time.Duration(max(unit, 1)))
		if (len(values) == 0) == (err == nil) || !slices.IsSorted(values) {
			t.Fatalf("values %v and error %v", values, err)
		}
	})
}
