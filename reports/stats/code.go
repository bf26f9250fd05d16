package stats

import "mpcomm/reports/wire"

// Code writes or reads the moments, exactly.
func (m *Moments) Code(c *wire.Coder) {
	c.Uint(&m.n)
	for i := range m.sum {
		c.Uint(&m.sum[i])
	}
	for i := range m.sq {
		c.Uint(&m.sq[i])
	}
}

// Code writes or reads the histogram, exactly: of its buckets those that are
// not empty, each with its distance from the one before. What is read replaces
// everything.
func (h *Histogram) Code(c *wire.Coder) {
	if c.Reading() {
		*h = Histogram{}
	}
	c.Uint(&h.n)
	most := uint64(h.max)
	c.Uint(&most)
	h.max = int64(most)
	if c.Reading() {
		h.readBuckets(c)
		return
	}
	filled := 0
	h.each(func(int, uint64) { filled++ })
	c.Len(filled)
	next := 0
	h.each(func(bucket int, count uint64) {
		gap := uint64(bucket - next)
		c.Uint(&gap)
		c.Uint(&count)
		next = bucket + 1
	})
}

// each visits the buckets that are not empty, in order.
func (h *Histogram) each(visit func(bucket int, count uint64)) {
	for i, page := range h.pages {
		if page == nil {
			continue
		}
		for k, count := range page {
			if count != 0 {
				visit(i<<pageBits+k, count)
			}
		}
	}
}

func (h *Histogram) readBuckets(c *wire.Coder) {
	next, sum := uint64(0), uint64(0)
	for range c.Len(0) {
		var gap, count uint64
		c.Uint(&gap)
		c.Uint(&count)
		bucket := next + gap
		if gap >= pages<<pageBits || bucket >= pages<<pageBits {
			c.Fail("a histogram has no bucket %d", bucket)
		}
		if c.Err() != nil {
			return
		}
		page := &h.pages[bucket>>pageBits]
		if *page == nil {
			*page = new([perPage]uint64)
		}
		(*page)[bucket%perPage] = count
		next = bucket + 1
		sum += count
	}
	if sum != h.n || h.max < 0 {
		c.Fail("a histogram of %d records counts %d, the largest %d", h.n, sum, h.max)
	}
}
