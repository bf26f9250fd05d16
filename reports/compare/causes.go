package compare

import "mpcomm/peer/history"

// causes reports whether x is a cause of y: y's sender had broadcast or
// delivered x, or answered it, before it broadcast y, directly or through
// others (Lamport, CACM 21(7), 1978, section 1). A cause is broadcast before
// its effect, so only messages between the two are looked at.
func causes(h *history.History, x, y history.Ref) bool {
	if x >= y {
		return false
	}
	var last []history.Ref               // of each sender so far
	previous := make([]history.Ref, y+1) // by the same sender
	for m := range y + 1 {
		sender := int(h.Broadcasts[m].ID.Sender)
		for sender >= len(last) {
			last = append(last, history.NoRef)
		}
		previous[m], last[sender] = last[sender], m
	}
	seen := make([]bool, y+1)
	stack := []history.Ref{y}
	visit := func(m history.Ref) {
		if m >= x && m < y && !seen[m] {
			seen[m] = true
			stack = append(stack, m)
		}
	}
	for len(stack) > 0 && !seen[x] {
		m := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		b := &h.Broadcasts[m]
		visit(b.Cause)
		known := int32(0) // what the sender's previous broadcast knew is visited with it
		if p := previous[m]; p != history.NoRef {
			visit(p)
			if p >= x {
				known = h.Broadcasts[p].LogLen
			}
		}
		if known < b.LogLen {
			for _, delivered := range h.Logs[b.ID.Sender].Refs[known:b.LogLen] {
				visit(delivered)
			}
		}
	}
	return seen[x]
}
