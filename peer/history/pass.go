package history

import (
	"fmt"
	"math/bits"
	"slices"

	"mpcomm/peer"
)

// Pass judges logs while they are written: it takes every delivery once, in the
// order in which they happen, and keeps nothing that grows with the logs but a
// bit an entry. What it answers it answers as a Checker does that has the logs.
// Causal order it cannot answer, nor total order where logs hold different
// messages: those it leaves Unknown.
//
// It is for runs without crashes, of which the broadcasts of every sender are
// counted beforehand, and compares the logs of all peers. The zero value is ready
// for Reset.
type Pass struct {
	peers, words, head int
	base               []uint32 // by sender, and one more: slot of its first message
	messages           []passMessage
	logs               []passLog
	rows               []uint64 // by peer, then slot: a bit for each message its log holds
	heads              []Ref    // by peer: the first entries of its log, as many as head
	first              []Ref    // by position: what the first log to get there has; NoRef = none has
	apart              []uint64 // by position: a bit where some log has another
	contested          []uint64 // by message: a bit where some log had another sum

	repeats, overtaken int
	disorder           bool   // some log does not begin as the order of broadcast does
	seen               uint64 // what glimpse has read
}

// passMessage is what is known of a message, together, since a large run reads
// all of it in no order.
type passMessage struct {
	at, end uint32 // its place among those of all senders, in order of sender and rank, and the end of those of its sender
	before  uint64 // sum of the keys of what the first log to have it had
	held    uint32 // logs that hold it
}

// passLog is what is known of the log of one peer.
type passLog struct {
	length int
	sum    uint64    // of the keys of what it holds
	hash   [2]uint64 // of its entries in order
}

// Reset begins a run of a group in which each sender broadcasts at most as many
// messages as counts says. The first entries of each log are kept, up to head.
func (x *Pass) Reset(counts []int32, head int) {
	n := len(counts)
	x.peers, x.head = n, head
	x.base = grownTo(x.base, n+1)
	total := uint32(0)
	for p, count := range counts {
		x.base[p] = total
		total += uint32(count)
	}
	x.base[n] = total
	x.words = int(total+63) / 64
	if x.messages = x.messages[:0]; cap(x.messages) < int(total) {
		x.messages = make([]passMessage, 0, total)
	}
	x.logs = grownTo(x.logs, n)
	clear(x.logs)
	x.rows = zeroed(x.rows, n*x.words)
	x.heads = grownTo(x.heads, n*head)
	x.first, x.apart = x.first[:0], x.apart[:0]
	x.contested = zeroed(x.contested, x.words)
	x.repeats, x.overtaken, x.disorder = 0, 0, false
}

// Take enters the deliveries of s, which follow those entered before. The
// broadcasts are those of the run so far. It panics on a message that nobody
// broadcast.
func (x *Pass) Take(s *Stream, broadcasts []Broadcast) {
	for ref := len(x.messages); ref < len(broadcasts); ref++ {
		b := &broadcasts[ref]
		at, end := x.base[b.ID.Sender]+uint32(b.Rank), x.base[b.ID.Sender+1]
		if at >= end {
			panic(fmt.Sprintf("history: Pass: %s is message %d of its sender, of whom %d were to come",
				b.ID, b.Rank+1, end-x.base[b.ID.Sender]))
		}
		x.messages = append(x.messages, passMessage{at: at, end: end})
	}
	for rest := s.packed; len(rest) > 0; {
		part := rest[:min(len(rest), passAhead)]
		rest = rest[len(part):]
		x.glimpse(part)
		for i := range part {
			if e := &part[i]; !e.skip() {
				x.enter(int(e.peer()), e.ref)
			}
		}
	}
}

// passAhead is how many entries glimpse looks at.
const passAhead = 64

// glimpse reads what those entries will need of rows that no cache holds: read
// together, a processor waits for them once.
func (x *Pass) glimpse(part []packed) {
	sum := uint64(0)
	for i := range part {
		if e := &part[i]; !e.skip() && int(e.ref) < len(x.messages) {
			sum += x.rows[int(e.peer())*x.words+int(x.messages[e.ref].at/64)] + x.logs[e.peer()].sum
		}
	}
	x.seen = sum
}

// enter is the next entry of p's log.
func (x *Pass) enter(p int, ref Ref) {
	if int(ref) >= len(x.messages) {
		panic("history: Pass: a delivery of a message that nobody broadcast")
	}
	l := &x.logs[p]
	at := l.length
	l.length++
	if at < x.head {
		x.heads[p*x.head+at] = ref
	}
	x.place(at, ref)
	l.hash[0] = (l.hash[0] ^ uint64(ref) + 1) * 0x9e3779b97f4a7c15
	l.hash[0] ^= l.hash[0] >> 29
	l.hash[1] = (bits.RotateLeft64(l.hash[1], 27) + uint64(ref) + 1) * 0xc2b2ae3d27d4eb4f

	m := &x.messages[ref]
	row := x.rows[p*x.words : (p+1)*x.words]
	word, bit := &row[m.at/64], uint64(1)<<(m.at%64)
	if *word&bit != 0 {
		x.repeats++
		return
	}
	*word |= bit
	if anyBit(row, m.at+1, m.end) {
		x.overtaken++
	}
	if m.held == 0 {
		m.before = l.sum
	} else if m.before != l.sum {
		x.contested[ref/64] |= 1 << (ref % 64)
	}
	m.held++
	l.sum += Key(ref)
}

// place compares an entry with what other logs have in its position.
func (x *Pass) place(at int, ref Ref) {
	if uint64(ref) != uint64(at) {
		x.disorder = true
	}
	if at == len(x.first) {
		x.first = append(x.first, ref)
		if at/64 == len(x.apart) {
			x.apart = append(x.apart, 0)
		}
	} else if x.first[at] != ref {
		x.apart[at/64] |= 1 << (at % 64)
	}
}

// anyBit reports whether some bit of a row from `from` until before `to` is set.
func anyBit(row []uint64, from, to uint32) bool {
	for from < to {
		word := row[from/64] >> (from % 64)
		if left := to - from; left < 64 {
			word &= 1<<left - 1
		}
		if word != 0 {
			return true
		}
		from = from&^63 + 64
	}
	return false
}

// Key is a random number that stands for a message in sums that tell sets of
// messages apart (SplitMix64: Steele, Lea, Flood, OOPSLA 2014).
func Key(ref Ref) uint64 {
	z := (uint64(ref) + 1) * 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Logs returns the number of logs.
func (x *Pass) Logs() int { return x.peers }

// Lengths returns the lengths of the shortest and of the longest log, and the
// entries of all.
func (x *Pass) Lengths() (shortest, longest, entries int) {
	for i := range x.logs {
		n := x.logs[i].length
		if i == 0 || n < shortest {
			shortest = n
		}
		longest = max(longest, n)
		entries += n
	}
	return shortest, longest, entries
}

// Differing returns the first position, from 0, at which two logs hold different
// messages, -1 if there is none, and how many there are below a limit.
func (x *Pass) Differing(limit int) (first, below int) {
	first = -1
	for i, word := range x.apart {
		if word == 0 {
			continue
		}
		if first < 0 {
			first = i*64 + bits.TrailingZeros64(word)
		}
		if left := limit - i*64; left <= 0 {
			word = 0
		} else if left < 64 {
			word &= 1<<left - 1
		}
		below += bits.OnesCount64(word)
	}
	return first, below
}

// Distinct returns how many different logs there are, told apart by 128 bits of
// hash.
func (x *Pass) Distinct() int {
	hashes := make([][3]uint64, 0, x.peers)
	for i := range x.logs {
		l := &x.logs[i]
		hashes = append(hashes, [3]uint64{l.hash[0], l.hash[1], uint64(l.length)})
	}
	slices.SortFunc(hashes, func(a, b [3]uint64) int { return slices.Compare(a[:], b[:]) })
	return len(slices.Compact(hashes))
}

// Sets returns how many messages some log holds, how many all do, and how many
// entries repeat none.
func (x *Pass) Sets() (some, all, entries int) {
	for i := range x.messages {
		n := x.messages[i].held
		entries += int(n)
		if n > 0 {
			some++
		}
		if int(n) == x.peers {
			all++
		}
	}
	return some, all, entries
}

// Contested counts the messages before which not all logs hold the same set. It
// means something where all logs hold the same messages.
func (x *Pass) Contested() int {
	n := 0
	for _, word := range x.contested {
		n += bits.OnesCount64(word)
	}
	return n
}

// Repeats counts the entries of all logs that repeat one before.
func (x *Pass) Repeats() int { return x.repeats }

// Head returns the first entries of p's log, as many as Reset was told or as
// there are.
func (x *Pass) Head(p peer.ID) []Ref {
	return x.heads[int(p)*x.head:][:min(x.head, x.logs[p].length)]
}
