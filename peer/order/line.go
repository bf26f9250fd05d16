package order

import "slices"

// line is a list in which what came first goes first. Its memory is kept, so
// that a steady coming and going allocates nothing. The zero value is empty.
type line[T any] struct {
	list []T
	head int
}

func (l *line[T]) push(x T)    { l.list = append(l.list, x) }
func (l *line[T]) empty() bool { return l.head == len(l.list) }
func (l *line[T]) first() *T   { return &l.list[l.head] }

// rest returns all that has not gone yet, valid until the next push or drop.
func (l *line[T]) rest() []T { return l.list[l.head:] }

// drop takes out the first. What has gone is overwritten when it is half of all.
func (l *line[T]) drop() {
	l.head++
	if l.head >= 32 && 2*l.head >= len(l.list) {
		l.list = l.list[:copy(l.list, l.list[l.head:])]
		l.head = 0
	}
}

func (l *line[T]) reset() { l.list, l.head = l.list[:0], 0 }

func (l *line[T]) clone() line[T] { return line[T]{list: slices.Clone(l.rest())} }
