package network

import (
	"slices"
	"time"
)

// classes says which link serves which pair of peers.
type classes struct {
	links []link     // 0 = default, 1 = loopback, 2.. = overrides
	rows  [][]uint32 // rows[from][to] = index into links; nil, or a nil row, = 0 everywhere
	self  []uint32   // self[p] = index of the way p to p; nil = 1 everywhere
}

const (
	classDefault  = 0
	classLoopback = 1
	classFirst    = 2 // of the overrides
)

// compileClasses makes the links of c ready under the changes that last.
func compileClasses(c *Config, lasting []int) classes {
	own := c.Default
	if c.Loopback != nil {
		own = *c.Loopback
	}
	m := classMaker{c: c, lasting: lasting, deep: c.deepBase()}
	m.add(c.Default)
	m.add(own.loopback())
	for i := range c.Overrides {
		m.add(c.Overrides[i].Link)
	}
	m.plain = uint32(len(m.links))
	m.assign()
	return m.made
}

// deepBase reports whether some base delay is so long that sums may overflow.
func (c *Config) deepBase() bool {
	return slices.ContainsFunc(c.Base, func(row []time.Duration) bool { return len(row) > 0 && slices.Max(row) >= calmDelay })
}

// classMaker makes classes: those of the configuration, then those that changes
// make of them. Which changes act on a pair is noted in drafts, one upon the
// other, and only a draft that some pair ends with becomes a class: a pair
// under many changes costs one link, not one for each.
type classMaker struct {
	c       *Config
	lasting []int
	links   []Link // what each class was compiled from
	plain   uint32 // classes without changes; a number from here on is that of a draft
	drafts  []draft
	drafted map[[2]int]uint32 // class or draft and change to the draft of them
	deep    bool
	made    classes
}

// draft is a class or a draft under one change more.
type draft struct {
	under  uint32
	change int
	class  uint32 // that was made of it; 0 = none yet
}

func (m *classMaker) add(l Link) uint32 {
	m.links = append(m.links, l)
	ready := compile(&l, len(m.c.Explicit) > 0 || len(m.c.Changes) > 0)
	ready.spreads = ready.spreads && !m.deep
	m.made.links = append(m.made.links, ready)
	return uint32(len(m.links) - 1)
}

// under is a class or a draft under a change.
func (m *classMaker) under(number uint32, change int) uint32 {
	if number >= m.plain && m.drafts[number-m.plain].change == change {
		return number // a list named the pair twice
	}
	name := [2]int{int(number), change}
	made, ok := m.drafted[name]
	if !ok {
		if m.drafted == nil {
			m.drafted = make(map[[2]int]uint32)
		}
		made = m.plain + uint32(len(m.drafts))
		m.drafts = append(m.drafts, draft{under: number, change: change})
		m.drafted[name] = made
	}
	return made
}

// class is the class that a number stands for in the end.
func (m *classMaker) class(number uint32) uint32 {
	if number < m.plain {
		return number
	}
	last := &m.drafts[number-m.plain]
	if last.class != 0 {
		return last.class
	}
	var changed []int
	root := number
	for root >= m.plain {
		d := &m.drafts[root-m.plain]
		changed = append(changed, d.change)
		root = d.under
	}
	slices.Reverse(changed)
	patched := m.links[root]
	for _, i := range changed {
		patched = m.c.Changes[i].apply(patched)
	}
	last.class = m.add(patched)
	l := &m.made.links[last.class]
	l.changed = changed
	l.plain, l.spreads = false, false // so that its packets are counted
	return last.class
}

// cover is an Override or a Change: what it makes of a class of its pairs.
type cover struct {
	from, to []Addr
	of       func(class uint32) uint32
}

// covers lists the overrides and then the changes that last.
func (m *classMaker) covers() []cover {
	var list []cover
	for i := range m.c.Overrides {
		o := &m.c.Overrides[i]
		list = append(list, cover{o.From, o.To, func(uint32) uint32 { return uint32(classFirst + i) }})
	}
	for _, i := range m.lasting {
		change := &m.c.Changes[i]
		list = append(list, cover{change.From, change.To, func(class uint32) uint32 { return m.under(class, i) }})
	}
	return list
}

// assign fills rows and self. Senders that the same covers name share one row,
// so that a rule about a receiver does not cost a matrix.
func (m *classMaker) assign() {
	covers := m.covers()
	if len(covers) == 0 {
		return
	}
	peers := m.c.Peers
	m.made.rows = make([][]uint32, peers)
	named := make([][]byte, peers) // the covers that name a sender, three bytes each
	for i := range covers {
		each(covers[i].from, peers, func(p int) { named[p] = append(named[p], byte(i>>16), byte(i>>8), byte(i)) })
		m.assignSelf(&covers[i])
	}
	shared := make(map[string][]uint32)
	for p, list := range named {
		if len(list) == 0 {
			continue
		}
		row, ok := shared[string(list)]
		if !ok {
			row = make([]uint32, peers)
			for j := 0; j < len(list); j += 3 {
				o := &covers[int(list[j])<<16|int(list[j+1])<<8|int(list[j+2])]
				each(o.to, peers, func(q int) { row[q] = o.of(row[q]) })
			}
			for q := range row {
				row[q] = m.class(row[q])
			}
			shared[string(list)] = row
		}
		m.made.rows[p] = row
	}
	for p := range m.made.self {
		m.made.self[p] = m.class(m.made.self[p])
	}
}

// assignSelf gives a cover to the ways p to p that it names in both lists.
func (m *classMaker) assignSelf(o *cover) {
	if len(o.from) == 0 || len(o.to) == 0 {
		return
	}
	both := make([]bool, m.c.Peers)
	for _, p := range o.from {
		both[p] = true
	}
	self := &m.made.self
	for _, p := range o.to {
		if !both[p] {
			continue
		}
		both[p] = false // once, however often it is named
		if *self == nil {
			*self = make([]uint32, m.c.Peers)
			for q := range *self {
				(*self)[q] = classLoopback
			}
		}
		(*self)[p] = o.of((*self)[p])
	}
}

// each calls f for every peer of the list, an empty list meaning all.
func each(list []Addr, peers int, f func(p int)) {
	if len(list) == 0 {
		for p := range peers {
			f(p)
		}
	}
	for _, p := range list {
		f(int(p))
	}
}

// between is the link that serves from and to, which may be the same peer.
func (k *classes) between(from, to Addr) *link {
	switch {
	case from == to && k.self == nil:
		return &k.links[classLoopback]
	case from == to:
		return &k.links[k.self[from]]
	case k.rows == nil || k.rows[from] == nil:
		return &k.links[classDefault]
	}
	return &k.links[k.rows[from][to]]
}
