package latency

import (
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mpcomm/sim/rng"
)

// haversine is Distance by the floats of the standard library, in metres.
func haversine(a, b City) float64 {
	rad := func(v int32) float64 { return float64(v) / 1e4 * math.Pi / 180 }
	dLat, dLon := rad(a.Lat-b.Lat), rad(a.Lon)-rad(b.Lon)
	h := math.Pow(math.Sin(dLat/2), 2) + math.Cos(rad(a.Lat))*math.Cos(rad(b.Lat))*math.Pow(math.Sin(dLon/2), 2)
	return 2 * 6371008.8 * math.Atan2(math.Sqrt(h), math.Sqrt(max(0, 1-h)))
}

func TestDistanceAgreesWithHaversine(t *testing.T) {
	t.Parallel()
	place := rapid.Custom(func(t *rapid.T) City {
		return City{
			Lat: rapid.Int32Range(-900_000, 900_000).Draw(t, "lat"),
			Lon: rapid.Int32Range(-1_800_000, 1_800_000).Draw(t, "lon"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := place.Draw(t, "a"), place.Draw(t, "b")
		if rapid.Bool().Draw(t, "near") {
			b = City{Lat: a.Lat, Lon: a.Lon}
			b.Lat += rapid.Int32Range(-5, 5).Draw(t, "dLat")
			b.Lat = min(max(b.Lat, -900_000), 900_000)
		}
		got, want := float64(Distance(a, b))/1000, haversine(a, b)
		if math.Abs(got-want) > 1 {
			t.Fatalf("%v to %v: %.3f m, by floats %.3f m: want within 1 m", a, b, got, want)
		}
		if Distance(a, b) != Distance(b, a) {
			t.Fatalf("%v to %v: %d mm there, %d mm back", a, b, Distance(a, b), Distance(b, a))
		}
	})
}

// The poles, the antipodes and the line of the date, where formulas break.
func TestDistanceAtTheEdges(t *testing.T) {
	t.Parallel()
	const quarter = math.Pi / 2 * 6371008.8
	tests := []struct {
		name string
		a, b City
		want float64
	}{
		{"same", City{Lat: 123456, Lon: -654321}, City{Lat: 123456, Lon: -654321}, 0},
		{"pole to pole", City{Lat: 900_000}, City{Lat: -900_000, Lon: 555_555}, 2 * quarter},
		{"one pole, two meridians", City{Lat: 900_000}, City{Lat: 900_000, Lon: 1_234_567}, 0},
		{"pole to equator", City{Lat: 900_000}, City{Lon: 777_777}, quarter},
		{"antipodes", City{Lat: 300_000, Lon: 100_000}, City{Lat: -300_000, Lon: -1_700_000}, 2 * quarter},
		{"date line is no wall", City{Lon: 1_799_999}, City{Lon: -1_799_999}, quarter * 2 / 900_000},
		{"date line itself", City{Lat: 5, Lon: 1_800_000}, City{Lat: 5, Lon: -1_800_000}, 0},
		{"quarter of the equator", City{}, City{Lon: -900_000}, quarter},
	}
	for _, tt := range tests {
		if got := float64(Distance(tt.a, tt.b)) / 1000; math.Abs(got-tt.want) > 1 {
			t.Errorf("%s: %.3f m, want %.3f", tt.name, got, tt.want)
		}
	}
}

// Distances anybody can look up, within half a percent: cities are large.
func TestDistanceOfKnownCities(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b string
		km   float64
	}{
		{"london", "paris", 344},
		{"new-york", "london", 5570},
		{"new-york", "los-angeles", 3936},
		{"tokyo", "sydney", 7823},
		{"sao-paulo", "johannesburg", 7440},
		{"berlin", "moscow", 1609},
		{"montreal", "tel-aviv", 8770},
	}
	for _, tt := range tests {
		a, okA := Lookup(tt.a)
		b, okB := Lookup(tt.b)
		if !okA || !okB {
			t.Errorf("%s or %s is not known", tt.a, tt.b)
			continue
		}
		if got := float64(Distance(a, b)) / 1e6; math.Abs(got/tt.km-1) > 0.005 {
			t.Errorf("%s to %s: %.1f km, want %.0f within 0.5%%", tt.a, tt.b, got, tt.km)
		}
	}
}

func TestBetween(t *testing.T) {
	t.Parallel()
	a, b := City{}, City{Lon: 900_000} // a quarter of the equator: 10,007,557.2 m
	for _, tt := range []struct {
		inflation rng.Fixed
		want      time.Duration
	}{
		{rng.FixedInt(1), 50037786 * time.Nanosecond},
		{rng.FixedInt(2), 100075572 * time.Nanosecond},
		{rng.FixedRatio(7, 5), 70052900 * time.Nanosecond},
		{MaxInflation, 5003778600 * time.Nanosecond},
	} {
		if got := Between(a, b, tt.inflation); (got - tt.want).Abs() > 5*time.Microsecond {
			t.Errorf("inflation %s: %s, want %s within 5us (a metre is 5 ns)", tt.inflation, got, tt.want)
		}
	}
}

// Between is Distance / 200 km per ms * inflation to the nearest nanosecond,
// and a city has no distance from itself at all.
func TestBetweenRounds(t *testing.T) {
	t.Parallel()
	unit := new(big.Int).Lsh(big.NewInt(200), 32)
	for i, a := range cities {
		if d := Between(a, a, MaxInflation); d != 0 {
			t.Errorf("%s to itself takes %s", a.Name, d)
		}
		b, inflation := cities[(i*7+1)%len(cities)], rng.FixedRatio(int64(50+i), 100)
		exact := new(big.Int).Mul(big.NewInt(Distance(a, b)), big.NewInt(int64(inflation)))
		want := exact.Div(exact.Add(exact, new(big.Int).Rsh(unit, 1)), unit).Int64()
		if there, back := Between(a, b, inflation), Between(b, a, inflation); int64(there) != want || back != there {
			t.Errorf("%s to %s at %s: %s, back %s, want %dns", a.Name, b.Name, inflation, there, back, want)
		}
	}
}

func TestBetweenRefusesInflation(t *testing.T) {
	t.Parallel()
	defer func() {
		if r := recover(); r == nil {
			t.Error("inflation 0 did not panic")
		}
	}()
	Between(City{}, City{Lon: 1}, 0)
}

func TestCities(t *testing.T) {
	t.Parallel()
	all := Cities()
	if len(all) < 60 {
		t.Errorf("%d cities, want at least 60", len(all))
	}
	if !slices.IsSortedFunc(all, func(a, b City) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("cities are not sorted by name: Lookup would miss some")
	}
	for i, c := range all {
		if strings.Trim(c.Name, "abcdefghijklmnopqrstuvwxyz-") != "" || strings.HasPrefix(c.Name, "-") {
			t.Errorf("city %q: want lower case and hyphens", c.Name)
		}
		if i > 0 && all[i-1].Name == c.Name {
			t.Errorf("city %q twice", c.Name)
		}
		if c.Lat < -900_000 || c.Lat > 900_000 || c.Lon < -1_800_000 || c.Lon > 1_800_000 || len(c.Country) != 2 {
			t.Errorf("city %+v: out of range", c)
		}
		if got, ok := Lookup(c.Name); !ok || got != c {
			t.Errorf("Lookup(%q) = %v, %t", c.Name, got, ok)
		}
	}
	for _, name := range []string{
		"montreal", "sao-paulo", "oregon", "finland", "paris", "tel-aviv", "delhi", "taiwan", "iowa",
	} {
		if _, ok := Lookup(name); !ok {
			t.Errorf("city %q is missing", name)
		}
	}
	// A caller may not change the table.
	all[0].Lat = 1
	if cities[0].Lat == 1 {
		t.Error("Cities returns the table itself")
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, want string }{
		{"montreal", "montreal"},
		{"Montreal", "montreal"},
		{"montrael", "montreal"},
		{"sao paulo", "sao-paulo"},
		{"Sao_Paolo", "sao-paulo"},
		{"frankfort", "frankfurt"},
		{"singapur", "singapore"},
		{"xyzzy", ""},
		{"", ""},
	} {
		if got := Nearest(tt.name); got != tt.want {
			t.Errorf("Nearest(%q) = %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestEditDistance(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "abc", 0},
		{"abc", "abd", 1},
		{"abc", "acb", 1},
		{"abc", "bc", 1},
		{"kitten", "sitting", 3},
		{"ca", "abc", 3},
		{"abcdef", "uvwxyz", 5},
	} {
		if got := editDistance(tt.a, tt.b, 5); got != tt.want {
			t.Errorf("editDistance(%q, %q) = %d, want %d (5 means at least 5)", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestGeography(t *testing.T) {
	t.Parallel()
	m, err := Geography([]string{"montreal", "sao-paulo", "oregon", "montreal"}, DefaultInflation())
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range m.Names {
		for j, b := range m.Names {
			ca, _ := Lookup(a)
			cb, _ := Lookup(b)
			if got, want := m.OneWay[i][j], Between(ca, cb, DefaultInflation()); got != want || !m.Known(i, j) {
				t.Errorf("%s to %s: %s (known %t), want %s", a, b, got, m.Known(i, j), want)
			}
		}
	}
	if m.OneWay[0][3] != 0 || m.OneWay[0][1] < 70*time.Millisecond || m.OneWay[0][1] > 90*time.Millisecond {
		t.Errorf("montreal to itself %s, to sao-paulo %s: want 0s and about 82 ms", m.OneWay[0][3], m.OneWay[0][1])
	}
}

func TestGeographyReportsEverything(t *testing.T) {
	t.Parallel()
	_, err := Geography([]string{"pariss", "oslo", "atlantis"}, rng.FixedRatio(1, 4))
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		`inflation 0.25: want 0.5..100`, `"pariss" is not one of the`, `did you mean "paris"?`, `"atlantis" is not one of the`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not say %q", err, want)
		}
	}
	if strings.Contains(err.Error(), "oslo") {
		t.Errorf("error %q blames oslo", err)
	}
	for _, tt := range []struct {
		names     []string
		inflation rng.Fixed
	}{{nil, DefaultInflation()}, {[]string{"oslo"}, MinInflation - 1}, {[]string{"oslo"}, MaxInflation + 1}} {
		if _, err := Geography(tt.names, tt.inflation); err == nil {
			t.Errorf("names %q at inflation %s gave no error", tt.names, tt.inflation)
		}
	}
}

// The table of angles and the gain, against floats: a wrong digit shows.
func TestArctangents(t *testing.T) {
	t.Parallel()
	const scale = float64(unity)
	length := 1.0
	for i, got := range arctangents {
		want := math.Atan(math.Pow(2, -float64(i))) * scale
		if math.Abs(float64(got)-want) > 0.51+want*3e-16 {
			t.Errorf("arctangents[%d] = %d, want %.0f", i, got, want)
		}
		length *= math.Sqrt(1 + math.Pow(4, -float64(i)))
	}
	if want := scale / length; math.Abs(gain-want) > want*1e-14 {
		t.Errorf("gain = %d, want %.0f", int64(gain), want)
	}
	if want := math.Pi / 3.6e6 * scale; math.Abs(halfStep-want) > 1 {
		t.Errorf("halfStep = %d, want %.0f", int64(halfStep), want)
	}
}

func TestTrigonometry(t *testing.T) {
	t.Parallel()
	const bound = 1.0 / (1 << 41)
	rapid.Check(t, func(t *rapid.T) {
		angle := rapid.Int64Range(0, 900_000*2*halfStep).Draw(t, "angle")
		sin, cos := sinCos(angle)
		wantSin, wantCos := math.Sincos(float64(angle) / unity)
		if math.Abs(float64(sin)/unity-wantSin) > bound || math.Abs(float64(cos)/unity-wantCos) > bound {
			t.Fatalf("sinCos(%d) = %d, %d, want %g, %g", angle, sin, cos, wantSin, wantCos)
		}
		if got := angleOf(cos, sin); math.Abs(float64(got-angle)) > 2*bound*unity {
			t.Fatalf("angleOf(sinCos(%d)) = %d", angle, got)
		}
		v := uint64(rapid.Int64Range(0, 1<<60).Draw(t, "v"))
		if root := squareRoot(v); root*root > v || (root+1)*(root+1) <= v {
			t.Fatalf("squareRoot(%d) = %d", v, root)
		}
	})
}
