package result

import "mpcomm/reports/wire"

// TallyFormat is the version of what Code writes. It is raised with every
// change of a field of Tally, or of its meaning, so that bytes of another
// version are never taken for one's own.
const TallyFormat = 4

// Code writes or reads the tally, exactly: merging what reads back gives the
// bytes that merging the tally itself gives. What is read replaces everything.
func (t *Tally) Code(c *wire.Coder) {
	if c.Reading() {
		*t = Tally{}
	} else {
		t.settle() // so that unsettled is empty, and not written
	}
	t.Latency.Code(c)
	t.LatencySelf.Code(c)
	t.Hold.Code(c)
	for i := range t.ByRun {
		t.ByRun[i].Code(c)
	}
	c.Uint(&t.runs)
	c.Text(&t.label)
	c.Text(&t.kind)
	for i := range t.numbers {
		t.numbers[i].Code(c)
	}
	for i := range t.limits {
		c.Uint(&t.limits[i])
	}
	for lane := range t.digest {
		c.Word(&t.digest[lane].a)
		c.Word(&t.digest[lane].b)
	}
	t.opened.Code(c)
	t.openedRuns.Code(c)
	wire.List(c, &t.receivers, codeReceiver)
	c.Texts(&t.vacuous)
	c.Texts(&t.outside)
	wire.List(c, &t.counters, (*counterTally).code)
	wire.List(c, &t.faults, (*faultTally).code)
	wire.List(c, &t.watch, (*watchTally).code)
	c.Uint(&t.healed)
	for i := range t.lively {
		c.Uint(&t.lively[i])
	}
	t.unrecoverable.Code(c)
	t.codeMechanisms(c)
	t.codePairs(c)
}

// codePairs writes whom the runs are paired with, and the sums if with anyone.
func (t *Tally) codePairs(c *wire.Coder) {
	p := t.paired
	if p == nil {
		p = &paired{}
	}
	if c.Text(&p.versus); p.versus == "" {
		return
	}
	t.paired = p
	for k := range p.of {
		p.of[k].difference.Code(c)
		p.of[k].alone.Code(c)
		p.of[k].other.Code(c)
	}
}

// codeMechanisms writes whether mechanisms were counted, and the counts if so.
func (t *Tally) codeMechanisms(c *wire.Coder) {
	counted := one(t.mechanisms != nil)
	if c.Uint(&counted); counted == 0 {
		return
	}
	if t.mechanisms == nil {
		t.mechanisms = new(mechanismMoments)
	}
	for i := range t.mechanisms {
		t.mechanisms[i].Code(c)
	}
}

func (t *counterTally) code(c *wire.Coder) {
	c.Text(&t.name)
	t.values.Code(c)
}

func (t *faultTally) code(c *wire.Coder) {
	c.JSON(&t.fault)
	t.struck.Code(c)
}

func (t *watchTally) code(c *wire.Coder) {
	c.JSON(&t.watch)
	c.Uint(&t.happened)
	c.Uint(&t.runs)
}

func codeReceiver(p *int32, c *wire.Coder) {
	n := int64(*p)
	c.Int(&n)
	*p = int32(n)
}
