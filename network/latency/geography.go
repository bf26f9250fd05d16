package latency

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"time"

	"mpcomm/sim/rng"
)

// City is a place on the globe.
type City struct {
	Name    string // lower case with hyphens
	Country string // ISO 3166 code of two letters
	Lat     int32  // north, in ten-thousandths of a degree: -900000..900000
	Lon     int32  // east, likewise: -1800000..1800000
	Note    string // where a name of a region is taken to lie; else empty
}

const (
	// earthRadius is the mean radius of the globe in millimetres (IUGG 1980).
	earthRadius = 6_371_008_800

	// millimetresPerNano is the way of light in fibre: 200 km in a
	// millisecond.
	millimetresPerNano = 200
)

// The least and the largest factor by which a path may be longer than the
// great circle. Measured factors run from 1.4 (5%) over 2.0 (median) to 4.0
// (95%); below 1 lies what does not travel in fibre.
const (
	MinInflation = rng.Fixed(1 << 31) // 1/2
	MaxInflation = rng.Fixed(100 << 32)
)

// DefaultInflation is the median of measured paths.
func DefaultInflation() rng.Fixed { return rng.FixedInt(2) }

// Cities returns all cities by name.
func Cities() []City { return slices.Clone(cities) }

// Lookup returns the city of a name.
func Lookup(name string) (City, bool) {
	i, ok := slices.BinarySearchFunc(cities, name, func(c City, name string) int { return strings.Compare(c.Name, name) })
	if !ok {
		return City{}, false
	}
	return cities[i], true
}

// Nearest returns the name of a city most like the given one, for "did you
// mean", or "" if none is near.
func Nearest(name string) string {
	folded := strings.NewReplacer(" ", "-", "_", "-", ".", "").Replace(strings.ToLower(name))
	return nearest(folded, cityNames())
}

func cityNames() []string {
	names := make([]string, len(cities))
	for i := range cities {
		names[i] = cities[i].Name
	}
	return names
}

// Distance returns the length of the great circle between two cities in
// millimetres, exact to a metre on the sphere. The globe is flatter than one by
// up to 0.5%.
func Distance(a, b City) int64 {
	// Haversine: h = sin^2(dLat/2) + cos(latA) cos(latB) sin^2(dLon/2).
	sinLat, _ := sinCos(int64(magnitude(a.Lat-b.Lat)) * halfStep)
	lon := magnitude(a.Lon - b.Lon)
	if lon > 1_800_000 {
		lon = 3_600_000 - lon
	}
	sinLon, _ := sinCos(int64(lon) * halfStep)
	_, cosA := sinCos(2 * int64(magnitude(a.Lat)) * halfStep)
	_, cosB := sinCos(2 * int64(magnitude(b.Lat)) * halfStep)
	h := product(sinLat, sinLat) + product(product(cosA, cosB), product(sinLon, sinLon))
	h = min(h, unity)
	// The angle is 2 atan2(sqrt(h), sqrt(1-h)); roots of 2^-60 are in 2^-30.
	half := angleOf(int64(squareRoot(uint64(unity-h)))<<30, int64(squareRoot(uint64(h)))<<30)
	hi, lo := bits.Mul64(uint64(half), 2*earthRadius)
	return int64(hi<<4 | lo>>60)
}

func magnitude(v int32) int32 {
	if v < 0 {
		return -v
	}
	return v
}

// Between returns the one-way delay between two cities: the great circle at
// 200 km per millisecond, times inflation. It is the same in both directions
// and 0 from a city to itself.
func Between(a, b City, inflation rng.Fixed) time.Duration {
	if inflation < MinInflation || inflation > MaxInflation {
		panic(fmt.Sprintf("latency: invariant: inflation %s: want %s..%s", inflation, MinInflation, MaxInflation))
	}
	hi, lo := bits.Mul64(uint64(Distance(a, b)), uint64(inflation))
	// To the nearest nanosecond of distance/200 * inflation/2^32. At most
	// 2e10 * 100 * 2^32, so that the quotient fits.
	const unit = millimetresPerNano << 32
	q, rest := bits.Div64(hi, lo, unit)
	if rest >= unit/2 {
		q++
	}
	return time.Duration(q)
}

// Geography makes a matrix of the one-way delays between cities, one row for
// each name in the given order; names may repeat. Unknown names are errors that
// suggest the nearest, and so is an inflation outside MinInflation..MaxInflation.
func Geography(names []string, inflation rng.Fixed) (*Matrix, error) {
	var faults errorList
	if inflation < MinInflation || inflation > MaxInflation {
		faults.add("inflation %s: want %s..%s", inflation, MinInflation, MaxInflation)
	}
	if len(names) == 0 || len(names) > MaxSites {
		faults.add("%d names: want 1..%d", len(names), MaxSites)
	}
	at := make([]City, len(names))
	for i, name := range names {
		var ok bool
		if at[i], ok = Lookup(name); ok {
			continue
		}
		hint := ""
		if near := Nearest(name); near != "" {
			hint = fmt.Sprintf("; did you mean %q?", near)
		}
		faults.add("%q is not one of the %d known cities%s", name, len(cities), hint)
	}
	if err := faults.join("sites"); err != nil {
		return nil, err
	}
	m := newMatrix(slices.Clone(names))
	for i := range at {
		for j := range at {
			m.OneWay[i][j], m.known[i][j] = Between(at[i], at[j], inflation), true
		}
	}
	return m, nil
}
