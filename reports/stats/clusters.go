package stats

import (
	"cmp"
	"math"
	"math/big"
	"math/bits"
	"slices"

	"mpcomm/reports/wire"
)

// Clusters sums what bounds a quantile of values that are pooled from clusters,
// such as the durations of all runs of a cell. The values of one run hang
// together, so they say less than as many independent ones; how much less shows
// in how the runs differ in the number of values up to the quantile. That number
// must be known at whatever value the quantile turns out to be, so for every
// bucket of a Histogram the sums over clusters are kept, exactly: with c values
// up to the bucket of a cluster's m, the steps of c*c and of c*m.
//
// The zero value is empty. Clusters of consecutive stretches merge in any
// grouping.
type Clusters struct {
	n        uint64 // clusters
	size     uint64 // sum of m
	sizes    uint64 // sum of m*m
	beyond   uint64 // clusters too large for these sums
	steps    []step // by bucket
	pending  []step // not yet among them
	retained int    // how many steps there were when pending was last empty
}

// step is what the cumulative sums rise by at a bucket.
type step struct {
	bucket             uint32
	squares, crossings uint64
}

// The bounds of clusters: with as many of the largest size the sums fit a word.
const (
	mostInCluster = 1 << 26 // values
	MostClusters  = 1 << 10 // that a caller enters
)

// Add enters a cluster of so many zeros and of values above, which it reorders
// if they are few. scratch is used if they are many.
func (c *Clusters) Add(zeros uint64, above []int64, scratch *Histogram) {
	m := zeros + uint64(len(above))
	if m > mostInCluster {
		c.beyond++
		return
	}
	c.n++
	c.size += m
	c.sizes += m * m
	before := uint64(0)
	enter := func(bucket int, count uint64) {
		after := before + count
		c.pending = append(c.pending, step{uint32(bucket), after*after - before*before, count * m})
		before = after
	}
	if len(above) > fewValues {
		scratch.Reset()
		scratch.RecordZeros(zeros)
		scratch.RecordAll(above)
		scratch.each(enter)
	} else {
		if zeros > 0 {
			enter(0, zeros)
		}
		slices.Sort(above)
		for _, v := range above {
			number, _ := bucket(uint64(min(v, MaxRecorded)))
			enter(number, 1)
		}
	}
	if len(c.pending) > 4096+c.retained {
		c.settle()
	}
}

// fewValues are sorted faster than the pages of a histogram are read.
const fewValues = 512

// settle enters what is pending among the steps.
func (c *Clusters) settle() {
	if len(c.pending) == 0 {
		return
	}
	slices.SortFunc(c.pending, func(a, b step) int { return cmp.Compare(a.bucket, b.bucket) })
	c.steps = joinSteps(c.steps, c.pending)
	c.pending, c.retained = c.pending[:0], len(c.steps)
}

// joinSteps merges two lists in order of buckets.
func joinSteps(a, b []step) []step {
	joined := make([]step, 0, len(a)+len(b))
	for len(a)+len(b) > 0 {
		var next step
		if len(b) == 0 || len(a) > 0 && a[0].bucket <= b[0].bucket {
			next, a = a[0], a[1:]
		} else {
			next, b = b[0], b[1:]
		}
		if last := len(joined) - 1; last >= 0 && joined[last].bucket == next.bucket {
			joined[last].squares += next.squares
			joined[last].crossings += next.crossings
		} else {
			joined = append(joined, next)
		}
	}
	return joined
}

// Merge enters the clusters of other.
func (c *Clusters) Merge(other *Clusters) {
	c.settle()
	other.settle()
	c.n += other.n
	c.size += other.size
	c.sizes += other.sizes
	c.beyond += other.beyond
	if len(other.steps) > 0 {
		c.steps = joinSteps(c.steps, other.steps)
	}
}

// Code writes or reads the clusters, exactly. What is read replaces everything.
func (c *Clusters) Code(w *wire.Coder) {
	if w.Reading() {
		*c = Clusters{}
	} else {
		c.settle()
		c.pending = nil
	}
	w.Uint(&c.n)
	w.Uint(&c.size)
	w.Uint(&c.sizes)
	w.Uint(&c.beyond)
	next := uint64(0)
	wire.List(w, &c.steps, func(s *step, w *wire.Coder) {
		gap := uint64(s.bucket) - next
		w.Uint(&gap)
		if gap >= pages<<pageBits || next+gap >= pages<<pageBits {
			w.Fail("clusters have no bucket %d", next+gap)
			return
		}
		s.bucket = uint32(next + gap)
		next = uint64(s.bucket) + 1
		w.Uint(&s.squares)
		w.Uint(&s.crossings)
	})
	c.retained = len(c.steps)
}

// Within returns the 95% interval of quantile p of all values of h, which are of
// as many clusters as given: those of c are the first, or all. It is that of
// Woodruff (JASA 47, 1952): the ends are quantiles of h, as far from p as a
// share of independent values varies (order statistics: distribution-free), of
// which there are as many as tell as much as the clusters do (Korn and Graubard,
// Survey Methodology 24, 1998). It needs two clusters, and is not known where
// the values are too few to bound the quantile from above.
func (c *Clusters) Within(h *Histogram, p Ratio, clusters uint64) (lo, hi int64, known bool) {
	if c.n < 2 || c.beyond > 0 || c.size == 0 || h.n == 0 {
		return 0, 0, false
	}
	l, u, of := orderStatistics(c.worth(h, p, clusters), p)
	if u == 0 {
		return 0, 0, false
	}
	if l > 0 {
		lo, _ = h.ends(h.at(Ratio{Num: l, Den: of}))
	}
	return lo, h.Quantile(Ratio{Num: u, Den: of}), true
}

// worth returns how many independent values say as much about the share of
// values up to quantile p as those of h do.
func (c *Clusters) worth(h *Histogram, p Ratio, clusters uint64) uint64 {
	at := h.at(p)
	upTo := h.upTo(at)
	// With F = upTo/n, each cluster's residual is c - F*m; n*n times the sum of
	// their squares is n*n*sum(cc) - 2*n*upTo*sum(cm) + upTo*upTo*sum(mm).
	squares, crossings := c.upTo(at)
	n, up := integer(h.n), integer(upTo)
	residual := product(n, n, integer(squares))
	residual.Sub(residual, product(integer(2), n, up, integer(crossings)))
	residual.Add(residual, product(up, up, integer(c.sizes)))
	if residual.Sign() <= 0 || upTo == h.n {
		if upTo == h.n {
			return min(clusters, h.n) // nothing shows how the clusters differ
		}
		return h.n
	}
	// The variance of F: residual/n^2 * k/(k-1) / size^2 for the k clusters of c,
	// and k/clusters of that for all. Independent values: F*(1-F)/worth. The
	// variance is itself an estimate, of k-1 degrees of freedom.
	t := Student(c.n - 1)
	shrink := float64(z/t) * float64(z/t)
	worth := nearest(
		product(up, new(big.Int).Sub(n, up), integer(c.size), integer(c.size), integer(c.n-1), integer(clusters)),
		product(residual, integer(c.n), integer(c.n)),
	)
	return max(uint64(min(float64(worth*shrink), float64(h.n))), 1)
}

func integer(n uint64) *big.Int { return new(big.Int).SetUint64(n) }

func product(factors ...*big.Int) *big.Int {
	p := big.NewInt(1)
	for _, f := range factors {
		p.Mul(p, f)
	}
	return p
}

// upTo returns the sums up to a bucket.
func (c *Clusters) upTo(at int) (squares, crossings uint64) {
	c.settle()
	for _, s := range c.steps {
		if int(s.bucket) > at {
			break
		}
		squares += s.squares
		crossings += s.crossings
	}
	return squares, crossings
}

// upTo returns how many records are in buckets up to one.
func (h *Histogram) upTo(at int) uint64 {
	n := uint64(0)
	h.each(func(bucket int, count uint64) {
		if bucket <= at {
			n += count
		}
	})
	return n
}

// orderStatistics returns the ranks l and u in n independent values that hold
// quantile p, from 0 to 1, between them with 95%: at most 2.5% of samples have
// their l-th value above it, and as many their u-th below. l is 0 and u is 0
// where there is no such rank.
func orderStatistics(n uint64, p Ratio) (l, u, of uint64) {
	if swap := 2*p.Num < p.Den; swap {
		up, low, of := orderStatistics(n, Ratio{Num: p.Den - p.Num, Den: p.Den})
		if low > 0 {
			low = n + 1 - low
		}
		if up > 0 {
			up = n + 1 - up
		}
		return low, up, of
	}
	q := 1 - p.Float()
	if float64(float64(n)*q)*p.Float() > 100 {
		l, u = normalRanks(n, p)
		return l, u, n
	}
	// Above the quantile lie i values with binomial chance; i is small.
	chance := power(p.Float(), n)
	sum, atMost := chance, uint64(0) // the largest i whose tail is at most 2.5%, from 1; 0 = none
	for i := uint64(0); ; i++ {
		if sum <= 0.025 {
			atMost = i + 1
		}
		if sum >= 0.975 || i == n {
			l = n - i
			break
		}
		chance = float64(chance*float64(n-i)) / float64(i+1) * q / p.Float()
		sum += chance
	}
	if atMost > 0 {
		u = n + 1 - atMost
	}
	return l, u, n
}

// normalRanks are those of many values: p*n, less and more what a share varies.
func normalRanks(n uint64, p Ratio) (l, u uint64) {
	hi, lo := bits.Mul64(n, p.Num)
	centre, _ := bits.Div64(hi, lo, p.Den)
	f := p.Float()
	half := uint64(float64(z*math.Sqrt(float64(float64(n)*f)*(1-f)))) + 1
	return centre - half, min(centre+half+1, n)
}

// power returns x to the n.
func power(x float64, n uint64) float64 {
	result := 1.0
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			result *= x
		}
		x *= x
	}
	return result
}
