package order

import (
	"slices"

	"mpcomm/peer"
)

// index finds messages by their names: a hash table with linear probing whose
// memory is kept, so that a steady coming and going allocates nothing. It has no
// order and is never walked. The zero value is empty.
type index struct {
	cells []cell // a power of two of them, at most half in use
	used  int
}

type cell struct {
	id    peer.MessageID
	value int32 // one more than what was put; 0 = free
}

// home is the cell where a message would stand if all were free.
func (x *index) home(id peer.MessageID) int {
	h := (uint64(uint32(id.Sender))<<32 | uint64(uint32(id.Number))) * 0x9e3779b97f4a7c15
	return int(h>>32) & (len(x.cells) - 1)
}

// find returns the cell of a message, or the free one where it would go.
func (x *index) find(id peer.MessageID) int {
	i := x.home(id)
	for x.cells[i].value != 0 && x.cells[i].id != id {
		i = (i + 1) & (len(x.cells) - 1)
	}
	return i
}

// get returns what was put for a message, -1 if nothing was.
func (x *index) get(id peer.MessageID) int32 {
	if x.used == 0 {
		return -1
	}
	return x.cells[x.find(id)].value - 1
}

// put enters a message that is not there. The value must not be negative.
func (x *index) put(id peer.MessageID, value int32) {
	if 2*x.used >= len(x.cells) {
		old := x.cells
		x.cells = make([]cell, max(16, 2*len(old)))
		for _, c := range old {
			if c.value != 0 {
				x.cells[x.find(c.id)] = c
			}
		}
	}
	x.cells[x.find(id)] = cell{id: id, value: value + 1}
	x.used++
}

// remove takes a message out and moves those up that stand past their home
// because of it.
func (x *index) remove(id peer.MessageID) {
	if x.used == 0 {
		return
	}
	hole := x.find(id)
	if x.cells[hole].value == 0 {
		return
	}
	x.used--
	mask := len(x.cells) - 1
	for i := (hole + 1) & mask; x.cells[i].value != 0; i = (i + 1) & mask {
		if home := x.home(x.cells[i].id); (i-home)&mask >= (i-hole)&mask {
			x.cells[hole] = x.cells[i]
			hole = i
		}
	}
	x.cells[hole] = cell{}
}

func (x *index) reset() {
	clear(x.cells)
	x.used = 0
}

func (x *index) clone() index { return index{cells: slices.Clone(x.cells), used: x.used} }
