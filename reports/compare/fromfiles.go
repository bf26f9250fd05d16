package compare

import (
	"cmp"
	"slices"

	"mpcomm/peer"
	"mpcomm/peer/history"
	"mpcomm/sim"
)

// FromFiles makes a history of log files: a message is what any of them holds,
// and they count as submitted in the order given. Where every file says whose
// log it is, and no two say the same, peers keep their names; else file i is
// the log of peer i. Broadcasts are in order of sending if all files tell it,
// else in order of number and sender, with sim.Never for the time.
func FromFiles(files []File) *history.History {
	h := &history.History{}
	peers, most := peersOf(files)
	h.Peers = most + 1
	h.Logs = make([]history.Log, h.Peers)
	if h.Peers > len(files) {
		h.Crashed = make([]bool, h.Peers) // no log of theirs to compare
		for p := range h.Crashed {
			h.Crashed[p] = true
		}
	}
	refs := broadcastsOf(files, h)
	for i, f := range files {
		p := peers[i]
		h.Submitted = append(h.Submitted, p)
		if h.Crashed != nil {
			h.Crashed[p] = false
		}
		log := &h.Logs[p]
		for _, e := range f.Entries {
			log.Refs = append(log.Refs, refs[e.Message])
			log.Times = append(log.Times, history.Times{Delivered: e.Delivered, Arrived: e.Arrived})
		}
	}
	return h
}

func peersOf(files []File) (peers []peer.ID, most int) {
	seen := map[peer.ID]bool{}
	for _, f := range files {
		if f.Peer < 0 || seen[f.Peer] {
			peers = peers[:0]
			for i := range files {
				peers = append(peers, peer.ID(i))
			}
			return peers, len(files) - 1
		}
		seen[f.Peer] = true
		peers = append(peers, f.Peer)
		most = max(most, int(f.Peer))
	}
	return peers, max(most, len(files)-1)
}

// broadcastsOf fills the table of broadcasts and returns where each message
// stands in it.
func broadcastsOf(files []File, h *history.History) map[peer.MessageID]history.Ref {
	refs := map[peer.MessageID]history.Ref{}
	timed := true
	for _, f := range files {
		for _, e := range f.Entries {
			at, known := refs[e.Message]
			if !known {
				at = history.Ref(len(h.Broadcasts))
				refs[e.Message] = at
				h.Broadcasts = append(h.Broadcasts, history.Broadcast{ID: e.Message, At: e.Sent, Cause: history.NoRef})
			}
			h.Broadcasts[at].At = min(h.Broadcasts[at].At, e.Sent)
		}
	}
	for _, b := range h.Broadcasts {
		timed = timed && b.At != sim.Never
	}
	slices.SortFunc(h.Broadcasts, func(a, b history.Broadcast) int {
		if timed {
			if x := cmp.Compare(a.At, b.At); x != 0 {
				return x
			}
			return a.ID.Compare(b.ID)
		}
		if x := cmp.Compare(a.ID.Number, b.ID.Number); x != 0 {
			return x
		}
		return cmp.Compare(a.ID.Sender, b.ID.Sender)
	})
	ranks := map[peer.ID]int32{}
	for i := range h.Broadcasts {
		b := &h.Broadcasts[i]
		if !timed {
			b.At = sim.Never
		}
		refs[b.ID] = history.Ref(i)
		b.Rank = ranks[b.ID.Sender]
		ranks[b.ID.Sender]++
	}
	return refs
}

// MessagesPerPeer returns the largest number of messages that one sender
// broadcast: the lab's M where nothing else tells it.
func MessagesPerPeer(h *history.History) int {
	counts := map[peer.ID]int{}
	most := 0
	for i := range h.Broadcasts {
		sender := h.Broadcasts[i].ID.Sender
		counts[sender]++
		most = max(most, counts[sender])
	}
	return most
}
