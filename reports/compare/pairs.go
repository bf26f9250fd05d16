package compare

import (
	"math/bits"
	"slices"

	"mpcomm/reports/result"
	"mpcomm/reports/stats"
	"mpcomm/sim/rng"
)

// job is a pair of classes and how many of the compared pairs of logs fall on
// it.
type job struct {
	a, b   uint32
	weight uint32
}

// pairs measures the metrics that are means over pairs of logs.
func (c *Comparer) pairs(opts Options, d *Divergence) {
	var sums pairSums
	sums.want = opts.Want
	if n := len(c.logs); n > MaxAllPairs {
		c.drawPairs(opts.Seed, &sums)
	} else {
		c.allPairs(&sums)
	}
	if len(c.jobs) > 0 {
		c.growPairs()
	}
	masked := len(c.jobs) > 0 && opts.Want&WantInversions != 0 && c.fillMasks()
	if masked && opts.Want&(WantFootrule|WantUlam) == 0 {
		c.measureMasks(&sums)
		c.jobs = c.jobs[:0]
	}
	owner, token := ^uint32(0), uint32(0)
	for _, j := range c.jobs {
		if j.a != owner {
			owner, token = j.a, c.nextToken()
			for at, m := range c.classes[owner].list {
				e := &c.table[m]
				e.owner, e.pos = token, uint32(at)
			}
		}
		p := c.measure(j, token, opts.Want, masked)
		sums.add(p)
	}
	d.Pairs = result.Int(sums.pairs)
	sums.write(d)
}

// allPairs makes jobs of all pairs of classes; pairs of equal logs are counted
// at once.
func (c *Comparer) allPairs(sums *pairSums) {
	c.jobs = c.jobs[:0]
	for i := range c.classes {
		a := &c.classes[i]
		sums.equal(a, a.weight*(a.weight-1)/2)
		for k := i + 1; k < len(c.classes); k++ {
			weight := uint32(a.weight * c.classes[k].weight)
			c.jobs = append(c.jobs, job{a: uint32(i), b: uint32(k), weight: weight})
		}
	}
}

// drawPairs makes jobs of DrawnPairs pairs of logs, each drawn by its number
// under the run's seed, independently of the others.
func (c *Comparer) drawPairs(seed uint64, sums *pairSums) {
	c.jobs = c.jobs[:0]
	for k := range uint64(DrawnPairs) {
		first, second := c.drawn(seed, k)
		a, b := c.classOf[first], c.classOf[second]
		if a == b {
			sums.equal(&c.classes[a], 1)
			continue
		}
		c.jobs = append(c.jobs, job{a: min(a, b), b: max(a, b), weight: 1})
	}
	slices.SortFunc(c.jobs, func(x, y job) int {
		if x.a != y.a {
			return int(x.a) - int(y.a)
		}
		return int(x.b) - int(y.b)
	})
	merged := 0
	for i, j := range c.jobs {
		if i > 0 && c.jobs[merged-1].a == j.a && c.jobs[merged-1].b == j.b {
			c.jobs[merged-1].weight++
			continue
		}
		c.jobs[merged] = j
		merged++
	}
	c.jobs = c.jobs[:merged]
}

// drawn returns the two logs of one of the pairs drawn.
func (c *Comparer) drawn(seed, number uint64) (first, second int) {
	n := uint64(len(c.logs))
	at, _ := bits.Mul64(rng.Root(seed).Name("compare").Name("pair").Word(number), n*(n-1))
	first, second = int(at/(n-1)), int(at%(n-1))
	if second >= first {
		second++
	}
	return first, second
}

func (c *Comparer) growPairs() {
	longest := 0
	for i := range c.classes {
		longest = max(longest, len(c.classes[i].list))
	}
	if cap(c.perm) < longest {
		c.perm = make([]uint32, longest)
		c.scratch = make([]uint32, 2*longest)
		c.lifted = make([]uint32, longest)
	}
}

// measureMasks does the jobs when nothing but inversions is wanted.
func (c *Comparer) measureMasks(sums *pairSums) {
	for _, j := range c.jobs {
		sums.add(pair{weight: uint64(j.weight), common: c.common, kendall: c.masks.distance(j.a, j.b)})
	}
}

// measure compares the logs of one job. The table holds the positions of the
// first one's messages under token. masked says that masks count inversions.
func (c *Comparer) measure(j job, token uint32, want Want, masked bool) pair {
	a, b := &c.classes[j.a], &c.classes[j.b]
	perm := c.perm[:0]
	for _, m := range b.list {
		if e := &c.table[m]; e.owner == token {
			perm = append(perm, e.pos)
		}
	}
	p := pair{weight: uint64(j.weight), common: len(perm)}
	if masked {
		p.kendall = c.masks.distance(j.a, j.b)
		want &^= WantInversions
	}
	if c.narrow {
		p.common = c.measureWindow(a, perm, &p, want)
		return p
	}
	if want&WantFootrule != 0 {
		p.footrule = c.footrule(a, perm, false)
	}
	if want&WantUlam != 0 {
		p.ulam = uint64(len(perm) - c.bits.rising(perm, len(a.list)))
	}
	if want&WantInversions != 0 {
		p.kendall = c.inverted(perm, len(a.list))
	}
	return p
}

// measureWindow measures what is in the window only and returns how many
// messages of it both logs hold. perm labels b's common messages by their
// position in a.
func (c *Comparer) measureWindow(a *class, perm []uint32, p *pair, want Want) int {
	if want&WantFootrule != 0 {
		p.footrule = c.footrule(a, perm, true)
	}
	lifted := c.lifted[:0]
	for _, at := range perm {
		if c.counts(a.list[at]) {
			lifted = append(lifted, at)
		}
	}
	common := len(lifted)
	if want&WantUlam != 0 {
		p.ulam = uint64(common - c.bits.rising(lifted, len(a.list)))
	}
	if want&WantInversions != 0 {
		// Pairs whose first-sent member is in the window: those of messages sent
		// from its beginning on, but for those sent after its end.
		p.kendall = c.inversionsFrom(a, perm, c.window.From) - c.inversionsFrom(a, perm, c.window.Until)
	}
	return common
}

// inversionsFrom counts the inversions among the messages numbered from.. .
func (c *Comparer) inversionsFrom(a *class, perm []uint32, from uint32) uint64 {
	lifted := c.lifted[:0]
	for _, at := range perm {
		if a.list[at] >= from {
			lifted = append(lifted, at)
		}
	}
	return c.inverted(lifted, len(a.list))
}

// footrule ranks the common messages within themselves, then sums how far
// each is displaced.
func (c *Comparer) footrule(a *class, perm []uint32, narrow bool) uint64 {
	if len(perm) == len(a.list) && !narrow {
		return displacement(perm)
	}
	rank := c.scratch[:len(a.list)]
	clear(rank)
	for _, at := range perm {
		rank[at] = 1
	}
	next := uint32(0)
	for at, held := range rank {
		rank[at] = next
		next += held
	}
	var total uint64
	for i, at := range perm {
		if !narrow || c.counts(a.list[at]) {
			d := int64(rank[at]) - int64(i)
			total += uint64(max(d, -d))
		}
	}
	return total
}

// pair is what one pair of classes came to.
type pair struct {
	weight                  uint64
	common                  int
	kendall, footrule, ulam uint64
}

// pairSums are exact sums over pairs of logs.
type pairSums struct {
	want                    Want
	pairs                   int
	kendall, footrule, ulam uint64
	max                     uint64
	perMessage              quotients
}

// equal enters pairs of identical logs.
func (s *pairSums) equal(a *class, pairs int) {
	s.pairs += pairs
	s.perMessage.add(0, uint64(a.inside), uint64(pairs))
}

func (s *pairSums) add(p pair) {
	s.pairs += int(p.weight)
	s.kendall += p.weight * p.kendall
	s.footrule += p.weight * p.footrule
	s.ulam += p.weight * p.ulam
	s.max = max(s.max, p.kendall)
	s.perMessage.add(p.kendall, uint64(p.common), p.weight)
}

func (s *pairSums) write(d *Divergence) {
	if s.pairs == 0 {
		return
	}
	if s.want&WantInversions != 0 {
		d.InversionsPerMessage = s.perMessage.mean()
		d.KendallDistance = stats.Ratio{Num: s.kendall, Den: uint64(s.pairs)}
		d.KendallMax.N, d.KendallMax.Known = int64(s.max), true
	}
	if s.want&WantFootrule != 0 {
		d.Footrule = stats.Ratio{Num: s.footrule, Den: uint64(s.pairs)}
	}
	if s.want&WantUlam != 0 {
		d.Ulam = stats.Ratio{Num: s.ulam, Den: uint64(s.pairs)}
	}
}

// quotients is a weighted sum of quotients: exact while all have the same
// divisor, which they have when no message is missing, else rounded to 2^-64
// each. Quotients of nothing are left out.
type quotients struct {
	weight  uint64
	divisor uint64 // of all so far; 0 = none yet
	sum     uint64 // of the numerators, while there is one divisor
	mixed   bool
	hi, lo  uint64 // the sum in 64.64 bits, when there are several
}

func (q *quotients) add(num, den, weight uint64) {
	if den == 0 || weight == 0 {
		return
	}
	q.weight += weight
	if !q.mixed {
		if q.divisor == 0 || q.divisor == den {
			q.divisor = den
			q.sum += weight * num
			return
		}
		q.mixed = true
		q.hi, q.lo = fixed(q.sum, q.divisor)
	}
	hi, lo := fixed(weight*num, den)
	var carry uint64
	q.lo, carry = bits.Add64(q.lo, lo, 0)
	q.hi += hi + carry
}

// fixed returns num/den in 64.64 bits, rounded down.
func fixed(num, den uint64) (hi, lo uint64) {
	hi = num / den
	lo, _ = bits.Div64(num%den, 0, den)
	return hi, lo
}

// mean returns the weighted mean, with 63 significant bits when it is not
// exact; null when there was no quotient.
func (q *quotients) mean() stats.Ratio {
	if q.weight == 0 {
		return stats.Ratio{}
	}
	if !q.mixed {
		return stats.Ratio{Num: q.sum, Den: q.divisor * q.weight}
	}
	hi := q.hi / q.weight
	lo, _ := bits.Div64(q.hi%q.weight, q.lo, q.weight)
	if hi == 0 {
		return stats.Ratio{Num: lo >> 1, Den: 1 << 63}
	}
	shift := uint(bits.LeadingZeros64(hi)) - 1 // hi is a mean of inversions: far below 2^63
	num := hi<<shift | lo>>(64-shift)
	return stats.Ratio{Num: num, Den: 1 << shift}
}

// inverted counts the pairs of seq that stand the wrong way round, different
// labels below limit; seq is left in any order.
func (c *Comparer) inverted(seq []uint32, limit int) uint64 {
	if total, ok := fewInversions(seq); ok {
		return total
	}
	if total, ok := c.bits.inversions(seq, limit); ok {
		return total
	}
	return inversions(seq, c.scratch)
}
