package order

import (
	"slices"
	"sort"
)

// window is how far from the first instance that is open here others are kept
// in mind: what is farther away comes from a peer that cannot be helped, or
// from nobody.
const window = 1 << 16

// ledger holds what a peer knows of instances of consensus by their numbers, in
// ascending order. Work is where the numbers are large: a new one nearly always
// goes to the end, and the first leaves first. What an instance costs does not
// depend on how far its number is from the others.
type ledger[E any] struct {
	numbers []int64
	entries []E
	head    int
}

func (l *ledger[E]) len() int { return len(l.numbers) - l.head }

// at returns the entry at place i and its number; the place is good until the
// next change.
func (l *ledger[E]) at(i int) (int64, *E) { return l.numbers[l.head+i], &l.entries[l.head+i] }

// find returns the place of a number, or where it would go.
func (l *ledger[E]) find(number int64) (int, bool) {
	list := l.numbers[l.head:]
	if n := len(list); n == 0 || number > list[n-1] {
		return n, false
	}
	i := sort.Search(len(list), func(i int) bool { return list[i] >= number })
	return i, list[i] == number
}

// get returns the entry of a number, nil if there is none.
func (l *ledger[E]) get(number int64) *E {
	i, ok := l.find(number)
	if !ok {
		return nil
	}
	return &l.entries[l.head+i]
}

// insert puts an entry at a place that find has given.
func (l *ledger[E]) insert(i int, number int64, e E) *E {
	l.numbers = slices.Insert(l.numbers, l.head+i, number)
	l.entries = slices.Insert(l.entries, l.head+i, e)
	return &l.entries[l.head+i]
}

// drop takes the first entry out.
func (l *ledger[E]) drop() {
	l.head++
	if l.head >= 32 && 2*l.head >= len(l.numbers) {
		n := copy(l.numbers, l.numbers[l.head:])
		copy(l.entries, l.entries[l.head:])
		l.numbers, l.entries, l.head = l.numbers[:n], l.entries[:n], 0
	}
}

func (l *ledger[E]) reset() { l.numbers, l.entries, l.head = l.numbers[:0], l.entries[:0], 0 }

func (l *ledger[E]) clone() ledger[E] {
	return ledger[E]{numbers: slices.Clone(l.numbers[l.head:]), entries: slices.Clone(l.entries[l.head:])}
}
