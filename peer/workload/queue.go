package workload

import "mpcomm/sim"

// due is a broadcast that waits for its time.
type due struct {
	at    sim.Time
	order uint32 // among equal times: entries in the plan's order, then replies as they came
	cause uint32
	entry int32 // of the schedule, or -1 for a reply to cause
}

func (d due) before(other due) bool {
	return d.at < other.at || d.at == other.at && d.order < other.order
}

// queue is a binary heap of what is due.
type queue []due

func (q *queue) push(d due) {
	h := append(*q, d)
	*q = h
	i := len(h) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if !d.before(h[parent]) {
			break
		}
		h[i] = h[parent]
		i = parent
	}
	h[i] = d
}

func (q *queue) pop() due {
	h := *q
	top, last := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	*q = h
	if len(h) == 0 {
		return top
	}
	i := 0
	for {
		child := 2*i + 1
		if child >= len(h) {
			break
		}
		if child+1 < len(h) && h[child+1].before(h[child]) {
			child++
		}
		if !h[child].before(last) {
			break
		}
		h[i] = h[child]
		i = child
	}
	h[i] = last
	return top
}
