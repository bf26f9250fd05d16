package compare

import (
	"fmt"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/result"
	"mpcomm/reports/stats"
)

// Divergence says how far the compared logs are apart.
type Divergence = result.Divergence

// Want names metrics that cost more than a pass over the logs. What is not
// wanted is null, whether or not the logs differ, so that means over runs stay
// unbiased.
type Want uint8

// The metrics that may be left out. Where all logs are the same each of them
// is free.
const (
	WantContested  Want = 1 << iota // contested
	WantInversions                  // kendall_distance, kendall_max, inversions_per_message
	WantFootrule                    // footrule
	WantUlam                        // ulam

	Cheap = WantContested | WantInversions
	All   = Cheap | WantFootrule | WantUlam
)

// Window restricts the metrics to the broadcasts From..Until-1. The others
// stay in the logs as context: a message counts when it is in the window, a
// pair of messages when the one sent first is.
type Window struct{ From, Until history.Ref }

// Options of a comparison. The zero value compares everything.
type Options struct {
	Want            Want    // 0 = All
	Window          *Window // nil = all messages
	Seed            uint64  // names the pairs drawn from more than MaxAllPairs logs
	MessagesPerPeer int     // the lab's M, for rounds_classic
}

// MaxAllPairs is the largest number of logs of which all pairs are compared;
// of more logs DrawnPairs pairs are drawn, with replacement.
const (
	MaxAllPairs = 64
	DrawnPairs  = MaxAllPairs * (MaxAllPairs - 1) / 2
)

// Comparer compares the logs of one history after another on the same memory.
// The zero value is ready. It is not safe for concurrent use.
type Comparer struct {
	peers    []peer.ID  // compared, ascending
	logs     [][]uint32 // theirs, as delivered; strays have numbers of their own
	copies   []uint32   // backing of logs that hold strays
	strayIDs []peer.MessageID

	classes []class // distinct logs, by first peer
	classOf []uint32
	hashes  []uint64
	slots   []uint32
	order   []int32  // logs as they reached the comparison server
	lifted  []uint32 // a list without what is outside the window
	lists   []uint32 // backing of first occurrences

	table    []entry // by message
	token    uint32
	union    int // messages of the window in any log
	common   int // in all logs
	commonAt int // in all logs, whatever the window

	keys    []uint64
	before  []uint64
	flags   []uint8
	perm    []uint32
	scratch []uint32
	jobs    []job
	masks   masks
	bits    marks

	limit   uint32 // messages: broadcasts and strays
	window  Window
	narrow  bool
	ranks   []uint32 // of broadcasts in true order, when that is not their number
	byTruth []uint32
	h       *history.History
	orders  *history.Orders // of h, when nothing else of it is laid out
	taken   *census         // of h, once one was taken
}

// class is a set of identical logs.
type class struct {
	raw    []uint32 // as delivered
	list   []uint32 // first occurrences
	weight int      // how many logs
	inside int      // entries of list in the window
}

// entry is what the comparer knows of one message. A field is valid when the
// mark beside it is the token of the pass that wrote it.
type entry struct {
	mark  uint32
	count uint32 // logs that hold it
	owner uint32
	pos   uint32 // in the list of the pass's first log
}

// Compare measures h. The logs are those of correct peers. The history must
// not change before the next use of the Comparer.
func (c *Comparer) Compare(h *history.History, opts Options) Divergence {
	if opts.Want == 0 {
		opts.Want = All
	}
	c.orders = nil
	c.load(h, opts.Window)
	c.classify()
	d := Divergence{
		Identical:        len(c.classes) <= 1,
		DistinctLogs:     len(c.classes),
		Messages:         len(h.Broadcasts),
		PrefixConsistent: true,
	}
	if c.narrow {
		d.Messages = int(c.window.Until - c.window.From)
	}
	c.sets(&d)
	c.prefixes(&d)
	d.RoundsClassic = c.roundsClassic(opts.MessagesPerPeer)
	d.RoundsFull = d.PositionsDiffering
	if opts.Want&WantContested != 0 {
		d.Contested = c.contested()
	}
	c.pairs(opts, &d)
	return d
}

// load gathers the logs to compare.
func (c *Comparer) load(h *history.History, w *Window) {
	c.h, c.taken = h, nil
	c.peers, c.logs = c.peers[:0], c.logs[:0]
	c.limit = uint32(len(h.Broadcasts))
	for p := range h.Logs {
		if h.Correct(p) {
			c.peers = append(c.peers, peer.ID(p))
			c.logs = append(c.logs, h.Logs[p].Refs)
		}
	}
	if len(h.Strays) > 0 {
		c.nameStrays()
	}
	if c.token >= 1<<31 { // one comparison needs far fewer than the rest
		clear(c.table)
		c.token = 0
	}
	c.window, c.narrow = Window{Until: c.limit}, w != nil
	if w != nil {
		if w.From > w.Until || w.Until > uint32(len(h.Broadcasts)) {
			panic(fmt.Sprintf("compare: window %d..%d of %d broadcasts", w.From, w.Until, len(h.Broadcasts)))
		}
		c.window = *w
	}
	if n := int(c.limit); len(c.table) < n {
		c.table = append(c.table, make([]entry, n-len(c.table))...)
	}
}

// nameStrays gives each message that nobody broadcast a number beyond those of
// the broadcasts, in copies of the logs that hold one.
func (c *Comparer) nameStrays() {
	h := c.h
	c.strayIDs, c.copies = c.strayIDs[:0], c.copies[:0]
	total := 0
	for _, log := range c.logs {
		total += len(log)
	}
	if cap(c.copies) < total {
		c.copies = make([]uint32, 0, total)
	}
	for i, log := range c.logs {
		start := len(c.copies)
		c.copies = append(c.copies, log...)
		c.logs[i] = c.copies[start:len(c.copies):len(c.copies)]
	}
	next := 0
	for _, s := range h.Strays {
		for next < len(c.peers) && c.peers[next] < s.Peer {
			next++
		}
		at := next
		if at == len(c.peers) || c.peers[at] != s.Peer {
			if at = indexOf(c.peers, s.Peer); at < 0 {
				continue // the log of a crashed peer
			}
		}
		c.logs[at][s.Position] = uint32(len(h.Broadcasts)) + c.strayNumber(s.ID)
	}
	c.limit += uint32(len(c.strayIDs))
}

func (c *Comparer) strayNumber(id peer.MessageID) uint32 {
	for i, known := range c.strayIDs {
		if known == id {
			return uint32(i)
		}
	}
	c.strayIDs = append(c.strayIDs, id)
	return uint32(len(c.strayIDs) - 1)
}

func indexOf(peers []peer.ID, p peer.ID) int {
	for i, q := range peers {
		if q == p {
			return i
		}
	}
	return -1
}

// name returns the ID of a message by its number here.
func (c *Comparer) name(m uint32) peer.MessageID {
	if int(m) < len(c.h.Broadcasts) {
		return c.h.Broadcasts[m].ID
	}
	return c.strayIDs[int(m)-len(c.h.Broadcasts)]
}

// counts reports whether message m is in the window. A stray was never
// broadcast, so it is in no window but the whole.
func (c *Comparer) counts(m uint32) bool {
	return m-c.window.From < c.window.Until-c.window.From
}

// nextToken opens a pass over the table: marks of other passes are void.
func (c *Comparer) nextToken() uint32 {
	c.token++
	return c.token
}

// sets counts what is in any log and in all, and finds first occurrences.
func (c *Comparer) sets(d *Divergence) {
	c.union, c.common, c.commonAt = 0, 0, 0
	c.lists = c.lists[:0]
	if n := c.rawTotal(); cap(c.lists) < n {
		c.lists = make([]uint32, 0, n)
	}
	first := c.nextToken()
	logs, held := uint32(len(c.logs)), 0
	for i := range c.classes {
		k := &c.classes[i]
		token := first
		if i > 0 {
			token = c.nextToken()
		}
		duplicates, entries := c.scan(k, token, first, logs)
		held += k.weight * k.inside
		d.Duplicates += k.weight * duplicates
		d.Deliveries += k.weight * entries
	}
	d.Missing = len(c.logs)*c.union - held
}

func (c *Comparer) rawTotal() int {
	n := 0
	for i := range c.classes {
		n += len(c.classes[i].raw)
	}
	return n
}

// scan enters one class into the table and returns its repeated and its
// counted entries.
func (c *Comparer) scan(k *class, token, first, logs uint32) (duplicates, entries int) {
	start := len(c.lists)
	weight := uint32(k.weight)
	k.inside = 0
	for at, m := range k.raw {
		if m >= c.limit {
			panic(fmt.Sprintf("compare: log entry %d is number %d of %d messages and no stray", at, m, c.limit))
		}
		e := &c.table[m]
		in := c.counts(m)
		if in {
			entries++
		}
		if e.mark == token {
			if in {
				duplicates++
			}
			continue
		}
		if e.mark < first {
			e.count = 0
			if in {
				c.union++
			}
		}
		e.mark = token
		e.count += weight
		c.lists = append(c.lists, m)
		if in {
			k.inside++
		}
		if e.count == logs {
			c.commonAt++
			if in {
				c.common++
			}
		}
	}
	k.list = c.lists[start:len(c.lists):len(c.lists)]
	return duplicates, entries
}

// contested returns the share of the common messages before which not every
// log has the same set of common messages: exactly those that some two logs
// order differently against another. The sets are told apart by the sum of a
// 64-bit key per message.
func (c *Comparer) contested() stats.Ratio {
	if c.common == 0 {
		return stats.Ratio{Den: 1} // by definition, not a ratio of nothing
	}
	share := stats.Ratio{Den: uint64(c.common)}
	if len(c.classes) == 1 {
		return share
	}
	c.growKeys()
	logs := uint32(len(c.logs))
	all := true
	for i := range c.classes {
		all = all && len(c.classes[i].list) == c.commonAt
	}
	var sum uint64
	for _, m := range c.classes[0].list {
		if all || c.table[m].count == logs {
			c.before[m], c.flags[m] = sum, 0
			sum += c.keys[m]
		}
	}
	for i := 1; i < len(c.classes); i++ {
		sum = 0
		for _, m := range c.classes[i].list {
			if all || c.table[m].count == logs {
				if c.before[m] != sum && c.flags[m] == 0 {
					c.flags[m] = 1
					if c.counts(m) {
						share.Num++
					}
				}
				sum += c.keys[m]
			}
		}
	}
	return share
}

// growKeys makes room for and names the keys of all messages.
func (c *Comparer) growKeys() {
	for n := uint64(len(c.keys)); n < uint64(c.limit); n++ {
		z := (n + 1) * 0x9e3779b97f4a7c15 // SplitMix64 (Steele, Lea, Flood, OOPSLA 2014)
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		c.keys = append(c.keys, z^z>>31)
	}
	if n := int(c.limit); len(c.before) < n {
		c.before = append(c.before, make([]uint64, n-len(c.before))...)
	}
	c.growFlags(int(c.limit))
}

func (c *Comparer) growFlags(n int) {
	if len(c.flags) < n {
		c.flags = append(c.flags, make([]uint8, n-len(c.flags))...)
	}
}
