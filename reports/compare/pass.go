package compare

import (
	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/reports/stats"
)

// ComparePass is Compare for a run of which one pass over its deliveries was
// made, whose logs nobody has. What takes two logs at a time is null, and so is
// contested where logs hold different messages. The heads that the pass kept have
// to be as long as messagesPerPeer less one.
func ComparePass(h *history.History, x *history.Pass, messagesPerPeer int) Divergence {
	shortest, longest, entries := x.Lengths()
	some, all, held := x.Sets()
	apart, differing := x.Differing(shortest)
	d := Divergence{
		Identical:          apart < 0 && shortest == longest,
		PrefixConsistent:   apart < 0,
		DistinctLogs:       x.Distinct(),
		CommonPrefix:       shortest,
		Positions:          longest,
		PositionsDiffering: longest - shortest + differing,
		Missing:            x.Logs()*some - held,
		Duplicates:         x.Repeats(),
		Messages:           len(h.Broadcasts),
		Deliveries:         entries,
		RoundsClassic:      roundsOfHeads(h, x, messagesPerPeer-1, shortest == longest && apart < 0),
	}
	if !d.Identical {
		if apart >= 0 && apart < shortest {
			d.CommonPrefix = apart
		}
		d.FirstDifference.N, d.FirstDifference.Known = int64(d.CommonPrefix)+1, true
	}
	d.RoundsFull = d.PositionsDiffering
	switch {
	case all == 0:
		d.Contested = stats.Ratio{Den: 1}
	case all == some:
		d.Contested = stats.Ratio{Num: uint64(x.Contested()), Den: uint64(all)}
	}
	return d
}

// roundsOfHeads is roundsClassic.
func roundsOfHeads(h *history.History, x *history.Pass, rounds int, same bool) int {
	if x.Logs() < 3 || rounds <= 0 {
		return 0
	}
	order := make([]peer.ID, 0, x.Logs())
	placed := make([]bool, x.Logs())
	for _, p := range h.Submitted {
		if !placed[p] {
			placed[p] = true
			order = append(order, p)
		}
	}
	for p := range placed {
		if !placed[p] {
			order = append(order, peer.ID(p))
		}
	}
	order = order[:len(order)-1]
	zero := x.Head(order[0])
	inside := len(zero)
	for _, p := range order[1:] {
		inside = min(inside, len(x.Head(p)))
	}
	differ := rounds - inside
	if same {
		return differ
	}
	for j, m := range zero[:inside] {
		for _, p := range order[1:] {
			if x.Head(p)[j] != m {
				differ++
				break
			}
		}
	}
	return differ
}
